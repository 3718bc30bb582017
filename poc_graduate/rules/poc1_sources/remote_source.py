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
from poc_graduate.rules.products import TABLES
from poc_graduate.rules.reached import is_within
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_DATABASES = (
    r"(postgres(ql)?|mysql|mariadb|mssql|oracle|snowflake|redshift|clickhouse|mongodb|bigquery|"
    r"trino|presto)(\+\w+)?"
)
_DATABASE = re.compile(_DATABASES + "://")
_REMOTE = re.compile(
    rf"(https?|s3[an]?|gs|gcs|abfss?|wasbs?|adl|hdfs|s?ftp|{_DATABASES})://"
    r"([^\s/@]+@)?(?P<host>[^\s/?]+)"
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
        Flagged(
            "user, host = 'ann', 'db.local'\nhost = 'db.local'\nport = '5432'\n# %%\n"
            "port = '5432'\nengine = create_engine(«f'postgresql://{user}@localhost:{port}/a'»)",
            says="a server on this machine (localhost:5432)",
        ),
        Flagged(
            "engine = create_engine(«f'mysql+pymysql://{user}:{word}@{host}/a'»)\n"
            "df = pd.read_sql('select * from a', engine)",
            says="the data comes from a server of `mysql` that is named elsewhere, on each run",
        ),
        Flagged(  # the one is read from, the other written to
            "engine = create_engine('mysql://db.local/a')\ndf.to_sql('a', engine)\n# %%\n"
            "engine = create_engine(«'mysql://db.local/a'»)\ndf = pd.read_sql('a', engine)",
        ),
        Flagged("import requests\nr = requests.get(«'https://example.org/api/rates'»)"),
        Flagged(  # what comes is unpacked
            "import requests\nr = requests.get(«'https://example.org/a.zip'»)\n"
            "z = ZipFile(BytesIO(r.content))\nz.extractall()",
        ),
        Flagged(
            "import requests\nr = requests.get('https://example.org/api')\nprint(r.json())\n# %%\n"
            "df = pd.read_csv(«'https://example.org/a.csv'»)\ndf.head()",
        ),
        Flagged(
            "import requests\nr = requests.get(«'https://example.org/api'»)\nprint(r.ok)\n# %%\n"
            "rates = r.json()\n# %%\ndf = pd.read_csv('https://example.org/a.csv')",
        ),
        Flagged(  # the pages are the data; one of them was looked at before
            "import requests\nurl = 'https://a.org/teams/chi'\nr = requests.get(url)\n"
            "soup = parsed(r.text)\n# %%\nfor team in teams:\n"
            "    url = f'https://a.org/teams/{team}/log'\n    r = requests.get(«url»)\n"
            "    rows.append(r.json())",
            says="a.org on each run",
        ),
    )
    ignored = (
        "# see https://example.org/docs",
        # of no more use than a look: is it up?
        "import requests\nr = requests.get('https://example.org/health')\n"
        "if r.status_code == 200:\n    print('up', r.json())\nelse:\n    print('down')",
        "import requests\nprint(requests.get('https://example.org/health').json())",
        "import requests\nr = requests.get('https://example.org/api')\nsaid = r.json()\n"
        "print(said['version'])",
        "print('https://example.org')",
        "df = pd.read_csv('data/https.csv')",
        "urlretrieve('https://example.org/a.csv', 'a.csv')",  # POC109
        "engine = create_engine('sqlite:///local.db')",
        # what is written there comes from elsewhere
        "engine = create_engine('mysql://db.local/a')\ndf.to_sql('a', con=engine)\n"
        "engine.dispose()",
        "url = 'mysql://db.local/a'\nengine = create_engine(url)\n# %%\ndf.to_sql('a', engine)",
        "import webbrowser\nwebbrowser.open('https://example.org')",
        "!ngrok http 80 &\n# %%\nimport requests\nr = requests.get('http://localhost:4040/api')",
        "cache.get('https://example.org')",
        "base = 'https://example.org'\nurl = os.path.join(base, 'a.json')\nalt.Chart(url)",
        # of several addresses that have one name in turn, one by itself may be a trial
        "import requests\nurl = 'https://a.org/a'\nr = requests.get(url)\nx = r.json()\n# %%\n"
        "url = 'https://b.org/b'\nr = requests.get(url)\nx = r.json()",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        hosts: dict[str, list[TypedPath]] = {}
        for cell in notebook.cells:
            for node, begins in (*given_paths(cell), *_requested(cell)):
                text = _whole(node, begins, notebook)
                if _is_only_written_to(node, cell):
                    continue
                if (match := _REMOTE.match(text)) and _is_opened(node, cell):
                    hosts.setdefault(match[0], []).append((cell, node, text))
        for address, places in hosts.items():
            # What many are fetched by comes first; a trial that is only printed after what the
            # notebook goes on with.
            places.sort(
                key=lambda at: (_is_tried(at[1], at[0]), not is_within(at[1], at[0], _LOOPS))
            )
            cell, node, _ = places[0]
            if _is_checked_only(places):
                continue
            host = address.rpartition("/")[2].rpartition("@")[2]
            if _UNKNOWN in host:
                scheme = address.partition(":")[0].partition("+")[0]
                host = f"a server of `{scheme}` that is named elsewhere,"
            here = is_this_machine(host)
            if here and any(_STARTS.search(view.cell.source) for view in notebook.cells):
                continue  # what answers there the notebook has started itself
            part = any(text.endswith(_UNKNOWN) for _, _, text in places)
            yield self.found(
                node, cell, fix=None if part else as_parameters(places, _named),
                host=f"a server on this machine ({host})" if here else f"{host} on each run",
                then="elsewhere there is none" if here else _CHANGES,
            )  # fmt: skip


def _whole(node: ast.expr, begins: str, notebook: NotebookView) -> str:
    """The address of a database with what its f-string puts in, where that was typed."""
    if not (isinstance(node, ast.JoinedStr) and _DATABASE.match(begins)):
        return begins
    parts = (
        path_text(one.value if isinstance(one, ast.FormattedValue) else one, notebook)
        for one in node.values
    )
    return "".join(_UNKNOWN if part is None else part for part in parts)


def _is_only_written_to(node: ast.expr, cell: CellView) -> bool:
    """Whether a connection to an address only takes what the notebook writes: `to_sql`."""
    opened = [*_opened(node, cell)]
    return bool(opened) and all(_takes_only(*one) for one in opened)


def _opened(node: ast.expr, cell: CellView) -> Iterator[tuple[ast.Name, CellView]]:
    """The names that connections to an address are given."""
    calls = [(cell.parent(node), cell)]
    match cell.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            calls = [
                (call, view)
                for view in cell.notebook.cells
                for opens in _OPENS
                for call in view.calls.get(opens, ())
                if any(isinstance(one, ast.Name) and one.id == name for one in call.args[:1])
            ]
    for call, view in calls:
        if isinstance(call, ast.Call) and last_name(call.func) in _OPENS:
            match view.parent(call):
                case ast.Assign(targets=[ast.Name() as bound]):
                    yield bound, view


def _takes_only(bound: ast.Name, cell: CellView) -> bool:
    """Whether all that reads a name, from a binding to the next one, writes a table by it."""
    notebook, start = cell.notebook, (cell.index, bound.lineno)
    named = [
        ((view.index, one.lineno), one, view)
        for view in notebook.cells
        if bound.id in view.cell.code
        for one in view.of(ast.Name)
        if one.id == bound.id
    ]
    stores = [at for at, one, _ in named if isinstance(one.ctx, ast.Store) and at > start]
    end = min(stores, default=(len(notebook.notebook.cells) + 1, 0))
    reads = [
        (one, view)
        for at, one, view in named
        if isinstance(one.ctx, ast.Load) and start < at <= end
    ]
    return any(_writes(*one) for one in reads) and all(
        _writes(*one) or _closes(*one) for one in reads
    )


def _writes(read: ast.Name, cell: CellView) -> bool:
    around = cell.taker(read)
    return isinstance(around, ast.Call) and last_name(around.func) in TABLES


def _closes(read: ast.Name, cell: CellView) -> bool:
    around = cell.parent(read)
    return isinstance(around, ast.Attribute) and around.attr in ("dispose", "close", "commit")


_OPENS = frozenset({"create_engine", "connect"})
_UNKNOWN = "…"


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
    return _is_only_shown(name, cell.notebook) is not False


def _is_only_shown(name: str, notebook: NotebookView, depth: int = _DEPTH) -> bool | None:
    """Whether all that is done with what a name holds is to show it; None where nothing is."""
    reads = [
        (one, view)
        for view in notebook.cells
        if name in view.cell.code
        for one in view.of(ast.Name)
        if one.id == name and isinstance(one.ctx, ast.Load)
    ]
    return all(_is_shown(*read, depth) for read in reads) if reads else None


def _is_shown(read: ast.Name, cell: CellView, depth: int) -> bool:
    """`print(answer.json())`, `if answer.ok: print('up')`, or a name for what is shown so."""
    match cell.statement(read):
        case ast.Expr(value=ast.Call() | ast.Attribute() | ast.Name() as shown):
            return not isinstance(shown, ast.Call) or last_name(shown.func) in _SHOWS | _ASKS
        case ast.If(test=test, body=body, orelse=orelse) if read in ast.walk(test):
            return all(map(_prints, (*body, *orelse)))
        case ast.Assert():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if depth and name != read.id:
            return _is_only_shown(name, cell.notebook, depth - 1) is True
    return False


def _prints(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _SHOWS
        case ast.If(body=body, orelse=orelse):
            return all(map(_prints, (*body, *orelse)))
    return False


_SHOWS = frozenset("print display pprint".split())
# What is asked of an answer, and then stands below the cell.
_ASKS = frozenset("json raise_for_status head keys items get info geturl".split())


def _is_checked_only(places: list[TypedPath]) -> bool:
    """Whether of a host no more is wanted than an answer to look at: is it up?"""
    for cell, node, _ in places:
        match cell.statement(node):
            case ast.Assign(targets=[ast.Name(id=name)]) if _is_only_shown(name, cell.notebook):
                pass
            case ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display"))):
                pass
            case _:
                return False
        if not _is_tried(node, cell):
            return False
    return True


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
                    made = cell.notebook.definition(address.id)
                    if made is None and is_within(call, cell, _LOOPS):  # else it may be a trial
                        made = _assigned_above(address, cell)
                    address = made or address
                text = path_text(address, cell.notebook)
                match address:
                    case ast.JoinedStr(values=[ast.Constant(value=str(begins)), *_]) if (
                        text is None and _HAS_HOST.match(begins)
                    ):
                        text = begins + _UNKNOWN
                if text is not None:
                    yield call.args[0], text


_LOOPS = (ast.For, ast.While, ast.ListComp, ast.DictComp, ast.GeneratorExp)
"""What is in one is come to several times: each time for other data, as a rule."""
_HAS_HOST = re.compile(r"https?://[^\s/]+/")


def _assigned_above(name: ast.Name, cell: CellView) -> ast.expr | None:
    """What the cell gives a name last, above the place that reads it."""
    found = None
    for one in cell.statements:
        match one:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name.id:
                found = value if one.lineno < name.lineno else found
    return found
