"""POC201 row-by-label-edit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poc_graduate.dataflow.frame import root_name
from poc_graduate.rules.edits import free_file
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.poc2_cleaning._frames import IDENTIFIER, TABLES, column_of, is_keyed, is_raw
from poc_graduate.rules.review_files import CORRECTIONS, correct, reason_beside
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView

_BY_LABEL = frozenset({"loc", "at", "iloc", "iat"})
_MAP = 3

_FUNCTION = CORRECTIONS.format(pd="pd")
_Row = tuple[object, str, object, str]


@dataclass(frozen=True)
class EditedRow:
    """A value that is overwritten in a row that somebody picked.

    Attributes:
        frame: The frame's name.
        by: loc, at, iloc or iat; `key` where a column with identifiers picks the row.
        key: That column; empty for labels and positions.
        label: What picks the row.
        column: What is overwritten: a name, a position, or several.
        value: What it becomes; None for NaN as well.
        target: The subscript on the left.
        statement: The whole statement.
    """

    frame: str
    by: str
    key: str
    label: ast.expr
    column: ast.expr
    value: ast.expr
    target: ast.Subscript
    statement: ast.stmt


class RowByLabelEdit(Rule):
    """A value in a row that somebody picked is overwritten with a typed one.

    Why it bites: the label belongs to this file. In next month's file it is another row, and a
    good record is changed without a trace.
    On export: the line stays as it is; move the correction to a file that can be reviewed.
    """

    code, name, severity = "POC201", "row-by-label-edit", Severity.BLOCKER
    message = "row {label} is corrected by hand; in the next file {then}"
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
        Flagged("«df.loc[17, 'age']» += 10", says="row 17"),
        Flagged("«df.loc[8, 'age']» = 42\ndf.loc[9, 'age'] = 43", says="row 8 (and 1 more below)"),
        Flagged("df = pd.read_csv('a.csv')\n«df['age'][17]» = 42", says="row 17"),
        Flagged("«df.loc[df['Id'] == 666, 'quality']» = 'TA'", says="row `Id` 666"),
    )
    ignored = (
        "df.loc[df.age > 100, 'age'] = None",
        "df.loc[df.city == 'Bnn', 'city'] = 'Bonn'",
        "df.loc[:, 'age'] = 0",
        "df['age'] = 42",
        "for i in df.index:\n    df.loc[i, 'age'] = 1",
        "totals = pd.DataFrame()\ntotals.loc['sum', 'x'] = 3",  # a table made here
        "df.loc[len(df)] = row",
        "scores.loc['total'] = scores.sum()",  # a row of results, computed
        "for x in files:\n"
        + "\n".join(f"    x.loc[x.kind_id == {n}, 'kind'] = 'k{n}'" for n in range(4)),  # a map
        "t = pd.DataFrame(rows)\npart = t.copy()\npart.loc[1, 'x'] = 3",
        "grid['a'][0] = 1",  # a list of lists
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        together: dict[tuple[str, str, str], list[EditedRow]] = {}
        for one in edited_rows(cell):
            together.setdefault((one.frame, one.by, one.key), []).append(one)
        for (_, _, key), found in together.items():
            if key and len(found) > _MAP:
                continue  # a value for each key: a map
            one, more = found[0], len(found) - 1
            label = cell.source(one.label)
            then = "this is another row"
            if isinstance(cell.literal(one.label), str) or is_keyed(one.frame, cell):
                then = "it may be right, or others are wrong"
            if key:
                label, then = f"`{key}` {label}", "it may be right, or others are wrong"
            if more:
                label += f" (and {more} more below)"
            fix = None
            if isinstance(one.statement, ast.Assign) and not key:
                fix = self._to_a_file(one.statement, cell)
            yield self.found(one.target, cell, fix=fix, label=label, then=then)

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


def edited_rows(cell: CellView) -> Iterator[EditedRow]:
    """Values that a cell overwrites with typed ones in rows that somebody picked."""
    for statement in cell.statements:
        match statement:
            case (
                ast.Assign(targets=[ast.Subscript() as target], value=value)
                | ast.AugAssign(target=ast.Subscript() as target, value=value)
            ):
                found = _edited(target, value, statement, cell)
                if found is not None and _typed(value, cell):
                    yield found


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


def _edited(
    target: ast.Subscript, value: ast.expr, statement: ast.stmt, cell: CellView
) -> EditedRow | None:
    match target:
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=frame), attr=by),
            slice=ast.Tuple(elts=[label, column]),
        ) if by in _BY_LABEL:
            if _is_made_here(frame, cell):
                return None
            match label:
                case ast.Compare(left=left, ops=[ast.Eq()], comparators=[typed]):
                    key = column_of(left)
                    if key is None or key.frame != frame or not IDENTIFIER.search(key.name):
                        return None
                    if not _picks(typed, cell) or cell.literal(column) == key.name:
                        return None  # a code for another: a map
                    return EditedRow(
                        frame, "key", key.name, typed, column, value, target, statement
                    )
            if _picks(label, cell):
                return EditedRow(frame, by, "", label, column, value, target, statement)
        case ast.Subscript(
            value=ast.Subscript(value=ast.Name(id=frame), slice=ast.Constant(value=str())) as of,
            slice=label,
        ) if is_raw(frame, cell.notebook) and isinstance(cell.literal(label), int):
            return EditedRow(frame, "loc", "", label, of.slice, value, target, statement)
    return None


def _is_made_here(frame: str, cell: CellView, depth: int = 3) -> bool:
    """Whether a table is typed or computed here, or a part or copy of such a one."""
    if cell.notebook.made_by(frame) & TABLES:
        return True
    for value in cell.notebook.assigned.get(frame, ()) if depth else ():
        of = root_name(value) if isinstance(value, ast.Call | ast.Subscript) else None
        if of and of != frame and _is_made_here(of, cell, depth - 1):
            return True
    return False


def _picks(label: ast.expr, cell: CellView) -> bool:
    value = cell.literal(label)
    return isinstance(value, int | str | list) and not isinstance(value, bool)
