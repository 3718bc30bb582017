"""Whether a notebook does no more with a table than to look at it, or to write it as it came."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.products import TABLES, saved_models
from poc_graduate.rules.view import CellView

_LOOKS = frozenset(
    "print display head tail sample info describe value_counts isnull isna plot hist sum".split()
)


def is_only_copied(call: ast.Call, cell: CellView) -> bool:
    """Whether what is read is written as it is, in another form or place, and nothing else is.

    What is made of it below, for the screen, is left to nobody.

    Args:
        call: The read.
        cell: Where it stands.
    """
    match cell.parent(call):
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            return False
    if len(cell.notebook.assigned.get(name, ())) != 1:
        return False
    written = False
    for view in cell.notebook.cells:
        if view.cell.broken is None and name not in view.cell.code:
            continue
        for node in view.of(ast.Name):
            if node.id != name or not isinstance(node.ctx, ast.Load):
                continue
            statement = view.statement(node)
            match statement:
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=of, attr=how))) if of is node:
                    if how in TABLES - {"to_sql", "to_gbq"}:  # a database is there for others
                        written = True
                    elif how not in _LOOKS:
                        return written and not _writes_below(statement, view)
                case ast.Expr() if only_looks(statement):
                    pass
                case ast.stmt():
                    return written and not _writes_below(statement, view)
    return written


def _writes_below(node: ast.stmt, cell: CellView) -> bool:
    """Whether a table or a model is left for others from a statement on."""
    models = (call for call, _, view in saved_models(cell.notebook) if view.index >= cell.index)
    return next(models, None) is not None or any(
        view.index > cell.index or call.lineno >= node.lineno
        for view in cell.notebook.cells
        if view.index >= cell.index
        for name in TABLES
        for call in view.calls.get(name, ())
    )


def only_looks(node: ast.stmt) -> bool:
    """`df`, `print(df)`, `df.head()`, `df.plot(…)`."""
    match node:
        case ast.Expr(value=ast.Call(func=called)):
            return last_name(called) in _LOOKS
        case ast.Expr(value=ast.Name() | ast.Attribute() | ast.Subscript()):
            return True
    return False
