"""What crosses each cut: data, definitions, settings, generator states and files."""

from __future__ import annotations

import re
from itertools import pairwise

from poc_graduate.dataflow.facts import GENERATORS, Stored
from poc_graduate.dataflow.model import Statement
from poc_graduate.plan.cells import Timeline, ordered
from poc_graduate.plan.layout import Constraints, Kept, Layout, Problem
from poc_graduate.plan.model import Note

# Components that change numbers or text wherever they differ; the others change pictures,
# warnings and logs only, and are seen in the outputs if at all.
_STRICT = (
    "environ",
    "cwd",
    "path",
    "pandas",
    "numpy",
    "locale",
    "decimal",
    "recursion",
    "builtins",
)
_BY_VALUE = frozenset({"environ", "cwd", "path", "pandas", "recursion", "locale"})
_DRAWS = re.compile(r"\bplt\b|\bsns\b|\.plot\b|\.hist\(|\.boxplot\(|savefig|matplotlib|seaborn")


def lay_out(
    time: Timeline, cuts: tuple[int, ...], parameters: frozenset[str], constraints: Constraints
) -> tuple[list[Layout], list[Problem]]:
    """Work out what each stage takes and leaves.

    Args:
        time: The notebook's cells.
        cuts: Chosen cuts, ascending, each between 1 and the number of cells less one.
        parameters: Variables of the notebook that are parameters.
        constraints: What has to be respected.

    Returns:
        The stages, and the cuts that cannot be made. Where there are any, the stages are of
        no use.
    """
    bounds = [0, *cuts, len(time.cells)]
    stages = [Layout(start, stop) for start, stop in pairwise(bounds)]
    problems: list[Problem] = []
    for stage in stages:
        _needs(time, stage, parameters, constraints, problems)
    for index, stage in enumerate(stages):
        _settings(time, stage, index, parameters, problems)
        _generators(time, stages, index)
    _files(time, stages, problems)
    if not problems:
        _data(time, stages, constraints, problems)
    return stages, problems


def _problem(time: Timeline, cuts: range, position: int, text: str, line: int = 1) -> Problem:
    note = Note("merged", time.cells[position], line, text)
    return Problem(frozenset(cuts), note)


def kept_statements(
    time: Timeline, position: int, parameters: frozenset[str]
) -> tuple[Statement, ...]:
    """Statements of a cell that stay in its task: not imports, moved definitions, parameters."""
    d = time.definitions
    kept = []
    for statement in time.statements[position]:
        bound = statement.defines | statement.may_define
        if statement.role == "import":
            if statement.key in d.in_place:
                kept.append(statement)
                continue
            if statement.is_star_import or (bound and all(name in d.imports for name in bound)):
                continue
        elif (
            statement.role in ("definition", "constant")
            and bound
            and all(d.movable.get(name) is statement or name in parameters for name in bound)
        ):
            continue
        kept.append(statement)
    return tuple(kept)


def _needs(
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
    for position in range(stage.start, stage.stop):
        for statement in kept_statements(time, position, parameters):
            names = time.needs(statement) | statement.changes | statement.deletes
            names |= statement.may_define & before
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
    _resolve(time, stage, wanted, stage.start, parameters)
    if stage.start:
        _share(time, stage)
    for name in ordered(stage.needed):
        why = _bound_to_session(time, name, stage.start)
        if why:
            first = _made_at(time, name, stage.start)
            cuts = range(first + 1, stage.start + 1)
            problems.append(_problem(time, cuts, first, why))
            continue
        stored = stored_at(time, name, stage.start)
        if stored is not None and not stored.format:
            first = _made_at(time, name, stage.start)
            cuts = range(first + 1, stage.start + 1)
            why = f"`{name}` cannot be kept on disk ({stored.reason})"
            problems.append(_problem(time, cuts, first, why))


def _resolve(
    time: Timeline, stage: Layout, wanted: set[str], cut: int, parameters: frozenset[str]
) -> None:
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
            source = _repeatable(time, name, cut)
        if source is not None:
            if source.key not in repeats:
                repeats.add(source.key)
                stage.repeats.append(source)
            todo += sorted(time.needs(source) | source.writes_later)
        elif name in time.exists[cut]:
            stage.needed.add(name)
    stage.repeats.sort(key=lambda s: s.key)


def _repeatable(time: Timeline, name: str, cut: int) -> Statement | None:
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


def _bound_to_session(time: Timeline, name: str, cut: int) -> str:
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


def _made_at(time: Timeline, name: str, cut: int) -> int:
    """Position of the last cell before a cut that bound the name."""
    for position in range(cut - 1, -1, -1):
        if name in time.cell_facts[position].bound:
            return position
    return 0


def _settings(
    time: Timeline,
    stage: Layout,
    index: int,
    parameters: frozenset[str],
    problems: list[Problem],
) -> None:
    if index == 0:
        return
    text = "\n".join(s.source for p in range(stage.start, stage.stop) for s in time.statements[p])
    for position in range(stage.start):
        cell = time.cell_facts[position]
        covered: set[str] = set()
        importing = False
        for statement in time.statements[position]:
            importing = importing or statement.role == "import"
            patched = statement.changes & set(time.definitions.imports)
            if statement.role != "setting" and not patched:
                continue
            covered |= statement.settings
            if statement.settings and statement.settings <= set(GENERATORS):
                continue
            if statement.settings == {"matplotlib"} and not patched and not _DRAWS.search(text):
                continue
            unfixed = time.needs(statement) - time.fixed - parameters
            if any(_repeatable(time, name, position) is None for name in unfixed):
                if statement.settings and statement.settings <= _BY_VALUE:
                    covered -= statement.settings
                    continue
                first = ordered(unfixed)[0]
                why = f"a setting here depends on `{first}`, which is computed"
                cuts = range(position + 1, len(time.cells))
                problems.append(_problem(time, cuts, position, why, statement.place.line))
                continue
            stage.settings.append(statement)
            _resolve(time, stage, set(time.needs(statement)), position, parameters)
        for component in _STRICT:
            before, after = time.ambient(component, position), time.ambient(component, position + 1)
            if before == after or component in covered or not cell.ambient:
                continue
            if component in cell.ambient_nondeterministic:
                continue
            detail = cell.ambient_values.get(component)
            if component in _BY_VALUE and detail not in (None, {}, []):
                if "***" in repr(detail):
                    why = "a secret is put into the environment by computed code"
                    cuts = range(position + 1, len(time.cells))
                    problems.append(_problem(time, cuts, position, why))
                    continue
                _add_value(stage, component, detail)
            elif not importing and component not in ("path", "builtins"):
                why = (
                    f"the cell changes process state ({component}) in a way that cannot be replayed"
                )
                cuts = range(position + 1, len(time.cells))
                problems.append(_problem(time, cuts, position, why))


def _add_value(stage: Layout, component: str, detail: object) -> None:
    known = stage.values.get(component)
    if isinstance(known, dict) and isinstance(detail, dict):
        known.update(detail)
    elif isinstance(known, list) and isinstance(detail, list):
        known.extend(item for item in detail if item not in known)
    elif isinstance(detail, dict):
        stage.values[component] = dict(detail)
    elif isinstance(detail, list):
        stage.values[component] = list(detail)
    else:
        stage.values[component] = detail


def _generators(time: Timeline, stages: list[Layout], index: int) -> None:
    """Replay a seed where nothing drew since, else take the state over."""
    stage = stages[index]
    if index == 0:
        return
    for generator in GENERATORS:
        if not _draws_first(time, stage, generator):
            continue
        if generator in time.cell_facts[stage.start - 1].ambient_nondeterministic:
            continue  # never seeded: every run of the notebook draws something else
        seeded = _last_seed(time, generator, stage.start)
        if seeded is not None and _quiet_since(time, generator, *seeded, stage.start):
            stage.seeds.append(seeded[1])
            _resolve(time, stage, set(time.needs(seeded[1])), seeded[0], frozenset())
            continue
        changed = [
            position
            for position in range(stage.start)
            if time.ambient(generator, position) != time.ambient(generator, position + 1)
            or any(generator in s.seeds | s.draws for s in time.statements[position])
        ]
        if not changed:
            continue
        giver = next(i for i, s in enumerate(stages) if s.start <= changed[-1] < s.stop)
        if giver < index:
            stage.carries[generator] = giver
            stages[giver].hands_over.add(generator)


def _quiet_since(time: Timeline, generator: str, position: int, seed: Statement, cut: int) -> bool:
    """Whether nothing can have drawn between a seeding statement and a cut."""
    after = [s for s in time.statements[position] if s.index > seed.index]
    if any(generator in s.draws or (s.role == "compute" and s.calls) for s in after):
        return False
    here = time.ambient(generator, cut)
    return bool(here) and here == time.ambient(generator, position + 1)


def _draws_first(time: Timeline, stage: Layout, generator: str) -> bool:
    """Whether the stage may draw before it seeds the generator itself."""
    for position in range(stage.start, stage.stop):
        for statement in time.statements[position]:
            if generator in statement.seeds:
                return generator in statement.draws
            if generator in statement.draws:
                return True
        if time.ambient(generator, position) != time.ambient(generator, position + 1):
            return True
    return False


def _last_seed(time: Timeline, generator: str, cut: int) -> tuple[int, Statement] | None:
    for position in range(cut - 1, -1, -1):
        for statement in reversed(time.statements[position]):
            if generator in statement.seeds:
                return position, statement
    return None


def _files(time: Timeline, stages: list[Layout], problems: list[Problem]) -> None:
    """Who wrote what a stage reads; a file that is changed twice keeps its cells together."""
    written: dict[str, int] = {}
    touched: dict[str, int] = {}
    made: dict[str, int] = {}
    inputs = time_inputs(time)
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
                    problems.append(_problem(time, cuts, written[path], why))
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
                problems.append(_problem(time, cuts, touched[path], why))
            written[path] = touched[path] = position
            stage.writes.add(path)
        for folder in facts.makes:
            made.setdefault(folder, position)
    for index, stage in enumerate(stages):
        stage.waits.discard(index)
        stage.writes -= {p for f in time.cell_facts for p in f.deletes}


def time_inputs(time: Timeline) -> frozenset[str]:
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


def _data(
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
        missing = needed_after[index] & _written(time, stage) - asked if asked is not None else ()
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
        available = stage.needed | _written(time, stage)
        written = _written(time, stage) & time.exists[stage.stop]
        done: set[str] = set()
        extra = constraints.crossing.get(time.cells[stage.start], frozenset())
        wanted = needed_after[index] | (extra & time.exists[stage.stop])
        for name in ordered(wanted & available):
            if name in done:
                continue
            group = time.group(name, stage.stop) & wanted & available
            # A name loaded but neither changed nor newly shared stays where it was kept.
            if not group & written:
                continue
            kept = _kept(time, ordered(group | {name}), stage.stop)
            for member in kept.names:
                homes[member] = (index, kept)
                done.add(member)
            if set(kept.names) & extra and kept not in stage.keeps:
                stage.keeps.append(kept)
    for stage in stages:
        stage.keeps.sort(key=lambda kept: kept.key)


def _written(time: Timeline, stage: Layout) -> frozenset[str]:
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
