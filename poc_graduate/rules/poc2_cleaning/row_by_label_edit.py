"""POC201 row-by-label-edit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView

_BY_LABEL = ("loc", "at", "iloc", "iat")
# What gives a table of results, whose labels are not those of a file.
_TABLES = frozenset("DataFrame Series pivot_table crosstab groupby describe".split())


class RowByLabelEdit(Rule):
    """A value in a row that somebody picked is overwritten with a typed one.

    Why it bites: the label belongs to this file. In next month's file it is another row, and a
    good record is changed without a trace.
    On export: the line stays as it is; move the correction to a file that can be reviewed.
    """

    code, name, severity = "POC201", "row-by-label-edit", Severity.BLOCKER
    message = "row {label} is corrected by hand; in the next file this is another row"

    flagged = (
        Flagged("«df.loc[17, 'age']» = 42", says="row 17"),
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
                        yield self.found(target, cell, label=label)


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
