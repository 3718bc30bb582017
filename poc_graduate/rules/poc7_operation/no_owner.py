"""POC712 no-owner."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.reached import function_around, reached
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_SHARED = (
    "to_sql",
    "to_gbq",
    "upload_file",
    "put_object",
    "push_to_hub",
    "sendmail",
    "saveAsTable",
)
_OWNER = re.compile(
    r"(?i)\b(authors?|owners?|owned by|contact|maintain\w*|created by|written by|made by|team|"
    r"responsible|copyright|©|notebook by|codeowners)\b|^\s*by[ :]|@[\w-]+\.\w|slack|e-?mail",
    re.M,
)


class NoOwner(Rule):
    """A notebook writes into what others share, and nowhere says whose it is.

    Why it bites: when the table is wrong on a Monday, nobody knows whom to ask, and nobody dares to
    switch the job off.
    On export: nothing; the project names no owner either.
    """

    code, name, severity = "POC712", "no-owner", Severity.NOTE
    message = "`{call}` writes where others read, and no line here says whose notebook it is; when \
it is wrong nobody knows whom to ask"
    calls = _SHARED

    flagged = (
        Flagged("«df.to_sql('orders', con)»", says="`df.to_sql`"),
        Flagged("x = 1\n# %%\n«s3.upload_file('a.csv', 'bucket', 'a.csv')»"),
        Flagged("«model.push_to_hub('acme/model')»\n# %%\nmodel.push_to_hub('acme/other')"),
    )
    ignored = (
        "# Owner: churn team\n# %%\ndf.to_sql('orders', con)",
        "df.to_csv('orders.csv')",
        "def send(body):\n    s3.put_object(Body=body)\nx = 1",
        "import sqlite3\ncon = sqlite3.connect(':memory:')\ndf.to_sql('t', con)",
        "from sqlalchemy import create_engine\ne = create_engine('sqlite:///a.db')\n"
        "df.to_sql('t', e)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for cell in notebook.cells:
            for call in (c for name in _SHARED for c in cell.calls.get(name, ())):
                around = function_around(call, cell)
                if around is not None and around.name not in reached(notebook):
                    continue  # a helper that nobody asks
                if isinstance(call.func, ast.Attribute) and not _at_home(cell):
                    if not any(_OWNER.search(one.source) for one in notebook.notebook.cells):
                        yield self.found(call, cell, call=cell.source(call.func))
                    return


def _at_home(cell: CellView) -> bool:
    """Whether the notebook's database is a file of its own."""
    return any("sqlite" in one.cell.code for one in cell.notebook.cells)
