"""POC403 reads-the-clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_CLOCKS = frozenset(
    "datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow datetime.date.today "
    "datetime.now datetime.today datetime.utcnow pandas.Timestamp.now pandas.Timestamp.today "
    "pandas.Timestamp.utcnow pandas.datetime.now pandas.datetime.today arrow.now arrow.utcnow "
    "pendulum.now pendulum.today time.strftime".split()
)
_WORDS = frozenset({"now", "today"})
_SHOWS = frozenset(
    "print display info debug warning error critical exception write log fit TensorBoard".split()
)
# A folder of logs is meant to have a name of its own each time.
_STAMP = re.compile(
    r"(?i)stamp|generated|created|processed|updated|exported|_at$|_on$|last_?(run|modified)|report_?date"
)
_LOGS = re.compile(r"log|run|stamp|start|begin|tic|toc|t0|elapsed|experiment|session|version", re.I)

# So is what is made for people to read.
_REPORTS = re.compile(
    r"(?i)report|summary|figure|chart|savefig|\.(png|jpe?g|svg|pdf|html?|md|txt|log)\b"
)
# Ways to write a moment down; what is worked out with it (`now.year`) is another thing.
_WRITES_DOWN = frozenset(
    "isoformat strftime str format date replace timestamp ctime strip to_pydatetime".split()
)


class ReadsTheClock(Rule):
    """A value, or a file's name, hangs on the moment of the run.

    Why it bites: the same data give other features tomorrow; last month's figures cannot be
    computed again, and a run that is made up for is dated wrongly.
    On export: what a second run does not repeat cannot be proved, and the certificate says so.
    """

    code, name, severity = "POC403", "reads-the-clock", Severity.RISK
    message = "`{clock}` is the moment of the run, and {use}; {then}"
    calls = ("now", "today", "utcnow", "strftime", "to_datetime", "Timestamp")

    flagged = (
        Flagged(
            "from datetime import datetime\ndf['age'] = «datetime.now()».year - df['born']",
            says="`df['age'] = datetime.now().year - df['born']`",
        ),
        Flagged(
            "import datetime as dt\ntoday = «dt.date.today()»\n# %%\n"
            "df.to_csv(f'sales_{today}.csv')",
            says="it names what `df.to_csv(f'sales_{today}.csv')` writes; a later run writes",
        ),
        Flagged(
            "import datetime as dt\nname = 'm_{}.pkl'.format(«dt.date.today()»)\n# %%\n"
            "joblib.dump(model, name)",
            says="it names what `joblib.dump(model, name)` writes",
        ),
        Flagged(
            "import datetime as dt\nnow = «dt.date.today()»\n# %%\n"
            "df.tail(now.day).to_csv('a.csv')",
            says="hangs on it; tomorrow the same data",
        ),
        Flagged(
            "import pandas as pd\ndf['days'] = («pd.to_datetime('today')» - df['since']).dt.days"
        ),
        Flagged(
            "import pandas as pd\nnow = «pd.Timestamp.now()»\nrecent = df[df.when > now]",
            says="`recent = df[df.when > now]`",
        ),
        Flagged(
            "from datetime import datetime\na = get_prices('A', end=«datetime.now()»)\n"
            "b = get_prices('B', end=datetime.now())\n# %%\na['mean'] = mean(a, 3)\n"
            "b['mean'] = mean(b, 3)",
            says="it bounds what `get_prices('A', end=datetime.now())` fetches; each run computes",
        ),
        Flagged(  # a record that is counted with
            "from datetime import datetime\ndf['day'] = «datetime.now()»\n# %%\n"
            "df['age'] = df['day'] - df['born']",
        ),
    )
    ignored = (
        "from datetime import datetime\nstart = datetime.now()\nfit()\n"
        "print(datetime.now() - start)",
        "from datetime import datetime\nprint('done', datetime.now())",
        "from datetime import datetime\nlog_dir = 'logs/' + str(datetime.now())\nf(log_dir)",
        "import time\ndef f():\n    row = {'at': time.strftime('%H')}\n# %%\nx = row['at']",
        "from datetime import datetime\nabout = {'generated_at': datetime.now().isoformat()}\n"
        "json.dump(about, f)",
        # a record of when, whatever its key; and what is read by people
        "import datetime\nabout = {'n': 3}\nabout['date'] = str(datetime.datetime.now())\n"
        "json.dump(about, f)",
        "import datetime\nd = datetime.datetime.now()\nrow = {'model': m, 'date': d.isoformat()}\n"
        "rows.append(row)",
        "import datetime\nresults.loc[n] = [datetime.date.today(), score['x']]",
        "import datetime\ndf['fetched'] = datetime.datetime.now()\ndf.to_csv('a.csv')",
        "import datetime as dt\ntoday = dt.date.today()\nplt.savefig(f'sales_{today}.png')",
        "import datetime as dt\ntoday = dt.date.today()\ndf.to_csv(f'report_{today}.csv')",
        "import time\nstart = time.time()\nprint(time.time() - start)",
        "import pandas as pd\ndf['when'] = pd.to_datetime(df['when'])",
        "clock.now()",
        "from datetime import datetime\nbegin = datetime.now()\nend = datetime.now()\n"
        "took = end - begin",
        "from datetime import datetime\ndef wait():\n    return datetime.now()",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if not _is_clock(call, cell) or _is_stamp(call, cell):
            return
        if (fetch := _bounded(call, cell)) is not None:
            if not _is_told(call, cell):
                hangs = f"it bounds what `{_cut(cell.source(fetch))}` fetches"
                then = "each run computes with other rows"
                yield self.found(call, cell, clock=cell.source(call), use=hangs, then=then)
            return
        node = cell.statement(call)
        if node is None or not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            return
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node not in cell.body:  # a local name: who reads it nobody says
                return
            use = _use_of(node.targets[0].id, cell.notebook)
        else:
            use = (call, cell) if _matters(call, cell) else None
        if use is not None:
            hangs, then = _said(*use)
            yield self.found(call, cell, clock=cell.source(call), use=hangs, then=then)


def _is_clock(call: ast.Call, cell: CellView) -> bool:
    module = cell.module(call.func)
    if module in ("pandas.to_datetime", "pandas.Timestamp"):
        return bool(call.args) and str(cell.literal(call.args[0])) in _WORDS
    if module == "time.strftime":
        return len(call.args) == 1
    return module in _CLOCKS


def _bounded(call: ast.Call, cell: CellView) -> ast.Call | None:
    """The call that fetches data up to the moment, or from it on; None where there is none."""
    at: ast.AST = call
    while isinstance(around := cell.parent(at), ast.expr | ast.keyword):
        if (
            isinstance(around, ast.Call)
            and at is not around.func
            and _FETCHES.search(last_name(around.func))
        ):
            return around
        at = around
    return None


def _is_told(call: ast.Call, cell: CellView) -> bool:
    """Whether a clock further up in the cell bounds what is fetched, too."""
    return any(
        (other.lineno, other.col_offset) < (call.lineno, call.col_offset)
        and _is_clock(other, cell)
        and _bounded(other, cell) is not None
        for name in ReadsTheClock.calls
        for other in cell.calls.get(name, ())
    )


_FETCHES = re.compile(r"(?i)download|fetch|data_?reader|histor|query|^(get|read|load)_")


def _is_stamp(call: ast.Call, cell: CellView) -> bool:
    """Whether the moment is put beside the data to say when: `{'generated_at': …}`."""
    child: ast.AST = call
    at = cell.parent(call)
    while isinstance(at, ast.Call | ast.Attribute | ast.JoinedStr | ast.FormattedValue):
        child = at
        at = cell.parent(at)
    match at:
        case ast.Dict(keys=keys, values=values):
            key = keys[values.index(child)] if child in values else None
        case ast.Assign(targets=[ast.Subscript(slice=key)]):
            pass
        case _:
            return False
    return (
        isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and _STAMP.search(key.value) is not None
    )


def _matters(node: ast.AST, cell: CellView) -> bool:
    """Whether a value goes into data or into the name of a file, and not only to the screen."""
    if _is_written_down(node, cell):
        return False
    at, child = cell.parent(node), node
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, ast.Call) and child is not at.func and last_name(at.func) in _SHOWS:
            return False
        if isinstance(at, ast.BinOp) and isinstance(at.op, ast.Sub):
            other = at.left if at.right is child else at.right
            if _is_moment(other, cell):
                return False
        child, at = at, cell.parent(at)
    match at:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return not _LOGS.search(name) and _is_data(at.value, cell)
        case ast.Assign(targets=[ast.Subscript() as target]):
            return not _LOGS.search(cell.source(target))
        case ast.AugAssign():
            return True
        case ast.Expr(value=ast.Call(func=called)):
            saves = last_name(called).startswith(("to_", "save", "dump"))
            told = cell.source(at)
            return saves and not (_LOGS.search(told) or _REPORTS.search(told))
    return False


def _is_written_down(node: ast.AST, cell: CellView) -> bool:
    """Whether the moment is kept as it is in a record, and nothing is worked out with it.

    An item of a list or a dictionary is one; so is a column that nothing in the notebook reads.
    """
    child, at = node, cell.parent(node)
    while isinstance(at, ast.Call | ast.Attribute | ast.JoinedStr | ast.FormattedValue):
        if isinstance(at, ast.Call) and last_name(at.func) not in _WRITES_DOWN:
            return False
        if isinstance(at, ast.Attribute) and at.attr not in _WRITES_DOWN:
            return False
        child, at = at, cell.parent(at)
    match at:
        case ast.Dict() | ast.List() | ast.Tuple():
            return True
        case ast.Assign(targets=[ast.Subscript() as target], value=value) if value is child:
            texts = [one.value for one in ast.walk(target.slice) if isinstance(one, ast.Constant)]
            keys = {text for text in texts if isinstance(text, str)}
            views = cell.notebook.cells
            return bool(keys) and not any(
                text in keys and not any(part is read for part in ast.walk(target))
                for view in views
                for read, text in view.texts
            )
    return False


def _is_data(value: ast.expr, cell: CellView) -> bool:
    """Whether an expression takes something of a table into account."""
    return any(
        isinstance(part, ast.Subscript)
        or (isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)
            and cell.module(part) == "" and part.attr not in ("year", "month", "day"))
        for part in ast.walk(value)
    )  # fmt: skip


def _is_moment(node: ast.expr, cell: CellView) -> bool:
    """Whether it is another moment of the run: a time is being taken."""
    if isinstance(node, ast.Call):
        return _is_clock(node, cell)
    if isinstance(node, ast.Name):
        values = cell.notebook.assigned.get(node.id, ())
        return any(isinstance(value, ast.Call) and _is_clock(value, cell) for value in values)
    return False


def _use_of(name: str, notebook: NotebookView) -> tuple[ast.AST, CellView] | None:
    """Where a name that holds the moment gets into data or a file's name."""
    if _LOGS.search(name):
        return None
    for cell in notebook.cells:
        if name not in cell.cell.code:
            continue
        for node in cell.of(ast.Name):
            if node.id == name and isinstance(node.ctx, ast.Load) and _matters(node, cell):
                return node, cell
    return None


def _said(node: ast.AST, cell: CellView) -> tuple[str, str]:
    """What hangs on the moment that stands here, and what comes of it."""
    statement = cell.statement(node)
    text = f"`{_cut(cell.source(statement))}`" if statement is not None else ""
    if _names_a_file(node, cell):
        return f"it names what {text} writes", _OTHER_NAME
    return f"{text} hangs on it", "tomorrow the same data give something else"


_OTHER_NAME = "a later run writes another file, and what reads it does not know which"


def _names_a_file(node: ast.AST, cell: CellView) -> bool:
    """Whether it goes into the name that something is saved under, and not into what is saved."""
    statement = cell.statement(node)
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call, at = statement.value, node
    while (around := cell.parent(at)) is not None and around is not call:
        at = around
    if isinstance(at, ast.keyword):
        return at.arg in ("path", "filename", "fname", "path_or_buf", "filepath", "file")
    if at not in call.args:
        return False
    # `df.to_csv(name)`, `joblib.dump(model, name)`, `np.save(f'{name}.npy', x)`
    first, builds = at is call.args[0], isinstance(at, ast.JoinedStr | ast.BinOp | ast.Call)
    return not first or len(call.args) == 1 or builds


def _cut(text: str, longest: int = 80) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
