"""The package's modules: the author's definitions, and functions made of cells."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from poc_graduate.dataflow.model import Statement
from poc_graduate.generate.code import has_gap, import_lines, indented, statement_text
from poc_graduate.generate.functions import Argument, Function
from poc_graduate.generate.imports import kernel_imports, sorted_imports
from poc_graduate.generate.tasks import Homes
from poc_graduate.plan.cells import kept_statements
from poc_graduate.plan.definitions import free_names
from poc_graduate.plan.settle import Settled

COMMON = "common"


@dataclass(frozen=True)
class Module:
    """What fills `src/package/module.py.jinja`."""

    name: str
    summary: str
    imports: tuple[str, ...]
    blocks: tuple[str, ...]


def homes(settled: Settled, functions: Mapping[int, Function]) -> Homes:
    """Where each name of the package lives: with its only stage, else in `common`."""
    moved = settled.definitions.movable
    users: dict[str, set[str]] = {name: set() for name in moved}
    variables = settled.parameters.variables
    for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True):
        needed: set[str] = set()
        for position in range(layout.start, layout.stop):
            for statement in kept_statements(settled.time, position, variables):
                needed |= settled.time.needs(statement) | statement.calls
        for statement in [*layout.repeats, *layout.settings]:
            needed |= settled.time.needs(statement)
        for name in closure(settled, needed | layout.package):
            users[name].add(stage.name)
    result = {f.name: f.module for f in functions.values()}
    for name, statement in moved.items():
        if name in variables:
            continue
        if len(users[name]) == 1:
            result[name] = next(iter(users[name]))
        elif users[name] or not isinstance(statement.node, ast.Assign):
            result[name] = COMMON
    for name in list(result):
        # Nothing in `common` may need a stage's module.
        if result[name] == COMMON:
            for needed_name in closure(settled, {name}):
                if needed_name in result:
                    result[needed_name] = COMMON
    return Homes(settled.plan.package, result)


def closure(settled: Settled, names: Iterable[str]) -> set[str]:
    """Moved definitions among the names, and those that they need in turn."""
    moved = settled.definitions.movable
    seen: set[str] = set()
    todo = [name for name in names if name in moved]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [n for n in free_names(moved[name], settled.definitions.stars) if n in moved]
    return seen


def modules(settled: Settled, functions: Mapping[int, Function], where: Homes) -> list[Module]:
    """All modules that hold something, `common` first, then in the order of the stages."""
    order = [COMMON, *(stage.name for stage in settled.plan.stages)]
    titles = {stage.name: stage.title for stage in settled.plan.stages}
    result = []
    for name in order:
        members = {n for n, module in where.module_of.items() if module == name}
        if members:
            summary = titles.get(name, "What several stages share")
            result.append(_module(settled, functions, where, name, members, summary))
    return result


def _module(
    settled: Settled,
    functions: Mapping[int, Function],
    where: Homes,
    name: str,
    members: set[str],
    summary: str,
) -> Module:
    time = settled.time
    moved = [(s.cell, s.index, n) for n, s in time.definitions.movable.items() if n in members]
    blocks: list[tuple[tuple[int, int], str]] = []
    needed: set[str] = set()
    done: set[tuple[int, int]] = set()
    for cell, index, member in sorted(moved):
        statement = time.definitions.movable[member]
        needed |= free_names(statement, time.definitions.stars)
        if (cell, index) not in done:
            done.add((cell, index))
            blocks.append(((cell, index), _definition(settled, statement, member)))
    annotations: set[str] = set()
    for function in functions.values():
        if function.name in members:
            needed |= function.imports | function.package
            blocks.append(
                ((function.cell, function.statements[0].index), function_text(settled, function))
            )
            for argument in (*function.inputs, *function.parameters, *function.outputs):
                annotations |= _words(argument.annotation)
    lines = import_lines(time.definitions, needed | (annotations & set(time.definitions.imports)))
    bound = {line.rsplit(" ", 1)[-1] for line in lines}
    for alias, line in (("pd", "import pandas as pd"), ("np", "import numpy as np")):
        if alias in annotations and alias not in bound:
            lines.append(line)
    if "Any" in annotations:
        lines.append("from typing import Any")
    lines += kernel_imports((text for _, text in blocks), time.dataflow)
    own: dict[str, list[str]] = {}
    for other in sorted(needed | (annotations & set(where.module_of))):
        module = where.module_of.get(other)
        if module is not None and module != name:
            own.setdefault(module, []).append(other)
    imports = sorted_imports(lines)
    if own:
        imports += [
            "",
            *(f"from {where.package}.{m} import {', '.join(n)}" for m, n in sorted(own.items())),
        ]
    blocks.sort(key=lambda block: block[0])
    return Module(name, f"{summary}.", tuple(imports), tuple(text for _, text in blocks))


def _words(annotation: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(annotation, mode="eval")) if isinstance(n, ast.Name)}


def _definition(settled: Settled, statement: Statement, name: str) -> str:
    """The author's definition; a lambda bound to a name becomes a function that can be pickled."""
    code = settled.time.dataflow.notebook.cell(statement.cell).code
    key = statement.key
    text = statement_text(statement, code, settled.parameters.replaced.get(key, ()))
    node = statement.node
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        value = node.value
        comments = [line for line in text.split("\n") if line.lstrip().startswith("#")]
        body = ast.unparse(value.body)
        return "\n".join(
            [*comments, f"def {name}({ast.unparse(value.args)}):", f"    return {body}"]
        )
    return text


def function_text(settled: Settled, function: Function) -> str:
    """A function made of a cell's statements: typed, documented, the statements as they were."""
    code = settled.time.dataflow.notebook.cell(function.cell).code
    replaced = settled.parameters.replaced
    lines = []
    previous: Statement | None = None
    for statement in function.statements:
        text = statement_text(statement, code, replaced.get(statement.key, ()))
        if previous is not None and has_gap(previous, statement):
            lines.append("")
        if isinstance(statement.node, ast.Expr):
            text = text.rstrip().removesuffix(";")
        lines.append(text)
        previous = statement
    lines.append(f"return {', '.join(a.name for a in function.outputs)}")
    arguments = [f"{a.name}: {a.annotation}" for a in function.inputs]
    if function.parameters:
        arguments += ["*", *(f"{p.name}: {p.annotation}" for p in function.parameters)]
    header = f"def {function.name}({', '.join(arguments)}) -> {_returns(function)}:"
    doc = _docstring(settled, function)
    return "\n".join([header, indented(doc), indented("\n".join(lines).replace("\n\n\n", "\n\n"))])


def _returns(function: Function) -> str:
    kinds = [a.annotation for a in function.outputs]
    return kinds[0] if len(kinds) == 1 else f"tuple[{', '.join(kinds)}]"


def _docstring(settled: Settled, function: Function) -> str:
    origin = f"Was cell {function.cell} of `{settled.plan.notebook}`."
    lines = [f"{function.title}.", "", origin, ""]
    arguments = [*function.inputs, *function.parameters]
    if arguments:
        lines += ["Args:", *(_described(a, settled) for a in arguments), ""]
    lines += ["Returns:", *(_described(a, settled) for a in function.outputs)]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{text}\n"""'


def _described(argument: Argument, settled: Settled) -> str:
    parameter = next((p for p in settled.plan.parameters if p.name == argument.name), None)
    if parameter is not None:
        return f"    {argument.name}: {parameter.value!r} in the prototype."
    seen = argument.seen.replace("\n", " ").strip()
    return (
        f"    {argument.name}: {seen} in the prototype's run."
        if seen
        else f"    {argument.name}: As in the notebook."
    )
