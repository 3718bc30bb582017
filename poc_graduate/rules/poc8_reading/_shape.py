"""Shapes of statements: equal where only names and typed values differ."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from poc_graduate.rules.parsed import Parsed
from poc_graduate.rules.view import CellView

_DRAWING = ("plt", "ax", "axes", "axs", "fig", "sns", "px", "pylab", "display", "print")


@dataclass(frozen=True)
class Shapes:
    """The top-level statements of a cell without their names and values.

    Attributes:
        keys: One for each statement, equal for those of one shape.
        sizes: How many nodes each has.
    """

    keys: tuple[int, ...]
    sizes: tuple[int, ...]


def shapes(cell: Parsed) -> Shapes:
    """The shapes of a cell's statements; to be asked once for each text."""
    nodes, attribute = cell.nodes, ast.Attribute
    # Kinds of nodes and names of methods only: who finds two alike asks `told` for the rest.
    kinds = [n.attr if n.__class__ is attribute else n.__class__ for n in nodes]
    places = list(zip(cell.starts, (*cell.starts[1:], len(nodes)), strict=False))
    return Shapes(
        tuple(hash(tuple(kinds[start:end])) for start, end in places),
        tuple(end - start for start, end in places),
    )


def weight(cell: CellView, start: int = 0, length: int | None = None) -> int:
    """How much some statements do; what draws is often repeated on purpose, a picture a cell."""
    part = slice(start, None if length is None else start + length)
    sizes = cell.parsed.once(shapes).sizes[part]
    pairs = zip(cell.body[part], sizes, strict=True)
    return sum(size for one, size in pairs if not (draws(one) or _binds(one) or _is_data(one)))


def told(cell: CellView, start: int = 0, length: int | None = None) -> tuple[object, ...]:
    """What some statements do, but for names and values: functions, operators, keywords."""
    ends = (*cell.parsed.starts, len(cell.nodes))
    end = len(cell.body) if length is None else start + length
    found: list[object] = []
    for node in cell.nodes[ends[start] : ends[end]]:
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.keyword(arg=name):
                found.append(name)
            case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.UnaryOp(op=op) | ast.BoolOp(op=op):
                found.append(op.__class__)
            case ast.Compare(ops=several):
                found += [op.__class__ for op in several]
            case ast.Slice(lower=lower, upper=upper):  # the first rows, or the last
                found.append((lower is None, upper is None))
            case _:
                found.append(node.__class__)
    return tuple(found)


def but_for(places: Sequence[tuple[CellView, int, int]]) -> str:
    """What places of one shape differ in, for a message: nothing, where they are word for word.

    Args:
        places: Cell, first statement, and how many statements.
    """
    told_in_full = {
        tuple(ast.dump(one) for one in cell.body[start : start + length])
        for cell, start, length in places
    }
    return " with other names or values" if len(told_in_full) > 1 else ""


def draws(statement: ast.stmt) -> bool:
    """Whether a statement does no more than draw, or show something."""
    value: ast.expr | None = None
    match statement:
        # A layer put on another: a drawing of a network, whose layers are alike on purpose.
        case ast.Assign(value=ast.Call(func=ast.Call())):
            return True
        case ast.Expr(value=ast.Call(func=called)):
            value = called
        case ast.Expr():
            return True
        case ast.Assign(value=ast.Call(func=called)):
            value = called
    while isinstance(value, ast.Attribute | ast.Call | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id.rstrip("0123456789") in _DRAWING


def _is_data(statement: ast.stmt) -> bool:
    """`rain = np.array([66.2, 39.7, …])`: figures, which differ in each place."""
    match statement:
        case ast.Assign(value=ast.Call(args=[given, *_])) | ast.Assign(value=given):
            return isinstance(given, ast.List | ast.Tuple | ast.Dict) and not any(
                isinstance(node, ast.Name | ast.Call) for node in ast.walk(given)
            )
    return False


def _binds(statement: ast.stmt) -> bool:
    return isinstance(
        statement,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    )
