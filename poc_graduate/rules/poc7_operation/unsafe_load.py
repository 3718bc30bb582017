"""POC708 unsafe-load."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.executed import entered, executed
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import is_frame
from poc_graduate.rules.made_by import is_made_by_the_project
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, is_given, keyword

_LISTED = 2
_PICKLES = frozenset(
    {
        "pickle.load",
        "pickle.loads",
        "dill.load",
        "joblib.load",
        "sklearn.externals.joblib.load",
        "pandas.read_pickle",
    }
)
_LOADS = frozenset({"load", "loads", "read_pickle"})


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
        Flagged(  # fetched before it is run
            "open('fetch.py', 'w').write(text)\n# %%\n«exec(open('fetch.py').read())»",
            says="`open('fetch.py').read()`",
        ),
        Flagged("x = «exec(open('steps.txt').read())»"),
        Flagged("import yaml\nc = «yaml.load(f)»", says="before PyYAML 6"),
        Flagged(
            "import pickle\nfrom urllib.request import urlopen\nm = «pickle.load(urlopen(url))»"
        ),
        Flagged("import torch\nm = «torch.load('m.pt', weights_only=False)»"),
        Flagged("import pickle\nm = «pickle.load(open('model.pkl', 'rb'))»", says="'model.pkl'"),
        Flagged(
            "import joblib\na = «joblib.load('m/a.pkl')»\nb = joblib.load('m/b.pkl')\n"
            "c = joblib.load('m/c.pkl')",
            says="'m/a.pkl' (and 2 more loaded here) holds",
        ),
        Flagged(
            "import joblib\ndef load(path):\n    return «joblib.load(path)»\n# %%\n"
            "load(MODELS / 'a.pkl')\nload(MODELS / 'b.pkl')",
            says="code that `path` ('a.pkl', 'b.pkl') holds",
        ),
    )
    ignored = (
        "df['tags'] = df['tags'].apply(ast.literal_eval)",
        "model.eval()",
        "df.eval('a + b')",
        "x = eval('1 + 1')",
        "best = ranking[0]\np = eval(best['parameter'])",  # made here
        "exec(open('src/fetch.py').read())",  # a script: POC107
        "with open(root / 'fetch.py') as f:\n    exec(compile(f.read(), 'fetch', 'exec'))",
        "def show(name):\n    return eval(name)",  # who knows what it is given
        "import yaml\nc = yaml.load(f, Loader=yaml.SafeLoader)",
        "import json\nx = json.load(f)",
        "import yaml\nx = yaml.load()",
        "import joblib\nm = joblib.load(self.config.model_path)",  # nobody knows whose it is
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
                # POC107 speaks of a script of the project's own.
                if _from_data(given, cell) and not executed(call, cell):
                    yield self._found(call, cell, f"`{cell.source(given)}`")
            case ast.Call(func=ast.Attribute(attr="apply" | "map"), args=[first, *_]):
                if isinstance(first, ast.Name) and first.id == "eval":
                    yield self.found(
                        first, cell, call="eval", before="", what="each value of the column"
                    )
            case _:
                yield from self._file(call, cell)

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """One finding for all files of a cell that the project or somebody else may have made."""
        calls = cell.calls_of(_LOADS)
        there = [(call, what) for call in calls if (what := _foreign(call, cell))]
        if there:
            (first, what), *others = there
            more = f" (and {len(others)} more loaded here)" if others else ""
            yield self._found(first, cell, what + more, Severity.NOTE)

    def _file(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        module = cell.module(call.func)
        if module == "yaml.load" and call.args:
            loader = keyword(call, "Loader") or next(iter(call.args[1:]), None)
            if loader is None or cell.source(loader).endswith((".Loader", "UnsafeLoader")):
                yield self._found(
                    call, cell, f"`{cell.source(call.args[0])}`", releases=loader is None
                )
        elif _is_outside(call, cell) and (what := _unpickled(call, cell)):
            yield self._found(call, cell, what)

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


def _foreign(call: ast.Call, cell: CellView) -> str:
    """The file that a call unpickles, where it lies here; empty where it is the project's own.

    Whose it is, is known by its name: empty, too, where nobody types one.
    """
    return "" if _is_outside(call, cell) else _unpickled(call, cell, named=True)


def _is_outside(call: ast.Call, cell: CellView) -> bool:
    """Whether what is loaded comes from the network at once."""
    given = cell.source(call.args[0]) if call.args else ""
    return "urlopen" in given or ".content" in given


def _unpickled(call: ast.Call, cell: CellView, *, named: bool = False) -> str:
    """What a call unpickles that no code of the project makes, as it is told; empty for none.

    Args:
        call: It.
        cell: Where it stands.
        named: Whether one counts only where its file is typed.
    """
    module = cell.module(call.func)
    tensors = module == "torch.load" and not is_given(call, "weights_only", False)
    if not call.args or tensors or module not in _PICKLES | {"torch.load"}:
        return ""
    given = call.args[0]
    name = _path(given, cell)
    if _own(given, name, cell.notebook):
        return ""  # before the others' code is looked through, which takes longer
    files = [name.rpartition("/")[2]] if name else _file_names(given, cell)
    if named and not files:
        return ""
    notebook = cell.notebook.notebook.path
    foreign = (file for file in dict.fromkeys(files) if not is_made_by_the_project(file, notebook))
    others = list(islice(foreign, _LISTED + 1))  # each takes a look through all code
    if files and not others:
        return ""
    return f"'{name}'" if name else _named(given, others, cell)


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
            for opened in entered(name, cell):
                if isinstance(opened, ast.Call) and opened.args:
                    return _path(opened.args[0], cell, depth - 1)
            made = cell.notebook.definition(name)
            if isinstance(made, ast.Call | ast.Constant):
                return _path(made, cell, depth - 1)
    value = cell.literal(given)
    return value if isinstance(value, str) else ""


def _file_names(given: ast.expr, cell: CellView, depth: int = 3) -> list[str]:
    """The files that an expression may name, without their folders; of a loop, of a parameter all.

    Empty where one of them cannot be told.
    """
    match given:
        case ast.Constant(value=str(text)):
            base = text.replace("\\", "/").rpartition("/")[2]
            return [base] if "." in base else []
        case ast.JoinedStr(values=[*_, ast.Constant() as last]):
            return _file_names(last, cell, depth)
        case ast.BinOp(op=ast.Div() | ast.Add(), right=last):
            return _file_names(last, cell, depth)
        case ast.Call(args=[*_, last]) if last_name(given.func) in _PATHS:
            return _file_names(last, cell, depth)
        case ast.Call(func=ast.Name(id="open"), args=[path, *_]):
            return _file_names(path, cell, depth)
        case ast.Name() if depth:
            ways = _ways(given, cell)
            files = [_file_names(way, cell, depth - 1) for way in ways]
            return [file for one in files for file in one] if all(files) else []
    return []


def _ways(name: ast.Name, cell: CellView) -> list[ast.expr]:
    """What a name may stand for: its definition, what a loop goes through, what calls give."""
    made = cell.notebook.definition(name.id)
    if made is not None:
        return [made]
    for opened in entered(name.id, cell):
        return [opened]
    function = function_around(name, cell)
    for loop in cell.of(ast.For):
        match loop:
            case ast.For(
                target=ast.Name(id=bound), iter=ast.List(elts=elts) | ast.Tuple(elts=elts)
            ) if bound == name.id and loop.lineno <= name.lineno:
                return [part for one in elts for part in _parts(one, function, cell)]
    return _given(name.id, function, cell)


def _parts(one: ast.expr, function: _Function, cell: CellView) -> list[ast.expr]:
    """What a starred parameter adds to a list: all that calls give for it."""
    if not isinstance(one, ast.Starred):
        return [one]
    if not isinstance(one.value, ast.Name):
        return [one]
    given = _given(one.value.id, function, cell)
    return [part for each in given for part in getattr(each, "elts", [each])]


def _given(name: str, function: _Function, cell: CellView) -> list[ast.expr]:
    """What the calls of a function give for a parameter, and its default."""
    if function is None:
        return []
    names = [one.arg for one in function.args.args]
    if name not in names:
        return []
    place = names.index(name)
    found = (
        list(function.args.defaults[place - len(names) :][:1])
        if (len(names) - place <= len(function.args.defaults))
        else []
    )
    for view in cell.notebook.cells:
        calls = view.calls.get(function.name, ())
        for call in (one for one in calls if isinstance(one.func, ast.Name)):
            found += call.args[place : place + 1]
            found += [word.value for word in call.keywords if word.arg == name]
    return found


def _named(given: ast.expr, files: list[str], cell: CellView) -> str:
    """What is loaded, with its files where a loop or a function's parameter stands for them."""
    text = f"`{cell.source(given)}`"
    if not isinstance(given, ast.Name) or not files:
        return text
    listed = ", ".join(f"'{file}'" for file in files[:_LISTED])
    return f"{text} ({listed}{', …' if len(files) > _LISTED else ''})"


_Function = ast.FunctionDef | ast.AsyncFunctionDef | None
_PATHS = frozenset({"join", "Path", "joinpath", "str"})


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
