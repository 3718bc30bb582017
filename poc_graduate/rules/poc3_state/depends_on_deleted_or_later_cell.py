"""POC302 depends-on-deleted-or-later-cell."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.poc3_state._missing import Missing, with_others
from poc_graduate.rules.poc3_state._reads import (
    GIVEN,
    always_reads,
    is_called_at_once,
    is_guarded,
    is_in_a_branch,
    is_needed_by,
    is_never_run,
    is_numbered,
    last_stopped,
    order_of_reads,
    read_of,
    reads_of,
    stops_here,
    undefined,
)
from poc_graduate.rules.reached import reached
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_WHOLE = "from top to bottom"
_SO_FAR = "that gets this far"
_BRANCH = ", where this branch is taken"
_CONVENTION = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
}
# Read in `if sys.version_info < (3, 0):`, which nobody runs any more.
_OF_PYTHON_2 = frozenset("unicode xrange raw_input basestring long unichr file".split())


class DependsOnDeletedOrLaterCell(Rule):
    """A name is read before any cell above has defined it.

    Why it bites: it worked because a cell further down, or one that is gone, had been run before.
    Run from top to bottom, as every pipeline is, the notebook ends here with a NameError.
    On export: the observed run ends here too, and the export says so with the name.
    """

    code, name, severity = "POC302", "depends-on-deleted-or-later-cell", Severity.BLOCKER
    fix_title = "Add the import that everybody writes for this name"
    message = "{told}; a run {run} ends here with a NameError{where}"

    flagged = (
        Flagged(
            "print(«total»)\n# %%\ntotal = 3",
            says="`total` is defined further down, in cell 2",
        ),
        Flagged("import pandas as pd\n# %%\nprint(«features»)", says="no cell defines `features`"),
        Flagged(
            "print(«rows», days, total, sums)\n# %%\ntotal = sums = 3",
            says="no cell defines `rows` (as 1 more in this cell), and 2 more are defined further "
            "down; a run",
        ),
        Flagged(
            "print(«rows», total)\n# %%\ntotal = 3",
            says="no cell defines `rows`, and `total` is defined further down, in cell 2; a run",
        ),
        Flagged(  # the two lines stand in the wrong order
            "cell = 1\nnames = «pre».columns\npre = open('a')",
            says="`pre` is defined only in line 3, below; a run from top to bottom ends here",
        ),
        Flagged(
            "print(«rows», total)\ntotal = 3",
            says="no cell defines `rows`, and `total` is defined only in line 2, below; a run",
        ),
        Flagged(
            "a = len(truth)  # noqa: POC302\n# %%\nb = max(truth, «said»)",
            says="no cell defines `said`, nor `truth` (as in cell 1); a run that gets past cell 1",
        ),
        Flagged(
            "x = 1\n# %% [raw]\n# rows = 3\n# %%\nprint(«rows»)",
            says="only cell 2 defines `rows`, and that is raw and never run; a run",
        ),
        Flagged(
            "x = 1\n# %% [markdown]\n# rows = 3\n# %%\nprint(«rows»)", says="no cell defines `rows`"
        ),
        Flagged(
            "x = «np».zeros(3)\ny = np.ones(3)",
            says="no cell defines `np`",
            after="import numpy as np\nx = np.zeros(3)\ny = np.ones(3)",
        ),
        Flagged("df = 1\n# %%\ndel df\n# %%\nprint(«df»)", says="`df` was deleted in cell 2"),
        Flagged(
            "fit = False\nif fit:\n    model = 3\n# %%\nprint(«model»)",
            says="only cell 1 defines `model`, behind a switch that is off; a run",
        ),
        Flagged(
            "rows = 3\n# %%\n#all_rows=rows.merge(more)\n# %%\nprint(«all_rows»)",
            says="only cell 2 defines `all_rows`, switched off by `#`; a run",
        ),
        Flagged("show = 0\n# %%\nfor show in range(2):\n    if show:\n        print(«total»)"),
        Flagged("cfg = 1\ncfg.on = 0\n# %%\ncfg.read()\nif cfg.on:\n    print(«total»)"),
        Flagged(
            "def mean():\n    return sum(rows) / 2\n# %%\nm = «mean()»\n# %%\nrows = [1, 2]",
            says="`rows`, which `mean` reads, is defined further down, in cell 3",
        ),
        Flagged(
            "def made():\n    m = tools.start()\n    return m.add(parts, kinds)\n# %%\n"
            "m = «made()»\n# %%\nkinds = parts = tools = 1",
            says="`tools`, which `made` reads, is defined further down, in cell 3 (as 2 more",
        ),
        Flagged(  # the run has ended in the function, called above
            "def made():\n    return Model()  # noqa: POC302\n# %%\nm = made()\n# %%\n"
            "print(«rows»)",
            says="no cell defines `rows`; a run that gets past cell 2 ends here",
        ),
        Flagged(  # nobody has seen that a run comes over the cell above
            "x = []\n# %%\nx.append()\n# %%\nprint(«rows»)",
            says="no cell defines `rows`; a run that gets this far ends here",
            counts=(1, None, 2),
        ),
        Flagged("def load():\n    return open(«path_of_data»)\n# %%\nx = load()", says="no cell"),
        Flagged(
            "import sys\nif sys.argv:\n    print(«total»)",
            says="no cell defines `total`; a run from top to bottom ends here with a NameError, "
            "where this branch is taken",
        ),
        Flagged(
            "try:\n    x = 1 / 2\nexcept ZeroDivisionError:\n    print(«total»)",
            says="where this branch is taken",
        ),
        Flagged(
            "plot = 20\nif plot:\n    print(«total»)",
            says="no cell defines `total`; a run from top to bottom ends here with a NameError",
        ),
        Flagged(  # in whichever branch, the last line ends it
            "import sys\nif sys.argv:\n    print(total, rows)\nprint(«rows»)",
            says="no cell defines `rows` (as 1 more in this cell); a run from top to bottom ends "
            "here with a NameError",
        ),
        Flagged(  # a run comes past the first
            "import sys\nif sys.argv:\n    print(total)  # noqa: POC302\n# %%\nprint(«rows»)",
            says="no cell defines `rows`; a run from top to bottom ends here",
        ),
        Flagged(
            "import sys\nif sys.argv:\n    print(total)  # noqa: POC302\n# %%\n"
            "if sys.argv:\n    print(total)\n# %%\nprint(«total»)",
            says="`total`; a run from top to bottom ends here",
        ),
        Flagged(
            "print(«test»)\n# %%\nscale = 2\ntest = test * scale",
            says="no cell defines `test` (cell 2 reads it before it assigns it); a run",
        ),
        Flagged(
            "print(«test»)\n# %%\ntry:\n    test\nexcept NameError:\n    test = 2",
            says="`test` is defined further down, in cell 2",
        ),
        Flagged(  # the other `t` is its function's own
            "def first(a):\n    t = a + 1\n    return lambda: t\ndef second():\n"
            "    return «t»\nfirst(1)\nsecond()"
        ),
    )
    ignored = (
        "total = 3\n# %%\nprint(total)",
        "import sys\nsys.exit()\n# %%\nprint(total)",  # nobody comes so far
        "raise SystemExit('no more for now')\n# %%\nprint(total)",
        # who would call it is never called
        "def inner():\n    return missing\ndef outer():\n    return inner()\nx = 1",
        "def mean():\n    return sum(rows)\n# %%\nrows = [1, 2]\n# %%\nmean()",
        "def made(kind):\n    if kind == 'tree':\n        return Tree()\n    return 1\n# %%\n"
        "x = made('knn')\n# %%\nclass Tree:\n    pass",  # the other way was taken
        "show = 0\n# %%\nif show:\n    print(total)",  # switched off
        "print(display, get_ipython(), In, Out, _)",
        "files = !ls\n# %%\nprint(files)",
        "%%capture out\nprint(1)\n# %%\nout.show()",
        "%store -r table\n# %%\ntable.head()",
        "from helpers import *\n# %%\nprint(total)\n# %%\ntotal = 3",  # it may come from there
        "%run helpers.py\n# %%\nprint(total)",
        "try:\n    total\nexcept NameError:\n    total = 0\n# %%\nprint(total)",
        "for i in range(3):\n    pass\nprint(i)\n# %%\nfor i in range(9):\n    pass",
        "squares = [n * n for n in range(3)]\n# %%\nn = 1",
        "f = lambda row: row.a\n# %%\nrow = 1",
        "text = 'a'\n# %%\nimport sys\nif sys.version_info < (3, 0):\n    text = unicode(text)",
        "x = ____\nprint(x + ____)",
        # an error's class is true: nobody asks for what comes after
        "try:\n    x = 1\nexcept ValueError or e:\n    pass",
        "spark.sql('select 1')",  # given by the platform
        Flagged("if later:\n    print(total)\n# %%\ntotal = later = 3", ran=(CellFacts(cell=1),)),
        # the run came through
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        names = notebook.names
        there: set[str] = set()
        deleted: dict[str, CellView] = {}
        functions: dict[str, frozenset[str]] = {}
        told: dict[str, int] = {}
        perhaps: set[str] = set()  # told, of branches that need not be taken
        dying: set[str] = set()  # functions told, each of whose calls fails
        run = _WHOLE  # until it is told where that ends
        stopped = last_stopped(notebook)
        for at, (cell, own) in enumerate(zip(notebook.cells, names.cells, strict=True)):
            if at >= names.known_until:
                return
            missing = own.reads - there - GIVEN - told.keys()
            functions.update(own.functions)
            late = {
                one: wanted - there - own.bound - GIVEN - told.keys()
                for one in own.reads | own.functions.keys()
                if (wanted := functions.get(one)) and one in cell.calls
            }
            if (missing or any(late.values())) and not _is_excused(cell):
                found = [*self._now(missing, at, cell, deleted), *self._late(late, at, cell)]
                sure = [one for one in found if not is_in_a_branch(one.node, cell)]
                found = [one for one in found if one in sure or one.name not in perhaps]
                if found:
                    first = min(sure or found, key=_place)
                    again = _told_before(first, told.keys() & own.reads - there, cell)
                    nor = f", nor `{again}` (as in cell {told[again]})" if again else ""
                    yield self.found(
                        _shown(first.node, cell),
                        cell,
                        severity=None if sure else Severity.RISK,
                        fix=_import(first, cell),
                        told=with_others(first, found) + nor,
                        run=run,
                        where="" if sure else _BRANCH,
                    )
                    told |= {one.name: cell.index for one in sure}
                    perhaps |= {one.name for one in found}
                    run = f"that gets past cell {cell.index}" if sure else run
            if names.all_known:
                yield from self._nowhere(cell, told, run, dying)
            if any(is_called_at_once(one, cell) for one in dying & cell.calls.keys()):
                run = f"that gets past cell {cell.index}"
            there = (there - own.deletes) | own.bound
            for one in own.deletes:
                deleted[one] = cell
            if stops_here(cell):
                return
            if cell.index == stopped and run in (_WHOLE, _SO_FAR):
                run = f"that gets past the error of cell {stopped}"
            elif run == _WHOLE and is_never_run(cell):
                run = _SO_FAR

    def _now(
        self, missing: set[str] | frozenset[str], at: int, cell: CellView,
        deleted: dict[str, CellView],
    ) -> Iterator[Missing]:  # fmt: skip
        """Names that the cell itself reads."""
        names = cell.notebook.names
        for name in missing:
            if is_numbered(name) or not name.strip("_"):
                continue  # `____` is a blank to be filled in
            node = read_of(cell, name)
            if node is None or is_guarded(node, cell):
                continue
            if name in _OF_PYTHON_2 and not isinstance(cell.statement(node), ast.Expr | ast.For):
                continue
            later = [where for where in names.bound.get(name, ()) if where > at]
            if at not in names.bound.get(name, ()):
                reads = (one for one in reads_of(cell, name) if not is_in_a_branch(one, cell))
                node = next(reads, node)
            circular = [where for where in later if is_needed_by(name, cell.notebook.cells[where])]
            defining = [where for where in later if where not in circular]
            if at in names.bound.get(name, ()) and _is_bound_above(node, cell):
                continue  # by a loop that may have nothing to go through, or on another path
            if name in deleted:
                told, kind = f"`{name}` was deleted in cell {deleted[name].index}", "deleted"
            elif defining:
                where = cell.notebook.cells[defining[0]].index
                told, kind = f"`{name}` is defined further down, in cell {where}", "later"
            elif names.all_known and (line := _defined_below(node, cell)):
                told, kind = f"`{name}` is defined only in line {line}, below", "below"
            elif names.all_known:
                told, kind = undefined(name, cell.notebook), "nowhere"
                if circular and told.startswith("no cell"):
                    where = cell.notebook.cells[circular[0]].index
                    told += f" (cell {where} reads it before it assigns it)"
            else:
                continue
            yield Missing(name, node, told, kind)

    def _late(self, late: dict[str, frozenset[str]], at: int, cell: CellView) -> Iterator[Missing]:
        """Names that functions read which the cell calls."""
        bound = cell.notebook.names.bound
        for function, missing in late.items():
            order = order_of_reads(function, cell.notebook)
            for name in sorted(missing, key=lambda one: (order.get(one, sys.maxsize), one)):
                later = [where for where in bound.get(name, ()) if where > at]
                node = read_of(cell, function)
                if not later or node is None or not isinstance(cell.parent(node), ast.Call):
                    continue
                if not always_reads(function, name, cell.notebook):
                    continue
                where = cell.notebook.cells[later[0]].index
                yield Missing(
                    name,
                    node,
                    f"`{name}`, which `{function}` reads, is defined further down, in cell {where}",
                    "later",
                )

    def _nowhere(
        self, cell: CellView, told: dict[str, int], run: str, dying: set[str]
    ) -> Iterator[Finding]:
        """Names that functions read and no cell defines; functions that somebody uses."""
        names, own = cell.notebook.names, cell.names
        found: list[tuple[ast.Name, str]] = []
        for function, wanted in own.functions.items():
            for name in sorted(wanted - names.bound.keys() - GIVEN - told.keys()):
                node = read_of(cell, name, later=True)
                if node is None or is_numbered(name) or function not in reached(cell.notebook):
                    continue
                if is_guarded(node, cell):
                    continue
                told[name] = cell.index
                found.append((node, name))
                if always_reads(function, name, cell.notebook):
                    dying.add(function)
        if found:
            found.sort(key=lambda one: (one[0].lineno, one[0].col_offset))
            node, name = found[0]
            more = f" (as {len(found) - 1} more in this cell)" if found[1:] else ""
            below = is_in_a_branch(node, cell)
            yield self.found(
                node,
                cell,
                severity=Severity.RISK if below else None,
                told=f"{undefined(name, cell.notebook)}{more}",
                run=run,
                where=_BRANCH if below else "",
            )


def _place(missing: Missing) -> tuple[int, int]:
    return missing.node.lineno, missing.node.col_offset


def _told_before(first: Missing, names: set[str], cell: CellView) -> str:
    """A name told above, still missing, that the cell reads before this one; the first of them."""
    reads = [(one, node) for one in names if (node := read_of(cell, one)) is not None]
    place = first.node.lineno, first.node.col_offset
    before = [(n.lineno, n.col_offset, one) for one, n in reads if (n.lineno, n.col_offset) < place]
    return min(before)[2] if before else ""


def _defined_below(node: ast.Name, cell: CellView) -> int:
    """The line of the cell's statement that defines a name, below the one that reads it; or 0."""
    for statement, names in zip(cell.body, cell.names.statements, strict=False):
        if statement.lineno > node.lineno and node.id in names.defines:
            return statement.lineno
    return 0


def _is_bound_above(node: ast.Name, cell: CellView) -> bool:
    """Whether the cell binds the name, somehow, above the place that reads it."""
    places = [
        (one.lineno, one.col_offset)
        for one in cell.of(ast.Name)
        if one.id == node.id and isinstance(one.ctx, ast.Store)
    ]
    return not places or min(places) < (node.lineno, node.col_offset)


def _import(missing: Missing, cell: CellView) -> Fix | None:
    """The import that everybody writes for a name, where no cell has it."""
    line = _CONVENTION.get(missing.name)
    if line is None or missing.name in cell.notebook.names.bound or cell.line(1)[:1] == "%":
        return None
    return Fix(f"Add `{line}`", (Edit(cell.index, Span(1, 1, 1, 1), f"{line}\n"),), safe=True)


def _is_excused(cell: CellView) -> bool:
    """Whether the cell is meant to fail, or a run came through it."""
    return "raises-exception" in cell.cell.tags or cell.facts is not None


def _shown(node: ast.Name, cell: CellView) -> ast.expr:
    call = cell.parent(node)
    called = isinstance(call, ast.Call) and call.func is node and not call.args
    return call if called and isinstance(call, ast.Call) else node
