"""Shapes of statements: equal where only names and typed values differ."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poc_graduate.rules.parsed import Parsed

_DRAWING = ("plt", "ax", "axes", "axs", "fig", "sns", "px", "pylab", "display", "print")


@dataclass(frozen=True)
class Shape:
    """One top-level statement without its names and values.

    Attributes:
        key: Equal for statements of one shape.
        size: How many nodes it has.
        draws: It only draws or shows.
        binds: It is an import or a definition.
    """

    key: int
    size: int
    draws: bool
    binds: bool


def shapes(cell: Parsed) -> tuple[Shape, ...]:
    """The shapes of a cell's statements; to be asked once for each text."""
    nodes, body = cell.nodes, cell.tree.body
    if not body:
        return ()
    # Each node is told by its kind, and by what it does: methods, functions, operators.
    told: list[object] = []
    starts: list[int] = []
    following = 0
    for node in nodes[1:]:
        if following < len(body) and node is body[following]:
            starts.append(len(told))
            following += 1
        kind = node.__class__
        if kind is ast.Attribute:
            told.append(node.attr)  # type: ignore[attr-defined]
        elif kind is ast.keyword:
            told.append(node.arg)  # type: ignore[attr-defined]
        elif kind is ast.Call and isinstance(called := node.func, ast.Name):  # type: ignore[attr-defined]
            told.append(called.id)
        elif kind is ast.BinOp or kind is ast.AugAssign:
            told.append(node.op.__class__)  # type: ignore[attr-defined]
        elif kind is ast.Compare:
            told.append(node.ops[0].__class__)  # type: ignore[attr-defined]
        else:
            told.append(kind)
    ends = [*starts[1:], len(told)]
    return tuple(
        Shape(hash(tuple(told[start:end])), end - start, _draws(one), _binds(one))
        for one, start, end in zip(body, starts, ends, strict=True)
    )


def _draws(statement: ast.stmt) -> bool:
    value: ast.expr | None = None
    match statement:
        case ast.Expr(value=ast.Call(func=called)):
            value = called
        case ast.Expr():
            return True
        case ast.Assign(value=ast.Call(func=called)):
            value = called
    while isinstance(value, ast.Attribute | ast.Call | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id.rstrip("0123456789") in _DRAWING


def _binds(statement: ast.stmt) -> bool:
    return isinstance(
        statement,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    )
