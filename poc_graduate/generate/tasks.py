"""Task scripts: the author's cells in their order, with what they need before and keep after."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from poc_graduate.dataflow.model import Statement
from poc_graduate.generate.code import cell_text, import_lines, statement_text
from poc_graduate.generate.functions import Function
from poc_graduate.generate.imports import bound_by, kernel_imports, member_order, sorted_imports
from poc_graduate.generate.placement import Checked
from poc_graduate.generate.prose import ScriptCell, prose, without_void
from poc_graduate.notebook.model import Cell
from poc_graduate.plan.cells import kept_statements
from poc_graduate.plan.layout import Layout
from poc_graduate.plan.model import Stage
from poc_graduate.plan.settle import Settled

_MARKERS = {"markdown": "# %% [markdown]", "raw": "# %% [raw]", "code": "# %%"}

_TAKE_STATE = {
    "random": "random.setstate({})",
    "numpy_random": "np.random.set_state({})",
    "torch_random": "torch.set_rng_state({})",
}
_GIVE_STATE = {
    "random": "random.getstate()",
    "numpy_random": "np.random.get_state()",
    "torch_random": "torch.get_rng_state()",
}
_STATE_IMPORT = {
    "random": ("random", "import random"),
    "numpy_random": ("np", "import numpy as np"),
    "torch_random": ("torch", "import torch"),
}


@dataclass(frozen=True)
class TaskScript:
    """What fills `tasks/task.py.jinja`.

    Attributes:
        name: The stage's name; the other attributes are its cells, in order, as lines.
        watched: Whether Ploomber watches files for it, which it hands over as `resources_`.
    """

    name: str
    heading: tuple[str, ...]
    upstream: str
    parameters: tuple[str, ...]
    imports: tuple[str, ...]
    setup: tuple[str, ...]
    loads: tuple[str, ...]
    cells: tuple[ScriptCell, ...]
    saves: tuple[str, ...]
    watched: bool = False


@dataclass(frozen=True)
class Homes:
    """Which module of the package holds which name."""

    package: str
    module_of: Mapping[str, str]


def task_script(
    settled: Settled,
    index: int,
    functions: Mapping[int, Function],
    homes: Homes,
    checks: Sequence[Checked] = (),
) -> TaskScript:
    """The script of one stage.

    Args:
        settled: The plan.
        index: The stage's position.
        functions: Functions made of cells, by position of the cell.
        homes: Modules that names of the package live in.
        checks: The tables that the stage checks.
    """
    stage, layout = settled.plan.stages[index], settled.layouts[index]
    time = settled.time
    imported, package = set(layout.imports), set(layout.package)
    cells: list[ScriptCell] = []
    for cell in _story(settled, index):
        if cell.kind != "code":
            if not _repeats_title(cell, stage):
                text = prose(cell, settled.plan.notebook)
                cells.append(ScriptCell(_MARKERS[cell.kind], text, cell.index))
            continue
        position = time.cells.index(cell.index)
        function = functions.get(position)
        if function is not None:
            package |= {function.name}
        text = _code(settled, position, function)
        if text.strip():
            cells.append(ScriptCell("# %%", escaped(text), cell.index))
        behind = [one.call for one in checks if one.cell == cell.index]
        if behind:
            cells.append(ScriptCell("# %%", "\n".join(behind)))
    still = _still_used(settled, layout, functions)
    if not settled.constraints.all_imports:
        imported &= still
    package = {name for name in package if name in still or _is_function(name, functions)}
    setup, needed = _setup(settled, layout, stage)
    saves = _saves(layout, stage)
    loads = _loads(layout, stage)
    lines = import_lines(time.definitions, imported | (needed & set(time.definitions.imports)))
    known = {name for line in lines for name in bound_by(line)}
    for generator in [*layout.carries, *layout.hands_over]:
        name, line = _STATE_IMPORT[generator]
        if name not in known:
            lines.append(line)
    for name, line in (("os", "import os"), ("pd", "import pandas as pd")):
        wanted = any(text.startswith((f"{name}.", f"{name}[")) for text in setup)
        if wanted and name not in known and line not in lines:
            lines.append(line)
    lines += kernel_imports([*(c.text for c in cells if c.marker == "# %%"), *setup], time.dataflow)
    package |= {name for name in needed if name in homes.module_of}
    own = _package_imports(package, homes, saves=bool(saves), loads=bool(loads), checks=checks)
    return TaskScript(
        stage.name,
        _heading(settled, stage),
        repr(list(stage.upstream)).replace("'", '"') if stage.upstream else "None",
        stage.parameters,
        tuple(sorted_imports(lines, own)),
        tuple(setup),
        tuple(loads),
        without_void(cells),
        tuple(saves),
    )


def _is_function(name: str, functions: Mapping[int, Function]) -> bool:
    return any(f.name == name for f in functions.values())


def _still_used(settled: Settled, layout: Layout, functions: Mapping[int, Function]) -> set[str]:
    """Names that the task still reads itself once functions have moved to the package."""
    time = settled.time
    used: set[str] = set()
    for position in range(layout.start, layout.stop):
        function = functions.get(position)
        for statement in kept_statements(time, position, settled.parameters.variables):
            if function is None or statement.key not in function.keys:
                used |= _names_in(time.needs(statement) | statement.changes, statement)
                for called in statement.calls:
                    source = time.definitions.repeatable.get(called)
                    if source is not None:
                        used |= time.needs(source)
    for statement in [*layout.repeats, *layout.settings, *layout.seeds]:
        used |= time.needs(statement) | statement.changes
    return used


def _names_in(names: frozenset[str], statement: Statement) -> set[str]:
    """Names that stand in the statement's own text, not only in what it calls."""
    text = {n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name)}
    strings = " ".join(
        n.value
        for n in ast.walk(statement.node)
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )
    return {name for name in names if name in text or name in strings}


def _story(settled: Settled, index: int) -> list[Cell]:
    """The stage's cells, Markdown included: a text belongs to the code that follows it."""
    layout = settled.layouts[index]
    time = settled.time
    first = 0 if index == 0 else time.cells[layout.start - 1]
    last = time.cells[layout.stop - 1]
    if index == len(settled.layouts) - 1:
        last = len(time.dataflow.notebook.cells)
    return [
        cell
        for cell in time.dataflow.notebook.cells
        if first < cell.index <= last and cell.source.strip()
    ]


def _repeats_title(cell: Cell, stage: Stage) -> bool:
    """A Markdown cell that holds nothing but the heading that the stage is named after."""
    lines = [line for line in cell.source.strip().split("\n") if line.strip()]
    return len(lines) == 1 and lines[0].lstrip("# ").strip("* ") == stage.title.strip()


def _heading(settled: Settled, stage: Stage) -> tuple[str, ...]:
    numbers = [str(cell) for cell in stage.cells]
    listed = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    if len(numbers) > 3 and stage.cells[-1] - stage.cells[0] >= len(numbers) - 1:
        listed = f"{numbers[0]} to {numbers[-1]}"
    word = "cell" if len(numbers) == 1 else "cells"
    verb = "Was" if len(numbers) == 1 else "Were"
    return (f"# {stage.title}", f"{verb} {word} {listed} of `{settled.plan.notebook}`.")


def _code(settled: Settled, position: int, function: Function | None) -> str:
    time, chosen = settled.time, settled.parameters
    code = time.dataflow.notebook.cell(time.cells[position]).code
    kept: list[tuple[Statement, str]] = []
    called = False
    for statement in kept_statements(time, position, chosen.variables):
        key = statement.key
        if function is not None and key in function.keys:
            if not called:
                text = call_text(function) + (f"\n{function.shows}" if function.shows else "")
                kept.append((_spanning(function), text))
                called = True
            continue
        kept.append((statement, statement_text(statement, code, chosen.replaced.get(key, ()))))
    return cell_text(kept, time.statements[position])


def _spanning(function: Function) -> Statement:
    """A stand-in for the statements of a function, so that blank lines stay where they were."""
    first, last = function.statements[0], function.statements[-1]
    node = ast.parse("called = 0").body[0]
    node.lineno = first.node.lineno
    node.end_lineno = last.node.end_lineno
    return replace(first, node=node, role="compute")


def call_text(function: Function) -> str:
    """The call that takes the place of the function's statements."""
    outputs = ", ".join(a.name for a in function.outputs)
    return f"{outputs} = {function.call()}"


def _setup(settled: Settled, layout: Layout, stage: Stage) -> tuple[list[str], set[str]]:
    """Settings, seeds, states and definitions of earlier cells; and the names they read."""
    time, chosen = settled.time, settled.parameters
    lines: list[str] = []
    names: set[str] = set()
    replayed = [(s, "setting") for s in layout.settings]
    replayed += [(s, "seed") for s in layout.seeds]
    replayed += [(s, "repeat") for s in layout.repeats]
    replayed.sort(key=lambda item: (item[0].cell, item[0].index))
    for statement, kind in replayed:
        code = time.dataflow.notebook.cell(statement.cell).code
        key = statement.key
        text = statement_text(statement, code, chosen.replaced.get(key, ()))
        text = text.rstrip().removesuffix(";") if isinstance(statement.node, ast.Expr) else text
        if kind == "seed" and "#" not in text:
            text += f"  # as in cell {statement.cell}: nothing draws before this task"
        if text not in lines:
            lines.append(text)
        names |= time.needs(statement) | statement.changes
    for component, detail in sorted(layout.values.items()):
        lines += _by_value(component, detail)
    for generator, giver in stage.carries:
        source = f'load(upstream["{giver}"]["{generator}_state"])'
        lines.append(_TAKE_STATE[generator].format(source))
    return lines, names


def _by_value(component: str, detail: object) -> list[str]:
    match component, detail:
        case "environ", dict():
            return [
                f"os.environ[{key!r}] = {value!r}"
                if value is not None
                else f"os.environ.pop({key!r}, None)"
                for key, value in sorted(detail.items())
            ]
        case "cwd", str():
            return [f"os.chdir({detail!r})"]
        case "path", list():
            return [f"sys.path.append({entry!r})" for entry in detail]
        case "pandas", dict():
            return [f"pd.set_option({key!r}, {value!r})" for key, value in sorted(detail.items())]
        case "recursion", int():
            return [f"sys.setrecursionlimit({detail})"]
        case "locale", str():
            return [f"locale.setlocale(locale.LC_ALL, {detail!r})"]
    return []


def _loads(layout: Layout, stage: Stage) -> list[str]:
    lines = []
    for (_, kept), load in zip(layout.loads, stage.loads, strict=True):
        names = ", ".join(kept.names)
        lines.append(f'{names} = load(upstream["{load.stage}"]["{kept.key}"])')
    return lines


def _saves(layout: Layout, stage: Stage) -> list[str]:
    lines = []
    for kept in layout.keeps:
        names = kept.names[0] if len(kept.names) == 1 else f"({', '.join(kept.names)})"
        lines.append(f'save({names}, product["{kept.key}"])')
    for generator in sorted(layout.hands_over):
        lines.append(f'save({_GIVE_STATE[generator]}, product["{generator}_state"])')
    return lines


def _package_imports(
    names: Iterable[str], homes: Homes, *, saves: bool, loads: bool, checks: Sequence[Checked]
) -> list[str]:
    by_module: dict[str, list[str]] = {}
    for name in names:
        if name in homes.module_of:
            by_module.setdefault(homes.module_of[name], []).append(name)
    if saves or loads:
        wanted = [n for n, use in (("load", loads), ("save", saves)) if use]
        by_module.setdefault("storage", []).extend(wanted)
    if checks:
        by_module.setdefault("batches", []).append("admit")
        by_module.setdefault("contracts", []).extend(one.constant for one in checks)
    return [
        f"from {homes.package}.{module} import {', '.join(sorted(found, key=member_order))}"
        for module, found in sorted(by_module.items())
    ]


def escaped(text: str) -> str:
    """Comments that look like magics would become magics when jupytext reads the script."""
    from jupytext.magics import comment_magic

    return "\n".join(comment_magic(text.split("\n"), "python"))
