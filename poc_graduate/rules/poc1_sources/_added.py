"""Folders that a notebook puts on Python's path, in its own words."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.files import path_text
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView


def places_of(added: ast.expr, cell: CellView, depth: int = 4) -> list[str]:
    """What a folder is made of, in the notebook's words: of a loop what it goes through.

    Args:
        added: The expression that names it.
        cell: Where it stands.
        depth: As many names are followed.
    """
    if (typed := path_text(added, cell.notebook)) is not None:
        return [f"'{typed}'"]
    at = added
    while isinstance(at, ast.Call) and last_name(at.func) in _SAME and at.args:
        at = at.args[0]
    if isinstance(at, ast.Name) and depth:
        match _bound_above(at, cell):
            case ast.For(iter=ast.List(elts=elts) | ast.Tuple(elts=elts)):
                return [place for one in elts for place in places_of(one, cell, depth - 1)]
            case ast.For(iter=every):
                return [f"each of `{cell.source(every)}`"]
            case ast.Assign(value=ast.Call(func=func) as made) if last_name(func) in _SAME:
                return places_of(made, cell, depth - 1)
    text = path_text(at, cell.notebook)
    return [f"'{text}'" if text else f"`{cell.source(at)}`"]


def _bound_above(name: ast.Name, cell: CellView) -> ast.stmt | None:
    """The loop round a place that binds the name there, or the last assignment before it."""
    around = function_around(name, cell)
    found: ast.stmt | None = None
    for one in cell.statements:
        if one.lineno > name.lineno or function_around(one, cell) is not around:
            continue
        match one:
            case ast.Assign(targets=[ast.Name(id=bound)]) if bound == name.id:
                found = one if one.lineno < name.lineno else found
            case ast.For(target=ast.Name(id=bound), end_lineno=int(end)) if bound == name.id:
                found = one if name.lineno <= end else found
    return found


_SAME = frozenset({"str", "abspath", "fspath", "resolve", "realpath", "Path"})
