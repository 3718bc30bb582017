"""POC210 positional-columns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import goes_by_position
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword


class PositionalColumns(Rule):
    """Columns are named or taken by their position.

    One finding a frame, and one for all files that a cell reads so.

    Why it bites: a column more in the next delivery, and every name is on the wrong column, with
    no error.
    On export: nothing; take columns by name.
    """

    code, name, severity = "POC210", "positional-columns", Severity.RISK
    message = "{what} goes by position; {then}"

    flagged = (
        Flagged("df = pd.read_csv('a.csv')\n«df.columns = ['id', 'age']»", says="naming"),
        Flagged("df = pd.read_csv('a.csv', usecols=«[0, 4]»)", says="reading columns [0, 4]"),
        Flagged(
            "a = pd.read_csv('a.csv', usecols=«[0, 4]»)\nb = pd.read_csv('b.csv', usecols=[0, 2])",
            says="reading columns [0, 4], as others of 1 more file here, goes by position",
        ),
        Flagged("df = pd.read_csv('a.csv')\nx = «df.iloc[:, 3]»", says="taking `df.iloc[:, 3]`"),
        Flagged(
            "a = pd.read_csv('a.csv')\nb = pd.read_csv('b.csv')\n"
            "«a.columns = ['id']»\nb.columns = ['n']",
            says="as of 1 more frame here",
        ),
        Flagged(  # more columns have no names then
            "df = pd.read_csv('a.csv')\npart = «df.iloc[:, 1:]»\npart.columns = ['id', 'age']",
            says="a column more makes line 3 fail, and columns in another order in the next file",
        ),
        Flagged("df = pd.read_excel('a.xlsx')\ny = «df.iloc[:, 2:5]».values"),
    )
    ignored = (
        "df = pd.read_csv('a.csv', usecols=['id'])",
        "df = pd.read_csv('a.csv', usecols=[0, 4], names=['a', 'b'])",  # it has no names
        "first = df.iloc[0]",
        "last = df.iloc[:, -1]",
        "table.columns = ['id', 'n']",  # a table made in the notebook: its columns are known
        "df = pd.read_csv('a.csv')\ndf.columns = [c.lower() for c in df.columns]",
        "df = pd.read_csv('a.csv')\ndf.columns = df.columns.str.strip()",
        "df = pd.read_csv('a.csv')\ndf.iloc[:, :3].head()",  # a look
        "df = pd.read_csv('a.csv', header=None)\ndf.columns = ['a', 'b']",  # it has no names
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        reads = [
            columns
            for call in cell.calls_of(_READING)
            if (columns := keyword(call, "usecols")) is not None
            and keyword(call, "header") is None
            and keyword(call, "names") is None
            and _numbers(cell.literal(columns))
        ]
        for columns in reads[:1]:
            more = len(reads) - 1
            what = f"reading columns {cell.source(columns)}"
            what += f", as others of {more} more file{'s' * (more > 1)} here," if more else ""
            yield self.found(columns, cell, what=what, then=_OTHERS)

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """One finding a cell, and for each frame."""
        told: set[str] = set()
        for cell in notebook.cells:
            places = {frame: (node, what) for frame, node, what in reversed([*_by_position(cell)])}
            new = [place for frame, place in places.items() if frame not in told]
            told |= places.keys()
            if new:
                node, what = min(new, key=lambda one: (one[0].lineno, one[0].col_offset))
                then = _OTHERS if isinstance(node, ast.expr) else _RENAMED
                if isinstance(node, ast.expr) and (line := _named_below(node, cell)):
                    then = f"a column more makes line {line} fail, and {_RENAMED}"
                more = len(new) - 1
                what += f", as of {more} more frame{'s' * (more > 1)} here," if more else ""
                yield self.found(node, cell, what=what, then=then)


_READING = frozenset(("read_csv", "read_excel", "read_table"))
_OTHERS = "a column more in the next file, and these are others"
_RENAMED = "columns in another order in the next file get each other's names, without an error"


def _named_below(taken: ast.expr, cell: CellView) -> int:
    """The line that gives all columns which are taken, to the last one, names; 0 for none."""
    match cell.statement(taken), taken:
        case (
            ast.Assign(targets=[ast.Name(id=target)], value=value),
            ast.Subscript(slice=ast.Tuple(elts=[_, ast.Slice(upper=None)])),
        ) if value is taken:
            for below in cell.statements:
                match below:
                    case ast.Assign(
                        targets=[ast.Attribute(value=ast.Name(id=name), attr="columns")],
                        value=ast.List(),
                    ) if name == target and below.lineno > taken.lineno:
                        return below.lineno
    return 0


def _by_position(cell: CellView) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
    """Frames whose columns are named or taken by position: name, where, what is done."""
    for statement in cell.statements:
        match statement:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id=frame), attr="columns")],
                value=ast.List(elts=[ast.Constant(), *_]),
            ) if _read(frame, cell):
                yield frame, statement, "naming the columns"
    if ".iloc" not in cell.cell.code:
        return
    for node in cell.nodes:
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=frame), attr="iloc"),
                slice=ast.Tuple(elts=[_, columns]),
                ctx=ast.Load(),
            ) if (
                _read(frame, cell) and goes_by_position(columns) and not _only_looked_at(node, cell)
            ):
                yield frame, node, f"taking `{cell.source(node)}`"


def _read(frame: str, cell: CellView) -> bool:
    """Whether a name is a frame as it was read, with names from the file, and nothing else."""
    match cell.notebook.definition(frame):
        case ast.Call(func=ast.Attribute(attr=name)) as call:
            return name.startswith("read_") and all(
                keyword(call, word) is None for word in ("names", "header")
            )
    return False


def _numbers(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(type(one) is int for one in value)


def _only_looked_at(node: ast.AST, cell: CellView) -> bool:
    return isinstance(cell.statement(node), ast.Expr)
