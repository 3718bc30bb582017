"""Rows of a sample that are given what a function compares a column with, where none has it.

A threshold differs from its neighbours by a row that stands on it, a text by a row that has it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .calls import tree_of

TURNED = "the last row first"
"""What is told of a table that is turned round."""
_SHARE = 5
"""One row of so many may be another one than in the data."""
_MOST = 10
"""Rows of one table that are moved."""
_COMPARING = frozenset(
    "isin map replace eq ne gt ge lt le between cut clip apply transform where mask".split()
)
"""Methods and functions whose constants are compared with values, or looked up."""


def moved(function: Callable[..., Any], arguments: dict[str, Any]) -> list[str]:
    """Give rows of tables, among the last ones, what a function compares their columns with.

    A table that lies in the order in which the function brings it is turned round.

    Args:
        function: A function made of a cell.
        arguments: What it is called with; its tables are changed.

    Returns:
        Which values were given to which columns; `TURNED` where a table was turned round.
    """
    tree = tree_of(function)
    spoken, sorted_by = list(_spoken(tree)), set(_sorted_by(tree))
    told: list[str] = []
    for frame in arguments.values():
        if type(frame).__name__ != "DataFrame" or not frame.columns.is_unique:
            continue
        rows = iter(range(len(frame) - 1, len(frame) - 1 - min(_MOST, len(frame) // _SHARE), -1))
        row = next(rows, None)
        for names, value in spoken:
            columns = [name for name in names if name in frame.columns]
            if row is None or len(columns) != 1 or _has(frame[columns[0]], value):
                continue
            if _given(frame, columns[0], row, value):
                told.append(f"{columns[0]} {value!r}")
                row = next(rows, None)
    for name, frame in arguments.items():
        if type(frame).__name__ == "DataFrame" and _in_order(frame, sorted_by):
            arguments[name] = frame.iloc[::-1]
            told.append(TURNED)
    return list(dict.fromkeys(told))


def _sorted_by(tree: ast.Module) -> Iterator[str]:
    """Columns by which a function brings rows into an order."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="sort_values")):
                given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "by")]
                yield from (value for part in given for value in _values(part, {}))


def _in_order(frame: Any, columns: set[str]) -> bool:
    """Whether the rows lie in the order of one of the columns, as if they had been sorted."""
    return any(
        frame[column].is_monotonic_increasing or frame[column].is_monotonic_decreasing
        for column in columns.intersection(frame.columns)
        if frame[column].nunique() > 1
    )


def _has(column: Any, value: Any) -> bool:
    try:
        return bool((column == value).any())
    except Exception:  # values that cannot be compared are not the same
        return False


def _given(frame: Any, column: str, row: int, value: Any) -> bool:
    """Whether a row can have the value in a column that stays of the same kind."""
    kind = getattr(frame[column].dtype, "kind", "O")
    if isinstance(value, str) == (kind in "iufb"):
        return False
    changed = frame[column].copy()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # before pandas 3 a column silently becomes another
            changed.iloc[row] = value
    except Exception:  # not among the categories, no number, no time
        return False
    if changed.dtype != frame[column].dtype:
        return False
    frame[column] = changed
    return True


def _spoken(tree: ast.Module) -> Iterator[tuple[set[str], Any]]:
    """What may be columns, with a value that an expression of the function holds against them."""
    tables = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    asking = [node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.Call)]
    for node in sorted(asking, key=lambda node: (node.lineno, node.col_offset)):
        match node:
            case ast.Compare():
                held = beside = [node.left, *node.comparators]
            case ast.Call(func=ast.Attribute(attr=name)) if name in _COMPARING:
                held = [*node.args, *(keyword.value for keyword in node.keywords)]
                beside = [node.func, *held]
            case _:
                continue
        names = {name for part in beside for name in _names(part)}
        yield from ((names, value) for part in held for value in _values(part, tables))


def _names(part: ast.expr) -> Iterator[str]:
    """Names by which an expression may take columns."""
    for node in ast.walk(part):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case ast.Attribute(value=ast.Name(), attr=name):
                yield name


def _values(part: ast.expr, tables: Mapping[str, ast.expr]) -> Iterator[Any]:
    """Numbers and texts of an expression, less the names of columns and what a key stands for."""
    todo: list[ast.AST] = [part]
    opened: set[str] = set()
    while todo:
        node = todo.pop(0)
        match node:
            case ast.Constant(value=bool()):
                continue
            case ast.Constant(value=int(value)):
                yield from (value, value + 1)  # on it, and right behind it
            case ast.Constant(value=float() | str() as value):
                yield value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                yield -value
            case ast.Name(id=name) if name in tables and name not in opened:
                opened.add(name)
                if isinstance(tables[name], ast.List | ast.Tuple | ast.Dict | ast.Constant):
                    todo.append(tables[name])
            case ast.Subscript(value=owner):
                todo.append(owner)
            case ast.Dict(keys=keys):
                todo += [key for key in keys if key is not None]
            case ast.Lambda(body=body):
                todo += [one for one in ast.walk(body) if isinstance(one, ast.Compare)]
            case ast.Call():
                continue  # what another function is told is not compared
            case _:
                todo += ast.iter_child_nodes(node)
