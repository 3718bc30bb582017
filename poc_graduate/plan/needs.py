"""Which names a stage has to get from before, and how: import, package, repeated code or data."""

from __future__ import annotations

from poc_graduate.dataflow.model import Statement
from poc_graduate.plan.cells import Timeline, kept_statements, ordered
from poc_graduate.plan.keeps import stored_at
from poc_graduate.plan.layout import Constraints, Layout, Problem, problem


def find_needs(
    time: Timeline,
    stage: Layout,
    parameters: frozenset[str],
    constraints: Constraints,
    problems: list[Problem],
) -> None:
    """Names that the stage has to get from somewhere, by way of getting them."""
    defined: set[str] = set()
    wanted: set[str] = set()
    before = time.exists[stage.start]
    # Where it is not bound anew, a later cell gets what was there before.
    later = before & time.live[stage.stop]
    for position in range(stage.start, stage.stop):
        for statement in kept_statements(time, position, parameters):
            names = time.needs(statement) | statement.changes | statement.deletes
            names |= statement.may_define & later
            if statement.dynamic:
                names |= before - time.fixed
            wanted |= names - defined
            defined |= statement.defines
        facts = time.cell_facts[position]
        wanted |= (facts.changed & before) - defined
        wanted |= {n for c, n in constraints.needs if c == time.cells[position]} - defined
        defined |= facts.bound & before
    if constraints.all_imports:
        stage.imports |= {
            name
            for name, statements in time.definitions.imports.items()
            if name not in time.definitions.stars
            and any(s.cell < time.cells[stage.stop - 1] + 1 for s in statements)
        }
    resolve(time, stage, wanted, stage.start, parameters)
    if stage.start:
        _share(time, stage)
    for name in ordered(stage.needed):
        why = bound_to_session(time, name, stage.start)
        if why:
            first = _made_at(time, name, stage.start)
            cuts = range(first + 1, stage.start + 1)
            problems.append(problem(time, cuts, first, why))
            continue
        stored = stored_at(time, name, stage.start)
        if stored is not None and not stored.format:
            first = _made_at(time, name, stage.start)
            cuts = range(first + 1, stage.start + 1)
            why = f"`{name}` cannot be kept on disk ({stored.reason})"
            problems.append(problem(time, cuts, first, why))


def resolve(
    time: Timeline, stage: Layout, wanted: set[str], cut: int, parameters: frozenset[str]
) -> None:
    """Note how the stage gets the wanted names, and whatever these rest on, at a cut."""
    d = time.definitions
    todo, seen = sorted(wanted), set()
    repeats: set[tuple[int, int]] = {s.key for s in stage.repeats}
    while todo:
        name = todo.pop()
        if name in seen or name in parameters:
            continue
        seen.add(name)
        if name in d.imports:
            stage.imports.add(name)
            continue
        if name in d.movable:
            stage.package.add(name)
            continue
        source = d.repeatable.get(name)
        if source is not None and source.cell >= time.cells[stage.start]:
            todo += sorted(time.needs(source) | source.writes_later)
            continue
        if source is None and name in time.exists[cut]:
            source = repeatable(time, name, cut)
        if source is not None:
            if source.key not in repeats:
                repeats.add(source.key)
                stage.repeats.append(source)
            todo += sorted(time.needs(source) | source.writes_later)
        elif name in time.exists[cut]:
            stage.needed.add(name)
    stage.repeats.sort(key=lambda s: s.key)


def repeatable(time: Timeline, name: str, cut: int) -> Statement | None:
    """The statement that makes `name` anew in a later stage, if running it again is the same."""
    source = time.reaching(name, cut)
    if source is not None and source.key in time.definitions.in_place:
        return source
    if source is None or source.defines != {name}:
        return None
    if source.role in ("import", "definition") and not source.dynamic:
        return source if time.needs(source) - {name} <= time.fixed else None
    if source.resource and not source.changes:
        stable = all(time.reaching(n, cut) is time.reaching(n, _cut_before(time, source))
                     for n in time.needs(source) - time.fixed)  # fmt: skip
        return source if stable else None
    return None


def _cut_before(time: Timeline, statement: Statement) -> int:
    return time.cells.index(statement.cell)


def _share(time: Timeline, stage: Layout) -> None:
    """Whatever shares state with a name that the stage may change comes along with it."""
    written: set[str] = set()
    for position in range(stage.start, stage.stop):
        written |= time.writes(position)
    live_after = time.live[stage.stop]
    known = time.exists[stage.start]
    for name in sorted(written | stage.needed):
        if name in stage.needed and name in written:
            stage.needed |= time.group(name, stage.start) & live_after & known
        if name in written and name in time.exists[stage.stop]:
            group = time.group(name, stage.stop) & live_after & known
            rebound = {n for p in range(stage.start, stage.stop) for n in time.cell_facts[p].bound}
            stage.needed |= {n for n in group if n not in rebound and n != name}


def bound_to_session(time: Timeline, name: str, cut: int) -> str:
    """Why a definition, or an instance of it, means nothing to another task; empty if it does.

    Pickle keeps a class or a function by its name only: what cannot move to the package is not
    there when another task loads it.
    """
    staying = {
        n for s in time.dataflow.statements if s.role == "definition" for n in s.defines
    } - time.fixed
    value = time.value(name, cut)
    if value is None:
        return ""
    if name in staying and value.kind.split(".")[-1] in ("type", "function", "ABCMeta", "EnumType"):
        return f"`{name}` is changed after its definition, so that it cannot move to the package"
    kind = value.kind.removeprefix("__main__.")
    if value.kind.startswith("__main__.") and kind.split(".")[0] in staying:
        return f"`{name}` is of class `{kind}`, which cannot move to the package"
    return ""


def _made_at(time: Timeline, name: str, cut: int) -> int:
    """Position of the last cell before a cut that bound the name."""
    for position in range(cut - 1, -1, -1):
        if name in time.cell_facts[position].bound:
            return position
    return 0
