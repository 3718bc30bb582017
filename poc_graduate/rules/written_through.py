"""Files that a notebook names to a function of its own, which writes them."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from functools import lru_cache

from poc_graduate.dataflow.names import parameter_names
from poc_graduate.rules.files import path_text, places
from poc_graduate.rules.view import CellView, NotebookView

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def written_through(notebook: NotebookView) -> Iterator[tuple[CellView, ast.Call, str]]:
    """Calls that name files to functions of the notebook that write them, each with the file.

    `as_lines('a.csv', 'a.jsonl')` where `def as_lines(source, target)` opens `target` to write.
    """
    for function, parameters in _writers(notebook).items():
        for cell in notebook.cells:
            for call in cell.calls.get(function.name, ()):
                if not isinstance(call.func, ast.Name):
                    continue
                for parameter, given in _given(call, function):
                    text = path_text(given, notebook) if parameter in parameters else None
                    if text:
                        yield cell, call, posixpath.normpath(text.replace("\\", "/"))


@lru_cache(maxsize=1)  # asked for one file after the other
def _writers(notebook: NotebookView) -> dict[_Function, set[str]]:
    """Functions → the parameters that they take for files to write, or hand on to one that does."""
    functions = [
        node for cell in notebook.cells for node in cell.body if isinstance(node, _Function)
    ]
    writes = {function: _written(function) for function in functions}
    grows = True
    while grows:
        grows = False
        for function in functions:
            names = set(parameter_names(function.args))
            for call in (one for one in ast.walk(function) if isinstance(one, ast.Call)):
                for other in functions:
                    if not (isinstance(call.func, ast.Name) and call.func.id == other.name):
                        continue
                    more = {
                        given.id
                        for parameter, given in _given(call, other)
                        if parameter in writes[other] and isinstance(given, ast.Name)
                    }
                    more = more & names - writes[function]
                    writes[function] |= more
                    grows |= bool(more)
    return {function: names for function, names in writes.items() if names}


def _written(function: _Function) -> set[str]:
    return {
        node.id
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        for how, node in places(call)
        if how != "read" and isinstance(node, ast.Name)
    } & set(parameter_names(function.args))


def _given(call: ast.Call, function: _Function) -> Iterator[tuple[str, ast.expr]]:
    """Parameter and argument; none behind `*`, where nobody knows which gets what."""
    for parameter, argument in zip(
        [*function.args.posonlyargs, *function.args.args], call.args, strict=False
    ):
        if isinstance(argument, ast.Starred):
            break
        yield parameter.arg, argument
    for word in call.keywords:
        if word.arg is not None:
            yield word.arg, word.value
