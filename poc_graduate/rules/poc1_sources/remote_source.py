"""POC103 remote-source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.file_roles import identifier, name_of_file
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.edits import names_parameter
from poc_graduate.rules.files import path_text
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.hosts import is_this_machine
from poc_graduate.rules.poc1_sources._paths import (
    TO_PARAMETERS,
    TypedPath,
    as_parameters,
    given_paths,
    takes_paths,
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
_DEPTH = 3
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
        Flagged(  # an address without a file is named after its host
            "c = Client.open(«'https://api.weather.example.org/stac/v1'»)\nrequests.get(c)",
            says="api.weather.example.org",
            after="weather_url = 'https://api.weather.example.org/stac/v1'\n# %%\n"
            "c = Client.open(weather_url)\nrequests.get(c)",
        ),
        Flagged("base = «'https://a.org'»\nurl = os.path.join(base, 'a.csv')\npd.read_csv(url)"),
        Flagged("df = pd.read_parquet(«'s3://bucket/part.parquet'»)", says="bucket"),
        Flagged("url = «'http://example.org/b.csv'»\n# %%\ndf = pd.read_csv(url)"),
        Flagged(
            "engine = create_engine(«'postgresql+psycopg2://db.local/sales'»)", says="db.local"
        ),
        Flagged("create_engine(«'mysql://localhost:3306/a'»)", says="on this machine"),
        Flagged("import requests\nr = requests.get(«'https://example.org/api/rates'»)"),
        Flagged(
            "import requests\nr = requests.get('https://example.org/api')\nprint(r.json())\n# %%\n"
            "df = pd.read_csv(«'https://example.org/a.csv'»)\ndf.head()",
        ),
        Flagged(
            "import requests\nr = requests.get(«'https://example.org/api'»)\nprint(r.ok)\n# %%\n"
            "rates = r.json()\n# %%\ndf = pd.read_csv('https://example.org/a.csv')",
        ),
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
        "base = 'https://example.org'\nurl = os.path.join(base, 'a.json')\nalt.Chart(url)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        hosts: dict[str, list[TypedPath]] = {}
        for cell in notebook.cells:
            for node, text in (*given_paths(cell), *_requested(cell)):
                if (match := _REMOTE.match(text)) and _is_opened(node, cell):
                    hosts.setdefault(match[0], []).append((cell, node, text))
        for address, places in hosts.items():
            # A trial that is only printed comes after what the notebook goes on with.
            places.sort(key=lambda place: _is_tried(place[1], place[0]))
            cell, node, _ = places[0]
            host = address.rpartition("/")[2].rpartition("@")[2]
            here = is_this_machine(host)
            if here and any(_STARTS.search(view.cell.source) for view in notebook.cells):
                continue  # what answers there the notebook has started itself
            yield self.found(
                node, cell, fix=as_parameters(places, _named),
                host=f"a server on this machine ({host})" if here else f"{host} on each run",
                then="elsewhere there is none" if here else _CHANGES,
            )  # fmt: skip


def _is_tried(node: ast.expr, cell: CellView) -> bool:
    """Whether an answer is only printed: a trial, on which nothing goes on."""
    match cell.statement(node):
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
            if cell.module(call.func) not in _REQUESTS:
                return False
        case ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display"))):
            return True
        case _:
            return False
    return all(
        isinstance(statement := view.statement(one), ast.Expr)
        and isinstance(statement.value, ast.Call | ast.Attribute | ast.Name)
        for view in cell.notebook.cells
        if name in view.cell.code
        for one in view.of(ast.Name)
        if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)
    )


def _named(address: str) -> str:
    """The file that an address ends with, or what it leads to: `weather_url`."""
    file = name_of_file(address)
    if re.search(r"\w/[^/]*[^\W\d]\w*\.\w+(\?|$)", address.partition("://")[2]):
        return file
    match = _REMOTE.match(address)
    labels = match["host"].partition(":")[0].split(".") if match else []
    telling = [one for one in labels[: max(len(labels) - 1, 1)] if one not in _EVERYWHERE]
    name = identifier(telling[0]) if telling else ""
    return f"{name}_url" if name else file


_EVERYWHERE = frozenset("www api data raw cdn static files download s3 storage".split())


def _is_opened(node: ast.expr, cell: CellView, depth: int = _DEPTH) -> bool:
    """Whether Python opens the address: one that is only joined goes where the whole goes.

    A chart that is given an address has it loaded by the viewer.
    """
    at: ast.AST = node
    while isinstance(around := cell.parent(at), ast.BinOp):
        at = around
    match around:
        case ast.Call(func=func) if last_name(func) == "join":
            return depth > 0 and _is_opened(around, cell, depth - 1)
        case ast.Call(func=func):
            return takes_paths(last_name(func)) or depth == _DEPTH
        case ast.Assign(targets=[ast.Name(id=name)]):
            given = cell.notebook.given_first.get(name, frozenset())
            if any(map(takes_paths, given - {"join"})):
                return True
            joins = (
                (call, view)
                for view in cell.notebook.cells
                for call in view.calls.get("join", ())
                if call.args and isinstance(call.args[0], ast.Name) and call.args[0].id == name
            )
            return depth > 0 and any(_is_opened(*join, depth - 1) for join in joins)
    return depth == _DEPTH


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
