"""POC103 remote-source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.edits import names_parameter
from poc_graduate.rules.files import path_text
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.hosts import is_this_machine
from poc_graduate.rules.poc1_sources._paths import (
    TO_PARAMETERS,
    TypedPath,
    as_parameters,
    given_paths,
)
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_REMOTE = re.compile(
    r"(https?|s3[an]?|gs|gcs|abfss?|wasbs?|adl|hdfs|s?ftp|"
    r"(postgres(ql)?|mysql|mariadb|mssql|oracle|snowflake|redshift|clickhouse|mongodb|bigquery|"
    r"trino|presto)(\+\w+)?)://([^\s/@]+@)?(?P<host>[^\s/?]+)"
)

_CHANGES = "when it changes there, so does the result"
# In the background, or by a library that serves.
_STARTS = re.compile(r"(?m)^\s*!.*&\s*$|system_raw|\bPopen\(|\bnohup\b|\bserve(_forever)?\(")
_REQUESTS = frozenset({"requests.get", "urllib.request.urlopen", "httpx.get"})


class RemoteSource(Rule):
    """Data is read from the network while the notebook runs.

    One finding a host.

    Why it bites: the file behind the address changes or goes, and then the result does, without
    anybody having touched the code.
    On export: an address that is given to a reader as a literal becomes a parameter in `env.yaml`;
    the task reads it on each run, as the notebook does.
    """

    code, name, severity = "POC103", "remote-source", Severity.RISK
    message = "the data comes from {host}; {then}"
    fix_title = TO_PARAMETERS

    flagged = (
        Flagged(
            "df = pd.read_csv(«'https://example.org/a.csv'»)",
            says="example.org",
            after="a_csv = 'https://example.org/a.csv'\n# %%\ndf = pd.read_csv(a_csv)",
        ),
        Flagged("df = pd.read_parquet(«'s3://bucket/part.parquet'»)", says="bucket"),
        Flagged("url = «'http://example.org/b.csv'»\n# %%\ndf = pd.read_csv(url)"),
        Flagged(
            "engine = create_engine(«'postgresql+psycopg2://db.local/sales'»)", says="db.local"
        ),
        Flagged("create_engine(«'mysql://localhost:3306/a'»)", says="on this machine"),
        Flagged("import requests\nr = requests.get(«'https://example.org/api/rates'»)"),
    )
    ignored = (
        "# see https://example.org/docs",
        "print('https://example.org')",
        "df = pd.read_csv('data/https.csv')",
        "urlretrieve('https://example.org/a.csv', 'a.csv')",  # POC109
        "engine = create_engine('sqlite:///local.db')",
        "import webbrowser\nwebbrowser.open('https://example.org')",
        "!ngrok http 80 &\n# %%\nimport requests\nr = requests.get('http://localhost:4040/api')",
        "cache.get('https://example.org')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        hosts: dict[str, list[TypedPath]] = {}
        for cell in notebook.cells:
            for node, text in (*given_paths(cell), *_requested(cell)):
                if match := _REMOTE.match(text):
                    hosts.setdefault(match[0], []).append((cell, node, text))
        for address, places in hosts.items():
            cell, node, _ = places[0]
            host = address.rpartition("/")[2].rpartition("@")[2]
            here = is_this_machine(host)
            if here and any(_STARTS.search(view.cell.source) for view in notebook.cells):
                continue  # what answers there the notebook has started itself
            yield self.found(
                node, cell, fix=as_parameters(places),
                host=f"a server on this machine ({host})" if here else f"{host} on each run",
                then="elsewhere there is none" if here else _CHANGES,
            )  # fmt: skip


def _requested(cell: CellView) -> Iterator[tuple[ast.expr, str]]:
    """Addresses typed into a request for data."""
    for name in ("get", "urlopen"):
        for call in cell.calls.get(name, ()):
            if call.args and cell.module(call.func) in _REQUESTS:
                address = call.args[0]
                if names_parameter(address, cell.notebook):
                    continue
                if isinstance(address, ast.Name):
                    address = cell.notebook.definition(address.id) or address
                text = path_text(address, cell.notebook)
                if text is not None:
                    yield call.args[0], text
