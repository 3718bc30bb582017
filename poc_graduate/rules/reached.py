"""Which functions of a notebook are run: those that its cells call, and what these call."""

from __future__ import annotations

import ast
from functools import lru_cache

from poc_graduate.rules.view import CellView, NotebookView


@lru_cache(maxsize=1)  # asked by one cell after the other
def reached(notebook: NotebookView) -> frozenset[str]:
    """Names that some cell reads outside of functions, or functions that are read so read."""
    functions: dict[str, frozenset[str]] = {}
    found: set[str] = set()
    for cell, names in zip(notebook.cells, notebook.names.cells, strict=True):
        functions.update(names.functions)
        found |= names.reads | names.mentions
        # A function that its own cell calls is bound before it is read.
        found |= {
            name
            for name in names.functions.keys() & cell.calls.keys()
            if any(function_around(call, cell) is None for call in cell.calls[name])
        }
        found |= names.functions.keys() & _mentioned(cell)
    todo = list(found)
    while todo:
        more = functions.get(todo.pop(), frozenset()) - found
        found |= more
        todo += more
    return frozenset(found)


def function_around(node: ast.AST, cell: CellView) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The outermost function that a node stands in."""
    found: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    at = cell.parent(node)
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
            found = at
        at = cell.parent(at)
    return found


def _mentioned(cell: CellView) -> set[str]:
    """Names that stand outside of functions, to be called by somebody: `apply(clean)`."""
    return {
        node.id
        for node in cell.of(ast.Name)
        if isinstance(node.ctx, ast.Load)
        and node.id in cell.names.functions
        and function_around(node, cell) is None
    }
