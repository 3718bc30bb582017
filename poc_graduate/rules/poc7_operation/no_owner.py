"""POC712 no-owner."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.notebook.model import Cell
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.hosts import is_this_machine
from poc_graduate.rules.reached import function_around, reached
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

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

_SIGNED = re.compile(
    r"(?m)^[#*_>\s-]*(?:Name|NAME|name)[*_]*\s*:[*_\s]*[A-Z][\w.'-]*\s+[A-Z][\w.'-]*[*_\s]*$"
)
"""A line of words that gives a person's name: `Name: Ann Miller`."""


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
        Flagged(
            "e = create_engine('postgresql://db.acme.com/orders')\n«df.to_sql('t', e)»\n"
            "# Name: count, dtype: int64"
        ),
        Flagged("«model.push_to_hub('acme/model')»\n# %%\nmodel.push_to_hub('acme/other')"),
    )
    ignored = (
        "# Owner: churn team\n# %%\ndf.to_sql('orders', con)",
        "df.to_csv('orders.csv')",
        "def send(body):\n    s3.put_object(Body=body)\nx = 1",
        "import sqlite3\ncon = sqlite3.connect(':memory:')\ndf.to_sql('t', con)",
        "from sqlalchemy import create_engine\ne = create_engine('sqlite:///a.db')\n"
        "df.to_sql('t', e)",
        # a database on the author's own machine
        "url = f'postgresql://{name}@localhost:5432/shop'\ne = create_engine(url)\n"
        "for table in tables:\n    table.to_sql(name='t', con=e)",
        "con = psycopg2.connect(host='127.0.0.1', dbname='shop')\ndf.to_sql('t', con)",
        "# **Name:** Ann Miller\n# %%\ndf.to_sql('orders', con)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for cell in notebook.cells:
            for call in (c for name in _SHARED for c in cell.calls.get(name, ())):
                around = function_around(call, cell)
                if around is not None and around.name not in reached(notebook):
                    continue  # a helper that nobody asks
                if isinstance(call.func, ast.Attribute) and not _at_home(call, cell):
                    if not any(map(_says_whose, notebook.notebook.cells)):
                        yield self.found(call, cell, call=cell.source(call.func))
                    return


def _says_whose(cell: Cell) -> bool:
    return any(sign.search(cell.source) for sign in (_OWNER, _SIGNED))


def _at_home(call: ast.Call, cell: CellView) -> bool:
    """Whether the database is a file of the notebook's own, or one on this machine."""
    if any("sqlite" in one.cell.code for one in cell.notebook.cells):
        return True
    given = keyword(call, "con") or (call.args[1] if len(call.args) > 1 else None)
    return any(_names_this_machine(one, cell.notebook) for one in _made(given, cell.notebook))


def _made(given: ast.expr | None, notebook: NotebookView) -> tuple[ast.expr | None, ...]:
    """What a connection is made by: each of its values, where it is a name."""
    return notebook.assigned.get(given.id, ()) if isinstance(given, ast.Name) else (given,)


def _names_this_machine(made: ast.expr | None, notebook: NotebookView, depth: int = 4) -> bool:
    """`create_engine('postgresql://me@localhost/a')`, `connect(host='localhost')`, by names too."""
    for one in ast.walk(made) if made is not None else ():
        match one:
            case ast.Constant(value=str(text)):
                if is_this_machine(text):
                    return True
            case ast.JoinedStr(values=parts):
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts
                )
                if is_this_machine(text):
                    return True
            case ast.Name(id=name) if depth:
                values = notebook.assigned.get(name, ())
                if any(_names_this_machine(value, notebook, depth - 1) for value in values):
                    return True
    return False
