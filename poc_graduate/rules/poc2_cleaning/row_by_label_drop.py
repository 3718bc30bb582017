"""POC202 row-by-label-drop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView, keyword


class RowByLabelDrop(Rule):
    """Rows are removed by labels that somebody typed.

    Why it bites: the labels belong to this file. In next month's file they are other rows, and
    good records vanish without a trace.
    On export: the line stays as it is; move the labels to a file that can be reviewed.
    """

    code, name, severity = "POC202", "row-by-label-drop", Severity.BLOCKER
    message = "rows {labels} are dropped by hand; in the next file these are other rows"
    calls = ("drop",)

    flagged = (
        Flagged("df = df.drop(«[12, 45]»)", says="rows [12, 45] are dropped"),
        Flagged("df.drop(index=«7», inplace=True)"),
        Flagged("bad = [3]\n# %%\ndf = df.drop(«bad»)"),
        Flagged("df = df.drop(«[8, 9]», axis=0)"),
    )
    ignored = (
        "df.drop(columns=['id'])",
        "df.drop(outliers.index)",
        "df.drop(['id'], axis=1)",
        "df.drop(['id'], axis='columns')",
        "df.drop(['id'], 1)",
        "df.drop('id')",  # a column of a Series, or a label of a table of results
        "stack.drop()",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        labels = dropped_rows(call)
        if labels is not None and _row_labels(cell.literal(labels)):
            yield self.found(labels, cell, labels=cell.source(labels))


def dropped_rows(call: ast.Call) -> ast.expr | None:
    """The argument of `drop` that names rows; None where it names columns or nothing."""
    if not isinstance(call.func, ast.Attribute):
        return None
    if (index := keyword(call, "index")) is not None:
        return index
    axis = call.args[1] if len(call.args) > 1 else keyword(call, "axis")
    rows = axis is None or (isinstance(axis, ast.Constant) and axis.value in (0, "index"))
    if not rows or keyword(call, "columns") is not None:
        return None
    return call.args[0] if call.args else keyword(call, "labels")


def _row_labels(value: object) -> bool:
    """Numbers: texts may be columns of a Series, or rows of a table of results."""
    if value is TYPED_NOT or isinstance(value, bool):
        return False
    if isinstance(value, list | tuple | set):
        return bool(value) and all(_row_labels(one) for one in value)
    return isinstance(value, int)
