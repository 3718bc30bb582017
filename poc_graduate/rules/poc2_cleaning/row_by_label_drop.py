"""POC202 row-by-label-drop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.review_files import EXCLUSIONS, exclude, reason_beside
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView, keyword

_FUNCTION = EXCLUSIONS.format(pd="pd")


class RowByLabelDrop(Rule):
    """Rows are removed by labels that somebody typed.

    Why it bites: the labels belong to this file. In next month's file they are other rows, and
    good records vanish without a trace.
    On export: the line stays as it is; move the labels to a file that can be reviewed.
    """

    code, name, severity = "POC202", "row-by-label-drop", Severity.BLOCKER
    message = "rows {labels} are dropped by hand; in the next file these are other rows"
    fix_title = "Move them to exclusions.csv, with a reason each; a function applies them"
    calls = ("drop",)

    flagged = (
        Flagged("df = df.drop(«[12, 45]»)", says="rows [12, 45] are dropped"),
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df = df.drop(«[0, 2]»)  # test orders",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            'df = apply_exclusions(df, "exclusions.csv")  # test orders',
            files={"a.csv": "id,n\na,1\nb,2\nc,3\n"},
        ),
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df.drop(index=«1», inplace=True)",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            'df = apply_exclusions(df, "exclusions.csv")',
            files={"a.csv": "id,n\na,1\nb,2\nc,3\n"},
        ),
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
            fix = self._to_a_file(call, labels, cell)
            yield self.found(labels, cell, fix=fix, labels=cell.source(labels))

    def _to_a_file(self, call: ast.Call, labels: ast.expr, cell: CellView) -> Fix | None:
        known = {"labels", "index", "axis", "inplace"}
        if any(word.arg not in known for word in call.keywords) or _is_used_twice(labels, cell):
            return None
        frame = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        statement = cell.statement(call)
        assigned = ""
        if keyword(call, "inplace") is not None:
            # A name bound anew: another name for the same frame would keep the rows.
            alone = isinstance(cell.parent(call), ast.Expr) and statement in cell.body
            if not (alone and isinstance(frame, ast.Name) and not _has_alias(frame.id, cell)):
                return None
            assigned = frame.id
        value = cell.literal(labels)
        keys = value if isinstance(value, list | tuple) else [value]
        keys = sorted(value) if isinstance(value, set) else keys
        reason = reason_beside(statement, cell) if statement is not None else ""
        return exclude(
            self.fix_title,
            call,
            cell.source(frame),
            list(keys),
            cell,
            reason=reason,
            assigned=assigned,
        )


def _is_used_twice(labels: ast.expr, cell: CellView) -> bool:
    """Whether a name is used elsewhere too: it may hold other labels by now."""
    if not isinstance(labels, ast.Name):
        return False
    uses = (
        node
        for view in cell.notebook.cells
        for node in view.nodes
        if isinstance(node, ast.Name) and node.id == labels.id
    )
    return sum(1 for _ in uses) > 2


def _has_alias(name: str, cell: CellView) -> bool:
    values = (value for values in cell.notebook.assigned.values() for value in values)
    return any(isinstance(value, ast.Name) and value.id == name for value in values)


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
