"""Which settings, seeds and states of generators a stage brings about again."""

from __future__ import annotations

import re

from poc_graduate.dataflow.facts import GENERATORS
from poc_graduate.dataflow.model import Statement
from poc_graduate.plan.cells import Timeline, ordered
from poc_graduate.plan.layout import Layout, Problem, problem
from poc_graduate.plan.needs import repeatable, resolve

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


def replay_settings(
    time: Timeline,
    stage: Layout,
    index: int,
    parameters: frozenset[str],
    problems: list[Problem],
) -> None:
    """Repeat what earlier cells set: by their statements, else by the values that they left."""
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
            if any(repeatable(time, name, position) is None for name in unfixed):
                if statement.settings and statement.settings <= _BY_VALUE:
                    covered -= statement.settings
                    continue
                first = ordered(unfixed)[0]
                why = f"a setting here depends on `{first}`, which is computed"
                cuts = range(position + 1, len(time.cells))
                problems.append(problem(time, cuts, position, why, statement.place.line))
                continue
            stage.settings.append(statement)
            resolve(time, stage, set(time.needs(statement)), position, parameters)
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
                    problems.append(problem(time, cuts, position, why))
                    continue
                _add_value(stage, component, detail)
            elif not importing and component not in ("path", "builtins"):
                why = (
                    f"the cell changes process state ({component}) in a way that cannot be replayed"
                )
                cuts = range(position + 1, len(time.cells))
                problems.append(problem(time, cuts, position, why))


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


def replay_generators(time: Timeline, stages: list[Layout], index: int) -> None:
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
            resolve(time, stage, set(time.needs(seeded[1])), seeded[0], frozenset())
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
