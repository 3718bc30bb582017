"""POC804 dead-cell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

# What only computes, whatever it is called on.
_PURE = frozenset(
    "read_csv read_excel read_parquet read_json DataFrame Series concat merge join groupby agg "
    "aggregate mean median sum min max std var count nunique value_counts sort_values sort_index "
    "head tail sample query isin isna isnull notna notnull astype copy reset_index set_index "
    "rename dropna drop drop_duplicates fillna pivot pivot_table melt stack unstack corr describe "
    "quantile unique map apply get_dummies to_datetime to_numeric cut qcut between where len list "
    "dict set tuple sorted range zip enumerate round abs int float str array arange linspace zeros "
    "ones lower upper strip split replace contains train_test_split size cumsum diff shift "
    "rolling resample transform to_frame tolist keys values items log log1p exp sqrt dot".split()
)

# What fails without an argument: there the run ends.
_GIVEN = frozenset("drop merge isin astype query apply map groupby concat to_datetime".split())
_SOLUTION = re.compile(r"(?m)^\s*#\s*%load\b")


class DeadCell(Rule):
    """A cell computes what nothing reads and nobody sees.

    Why it bites: it is run, waited for and read each time, and the next reader looks in vain for
    what it is there for.
    On export: it is copied like the others.
    """

    code, name, severity = "POC804", "dead-cell", Severity.NOTE
    message = "nothing reads {names} and this cell shows nothing; each run still waits for it, and \
each reader looks for its use"

    flagged = (
        Flagged(
            "df = load()\n# %%\n«top = df.sort_values('x').head()»\n# %%\ndf.plot()", says="`top`"
        ),
        Flagged(
            "df = load()\n# %%\n«a = df.x.mean()»\nb = a * 2\n# %%\nprint(df)",
            says="nothing reads `b` and",
        ),
        Flagged(
            "df = load()\n# %%\n«a = df.groupby('x').y.mean()»\na = a.sort_values().head()\n# %%\n"
            "print(df)",
            says="nothing reads `a` and",
        ),
        Flagged("«old = pd.read_csv('old.csv')»\n# %%\ndf = load()\n# %%\ndf.plot()"),
    )
    ignored = (
        "df = load()\n# %%\ntop = df.head()\n# %%\nprint(top)",
        "df = load()\n# %%\ntop = df.head()\ntop\n# %%\nprint(df)",
        "df = load()\n# %%\nhistory = model.fit(df)\n# %%\nprint(df)",  # changes the model
        "df = load()\n# %%\ndf.drop('x', inplace=True)\n# %%\nprint(df)",
        "df = load()\n# %%\ntop = df.head()",  # perhaps somebody is just writing it
        "df = load()\n# %%\ndf = df.dropna()\n# %%\nprint(1)",  # a step of a chain that goes on
        "from helpers import *\n# %%\nseed = max(1, 2)\n# %%\nrun()",
        "df = load()\n# %%\nrest = df.drop()\n# %%\nprint(df)",  # it fails
        "df = load()\n# %%\nwidth = 3\n# %%\nprint(df)",  # a value to set, as some read it
        "import numpy as np\ndf = load()\n# %%\ngrid = np.arange(9)\n# %%\nprint(df)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        if any(_SOLUTION.search(cell.cell.source) for cell in notebook.cells):
            return  # what is loaded there may read anything
        for position, cell in enumerate(notebook.cells[:-1]):
            if not cell.calls or cell.cell.tags or cell.cell.magics:
                continue
            if not cell.calls.keys() <= _PURE or not _only_binds(cell):
                continue
            if not notebook.names.all_known:
                return
            names = sorted(cell.names.bound)
            used = notebook.names.is_used_elsewhere
            reads = cell.names.reads
            if not names or not reads.isdisjoint(names) or not _works(reads, cell):
                continue
            if any(_is_bare(call) for call in cell.calls_of(_GIVEN)):
                continue
            if not any(used(name, position) for name in names):
                at = cell.span_of(cell.body[0])
                end = len(cell.line(at.line).rstrip()) + 1
                yield self.found_at(
                    cell,
                    Span(at.line, at.column, at.line, end),
                    names=", ".join(f"`{name}`" for name in _last(names, cell)),
                )


def _is_bare(call: ast.Call) -> bool:
    return not call.args and not call.keywords


def _last(names: list[str], cell: CellView) -> list[str]:
    """Names that the cell itself does not go on with: `b` of `a = f(x)`, `b = g(a)`.

    All of them where each is read below, as one that is bound twice is.
    """
    read = {
        node.id
        for node in cell.of(ast.Name)
        if isinstance(node.ctx, ast.Load) and not _is_of_itself(node, cell)
    }
    return [name for name in names if name not in read] or names


def _is_of_itself(node: ast.Name, cell: CellView) -> bool:
    """Whether a name is read to be bound once more: `top = top.head()`."""
    match cell.statement(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == node.id
    return False


def _works(reads: frozenset[str], cell: CellView) -> bool:
    """Whether something is computed from what is there, or read; values typed out cost nothing."""
    return not reads <= cell.notebook.imports.keys() | _PURE or any(
        name.startswith("read_") for name in cell.calls
    )


def _only_binds(cell: CellView) -> bool:
    """Whether each statement gives names a value, and no call changes what it is called on."""
    for one in cell.body:
        match one:
            case ast.Assign(targets=[ast.Name() | ast.Tuple()]):
                pass
            case _:
                return False
    words = (word for calls in cell.calls.values() for call in calls for word in call.keywords)
    return all(word.arg != "inplace" for word in words)
