"""Which files each stage reads and writes, and which stages have to wait for them."""

from __future__ import annotations

from poc_graduate.plan.cells import Timeline
from poc_graduate.plan.layout import Layout, Problem, problem


def follow_files(time: Timeline, stages: list[Layout], problems: list[Problem]) -> None:
    """Who wrote what a stage reads; a file that is changed twice keeps its cells together."""
    written: dict[str, int] = {}
    touched: dict[str, int] = {}
    made: dict[str, int] = {}
    inputs = _inputs(time)
    stage_of = {p: i for i, s in enumerate(stages) for p in range(s.start, s.stop)}
    for position in range(len(time.cells)):
        facts = time.cell_facts[position]
        index = stage_of[position]
        stage = stages[index]
        for path in sorted({*facts.reads, *facts.modules.values()}):
            if path in written:
                if _outside(path) and stage_of[written[path]] != index:
                    why = f"`{path}` is written here and read later, outside of the project"
                    cuts = range(written[path] + 1, position + 1)
                    problems.append(problem(time, cuts, written[path], why))
                stage.waits.add(stage_of[written[path]])
            elif path not in facts.writes or path in inputs:
                stage.reads.add(path)
            touched[path] = position
        for folder in facts.lists:
            prefix = "" if folder in (".", "") else folder.rstrip("/") + "/"
            for path, where in (written | made).items():
                if path.startswith(prefix):
                    stage.waits.add(stage_of[where])
        changed = {*facts.writes, *facts.deletes}
        for path in sorted(changed):
            for folder, where in made.items():
                if path.startswith(folder.rstrip("/") + "/"):
                    stage.waits.add(stage_of[where])
            if path in touched and stage_of[touched[path]] != index:
                why = f"`{path}` is used here and changed again in a later cell"
                cuts = range(touched[path] + 1, position + 1)
                problems.append(problem(time, cuts, touched[path], why))
            written[path] = touched[path] = position
            stage.writes.add(path)
        for folder in facts.makes:
            made.setdefault(folder, position)
    for index, stage in enumerate(stages):
        stage.waits.discard(index)
        stage.writes -= {p for f in time.cell_facts for p in f.deletes}


def _inputs(time: Timeline) -> frozenset[str]:
    """Files that were there before the notebook ran: read before anything wrote them."""
    written: set[str] = set()
    found: set[str] = set()
    for facts in time.cell_facts:
        found |= facts.takes - written
        written |= set(facts.writes)
        found -= set(facts.writes) - found
    return frozenset(found)


def _outside(path: str) -> bool:
    return path.startswith(("/", "..", "~")) or ":" in path[:3]
