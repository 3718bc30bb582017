"""POC707 unbounded-read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_ALL = re.compile(r"(?is)^\s*select\s+\*\s+from\s+(?P<table>[\w.\"`\[\]-]+)\s*;?\s*$")


class UnboundedRead(Rule):
    """A whole table is fetched, however many rows it has by then.

    Why it bites: the table grows, the machine's memory does not; a new column comes along unasked,
    and the run ends the day both are too many.
    On export: nothing; the query stays as it is.
    """

    code, name, severity = "POC707", "unbounded-read", Severity.RISK
    message = "`{query}` fetches whatever the table holds by then; it grows until the memory ends"
    calls = ("read_sql", "read_sql_query", "read_gbq", "execute", "read_sql_table")

    flagged = (
        Flagged("df = pd.read_sql(«'select * from orders'», con)", says="`select * from orders`"),
        Flagged("q = 'SELECT * FROM shop.orders;'\n# %%\ndf = pd.read_sql_query(«q», con)"),
        Flagged(  # what is appended grows
            "df.to_sql('t', con, if_exists='append')\npd.read_sql(«'select * from t'», con)"
        ),
        Flagged("df.to_sql('u', con, if_exists='replace')\npd.read_sql(«'select * from t'», con)"),
        Flagged("rows = con.execute(«'SELECT * FROM orders'»).fetchall()"),
    )
    ignored = (
        # no more than the notebook itself has put there
        "df = pd.read_sql('select * from shop.\"t\";', con)\n# %%\ndf = pd.read_csv('a.csv')\n"
        "df.to_sql('T', con, if_exists='replace')",
        "df = pd.read_sql('select * from orders where year = 2024', con)",
        "df = pd.read_sql('select * from orders limit 100', con)",
        "for part in pd.read_sql('select * from orders', con, chunksize=1000):\n    use(part)",
        "df = pd.read_sql('select id, price from orders', con)",
        "for row in con.execute('select * from orders'):\n    use(row)",  # one row at a time
        "import sqlite3\ncon = sqlite3.connect('a.db')\ndf = pd.read_sql('select * from t', con)",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if not call.args or keyword(call, "chunksize") is not None:
            return
        if last_name(call.func) == "execute" and "fetchall" not in cell.calls:
            return
        if any("sqlite" in one.cell.code for one in cell.notebook.cells):
            return  # a file of its own
        query = cell.literal(call.args[0])
        whole = _ALL.match(query) if isinstance(query, str) else None
        if whole is not None and not _is_replaced(_plain(whole["table"]), cell):
            yield self.found(call.args[0], cell, query=" ".join(whole[0].split()).rstrip("; "))


def _plain(table: str) -> str:
    """A table's name without its schema and quotes; case makes no other one."""
    return table.rpartition(".")[2].strip('"`[]').lower()


def _is_replaced(table: str, cell: CellView) -> bool:
    """Whether the notebook puts a frame in a table's place: it holds what that holds."""
    for view in cell.notebook.cells:
        for call in view.calls.get("to_sql", ()):
            name = call.args[0] if call.args else keyword(call, "name")
            written = view.literal(name) if name is not None else None
            same = isinstance(written, str) and _plain(written) == table
            replaces = keyword(call, "if_exists")
            if same and replaces is not None and view.literal(replaces) == "replace":
                return True
    return False
