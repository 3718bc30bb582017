"""Which stage keeps which names for the later ones, and in which form."""

from __future__ import annotations

from poc_graduate.dataflow.facts import Stored
from poc_graduate.plan.cells import Timeline, ordered
from poc_graduate.plan.layout import Constraints, Kept, Layout, Problem
from poc_graduate.plan.model import Note


def keep_data(
    time: Timeline, stages: list[Layout], constraints: Constraints, problems: list[Problem]
) -> None:
    """Who keeps what: the last stage that bound or changed a name keeps it for the later ones."""
    needed_after: list[set[str]] = [set() for _ in stages]
    later: set[str] = set()
    for index in range(len(stages) - 1, -1, -1):
        needed_after[index] = set(later)
        later = (later - _surely_bound(time, stages[index])) | stages[index].needed
    for index, stage in enumerate(stages):
        asked = constraints.crossing.get(time.cells[stage.start])
        missing = needed_after[index] & written(time, stage) - asked if asked is not None else ()
        for name in ordered(missing):
            note = Note("refused", time.cells[stage.stop - 1], 1, name)
            problems.append(Problem(frozenset({-1}), note))
    homes: dict[str, tuple[int, Kept]] = {}
    for index, stage in enumerate(stages):
        taken: dict[tuple[int, tuple[str, ...]], Kept] = {}
        for name in ordered(stage.needed):
            home = homes.get(name)
            if home is not None:
                taken[home[0], home[1].names] = home[1]
                if home[1] not in stages[home[0]].keeps:
                    stages[home[0]].keeps.append(home[1])
        stage.loads = [(i, kept) for (i, _), kept in sorted(taken.items())]
        available = stage.needed | written(time, stage)
        changed = written(time, stage) & time.exists[stage.stop]
        done: set[str] = set()
        extra = constraints.crossing.get(time.cells[stage.start], frozenset())
        wanted = needed_after[index] | (extra & time.exists[stage.stop])
        for name in ordered(wanted & available):
            if name in done:
                continue
            group = time.group(name, stage.stop) & wanted & available
            # A name loaded but neither changed nor newly shared stays where it was kept.
            if not group & changed:
                continue
            kept = _kept(time, ordered(group | {name}), stage.stop)
            for member in kept.names:
                homes[member] = (index, kept)
                done.add(member)
            if set(kept.names) & extra and kept not in stage.keeps:
                stage.keeps.append(kept)
    for stage in stages:
        stage.keeps.sort(key=lambda kept: kept.key)


def written(time: Timeline, stage: Layout) -> frozenset[str]:
    """Names that a stage binds or changes, or could."""
    names: set[str] = set()
    for position in range(stage.start, stage.stop):
        names |= time.writes(position)
    return frozenset(names) - time.fixed


def _surely_bound(time: Timeline, stage: Layout) -> set[str]:
    names: set[str] = set()
    for position in range(stage.start, stage.stop):
        for statement in time.statements[position]:
            names |= statement.defines - statement.changes
    return names


def _kept(time: Timeline, names: tuple[str, ...], cut: int) -> Kept:
    if len(names) > 1:
        return Kept(names, "pickle", "they share state and travel together")
    stored = stored_at(time, names[0], cut)
    if stored is not None and stored.format == "parquet":
        return Kept(names, "parquet")
    return Kept(names, "pickle", stored.reason if stored is not None else "")


def stored_at(time: Timeline, name: str, cut: int) -> Stored | None:
    """How `name` can be kept at a cut, by the nearest test at or before it."""
    group = time.group(name, cut)
    for position in range(cut - 1, -1, -1):
        stored = time.cell_facts[position].stored
        for key in sorted(stored, key=lambda k: (len(k.split("+")), k)):
            if name in key.split("+"):
                if len(group) > 1 and "+" not in key and not stored[key].format:
                    return stored[key]
                return stored[key]
        if name in time.cell_facts[position].bound:
            break
    return None
