"""Calls that may lose rows, whose rest is kept under a name."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, is_given, keyword

_GOES_ON = frozenset(
    "reset_index copy drop rename sort_values sort_index astype set_index drop_duplicates dropna "
    "assign fillna".split()
)


@dataclass(frozen=True)
class Loss:
    """A call that may lose rows, whose result is kept.

    Attributes:
        frame: What it is asked of.
        target: Name that the rest is bound to.
        call: The call.
        statement: The statement that it stands in.
    """

    frame: str
    target: str
    call: ast.Call
    statement: ast.stmt


def kept_loss(call: ast.Call, cell: CellView) -> Loss | None:
    """The frame and the name of what is left, where rows may go and the rest is kept."""
    if not isinstance(call.func, ast.Attribute) or not _loses_rows(call):
        return None
    on: ast.expr = call.func.value
    if call.func.attr == "merge" and cell.module(call.func) and call.args:
        on = call.args[0]
    while isinstance(on, ast.Call) and isinstance(on.func, ast.Attribute):
        on = on.func.value
    statement = cell.statement(call)
    if not isinstance(on, ast.Name) or statement is None:
        return None
    match statement:
        case ast.Expr(value=value) if value is call and is_given(call, "inplace", True):
            return Loss(on.id, on.id, call, statement)
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if _heads(value, call):
            return Loss(on.id, target, call, statement)
    return None


def _loses_rows(call: ast.Call) -> bool:
    """Whether the call drops rows, by its arguments."""
    axis = keyword(call, "axis")
    if axis is None and last_name(call.func) == "dropna" and call.args:
        axis = call.args[0]
    if isinstance(axis, ast.Constant) and axis.value in (1, "columns"):
        return False
    how = keyword(call, "how")
    given = how.value if isinstance(how, ast.Constant) else None
    if last_name(call.func) == "merge":
        return how is None or given == "inner"
    return given != "all"


def _heads(value: ast.expr, call: ast.Call) -> bool:
    """Whether a chain of methods goes on from the call: `df.dropna().reset_index()`."""
    node = value
    while node is not call:
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr=name)) if name in _GOES_ON:
                node = of
            case _:
                return False
    return True
