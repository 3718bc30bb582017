"""POC201 row-by-label-edit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import free_file
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.review_files import CORRECTIONS, correct, reason_beside
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView

_BY_LABEL = ("loc", "at", "iloc", "iat")
# What gives a table of results, whose labels are not those of a file.
_TABLES = frozenset("DataFrame Series pivot_table crosstab groupby describe".split())


_FUNCTION = CORRECTIONS.format(pd="pd")
_Row = tuple[object, str, object, str]


class RowByLabelEdit(Rule):
    """A value in a row that somebody picked is overwritten with a typed one.

    Why it bites: the label belongs to this file. In next month's file it is another row, and a
    good record is changed without a trace.
    On export: the line stays as it is; move the correction to a file that can be reviewed.
    """

    code, name, severity = "POC201", "row-by-label-edit", Severity.BLOCKER
    message = "row {label} is corrected by hand; in the next file this is another row"
    fix_title = (
        "Move the corrections to corrections.csv, with a reason each; a function applies them"
    )

    flagged = (
        Flagged("«df.loc[17, 'age']» = 42", says="row 17"),
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\n"
            "«df.loc[1, 'age']» = 42  # Ann asked",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            'apply_corrections(df, "corrections.csv")',
            files={"a.csv": "id,age\na,31\nb,420\n"},
        ),
        Flagged(
            "import pandas as pd\ndf = pd.read_csv('a.csv', index_col='id')\n"
            "«df.at['b', 'city']» = 'Lyon'",
            after=f"{_FUNCTION}\n# %%\nimport pandas as pd\n"
            "df = pd.read_csv('a.csv', index_col='id')\n"
            'apply_corrections(df, "corrections.csv")',
            files={"a.csv": "id,city\na,Nice\nb,lyn\n"},
        ),
        Flagged("«df.at['C-104', 'price']» = 9.5", says="'C-104'"),
        Flagged("«df.iloc[3, 2]» = None"),
        Flagged("«df.loc[[4, 9], 'city']» = 'Lyon'"),
    )
    ignored = (
        "df.loc[df.age > 100, 'age'] = None",
        "df.loc[:, 'age'] = 0",
        "df['age'] = 42",
        "for i in df.index:\n    df.loc[i, 'age'] = 1",
        "totals = pd.DataFrame()\ntotals.loc['sum', 'x'] = 3",  # a table made here
        "df.loc[len(df)] = row",
        "scores.loc['total'] = scores.sum()",  # a row of results, computed
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node in cell.nodes:
            match node:
                case ast.Assign(targets=[ast.Subscript() as target], value=value) if _typed(
                    value, cell
                ):
                    label = _label(target, cell)
                    if label:
                        fix = self._to_a_file(node, cell)
                        yield self.found(target, cell, fix=fix, label=label)

    def _to_a_file(self, node: ast.Assign, cell: CellView) -> Fix | None:
        """One call for all corrections of a frame that stand line below line."""
        if node not in cell.body:
            return None
        at = cell.body.index(node)
        first, frame = at, _corrected(node, cell)
        while first > 0 and frame and _follows(cell.body[first - 1], cell.body[first], frame, cell):
            first -= 1
        rows, last = list[_Row](), first
        for last in range(first, len(cell.body)):
            statement = cell.body[last]
            if last > at and not _follows(cell.body[last - 1], statement, frame, cell):
                last -= 1
                break
            rows += _rows(statement, cell)
        if not frame or not rows:
            return None
        path = free_file("corrections.csv", cell.notebook)
        start, end = cell.span_of(cell.body[first]), cell.span_of(cell.body[last])
        whole = Span(start.line, start.column, end.end_line, len(cell.line(end.end_line)) + 1)
        edit = Edit(cell.index, whole, f'apply_corrections({frame}, "{path}")')
        return correct(self.fix_title, [edit], rows, path, cell)


def _corrected(node: ast.stmt, cell: CellView) -> str:
    """The frame of which a statement corrects values that a file can hold; else empty."""
    return "" if not _rows(node, cell) else node.targets[0].value.value.id  # type: ignore


def _rows(node: ast.stmt, cell: CellView) -> list[_Row]:
    match node:
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Attribute(value=ast.Name(), attr="loc" | "at"),
                    slice=ast.Tuple(elts=[label, ast.Constant(value=str(column))]),
                )
            ],
            value=value,
        ):
            rest = cell.line(node.end_lineno or 0)[cell.span_of(node).end_column - 1 :].strip()
            keys = cell.literal(label)
            keys = keys if isinstance(keys, list) else [keys]
            known = all(type(key) in (int, str) for key in keys)
            if known and _typed(value, cell) and rest[:1] in ("", "#"):
                new = float("nan") if isinstance(value, ast.Attribute) else cell.literal(value)
                if isinstance(value, ast.Attribute) and value.attr in ("NA", "NaT"):
                    return []
                return [(key, column, new, reason_beside(node, cell)) for key in keys]
    return []


def _follows(one: ast.stmt, next_: ast.stmt, frame: str, cell: CellView) -> bool:
    return (
        _corrected(one, cell) == _corrected(next_, cell) == frame
        and next_.lineno == (one.end_lineno or 0) + 1
    )


def _typed(value: ast.expr, cell: CellView) -> bool:
    if isinstance(value, ast.Attribute):  # np.nan
        return value.attr in ("nan", "NaN", "NA", "NaT")
    return cell.literal(value) is not TYPED_NOT


def _label(target: ast.Subscript, cell: CellView) -> str:
    match target:
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=frame), attr=by),
            slice=ast.Tuple(elts=[label, _]),
        ) if by in _BY_LABEL:
            if cell.notebook.made_by(frame) & _TABLES:
                return ""
            value = cell.literal(label)
            if isinstance(value, bool) or not isinstance(value, int | str | list):
                return ""
            return cell.source(label)
    return ""
