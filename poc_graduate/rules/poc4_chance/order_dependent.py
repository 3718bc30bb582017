"""POC407 order-dependent."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from poc_graduate.dataflow.facts import CellFacts, Value
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.poc4_chance._only_seen import is_only_seen
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_LISTS = frozenset({"os.listdir", "glob.glob", "glob.iglob", "os.scandir"})
_PATH_METHODS = frozenset({"iterdir", "rglob"})
# Whoever takes all of it, in whatever order, gives the same.
_ANY_ORDER = frozenset(
    "sorted natsorted len set frozenset sum min max any all print display Counter isin issubset "
    "natsort rmtree remove choice".split()
)
_JOINS = frozenset("concat concatenate vstack hstack stack array asarray cat".split())
_BY_DISK = "the order of the disk"
_BY_HASH = "the order of hashes, another in each process"


class OrderDependent(Rule):
    """A result hangs on an order that nobody has fixed: of files on a disk, of a set of texts.

    Why it bites: another machine, or only another start of Python, numbers the classes otherwise
    and joins the files in another order; nothing fails.
    On export: sets of texts that a second run under another hash seed does not repeat are told
    in the certificate; for files the order of the observed run holds.
    """

    code, name, severity = "POC407", "order-dependent", Severity.RISK
    message = "`{listed}` comes in {order}, and `{use}` {keeps}; elsewhere {then}"
    fix_title = "Sort it"
    calls = ("listdir", "glob", "iglob", "scandir", "iterdir", "rglob", "set")

    flagged = (
        Flagged(
            "import os\n"
            "parts = [pd.read_csv(f) for f in «os.listdir('in')»]\n"
            "df = pd.concat(parts)",
            says="the order of the disk, and `[pd.read_csv(f) for f in os.listdir('in')]` keeps "
            "that order; elsewhere the rows come in another order",
            after="import os\nparts = [pd.read_csv(f) for f in sorted(os.listdir('in'))]\n"
            "df = pd.concat(parts)",
        ),
        Flagged(
            "code = {name: i for i, name in enumerate(«set(names)»)}",
            says="another in each process",
            after="code = {name: i for i, name in enumerate(sorted(set(names)))}",
        ),
        Flagged(
            "import os\n"
            "parts = [pd.read_csv(f) for f in «os.listdir('in')»]\n"
            "df = pd.concat(parts)\n# %%\na, b = train_test_split(df, random_state=1)",
            says="elsewhere the same data give another result",
        ),
        Flagged(
            "import os\n"
            "df = pd.concat([pd.read_csv(f) for f in «os.listdir('in')»])\ndf.head()\n"
            "df.to_csv('all.csv')",
            says="elsewhere the rows come in another order",
        ),
        Flagged(
            "import glob\nfiles = «glob.glob('*.csv')»\n# %%\ntrain = files[:80]",
            says="elsewhere the same data give another result",
        ),
        Flagged("labels = list(«set(df.label)»)\n# %%\nfirst = labels[0]", says="`labels[0]`"),
        Flagged(
            "import os\nrows = []\nfor f in «os.listdir('in')»:\n    rows.append(read(f))\n"
            "x = np.array(rows)",
            says="`rows.append(read(f))`",
        ),
        Flagged(
            "for folder in sorted(parts):\n    df = pd.read_csv(next(«folder.iterdir()»))\n"
            "    rows.append(df.drop_duplicates())",
            says="in the order of the disk, and `next(folder.iterdir())` takes whichever comes "
            "first; elsewhere that may be another file",
            after="for folder in sorted(parts):\n    df = pd.read_csv(min(folder.iterdir()))\n"
            "    rows.append(df.drop_duplicates())",
        ),
        Flagged("import os\nname = «os.listdir('in')»[0]\ndf = pd.read_csv('in/' + name)"),
        Flagged(  # rows by their places, and a table for others
            "rows = []\nfor f in «folder.iterdir()»:\n    rows.append(pd.read_csv(f))\n"
            "t = pd.concat(rows)\nt['more'] = t['a'].diff()\nt"
        ),
        Flagged(
            "rows = []\nfor f in «folder.iterdir()»:\n    rows.append(pd.read_csv(f))\n"
            "t = pd.concat(rows)\nt.plot()\nt.to_csv('a.csv')"
        ),
    )
    ignored = (
        "import os\nparts = [pd.read_csv(f) for f in sorted(os.listdir('in'))]",
        "import os\nprint(len(os.listdir('in')))",
        "import os\nfor f in os.listdir('in'):\n    os.remove(f)",
        "import glob\nfiles = glob.glob('*.csv')\nfiles.sort()\ntrain = files[:80]",
        "code = {name: i for i, name in enumerate(sorted(set(names)))}",
        "import os\nnames = [os.path.join('in', f) for f in os.listdir('in')]",
        "import os\nsizes = []\nfor f in os.listdir('in'):\n    sizes.append(size(f))\nsum(sizes)",
        "import glob\nfile = glob.glob('*.csv')[0]",  # there is one
        "import os\nrows = []\nfor f in os.listdir('in'):\n    rows.append(read(f))\n"
        "model.evaluate(np.array(rows))",  # the figure is the same in any order
        "import glob\nfiles = glob.glob('*.csv')\nfile = files[0]",
        # a table that is shown, and drawn
        "def drawn(t):\n    fig, ax = plt.subplots()\n    for _, row in t.iterrows():\n"
        "        ax.text(row.x, row.y, row.town)\n# %%\nrows = []\n"
        "for f in folder.iterdir():\n    rows.append(pd.read_csv(f))\n"
        "t = pd.concat(rows)\nt['far'] = t['x'] * 2\nt\n# %%\ndrawn(t)",
        "folder = next(place.glob('*.zip'))",  # there is one
        "print(next(folder.iterdir()))",
        "rest = set(a) - set(b)\nprint(rest)",
        "for name in set(names):\n    print(name)",
        "labels = list(set(df.label))\nprint(labels)",
        Flagged(  # another hash seed gave the same: numbers
            "code = {n: i for i, n in enumerate(set(numbers))}",
            ran=(CellFacts(1, bound=frozenset({"code"}), values={"code": Value("a", "dict")}),),
        ),
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        by_hash = isinstance(call.func, ast.Name) and call.func.id == "set"
        if by_hash:
            if not call.args or "set" in cell.notebook.assigned or _is_repeated(cell):
                return
        elif not _lists(call, cell):
            return
        elif (taken := _takes_the_first(call, cell)) is not None:
            yield self.found(
                call, cell, fix=_the_least(taken, cell), listed=_cut(cell.source(call)),
                order=_BY_DISK, use=_cut(cell.source(taken)), keeps=_TAKES, then=_ANOTHER,
            )  # fmt: skip
            return
        elif _only_evaluates(cell.notebook):
            return
        use = _use(call, cell, by_hash=by_hash)
        if use.text:
            rows_only = use.joins and not _order_matters(cell.notebook)
            span = cell.span_of(call)
            edits = (
                Edit(cell.index, Span(span.line, span.column, span.line, span.column), "sorted("),
                Edit(cell.index, Span(*[span.end_line, span.end_column] * 2), ")"),
            )
            yield self.found(
                call, cell, fix=Fix("Sort it", edits), listed=_cut(cell.source(call)),
                severity=Severity.NOTE if rows_only else None,
                order=_BY_HASH if by_hash else _BY_DISK, use=_cut(use.text), keeps=_KEEPS,
                then=_ROWS if rows_only else _RESULT,
            )  # fmt: skip


class _Use(NamedTuple):
    """What keeps an order: the code, and whether it puts tables behind each other."""

    text: str
    joins: bool = False


_NO_USE = _Use("")
_ROWS = "the rows come in another order"
_RESULT = "the same data give another result"
_KEEPS = "keeps that order"
_TAKES, _ANOTHER = "takes whichever comes first", "that may be another file"
# What gives something else where rows stand in another order.
_BY_PLACE = frozenset(
    "fit fit_generator fit_transform fit_predict train train_test_split split sample "
    "shift diff rolling ewm cumsum cumprod pct_change ffill bfill interpolate drop_duplicates "
    "duplicated first last nth rank cumcount iterrows itertuples shuffle TensorDataset DataLoader "
    "predict imshow read_image load_img".split()
)
_ENDS = ("head", "tail")


def _order_matters(notebook: NotebookView) -> bool:
    """Whether the notebook calls something that goes by the places of rows."""
    return any(
        not _BY_PLACE.isdisjoint(cell.calls)
        or ".iloc[" in cell.cell.code
        or any(_is_kept(call, cell) for name in _ENDS for call in cell.calls.get(name, ()))
        for cell in notebook.cells
    )


def _is_kept(call: ast.Call, cell: CellView) -> bool:
    """Whether the first rows are more than looked at."""
    return not isinstance(cell.statement(call), ast.Expr)


def _takes_the_first(call: ast.Call, cell: CellView) -> ast.expr | None:
    """`next(folder.iterdir())`, `os.listdir(folder)[0]`: any file of a folder, kept or read.

    Of what a pattern names there is often one.
    """
    if last_name(call.func) not in ("iterdir", "listdir", "scandir"):
        return None
    around = cell.parent(call)
    match around:
        case ast.Call(func=ast.Name(id="next"), args=[first, *_]) if first is call:
            pass
        case ast.Subscript(value=first, slice=ast.Constant(value=0)) if first is call:
            pass
        case _:
            return None
    statement = cell.statement(around)
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return):
        return around
    # A look at it is not what anything rests on.
    return None if isinstance(statement, ast.Expr) else around


def _the_least(taken: ast.expr, cell: CellView) -> Fix | None:
    """The first by name in place of any."""
    match taken:
        case ast.Call(func=ast.Name() as name, args=[_]):
            return Fix("Take the first by name", (Edit(cell.index, cell.span_of(name), "min"),))
    return None


def _lists(call: ast.Call, cell: CellView) -> bool:
    name = last_name(call.func)
    if cell.module(call.func) in _LISTS or cell.module(call.func).endswith("gfile.Glob"):
        return True
    if name in _PATH_METHODS:
        return isinstance(call.func, ast.Attribute) and not cell.module(call.func)
    return (
        name == "glob"
        and isinstance(call.func, ast.Attribute)
        and cell.module(call.func) == ""
        and "pathlib" in "".join(cell.notebook.imports.values())
    )


def _only_evaluates(notebook: NotebookView) -> bool:
    """Whether a model is asked for figures and nothing is trained or dealt: they have no order."""
    called = frozenset().union(*(cell.calls for cell in notebook.cells))
    return not _FIGURES.isdisjoint(called) and _MAKES.isdisjoint(called)


_FIGURES = frozenset({"evaluate", "score", "accuracy_score"})
_MAKES = frozenset(
    "fit fit_generator fit_transform train train_test_split predict predict_proba to_csv save dump"
    .split()
)  # fmt: skip


def _is_repeated(cell: CellView) -> bool:
    """Whether a run under another hash seed gave the same in this cell."""
    facts = cell.facts
    return facts is not None and not (facts.nondeterministic or facts.outputs_nondeterministic)


def _use(node: ast.expr, cell: CellView, *, by_hash: bool) -> _Use:
    """What keeps the order; empty where nothing does for certain."""
    at = cell.parent(node)
    child: ast.AST = node
    while isinstance(at, ast.Call) and child in at.args:  # list(…), tuple(…), enumerate(…), tqdm(…)
        name = last_name(at.func)
        if name in _ANY_ORDER:
            return _NO_USE
        if name not in ("list", "tuple", "enumerate", "tqdm", "map", "filter", "zip", "array"):
            return _NO_USE
        if name == "zip" and by_hash and len(at.args) > 1:
            return _Use(cell.source(at))
        child, at = at, cell.parent(at)
    match at:
        case ast.comprehension(iter=it) if it is child:
            numbers = isinstance(child, ast.Call) and last_name(child.func) == "enumerate"
            if by_hash and not numbers:
                return _NO_USE
            return _Use(_kept_comprehension(at, cell), joins=not numbers)
        case ast.For(iter=it, body=body) if it is child:
            numbers = isinstance(child, ast.Call) and last_name(child.func) == "enumerate"
            if by_hash:
                return _Use(cell.source(child)) if numbers and _stores_number(at) else _NO_USE
            return _Use(_kept_in_loop(body, cell), joins=True)
        case ast.Assign(targets=[ast.Name(id=name)]) if at.value is child and at in cell.body:
            return _use_of(name, cell.notebook, by_hash=by_hash)
    return _NO_USE


def _kept_comprehension(clause: ast.comprehension, cell: CellView) -> str:
    """Tables read in that order and joined, or numbers given in it."""
    whole = cell.parent(clause)
    match whole:
        case ast.DictComp() if isinstance(clause.iter, ast.Call):
            return cell.source(whole) if last_name(clause.iter.func) == "enumerate" else ""
        case ast.ListComp() | ast.GeneratorExp():
            around = cell.parent(whole)
            if isinstance(around, ast.Call) and last_name(around.func) in _JOINS:
                return cell.source(around)
            if isinstance(around, ast.Assign) and isinstance(around.targets[0], ast.Name):
                return _joined(around.targets[0].id, whole, cell)
    return ""


def _kept_in_loop(body: list[ast.stmt], cell: CellView) -> str:
    """Where a loop puts tables behind each other, which are joined."""
    for statement in body:
        for part in ast.walk(statement):
            match part:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append")):
                    if use := _joined(name, part, cell):
                        return use
                case ast.Call(args=[ast.List() as parts, *_]) if last_name(part.func) == "concat":
                    return cell.source(part) if len(parts.elts) > 1 else ""
    return ""


def _joined(name: str, made: ast.expr, cell: CellView) -> str:
    """What fills a list whose parts are joined in their order."""
    joins = cell.notebook.given_first.get(name, frozenset()) & _JOINS
    if not joins or _is_sorted(name, cell.notebook) or is_only_seen(name, cell.notebook):
        return ""
    return cell.source(made)


def _stores_number(loop: ast.For) -> bool:
    """Whether `for i, x in enumerate(…)` keeps the number: `table[x] = i`."""
    match loop.target:
        case ast.Tuple(elts=[ast.Name(id=number), *_]):
            return any(
                isinstance(part, ast.Assign)
                and isinstance(part.targets[0], ast.Subscript)
                and isinstance(part.value, ast.Name)
                and part.value.id == number
                for part in ast.walk(loop)
            )
    return False


def _use_of(name: str, notebook: NotebookView, *, by_hash: bool) -> _Use:
    """Where a list is asked by position, numbered, or gone through to make another."""
    if _is_sorted(name, notebook) or len(notebook.assigned.get(name, ())) != 1:
        return _NO_USE
    for cell in notebook.cells:
        if name not in cell.cell.code:
            continue
        for node in cell.nodes:
            if not (isinstance(node, ast.Name) and node.id == name):
                continue
            match cell.parent(node):
                case (
                    ast.Subscript(value=value, slice=ast.Slice() | ast.Constant() as at) as whole
                ) if value is node:
                    if _is_assigned(whole, cell) and (by_hash or _is_inside(at)):
                        return _Use(cell.source(whole))
                case ast.Call(func=ast.Name(id="enumerate")) as whole if by_hash:
                    if isinstance(cell.parent(whole), ast.comprehension):
                        return _Use(cell.source(whole))
                case ast.comprehension(iter=it) as clause if it is node and not by_hash:
                    if use := _kept_comprehension(clause, cell):
                        return _Use(use, joins=True)
                case ast.For(iter=it, body=body) if it is node and not by_hash:
                    if use := _kept_in_loop(body, cell):
                        return _Use(use, joins=True)
    return _NO_USE


def _is_inside(at: ast.expr) -> bool:
    """Whether a place is counted off; the first of a list of files is often the only one."""
    match at:
        case ast.Slice():
            return True
        case ast.Constant(value=int(number)):
            return number > 0
    return False


def _is_assigned(node: ast.expr, cell: CellView) -> bool:
    """Whether the part is kept, or read: not only looked at."""
    statement = cell.statement(node)
    return isinstance(statement, ast.Assign | ast.AugAssign)


def _is_sorted(name: str, notebook: NotebookView) -> bool:
    """Whether somebody sorts it, before or after."""
    for cell in notebook.cells:
        for call in (*cell.calls.get("sort", ()), *cell.calls.get("sorted", ())):
            receiver = getattr(call.func, "value", None) or (call.args[0] if call.args else None)
            if isinstance(receiver, ast.Name) and receiver.id == name:
                return True
    return any(
        word in cell.calls
        for cell in notebook.cells
        for word in ("sort_values", "sort_index", "natsorted")
        if name in cell.cell.code
    )


def _cut(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
