"""Columns that the notebook itself treats as categories, whatever their names look like."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.poc2_cleaning._frames import column_of
from poc_graduate.rules.view import CellView, NotebookView, keyword

_BARS = frozenset({"bar", "barh", "pie"})
_SHARES = frozenset({"hue", "style"})
_COUNTED = frozenset({"x", "y"})


def is_category(column: str, notebook: NotebookView) -> bool:
    """Whether a column is drawn, cast or encoded as one of few values.

    A name that ends in `id` may be a code: `discharge_disposition_id`. Nobody draws a bar, gives a
    colour, or makes a column of its own for each identifier of a record.
    """
    return any(column in _treated(cell) for cell in notebook.cells)


def _treated(cell: CellView) -> Iterator[str]:
    for call in cell.calls.get("value_counts", ()):
        if isinstance(call.func, ast.Attribute) and _is_drawn(call, cell):
            yield from _names(call.func.value)
    for call in cell.calls.get("astype", ()):
        match call:
            case ast.Call(func=ast.Attribute(value=of), args=[ast.Constant(value="category")]):
                yield from _names(of)
    for call in cell.calls.get("get_dummies", ()):
        for given in (*call.args[:1], keyword(call, "columns")):
            yield from _names(given)
    for call in cell.calls.get("countplot", ()):
        for given in (*call.args[:1], *(k.value for k in call.keywords if k.arg in _COUNTED)):
            yield from _names(given)
    for call in (call for calls in cell.calls.values() for call in calls if call.keywords):
        for word in call.keywords:
            if word.arg in _SHARES:
                yield from _names(word.value)


def _is_drawn(counted: ast.AST, cell: CellView) -> bool:
    """Whether counts are drawn as bars, after whatever has sorted them: `….plot(kind="bar")`."""
    while isinstance(link := cell.parent(counted), ast.Attribute | ast.Call):
        if isinstance(link, ast.Attribute) and link.attr in _BARS:
            return True
        if isinstance(link, ast.Call):
            if link.func is not counted:
                return False
            kind = keyword(link, "kind")
            if isinstance(kind, ast.Constant) and kind.value in _BARS:
                return True
        counted = link
    return False


def _names(given: ast.expr | None) -> Iterator[str]:
    """The column that is written: by its name, as `df.code`, or each of a list."""
    match given:
        case ast.Constant(value=str(name)):
            yield name
        case ast.List(elts=several) | ast.Tuple(elts=several):
            for one in several:
                yield from _names(one)
        case ast.Attribute() | ast.Subscript():
            if (column := column_of(given)) is not None:
                yield column.name
