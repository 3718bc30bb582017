"""What a notebook has shown of the rows that a step drops, before it drops them."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, keyword


def is_looked_at(call: ast.Call, cell: CellView) -> bool:
    """Whether a cell has shown the rows that go: `df[df.isna().any(axis=1)]`."""
    wanted = {"dropna": ("isna", "isnull"), "drop_duplicates": ("duplicated",)}
    tests = wanted.get(last_name(call.func), ())
    return any(
        isinstance(cell.notebook.cells[at].statement(test), ast.Expr)
        for at in range(cell.notebook.cells.index(cell) + 1)
        for name in tests
        for test in cell.notebook.cells[at].calls.get(name, ())
        if isinstance(_selects(test, cell.notebook.cells[at]), ast.Subscript)
        or (name == "duplicated" and _counts_these(test, call, cell.notebook.cells[at]))
    )


def _counts_these(test: ast.Call, call: ast.Call, cell: CellView) -> bool:
    """Whether `df.duplicated().sum()` is shown, of the same frame and columns."""
    match cell.parent(test), cell.statement(test):
        case ast.Attribute(attr="sum"), ast.Expr():
            pass
        case _:
            return False
    if not (isinstance(test.func, ast.Attribute) and isinstance(call.func, ast.Attribute)):
        return False
    asked, dropped = subset_of(test), subset_of(call)
    same = ast.dump(asked) == ast.dump(dropped) if asked and dropped else asked is dropped
    return same and ast.dump(test.func.value) == ast.dump(call.func.value)


def _selects(test: ast.AST, cell: CellView) -> ast.AST | None:
    """`df[…]` round a condition."""
    at: ast.AST | None = test
    while isinstance(at, ast.Call | ast.Attribute):
        at = cell.parent(at)
    return at


def is_announced(call: ast.Call, frame: str, drop: ast.stmt, cell: CellView) -> bool:
    """Whether a cell has shown how many values are missing: `df.isnull().sum()`, just this frame's.

    A figure that is shown, above the step, of the frame as it is then: not read anew since, nor
    put together with another.
    """
    if last_name(call.func) != "dropna":
        return False
    shown = False
    for view in cell.notebook.cells:
        for statement in view.body:
            if statement is drop:
                return shown
            if binds_anew(statement, frame) or _may_empty(statement, frame):
                shown = False
            elif isinstance(statement, ast.Expr) and _counts_missing(statement, frame):
                shown = True
    return False


def _counts_missing(statement: ast.Expr, frame: str) -> bool:
    for node in ast.walk(statement):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=name), attr="isnull" | "isna")
                    ),
                    attr="sum",
                )
            ) if name == frame:
                return True
    return False


def _may_empty(statement: ast.stmt, frame: str) -> bool:
    """Whether a statement may leave other values of a frame missing than before."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == frame:
            calls = (one for one in ast.walk(value) if isinstance(one, ast.Call))
            return any(last_name(one.func) in _EMPTIES for one in calls)
    return False


_EMPTIES = frozenset("merge join concat reindex resample asfreq pivot pivot_table unstack".split())


def binds_anew(statement: ast.stmt, frame: str) -> bool:
    """Whether a statement gives a name something that is made of something else."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == frame:
            return not mentions(value, frame)
    return False


def mentions(node: ast.AST, frame: str) -> bool:
    """Whether a name stands in a piece of code."""
    return any(isinstance(one, ast.Name) and one.id == frame for one in ast.walk(node))


def subset_of(call: ast.Call) -> ast.expr | None:
    """The columns that a step looks at; None for all."""
    return call.args[0] if call.args else keyword(call, "subset")
