"""POC202 row-by-label-drop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.poc2_cleaning._frames import TABLES, is_keyed, is_raw
from poc_graduate.rules.review_files import EXCLUSIONS, exclude, reason_beside
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView, keyword

_LONG = 60
_FUNCTION = EXCLUSIONS.format(pd="pd")


@dataclass(frozen=True)
class DroppedRows:
    """Rows that a call removes by typed labels, or positions.

    Attributes:
        frame: What it is asked of; empty where that is no plain name.
        labels: What was typed; positions where `by_position`.
        by_position: They count rows, `df.index[5]`.
        node: Where they stand.
        call: The call of `drop`, or of `isin`.
    """

    frame: str
    labels: object
    by_position: bool
    node: ast.expr
    call: ast.Call


class RowByLabelDrop(Rule):
    """Rows are removed by labels that somebody typed.

    Why it bites: the labels belong to this file. In next month's file they are other rows, and
    good records vanish without a trace.
    On export: the line stays as it is; move the labels to a file that can be reviewed.
    """

    code, name, severity = "POC202", "row-by-label-drop", Severity.BLOCKER
    message = "rows {labels} are dropped by hand; in the next file {then}"
    fix_title = "Move them to exclusions.csv, with a reason each; a function applies them"
    calls = ("drop", "isin")

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
        Flagged("bad = [3]\n# %%\ndf = df.drop(«bad»)", says="rows [3] are"),
        Flagged("df = df.drop(«[8, 9]», axis=0)"),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf.drop(«df.index[[3, 5]]», inplace=True)",
            says="rows df.index[[3, 5]]",
        ),
        Flagged("df = df[~df.index.isin(«[3, 5]»)]", says="rows [3, 5]"),
        Flagged(
            "df = pd.read_csv('a.csv', index_col='id')\ndf = df.drop(index=«['C-7']»)",
            says="in the next file others may be wrong",
        ),
    )
    ignored = (
        "df.drop(columns=['id'])",
        "df.drop(outliers.index)",
        "df.drop(['id'], axis=1)",
        "df.drop(['id'], axis='columns')",
        "df.drop(['id'], 1)",
        "df.drop('id')",  # a column of a Series, or a label of a table of results
        "stack.drop()",
        "df.drop([1, 2]).head()",  # a look at the rest
        "table = table.drop(index=['Total'])",  # a table of results
        "df = df[df.index.isin([3, 5])]",  # a look at two
        "df = df.drop(df.index[outliers])",
        "table = pd.DataFrame(rows).drop(0)",  # made here
        "counts = groups.value_counts().drop(-1)",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if (found := dropped(call, cell)) is not None:
            plain = call.func.attr == "drop" if isinstance(call.func, ast.Attribute) else False
            fixable = plain and not found.by_position
            yield self.found(
                found.node,
                cell,
                fix=self._to_a_file(call, found.node, cell) if fixable else None,
                labels=_shown(found, cell),
                then="others may be wrong"
                if is_keyed(found.frame, cell)
                else "these are other rows",
            )

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


def dropped(call: ast.Call, cell: CellView) -> DroppedRows | None:
    """The rows that a call of `drop`, or `~df.index.isin(…)`, removes by typed labels."""
    if not isinstance(call.func, ast.Attribute):
        return None
    on = call.func.value
    frame = on.id if isinstance(on, ast.Name) else ""
    if (isinstance(on, ast.Call) and last_name(on.func) in TABLES) or (
        cell.notebook.made_by(frame) & TABLES
    ):
        return None  # a table of results
    if call.func.attr == "isin":
        match on, cell.parent(call), call.args:
            case ast.Attribute(value=ast.Name(id=frame), attr="index"), ast.UnaryOp(), [node]:
                if _row_labels(cell.literal(node)):
                    return DroppedRows(frame, cell.literal(node), False, node, call)
        return None
    given = dropped_rows(call)
    if isinstance(cell.statement(call), ast.Expr) and keyword(call, "inplace") is None:
        return None  # a look at the rest
    match given:
        case ast.Subscript(value=ast.Attribute(attr="index"), slice=at):
            positions = cell.literal(at)
            if _row_labels(positions) and is_raw(frame, cell.notebook):
                return DroppedRows(frame, positions, True, given, call)
        case ast.expr():
            labels = cell.literal(given)
            named = keyword(call, "index") is given and is_raw(frame, cell.notebook)
            if _row_labels(labels, texts=named):
                return DroppedRows(frame, labels, False, given, call)
    return None


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


def _shown(found: DroppedRows, cell: CellView) -> str:
    """The labels as they were typed; of a name what it holds."""
    text = repr(found.labels) if isinstance(found.node, ast.Name) else cell.source(found.node)
    return text if len(text) <= _LONG else f"{text[:_LONG].rpartition(',')[0]}, …"


def dropped_rows(call: ast.Call) -> ast.expr | None:
    """The argument of `drop` that names rows; None where it names columns or nothing."""
    if (index := keyword(call, "index")) is not None:
        return index
    axis = call.args[1] if len(call.args) > 1 else keyword(call, "axis")
    rows = axis is None or (isinstance(axis, ast.Constant) and axis.value in (0, "index"))
    if not rows or keyword(call, "columns") is not None:
        return None
    return call.args[0] if call.args else keyword(call, "labels")


def _row_labels(value: object, *, texts: bool = False) -> bool:
    """Numbers: texts may be columns of a Series, or rows of a table of results."""
    if value is TYPED_NOT or isinstance(value, bool):
        return False
    if isinstance(value, list | tuple | set):
        return bool(value) and all(_row_labels(one, texts=texts) for one in value)
    return isinstance(value, int) or (texts and isinstance(value, str))
