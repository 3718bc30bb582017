"""POC708 unsafe-load."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.beside import is_made_by_the_project
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import is_frame
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, is_given, keyword

_PICKLES = {
    "pickle.load": "pickle",
    "pickle.loads": "pickle",
    "dill.load": "pickle",
    "joblib.load": "pickle",
    "sklearn.externals.joblib.load": "pickle",
    "pandas.read_pickle": "pickle",
}


class UnsafeLoad(Rule):
    """Text or a file from outside is executed while it is read.

    Why it bites: `eval` and pickles run whatever they hold. Whoever can write the file, or a value
    of the table, runs code where the pipeline runs, with its rights.
    On export: nothing; the call stays as it is.
    """

    code, name, severity = "POC708", "unsafe-load", Severity.RISK
    message = (
        "`{call}`{before} runs code that {what} holds; whoever can write it has the pipeline's "
        "rights"
    )
    calls = ("load", "loads", "read_pickle", "eval", "exec", "apply", "map")

    flagged = (
        Flagged("df['tags'] = df['tags'].apply(«eval»)", says="each value of the column"),
        Flagged("x = «eval(row['tags'])»", says="`row['tags']`"),
        Flagged("import yaml\nc = «yaml.load(f)»", says="before PyYAML 6"),
        Flagged(
            "import pickle\nfrom urllib.request import urlopen\nm = «pickle.load(urlopen(url))»"
        ),
        Flagged("import torch\nm = «torch.load('m.pt', weights_only=False)»"),
        Flagged("import pickle\nm = «pickle.load(open('model.pkl', 'rb'))»", says="'model.pkl'"),
    )
    ignored = (
        "df['tags'] = df['tags'].apply(ast.literal_eval)",
        "model.eval()",
        "df.eval('a + b')",
        "x = eval('1 + 1')",
        "best = ranking[0]\np = eval(best['parameter'])",  # made here
        "def show(name):\n    return eval(name)",  # who knows what it is given
        "import yaml\nc = yaml.load(f, Loader=yaml.SafeLoader)",
        "import json\nx = json.load(f)",
        "import yaml\nx = yaml.load()",
        "import torch\nm = torch.load('m.pt', weights_only=True)",
        "import torch\nm = torch.load('m.pt')",  # since 2.6 that takes tensors only
        "import joblib\nfile = 'm.sav'\njoblib.dump(m, file)\n# %%\nm = joblib.load(file)",
        # the notebook's own file
        "import pickle\npickle.dump(m, open('m.pkl', 'wb'))\nm = pickle.load(open('m.pkl', 'rb'))",
        "import joblib\njoblib.dump(m, 'm.joblib')\n# %%\nm = joblib.load('m.joblib')",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        match call:
            case ast.Call(func=ast.Name(id="eval" | "exec"), args=[given, *_]):
                if _from_data(given, cell):
                    yield self._found(call, cell, f"`{cell.source(given)}`")
            case ast.Call(func=ast.Attribute(attr="apply" | "map"), args=[first, *_]):
                if isinstance(first, ast.Name) and first.id == "eval":
                    yield self.found(
                        first, cell, call="eval", before="", what="each value of the column"
                    )
            case _:
                yield from self._file(call, cell)

    def _file(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        module = cell.module(call.func)
        if module == "yaml.load" and call.args:
            loader = keyword(call, "Loader") or next(iter(call.args[1:]), None)
            if loader is None or cell.source(loader).endswith((".Loader", "UnsafeLoader")):
                yield self._found(
                    call, cell, f"`{cell.source(call.args[0])}`", releases=loader is None
                )
        elif call.args and (
            module in _PICKLES or (module == "torch.load" and is_given(call, "weights_only", False))
        ):
            given = call.args[0]
            name = _path(given, cell)
            if not _own(given, name, cell.notebook) and not (
                name
                and is_made_by_the_project(name.rpartition("/")[2], cell.notebook.notebook.path)
            ):
                outside = "urlopen" in cell.source(given) or ".content" in cell.source(given)
                yield self._found(
                    call,
                    cell,
                    f"'{name}'" if name else f"`{cell.source(given)}`",
                    None if outside else Severity.NOTE,
                )

    def _found(
        self,
        call: ast.Call,
        cell: CellView,
        what: str,
        severity: Severity | None = None,
        *,
        releases: bool = False,
    ) -> Finding:
        name = cell.source(call.func)
        before = " before PyYAML 6, which ends here with a TypeError," if releases else ""
        return self.found(call, cell, severity=severity, call=name, before=before, what=what)


def _from_data(given: ast.expr, cell: CellView, depth: int = 3) -> bool:
    """Whether text was taken out of something that was read, and not put together here."""
    match given:
        case ast.Name(id=name) if depth:
            value = cell.notebook.definition(name)
            return value is not None and _from_data(value, cell, depth - 1)
        case ast.Subscript(value=ast.Name(id=name) as of):
            # A row that a loop or a function is given, or a table; not what was made here.
            return None in cell.notebook.assigned.get(name, (None,)) or is_frame(of, cell)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in ("read", "input", "get", "getenv", "decode", "strip", "readline")
    return False


def _path(given: ast.expr, cell: CellView, depth: int = 4) -> str:
    """The file that is loaded, where it is typed."""
    if not depth:  # `f = open(f)`
        return ""
    match given:
        case ast.Call(func=ast.Name(id="open"), args=[path, *_]):
            return _path(path, cell, depth - 1)
        case ast.Name(id=name):
            for around in cell.of(ast.With):
                for item in around.items:
                    match item:
                        case ast.withitem(
                            context_expr=ast.Call(args=[path, *_]),
                            optional_vars=ast.Name(id=bound),
                        ) if bound == name:
                            return _path(path, cell, depth - 1)
            made = cell.notebook.definition(name)
            if isinstance(made, ast.Call | ast.Constant):
                return _path(made, cell, depth - 1)
    value = cell.literal(given)
    return value if isinstance(value, str) else ""


def _own(given: ast.expr, path: str, notebook: NotebookView) -> bool:
    """Whether the notebook writes the file itself."""
    named = isinstance(
        given.args[0] if isinstance(given, ast.Call) and given.args else given, ast.Name
    )
    if not path or named:
        return any(not _DUMPS.isdisjoint(cell.calls) for cell in notebook.cells)
    places = 0
    for cell in notebook.cells:
        places += sum(text == path for _, text in cell.texts)
    return places > 1 and any(not _DUMPS.isdisjoint(cell.calls) for cell in notebook.cells)


_DUMPS = frozenset({"dump", "dumps", "to_pickle", "save"})
