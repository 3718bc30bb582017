"""POC706 output-leaks-data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeGuard

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.frames import READERS, asks_for_names
from poc_graduate.rules.outputs import StoredTable, tables
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MANY = 20
_WHOM = re.compile(
    r"(?i)(^|[_ .])(customer|client|user|patient|passenger|employee|student|member|account|invoice|"
    r"contract|phone|mobile|e?mail|salary|income|birth|dob|iban|owner|seller|buyer|tenant|surname|"
    r"(first|last|full|given|family)[_ .]?name)s?($|[_ .])|"
    r"(?-i:^[a-z]*([Cc]ustomer|[Cc]lient|[Uu]ser|[Pp]atient|[Ee]mployee|[Ss]tudent|[Mm]ember))[_ ]?"
    r"(id|ID|Id|no|No|number|Number|name|Name)$"
)
_SUMMARIES = frozenset(
    "describe corr cov groupby pivot pivot_table crosstab value_counts sum mean count isnull isna "
    "agg aggregate classification_report confusion_matrix info dtypes nunique cv_results_".split()
)


_CATALOGUE = re.compile(r"(?i)schema|code_?book|dictionary|data_?dict|glossary|catalog|metadata")
_DESCRIBES = re.compile(
    r"(?i)(question|description|definition|meaning|explanation|label|d_?type|data ?_?type|variable|"
    r"attribute|field|feature|column)s?([ _]?(name|text|type|label))?"
)


def _rows(count: int, first: int = 0) -> str:
    head = "<tr><th></th><th>customer_id</th><th>city</th></tr>"
    body = "".join(f"<tr><th>{first + i}</th><td>{i}</td><td>Bonn</td></tr>" for i in range(count))
    return f'<table border="1" class="dataframe">{head}{body}</table>'


class OutputLeaksData(Rule):
    """The stored output holds a long table of records as they were read.

    Why it bites: the notebook is mailed and committed, and the records go with it, past every
    permission that guards the source.
    On export: stored outputs are left behind with the notebook.
    """

    code, name, severity = "POC706", "output-leaks-data", Severity.NOTE
    message = "the stored output shows {rows} records with {columns} columns; whoever gets the \
notebook gets them too"

    flagged = (
        Flagged("df = pd.read_csv('a.csv')\n«df.head(30)»", says="30 records", stored=_rows(30)),
        Flagged("df = pd.read_csv('a.csv')\n# %%\n«df»", stored=_rows(25)),
        Flagged("«pd.read_sql('SELECT * FROM show_case', c)»", stored=_rows(30)),
        Flagged("df = pd.read_csv('a.csv')\n# %%\n«display(df.tail(40))»", stored=_rows(40, 900)),
    )
    ignored = (
        Flagged("df = pd.read_csv('a.csv')\ndf.head()", stored=_rows(5)),
        Flagged("df = pd.read_csv('a.csv')\ndf.describe()", stored=_rows(30)),
        Flagged("df = pd.DataFrame(scores)\ndf", stored=_rows(30)),  # made here
        Flagged(
            "df = pd.read_csv('a.csv')\ndf", stored=_rows(30).replace("customer_id<", "id<")
        ),  # of nobody
        Flagged("schema = pd.read_csv('a.csv')\nschema", stored=_rows(30)),  # of columns
        Flagged("df = pd.read_csv('survey_schema.csv')\n# %%\ndf", stored=_rows(30)),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf",
            stored=_rows(30).replace(">city<", ">field_name</th><th>description<"),
        ),
        "df = pd.read_csv('a.csv')\ndf.head(30)",
        Flagged("pd.read_sql('PRAGMA table_info(sales)', c)", stored=_rows(30)),
        Flagged(
            "q = 'select * from a'\nd = pd.read_sql(q, c)\n# %%\n"
            "q = 'SELECT name FROM sqlite_master'\nd = pd.read_sql(q, c)\nd",
            stored=_rows(30),
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """One finding for all outputs: they go when the outputs are cleared."""
        for cell in notebook.cells:
            shown = cell.body[-1] if cell.body and cell.cell.outputs else None
            for table in tables(cell.cell) if shown is not None else ():
                if shown is None or table.height <= _MANY or len(table.columns) < 2:
                    continue
                rows = len(table.labels)
                if (
                    rows > _MANY
                    and _of_records(shown, cell)
                    and _as_read(table)
                    and _of_some(table)
                    and not _is_catalogue(shown, table, cell)
                ):
                    at = _last_line(shown, cell)
                    yield self.found_at(cell, at, rows=rows, columns=len(table.columns))
                    return


def _as_read(table: StoredTable) -> bool:
    """Whether the labels are running numbers, as those of a file that was read."""
    numbers = [int(label) for label in table.labels if label.isdigit()]
    return len(numbers) >= len(table.labels) - 1 and all(a < b for a, b in pairwise(numbers))


def _of_some(table: StoredTable) -> bool:
    """Whether a column says whom each record is about, a person or a business."""
    return any(_WHOM.search(name) for name in table.columns)


def _is_catalogue(shown: ast.stmt, table: StoredTable, cell: CellView) -> bool:
    """Whether the table says what the columns of another one mean, or the questions of a survey."""
    if sum(_DESCRIBES.fullmatch(name) is not None for name in table.columns) > 1:
        return True
    names = {n.id for n in ast.walk(shown) if isinstance(n, ast.Name)}
    if _of_names(shown, names, cell):
        return True
    made = (value for name in names for value in cell.notebook.assigned.get(name, ()) if value)
    files = (n.value for one in made for n in ast.walk(one) if isinstance(n, ast.Constant))
    return any(_CATALOGUE.search(str(text)) for text in (*names, *files))


def _of_names(shown: ast.stmt, names: set[str], cell: CellView) -> bool:
    """Whether the query that was read last says what is in a database, and shows no records."""
    asked = [
        call
        for name in READERS & cell.calls.keys()
        for call in cell.calls[name]
        if (at := cell.statement(call)) is shown
        or (isinstance(at, ast.Assign) and names & {t.id for t in at.targets if _is_name(t)})
    ]
    return bool(asked) and asks_for_names(max(asked, key=lambda call: call.lineno), cell)


def _is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _of_records(shown: ast.stmt, cell: CellView) -> bool:
    """Whether what is shown comes from a file, and not from a summary."""
    if not isinstance(shown, ast.Expr):
        return False
    names = {n.id for n in ast.walk(shown) if isinstance(n, ast.Name)}
    asked = {n.attr for n in ast.walk(shown) if isinstance(n, ast.Attribute)} | names
    made = set[str]().union(*(cell.notebook.made_by(name) for name in names))
    read = any(method.startswith("read_") for method in made | asked)
    return read and _SUMMARIES.isdisjoint(asked | made)


def _last_line(shown: ast.stmt, cell: CellView) -> Span:
    at = cell.span_of(shown)
    return at if at.line == at.end_line else Span(at.line, at.column, at.line, at.column + 1)
