"""POC408 deprecated-or-removed-api."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import is_frame, makes_frame
from poc_graduate.rules.poc4_chance._removed import (
    BY_MODULE,
    FITTED,
    KEYWORDS,
    METHODS,
    STUBS,
    Removed,
)
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, Located, NotebookView

_DEPTH = 4
_WARNED = re.compile(
    r"(?:ipykernel(?P<launcher>_launcher)?[^\n:]*\.py|<ipython-input-(?P<count>\d+)[^>]*>"
    r"|cell line): ?(?P<line>\d+):? "
    r"((?:Pending)?DeprecationWarning|FutureWarning): (?P<said>[^\n]+(?:\n(?!\s|\S+:\d+: )[^\n]+)*)"
    r"(?:\n\s*?  (?P<code>\S[^\n]*))?"
)
# It has come to pass already; POC601 tells of the other.
_ELSEWHERE = re.compile("has changed|chained assignment|copy of a (DataFrame|slice)")
_LAST = frozenset(name.rpartition(".")[2] for name in BY_MODULE)
_WITH_KEYWORDS = frozenset(name for name, _ in KEYWORDS)
_LONGEST = 240
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`'\"])")
_REMEDY = re.compile(
    r"(?i)\b(use|using|pass|set|setting|replace|instead|to (keep|retain|silence))\b"
)
_FILLS = frozenset({"fillna", "ffill", "bfill", "replace", "where", "mask"})
_TYPES_TOLD = ("astype", "infer_objects")

_STDERR = {
    "output_type": "stream",
    "name": "stderr",
    "text": "/tmp/ipykernel_7/12.py:2: FutureWarning: The default value of observed=False is "
    "deprecated and will change to True.\n  g = df.groupby('a')\n",
}
_WEIGHTS = {
    **_STDERR,
    "text": "/tmp/ipykernel_7/12.py:2: FutureWarning: You are using `torch.load` with "
    "`weights_only=False` (the current default value), which uses the default pickle module.\n",
}
_DOWNCASTS = {
    **_STDERR,
    "text": "/tmp/ipykernel_7/12.py:1: FutureWarning: Downcasting object dtype arrays on .fillna, "
    ".ffill, .bfill is deprecated and will change in a future version.\n",
}


_LONG = {
    **_STDERR,
    "text": "/opt/ipykernel_launcher.py:1: FutureWarning: In xarray version 0.15 the default "
    "behaviour of `open_mfdataset`\nwill change. To retain the existing behavior, pass\n"
    "combine='nested'. To use future default behavior, pass\ncombine='by_coords'. See\n"
    "http://xarray.pydata.org/en/stable/combining.html#combining-multi\n\n"
    '  """Entry point for launching an IPython kernel.\n'
    "/usr/lib/api.py:933: FutureWarning: The datasets supplied have no order. You may want\n",
}


class DeprecatedOrRemovedApi(Rule):
    """A name is used that its library has taken away, or says it will.

    Why it bites: on a machine with today's release the notebook ends here; that it runs on yours
    only means that yours is old.
    On export: the project's requirements name the versions of the observed run, with which it
    runs.
    """

    code, name, severity = "POC408", "deprecated-or-removed-api", Severity.RISK
    message = "{what}; {then}"

    flagged = (
        Flagged(
            "import numpy as np\nx = y.astype(«np.float»)",
            says="`np.float` (now `float`) is gone since NumPy 1.24",
        ),
        Flagged(
            "«from sklearn.externals import joblib»",
            says="`sklearn.externals.joblib` (now `joblib`) is gone since scikit-learn 0.23",
        ),
        Flagged("import pandas as pd\ndf = pd.read_csv('a.csv')\ndf = «df.append(row)»"),
        Flagged("import pandas as pd\ndf = pd.read_csv('a.csv')\nx = «df.ix»[3]", says="`df.ix`"),
        Flagged(
            "df['a'] = «df['a'].fillna(method='ffill')»",
            says="`fillna(method=…)` (now `.ffill()` or `.bfill()`) is gone since pandas 3.0",
        ),
        Flagged(
            "df = «pd.read_csv('a.csv', error_bad_lines=False)»",
            says="`read_csv(error_bad_lines=…)`",
        ),
        Flagged(
            "p = «m.predict_classes(X)»",
            says="argmax(axis=-1)`, of a single output `(predict(…) > 0.5).astype(int)`) is gone",
        ),
        Flagged(
            "x = 1\n«g = df.groupby('a')»",
            says="warns: The default value of observed=False is deprecated",
            ran=(CellFacts(1, outputs=(_STDERR,)),),
        ),
        Flagged(  # the line is one of a function that the cell calls
            "def f(df):\n    «g = df.groupby('a')»\n# %%\nx = f(a)\ny = f(b)",
            says="this line warns: The default value",
            ran=(CellFacts(1), CellFacts(2, outputs=(_STDERR,))),
        ),
        Flagged(
            "import torch\n«m = torch.load('a.pt')»\ntorch.save(m.state_dict(), 'b.pt')",
            says="this line warns: You are using `torch.load`",
            ran=(CellFacts(1, outputs=(_WEIGHTS,)),),
        ),
        Flagged(
            "«df['a'] = df['a'].fillna(0)»",
            says="this line warns: Downcasting",
            ran=(CellFacts(1, outputs=(_DOWNCASTS,)),),
        ),
        Flagged(  # a sentence of several lines, and the one with its remedy
            "«sets = xr.open_mfdataset('*.nc')»",
            says="behaviour of `open_mfdataset` will change. To retain the existing behavior, pass "
            "combine='nested'; a later release",
            ran=(CellFacts(1, outputs=(_LONG,)),),
        ),
    )
    ignored = (
        Flagged(
            "df['a'] = df['a'].fillna(0).astype(int)",
            ran=(CellFacts(1, outputs=(_DOWNCASTS,)),),
        ),
        "import numpy as np\nx = y.astype(np.float64)",
        "rows = []\nrows.append(1)",
        "import joblib",
        "import tensorflow.compat.v1 as tf\ns = tf.Session()",
        "import pandas as pd\ndf = pd.read_csv('a.csv', on_bad_lines='skip')",
        "try:\n    from sklearn.externals import joblib\nexcept ImportError:\n    import joblib",
        "rotation.as_matrix()",
        # Python 2, and a list by then
        "import pandas as pd\ndf = pd.read_csv('a.csv')\n# %%\ndf = []\nprint df\n# %%\n"
        "df.append(3)",
        "rows = list()\nrows.append(1)\nimport pandas as pd\nrows = pd.DataFrame(rows)",
        Flagged("g = df.groupby('a')", ran=(CellFacts(1),)),
        Flagged(
            "import torch\nm.load_state_dict(torch.load(path))",
            ran=(CellFacts(1, outputs=(_WEIGHTS,)),),
        ),
        Flagged(
            "import torch\nw = torch.load('a.pt')\ntorch.save(m.state_dict(), 'a.pt')",
            ran=(CellFacts(1, outputs=(_WEIGHTS,)),),
        ),
        # of the cell's own line or of the function's, which this kernel does not tell apart
        Flagged(
            "def f():\n    return xr.open_mfdataset('*.nc')\n# %%\nx = f()",
            ran=(CellFacts(1), CellFacts(2, outputs=(_LONG,))),
        ),
        # a line of code that is no more here
        Flagged("x = 1\ng = df.groupby('b')", ran=(CellFacts(1, outputs=(_STDERR,)),)),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        gone: dict[str, list[tuple[Located, CellView, str, Removed]]] = {}
        lines: set[tuple[int, int]] = set()
        for cell in notebook.cells:
            for node, text, removed in (*_names(cell), *_methods(cell), *_keywords(cell)):
                if not _is_guarded(node, cell):
                    numbers = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                    lines.update((cell.index, number) for number in numbers)
                    gone.setdefault(removed.since, []).append((node, cell, text, removed))
        told: set[str] = set()
        for shown in notebook.cells:
            for node, said, cell in _warned(shown):
                # What is gone has warned before it went.
                known = (cell.index, node.lineno) in lines
                if said not in told and not known and _concerns(said, node, cell):
                    told.add(said)
                    what = f"this line warns: {_quoted(said)}"
                    then = "a later release takes it away, or gives something else"
                    yield self.found(node, cell, severity=Severity.NOTE, what=what, then=then)
        for since, places in gone.items():
            node, cell, text, removed = min(places, key=lambda one: (one[1].index, one[0].lineno))
            others = len({each[2] for each in places}) - 1
            now = f" (now `{removed.now}`)" if removed.now else ""
            more = f", as {'are' if others > 1 else 'is'} {others} more name" if others else ""
            what = f"`{text}`{now} is gone since {since}{more}{'s' * (others > 1)}"
            fails = "its call" if _is_stub(node, text) else "this line"
            then = f"with a release of today {fails} fails"
            yield self.found(node, cell, what=what, then=then)


def _concerns(said: str, node: Located, cell: CellView) -> bool:
    """Whether a warning is about what this line does."""
    if "default value of regex" in said:  # of one character it has always been taken literally
        given = [
            call.args[0]
            for call in cell.calls.get("replace", ())
            if call.args and call.lineno == node.lineno
        ]
        if given and all(isinstance(g, ast.Constant) and len(str(g.value)) == 1 for g in given):
            return False
    if "Downcasting object dtype" in said and any(
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Call)
        and last_name(call.func.value.func) in _FILLS
        and call.lineno == node.lineno
        for name in _TYPES_TOLD
        for call in cell.calls.get(name, ())
    ):
        return False  # which type comes of it is told right behind
    if "weights_only" in said and any(
        call.lineno == node.lineno and _holds_weights(call, cell)
        for call in cell.calls.get("load", ())
        if cell.module(call.func) == "torch.load"
    ):
        return False  # which load the same with the new default
    return _ELSEWHERE.search(said) is None


def _holds_weights(load: ast.Call, cell: CellView) -> bool:
    """Whether a file of torch holds a `state_dict()`: a model takes it, or it was saved so here."""
    match cell.parent(load):
        case ast.Call(func=ast.Attribute(attr="load_state_dict")):
            return True
    path = ast.dump(load.args[0]) if load.args else ""
    for view in cell.notebook.cells:
        for save in view.calls.get("save", ()):
            match save.args:
                case [ast.Call(func=ast.Attribute(attr="state_dict")), to] if (
                    view.module(save.func) == "torch.save" and ast.dump(to) == path
                ):
                    return True
    return False


def _is_stub(node: Located, text: str) -> bool:
    return isinstance(node, ast.ImportFrom) and text in STUBS


def _names(cell: CellView) -> Iterator[tuple[Located, str, Removed]]:
    """Names of modules and functions, imported or asked of a module."""
    for node in cell.of(ast.Attribute):
        if node.attr in _LAST:
            dotted = cell.module(node)
            removed = _removed(dotted) if dotted else None
            if removed and not _removed(cell.notebook.imports[root_name(node) or ""]):
                yield node, cell.source(node), removed[1]
    for imported in cell.of(ast.ImportFrom):
        for alias in imported.names if imported.level == 0 else ():
            if removed := _removed(f"{imported.module}.{alias.name}"):
                yield imported, removed[0], removed[1]
    for whole in cell.of(ast.Import):
        for alias in whole.names:
            if removed := _removed(alias.name):
                yield whole, removed[0], removed[1]


def _removed(dotted: str) -> tuple[str, Removed] | None:
    """The longest part of a dotted name that is gone."""
    parts = dotted.removeprefix("tensorflow.keras").split(".")
    if dotted.startswith("tensorflow.keras"):
        parts = ["keras", *parts[1:]]
    for end in range(min(len(parts), _DEPTH), 0, -1):
        name = ".".join(parts[:end])
        if name in BY_MODULE:
            return name, BY_MODULE[name]
    return None


def _methods(cell: CellView) -> Iterator[tuple[Located, str, Removed]]:
    for name in cell.calls.keys() & METHODS.keys():
        for call in cell.calls[name]:
            match call.func:
                case ast.Attribute(value=of) if is_frame(of, cell) and not _may_be_list(of, cell):
                    yield call, cell.source(call.func), METHODS[name]
    for name in cell.calls.keys() & FITTED.keys():
        for call in cell.calls[name]:
            if isinstance(call.func, ast.Attribute):
                yield call, cell.source(call.func), FITTED[name]
    for indexer in cell.of(ast.Attribute):
        if indexer.attr == "ix" and isinstance(cell.parent(indexer), ast.Subscript):
            yield indexer, cell.source(indexer), Removed("pandas 1.0", ".loc")


def _may_be_list(node: ast.expr, cell: CellView) -> bool:
    """Whether a name is also given something else: `rows = list()`, and later a frame of it."""
    if not isinstance(node, ast.Name):
        return False
    for value in cell.notebook.assigned.get(node.id, ()):
        grows = isinstance(value, ast.Call) and root_name(value.func) == node.id
        if value is None or not (grows or makes_frame(value, cell.notebook)):
            return True
    return False


def _keywords(cell: CellView) -> Iterator[tuple[Located, str, Removed]]:
    if _WITH_KEYWORDS.isdisjoint(cell.calls):
        return
    for (name, word), removed in KEYWORDS.items():
        for call in cell.library_calls.get(name, ()):
            if any(each.arg == word for each in call.keywords):
                yield call, f"{name}({word}=…)", removed


def _is_guarded(node: Located, cell: CellView) -> bool:
    """Whether another way is taken where it is missing: it stands in a `try` or an `if`."""
    at = cell.parent(node)
    while at is not None:
        if isinstance(at, ast.Try | ast.If):
            return True
        at = cell.parent(at)
    return False


def _warned(cell: CellView) -> Iterator[tuple[Located, str, CellView]]:
    """Lines that warnings of a cell name: in a run, else in the outputs that are stored."""
    outputs = cell.facts.outputs if cell.facts is not None else cell.cell.outputs
    for output in outputs:
        if output.get("name") != "stderr":
            continue
        for warned in _WARNED.finditer(_text(output)):
            where = _warning_cell(warned, cell)
            node = _statement_at(int(warned["line"]), where) if where is not None else None
            if node is not None and where is not None:
                yield node, " ".join(warned["said"].split()), where


def _quoted(said: str) -> str:
    """A warning in a message: all of it, or what it says first, and what it advises."""
    if len(said) > _LONGEST:
        first, *others = _SENTENCE.split(said)
        advice = next((one for one in others if _REMEDY.search(one)), "")
        said = f"{first} {advice}" if advice and not _REMEDY.search(first) else first
    if len(said) > 2 * _LONGEST:
        return f"{said[:_LONGEST]}…"
    return said.strip().removesuffix(".")


def _warning_cell(warned: re.Match[str], cell: CellView) -> CellView | None:
    """The cell whose line it is: the one that ran, or one whose function it called."""
    line, code = int(warned["line"]), (warned["code"] or "").strip()
    if warned["launcher"]:  # what is quoted is a line of the launcher's own file
        return cell if cell.notebook.makes(cell.index).isdisjoint(cell.calls) else None
    if code:  # the line itself is quoted
        ways = [one for one in (cell, *cell.notebook.cells) if one.line(line).strip() == code]
        return ways[0] if ways else None
    if warned["count"] and int(warned["count"]) != cell.cell.execution_count:
        return None
    return cell


def _text(output: Mapping[str, Any]) -> str:
    text = output.get("text", "")
    return "".join(text) if isinstance(text, list) else str(text)


def _statement_at(line: int, cell: CellView) -> ast.stmt | None:
    """The smallest statement that stands in a line."""
    found: ast.stmt | None = None
    for node in cell.nodes:
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found = node
    simple = found is not None and not hasattr(found, "body")
    return found if simple else None
