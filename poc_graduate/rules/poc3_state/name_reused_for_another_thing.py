"""POC305 name-reused-for-another-thing."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from itertools import pairwise

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts, RunFacts, Value
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc3_state._reads import read_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_CALLABLE = frozenset(
    name for name in dir(builtins) if callable(getattr(builtins, name)) and name[0].islower()
)
_DATA = (ast.Constant, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.ListComp, ast.DictComp)
_NUMBERS = frozenset("int float bool str numpy.float64 numpy.int64 NoneType".split())
_FRAMES = frozenset({"pandas.DataFrame", "pandas.core.frame.DataFrame"})
_SHORT = 2
"""Letters; names of no more are thrown away all the time."""


def _frame(*columns: str) -> FrameFacts:
    return FrameFacts(9, tuple(ColumnFacts(name, "int64") for name in columns))


def _bound(cell: int, name: str, kind: str, frame: FrameFacts | None = None) -> CellFacts:
    return CellFacts(
        cell,
        bound=frozenset({name}),
        values={name: Value("a", kind)},
        frames={} if frame is None else {name: frame},
    )


class NameReusedForAnotherThing(Rule):
    """One name stands for two things, and a cell means the other one.

    Why it bites: which of them a cell gets depends on what was run last; run out of order it
    computes with the wrong one, or fails far from the cause.
    On export: the plan keeps the order of the cells, so that each gets what it got here.
    """

    code, name, severity = "POC305", "name-reused-for-another-thing", Severity.RISK
    message = "`{name}` was {before} and is {now} from here on; {then}"

    flagged = (
        Flagged(
            "def score(m):\n    return 1\n# %%\n«score = score(2)»",
            says="`score` was a function and is its result from here on",
        ),
        Flagged(
            "«list = [1, 2]»\n# %%\nrows = list(range(3))",
            says="`list` was Python's own and is data from here on; cell 2 calls it",
        ),
        Flagged(
            "import time\nstart = time.time()\n# %%\n«time = df['time']»\n# %%\nprint(time.time())",
            says="`time` was a module",
        ),
        Flagged(
            "data = load()\n# %%\nprint(data.a)\n# %%\n«data = other()»\n# %%\nprint(data.x)",
            says="`data` was a table with `a`, `b` and is a table with `x`, `y` from here on",
            ran=(
                _bound(1, "data", "pandas.DataFrame", _frame("a", "b")),
                CellFacts(2),
                _bound(3, "data", "pandas.DataFrame", _frame("x", "y")),
                CellFacts(4),
            ),
        ),
        Flagged(
            "data = load()\n# %%\nprint(data.a)\n# %%\n«data = other()»\n# %%\nprint(data + 1)",
            says="`data` was a table and is a number from here on",
            ran=(
                _bound(1, "data", "pandas.DataFrame", _frame("a")),
                CellFacts(2),
                _bound(3, "data", "float"),
                CellFacts(4),
            ),
        ),
    )
    ignored = (
        "df = load()\n# %%\ndf = df.dropna()\n# %%\ndf.head()",
        "import time\n# %%\nstart = time.time()",
        "def score(m):\n    return 1\n# %%\nscores = score(2)",
        "id = 3\n# %%\nprint(id)",  # shadows a builtin that nobody calls
        "try:\n    import tqdm\nexcept ImportError:\n    tqdm = None\n# %%\ntqdm.tqdm(rows)",
        "import tqdm\nfrom tqdm import tqdm\n# %%\ntqdm(rows)",
        Flagged(  # the one made from the other
            "data = load()\n# %%\nprint(data)\n# %%\ndata = data.mean()\n# %%\nprint(data)",
            ran=(
                _bound(1, "data", "pandas.DataFrame", _frame("a")),
                CellFacts(2),
                _bound(3, "data", "float"),
                CellFacts(4),
            ),
        ),
        Flagged(
            "data = load()\n# %%\nprint(data)\n# %%\ndata = again()\n# %%\nprint(data)",
            ran=(
                _bound(1, "data", "pandas.DataFrame", _frame("a", "b")),
                CellFacts(2),
                _bound(3, "data", "pandas.DataFrame", _frame("b", "a")),
                CellFacts(4),
            ),
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        modules = {name for name, what in notebook.imports.items() if what == name}
        functions = {f for one in notebook.names.cells for f in one.functions}
        for at, cell in enumerate(notebook.cells):
            for node in cell.body:
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        pass
                    case _:
                        continue
                found = None
                if name in functions:
                    found = self._function(name, node, value, cell)
                elif name in modules or name in _CALLABLE:
                    found = self._shadow(name, node, value, at, notebook)
                if found is not None:
                    yield found

    def _function(
        self, name: str, node: ast.Assign, value: ast.expr, cell: CellView
    ) -> Finding | None:
        """A function's name for what it gave."""
        match value:
            case ast.Call(func=ast.Name(id=called)) if called == name:
                then = f"the next call of `{name}` fails, also in this cell"
                return self.found(
                    node, cell, name=name, before="a function", now="its result", then=then
                )
        return None

    def _shadow(
        self, name: str, node: ast.Assign, value: ast.expr, at: int, notebook: NotebookView
    ) -> Finding | None:
        """A module's or a builtin's name for data; only where a cell below means the former."""
        module = name in notebook.imports
        if not module and not isinstance(value, _DATA):
            return None
        for below in range(at + 1, len(notebook.cells)):
            names, cell = notebook.cells[below].names, notebook.cells[below]
            if name in names.reads and (user := read_of(cell, name)) is not None:
                meant = _is_meant(user, cell, at) if module else _is_called(user, cell)
                if meant:
                    return self.found(
                        node,
                        notebook.cells[at],
                        name=name,
                        before="a module" if module else "Python's own",
                        now="data",
                        then=f"cell {cell.index} {'asks the module' if module else 'calls it'}"
                        " and fails",
                    )
            if name in names.bound or name in names.deletes:
                return None
        return None

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        names = notebook.names
        for name, where in names.bound.items():
            if len(where) < 2 or len(name) <= _SHORT or name.startswith("_"):
                continue
            for first, second in pairwise(where):
                above, below = notebook.cells[first], notebook.cells[second]
                if name in names.cells[second].reads or name not in names.cells[second].binds:
                    continue
                pair = _other_kind(name, above.facts, below.facts)
                between = any(name in names.cells[at].reads for at in range(first + 1, second))
                after = any(name in one.reads for one in names.cells[second + 1 :])
                if pair is not None and between and after:
                    node = next(n for n in below.body if _binds(n, name))
                    before, now = pair
                    then = "a cell run out of order gets the other one"
                    yield self.found(node, below, name=name, before=before, now=now, then=then)
                    break


def _binds(node: ast.stmt, name: str) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
        for part in ast.walk(node)
    ) or (getattr(node, "name", "") == name)


def _is_called(user: ast.Name, cell: CellView) -> bool:
    call = cell.parent(user)
    return isinstance(call, ast.Call) and call.func is user


def _is_meant(user: ast.Name, cell: CellView, at: int) -> bool:
    """Whether `time.perf_counter()` asks the module: cells above the rebinding ask the same."""
    around = cell.parent(user)
    if not isinstance(around, ast.Attribute) or around.value is not user:
        return False
    return any(
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == user.id
        for above in cell.notebook.cells[:at]
        for call in above.calls.get(around.attr, ())
    )


def _other_kind(
    name: str, above: CellFacts | None, below: CellFacts | None
) -> tuple[str, str] | None:
    """What a name held, and holds, in words, where these are two things."""
    if above is None or below is None or name not in above.values or name not in below.values:
        return None
    kinds = above.values[name].kind, below.values[name].kind
    frames = above.frames.get(name), below.frames.get(name)
    if all(kind in _FRAMES for kind in kinds) and frames[0] and frames[1]:
        columns = [tuple(one.name for one in frame.columns) for frame in frames if frame]
        if set(columns[0]) & set(columns[1]):
            return None
        return f"a table with {_listed(columns[0])}", f"a table with {_listed(columns[1])}"
    if sum(kind in _FRAMES for kind in kinds) == 1 and sum(k in _NUMBERS for k in kinds) == 1:
        words = ["a table" if kind in _FRAMES else "a number" for kind in kinds]
        return words[0], words[1]
    return None


def _listed(columns: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in columns[:2])
    return shown + (", …" if len(columns) > 2 else "")
