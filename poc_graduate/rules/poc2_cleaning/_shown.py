"""Whether what becomes of a frame, from a statement on, is only looked at."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc2_cleaning._looked_at import mentions
from poc_graduate.rules.products import WRITERS
from poc_graduate.rules.view import CellView

# What these give is no look at the frame: a model, its figures, or a file.
_MORE = WRITERS | frozenset(
    "fit fit_transform fit_predict fit_resample partial_fit transform predict predict_proba score "
    "evaluate train cross_val_score cross_validate train_test_split append extend update add put "
    "commit execute send post".split()
)


def only_shown(frame: str, since: ast.stmt, cell: CellView) -> bool:
    """Whether only figures and prints hang on a frame as it is after a statement.

    That stands at the top level, or in a condition there: then what follows in it counts, too.

    The names that hold what is made of it are followed from top to bottom, until each is deleted
    or bound to something else. What a function of the notebook does with it is not followed: then
    it may be more.
    """
    inside = _followed(since, cell)
    if not cell.notebook.complete or inside is None:
        return False
    top, rest = inside
    held, begun, shown = {frame}, False, False
    for node in rest:
        if any(mentions(node, name) for name in held):
            if not _only_looks(node, cell):
                return False
            held |= set(_changed(node)) | {
                one.id
                for one in ast.walk(node)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }
            shown = True
    for view in cell.notebook.cells[cell.notebook.cells.index(cell) :]:
        if len(view.names.statements) != len(view.body):
            return False
        for node, names in zip(view.body, view.names.statements, strict=True):
            if not begun:
                begun = node is top
                continue
            if not held.isdisjoint(names.reads | names.reads_later):
                if not _only_looks(node, view):
                    return False
                held |= names.defines | names.may_define | set(_changed(node))
                shown = True
            elif isinstance(node, ast.Assign):
                held -= names.defines
            held -= names.deletes
    return shown


def _followed(since: ast.stmt, cell: CellView) -> tuple[ast.stmt, list[ast.stmt]] | None:
    """The top-level statement that holds one, and what follows in it; None for one in a loop."""
    rest: list[ast.stmt] = []
    at = since
    while isinstance(around := cell.parent(at), ast.If | ast.With):
        block = around.body
        if at not in block and isinstance(around, ast.If):
            block = around.orelse
        rest += block[block.index(at) + 1 :]
        at = around
    return (at, rest) if at in cell.body else None


def _only_looks(node: ast.stmt, cell: CellView) -> bool:
    own = cell.notebook.makes(cell.index)
    return not any(
        isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        or (isinstance(one, ast.Call) and (last_name(one.func) in _MORE or _is(one.func, own)))
        for one in ast.walk(node)
    )


def _is(called: ast.expr, own: frozenset[str]) -> bool:
    return isinstance(called, ast.Name) and called.id in own


def _changed(node: ast.stmt) -> Iterator[str]:
    """`df` of `df['a'] = …`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript | ast.Attribute) and isinstance(one.ctx, ast.Store):
            yield root_name(one) or ""
