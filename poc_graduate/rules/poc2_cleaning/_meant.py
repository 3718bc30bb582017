"""Duplicates that are dropped on purpose: one row of each key is wanted, or was there before."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc2_cleaning._looked_at import mentions, subset_of
from poc_graduate.rules.poc2_cleaning._loss import Loss, kept_loss
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView, keyword


def picks(loss: Loss, cell: CellView) -> bool:
    """Whether one row of each key is picked: they are sorted, and the first or last is kept."""
    if last_name(loss.call.func) != "drop_duplicates" or subset_of(loss.call) is None:
        return False
    for sort in cell.calls.get("sort_values", ()):
        if any(sort is part for part in ast.walk(loss.call.func)):
            return True
        match cell.statement(sort):
            case ast.Assign(targets=[ast.Name(id=name)]) as above:
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) as above:
                pass
            case _:
                continue
        if name == loss.frame and above.lineno < loss.statement.lineno:
            return True
    return False


def is_asked_for(loss: Loss, cell: CellView) -> bool:
    """Whether who calls the function says of what one row is wanted: `def one_each(df, key)`."""
    around, subset = function_around(loss.statement, cell), subset_of(loss.call)
    if around is None or subset is None or last_name(loss.call.func) != "drop_duplicates":
        return False
    given = around.args
    parameters = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    return any(mentions(subset, one) for one in parameters)


def undoes_merge(loss: Loss, cell: CellView) -> bool:
    """Whether only what a left merge has multiplied goes: the left side was one row a key before.

    `b = a.drop_duplicates('k')`, `c = b.merge(d, how='left')`, `c = c.drop_duplicates('k')`.
    """
    subset = subset_of(loss.call)
    if last_name(loss.call.func) != "drop_duplicates" or subset is None:
        return False
    for merge in cell.calls.get("merge", ()):
        how, statement = keyword(merge, "how"), cell.statement(merge)
        if not (isinstance(how, ast.Constant) and how.value == "left"):
            continue
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is merge:
                if name != loss.frame or statement.lineno > loss.statement.lineno:
                    continue
                if _is_unique(_left_of(merge, cell), subset, merge, cell):
                    return True
    return False


def _left_of(merge: ast.Call, cell: CellView) -> str:
    left = merge.func.value if isinstance(merge.func, ast.Attribute) else merge.func
    if cell.module(merge.func) and merge.args:
        left = merge.args[0]
    return left.id if isinstance(left, ast.Name) else ""


def _is_unique(frame: str, subset: ast.expr, before: ast.Call, cell: CellView) -> bool:
    """Whether a frame was left with one row for each value of the same columns, above."""
    for call in cell.calls.get("drop_duplicates", ()):
        kept, given = kept_loss(call, cell), subset_of(call)
        if kept is None or given is None or call.lineno >= before.lineno:
            continue
        if kept.target == frame and ast.dump(given) == ast.dump(subset):
            return True
    return False
