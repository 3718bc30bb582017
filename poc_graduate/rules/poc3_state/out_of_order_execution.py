"""POC301 out-of-order-execution."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from poc_graduate.dataflow.frame import root_name
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView


class OutOfOrderExecution(Rule):
    """The stored outputs come from a run in another order than top to bottom.

    Why it bites: what you see is not what these cells compute from above to below, and nobody can
    say in which order they were run.
    On export: the notebook is run from top to bottom; what it then computes counts.
    """

    code, name, severity = "POC301", "out-of-order-execution", Severity.RISK
    message = "this cell was run as [{own}], {what}; run from top to bottom, {then}"

    flagged = (
        Flagged(
            "x = 1\n# %%\n«y = x»\n# %%\nz = 3", says="run as [1], cell 1 above it as [3]",
            counts=(3, 1, 2),
        ),
        Flagged("x = 1\n# %%\ny = 2\n# %%\n«z = y»", says="as [4], cell 2", counts=(2, 9, 4)),
        Flagged(
            "x = 1\n# %%\nx = 2\n# %%\n«print(x)»", counts=(2, 1, 3),
            says="as [3], when `x` was what cell 1, run as [2], had made it; run from top to "
            "bottom, it is what cell 2 makes it",
        ),
        Flagged(
            "def b(): return 1\n# %%\ndef a(): return 1\ndef c(): return a()\n# %%\n«x = c()»",
            says="both have to do with `c`", counts=(1, 9, 4),
        ),
        Flagged(
            "x = 1\n# %%\nx = 2\n# %%\n«print(x)»\n# %%\nx = 3", counts=(2, 1, 3, 4),
            says="as [3], when `x` may have been what cell 1, run as [2], had made it",
        ),
        Flagged("x = 1\n# %%\ny = 2\n# %%\n«x += 3»", says="as [1], cell", counts=(2, None, 1)),
        Flagged(  # a restart, and no disorder, is what they show
            "import os\n# %%\nx = 1\n# %%\n«y = x»\n# %%\nprint(y)", counts=(2, 3, 1, 2),
            says="as [1], cell 2 above it as [3], and counts come twice: the kernel was started",
        ),
        Flagged(  # what is out of order comes first, wherever it stands
            "x = 1\n# %%\ny = x\n# %%\np = 1\n# %%\np = 5\n# %%\n«q = p»",
            says="cell 4 above it as [9]: not in this order", counts=(2, 1, 2, 9, 4),
        ),
        Flagged(  # what is bound anew has nothing of a cell that fills it
            "d = 1\n# %%\ne = d.b\n# %%\nd = read()\n# %%\nd['a'] = 2\n# %%\n«d = read()»",
            says="run as [3], cell 2 above it as [4]", counts=(1, 4, 6, 7, 3),
        ),
        Flagged(  # the nearest of those that have to do with it
            "d = load()\n# %%\ne = 1\n# %%\nd['a'] = 2\n# %%\n«e = f(d)»",
            says="run as [2], cell 3 above it as [5]", counts=(3, 4, 5, 2),
        ),
    )  # fmt: skip
    ignored = (
        Flagged("x = 1\n# %%\ny = x\n# %%\nz = y", counts=(1, 2, 3)),
        Flagged("x = 1\n# %%\ny = x\n# %%\nz = y", counts=(2, 5, 9)),  # cells in between are gone
        Flagged("x = 1\n# %%\ny = x\n# %%\nz = y", counts=(None, None, None)),
        Flagged("x = 1\n# %%\ny = x\n# %%\nz = y", counts=(5, 0, 6)),
        Flagged("x = 1\n# %%\ny = 2\n# %%\nz = 3", counts=(3, 1, 2)),  # the order is all the same
        Flagged("import numpy as np\n# %%\nimport numpy as np\nx = np.ones(3)", counts=(2, 1)),
        Flagged("x = 1\n# %%\n# x = 2", counts=(2, 1)),
        Flagged("x = 1\n# %%\nx", counts=(2, 1)),  # a look
        Flagged("x = {}\n# %%\ndef f(key):\n    return x[key]", counts=(2, 1)),  # looked up later
        # what reads it was run after the one that makes it
        Flagged("x = 1\n# %%\ny = x\n# %%\nx = 2", counts=(4, 5, 3)),
        # what reads it was run before the other
        Flagged("x = 1\n# %%\nx = 2\n# %%\ny = x", counts=(3, 1, 2)),
        # in another session
        Flagged("import os\n# %%\nx = 1\n# %%\nx = 2\n# %%\nprint(x)", counts=(1, 3, 1, 4)),
        Flagged("x = 0\n# %%\ny = x\n# %%\nimport os\n# %%\nx = 2", counts=(1, 4, 1, 3)),
        # what reads it had it of the one that it would have it of
        Flagged("x = 1\n# %%\nx = 2\n# %%\nx = 3\n# %%\nprint(x)", counts=(2, 1, 4, 5)),
        Flagged("g = draw(1)\ng.show()\n# %%\ng = draw(2)\ng.show()", counts=(2, 1)),
        # whichever was run last, it is the same
        Flagged("a = ['x']\n# %%\na = ['x']\n# %%\nprint(a)", counts=(2, 1, 3)),
        Flagged("a = ['x']\n# %%\nb = f(a)\n# %%\na = ['x']", counts=(3, 1, 2)),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        above: list[tuple[int, CellView]] = []
        sessions: Finding | None = None  # told where nothing worse is found
        for cell in notebook.cells:
            own = cell.cell.execution_count
            if not own:  # kernels count from 1; Colab writes 0 where it lost the count
                continue
            for count, other in reversed(above):
                shared = _shared(other, cell, notebook) if count > own else ""
                if shared:
                    count, other = _nearest(shared, cell, (count, other), above)
                    two = _of_two_sessions(other, cell)
                    what = (_SESSIONS if two else _NOT_SO).format(other.index, count, shared)
                    found = self.found_at(
                        cell, _first_line(cell), own=own, what=what, then=_MAY,
                        severity=Severity.NOTE if two else None,
                    )  # fmt: skip
                    if not two:
                        yield found
                        return
                    sessions = sessions or found
                    break
                if mistaken := _twice(other, cell, notebook) if count > own else None:
                    at, made, by = mistaken.cell, mistaken.made, mistaken.makes
                    was = _WAS if mistaken.sure else _MAY_HAVE_BEEN
                    what = was.format(mistaken.name, made.index, made.cell.execution_count)
                    yield self.found_at(
                        at, _first_line(at), own=at.cell.execution_count, what=what,
                        then=f"it is what cell {by.index} makes it",
                    )  # fmt: skip
                    return
            above.append((own, cell))
        if sessions is not None:
            yield sessions


_NOT_SO = (
    "cell {} above it as [{}]: not in this order, or not in one session, and both have to do with "
    "`{}`"
)
_SESSIONS = (
    "cell {} above it as [{}], and counts come twice: the kernel was started anew in between, and "
    "both have to do with `{}`"
)
_MAY = "the notebook may show something else"
_MAY_HAVE_BEEN = "when `{}` may have been what cell {}, run as [{}], had made it"
_TYPED = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.expr_context)
_WAS = "when `{}` was what cell {}, run as [{}], had made it"


@dataclass(frozen=True)
class _Mistaken:
    """A cell that was run when a name held what another cell than the one above it had made.

    Attributes:
        cell: What reads the name.
        name: The name.
        made: The cell that had made it what it was.
        makes: The cell that makes it from top to bottom.
        sure: Whether no other cell that makes it was run later: it may have been run before, too,
            as a cell has the count of its last run only.
    """

    cell: CellView
    name: str
    made: CellView
    makes: CellView
    sure: bool


def _first_line(cell: CellView) -> Span:
    return Span(1, 1, 1, max(len(cell.line(1)) + 1, 2))


def _nearest(
    name: str, below: CellView, known: tuple[int, CellView], above: list[tuple[int, CellView]]
) -> tuple[int, CellView]:
    """The last cell above that was run later and makes the name, or a part of what it holds.

    Known is the one that has to do with it, and stays where the lower one binds the name anew:
    what was put in before is then not there any more.
    """
    if name not in _reads(below):
        return known
    for count, cell in reversed(above):
        if cell is known[1]:
            break
        if count > _counted(below) and name in cell.cell.code and _fills(name, cell):
            return count, cell
    return known


def _fills(name: str, cell: CellView) -> bool:
    """Whether a cell puts a part into what a name holds: `df['a'] = …`."""
    return any(
        isinstance(node.ctx, ast.Store) and root_name(node) == name
        for node in cell.of(ast.Subscript)
    )


def _reads(cell: CellView) -> frozenset[str]:
    """Names that a cell reads when it runs, functions that it calls included."""
    names = cell.names
    found = names.reads | names.mentions
    functions = _functions(cell.notebook)
    for function in functions.keys() & cell.calls.keys():
        found |= functions[function]
    return found


@lru_cache(maxsize=1)  # asked for one cell after the other
def _functions(notebook: NotebookView) -> dict[str, frozenset[str]]:
    """Function → what the bodies under its name read."""
    found: dict[str, frozenset[str]] = {}
    for view in notebook.cells:
        for function, reads in view.names.functions.items():
            found[function] = found.get(function, frozenset()) | reads
    return found


def _made_between(name: str, above: CellView, below: CellView) -> bool:
    """Whether from top to bottom the lower cell reads what another one made in between."""
    cells = above.notebook.cells
    return any(name in cell.names.bound for cell in cells if above.index < cell.index < below.index)


def _run_between(name: str, above: CellView, below: CellView) -> bool:
    """Whether a cell above, that makes the name, was run after the lower one and before this."""
    late, early = above.cell.execution_count or 0, below.cell.execution_count or 0
    return any(
        name in cell.names.bound and early < (cell.cell.execution_count or 0) < late
        for cell in above.notebook.cells
        if cell.index < above.index
    )


def _mistaken(name: str, above: CellView, below: CellView) -> _Mistaken | None:
    """A third cell that was run when a name that both bind held what the wrong one gave it."""
    late, early = above.cell.execution_count or 0, below.cell.execution_count or 0
    for cell in above.notebook.cells:
        count = cell.cell.execution_count
        if not count or cell.index <= above.index:
            continue
        wrong = (cell.index > below.index and count > late) or (
            cell.index < below.index and early < count < late
        )
        if wrong and name in _reads(cell):
            made, makes = (above, below) if cell.index > below.index else (below, above)
            makers = [one for one in above.notebook.cells if name in one.names.bound]
            last = max((one for one in makers if _counted(one) < count), key=_counted)
            nearest = max((one for one in makers if one.index < cell.index), key=_position)
            if (last, nearest) == (made, makes):
                sure = all(0 < _counted(one) <= count for one in makers)
                return _Mistaken(cell, name, made, makes, sure)
    return None


def _counted(cell: CellView) -> int:
    return cell.cell.execution_count or 0


def _position(cell: CellView) -> int:
    return cell.index


def _twice(above: CellView, below: CellView, notebook: NotebookView) -> _Mistaken | None:
    """A cell that reads what both bind, and read it of the one that it would not."""
    one, other = above.names, below.names
    names = sorted((one.bound & other.bound) - notebook.imports.keys())
    names = [name for name in names if not _is_the_same(name, notebook)]
    if one.anything or other.anything or not names or _restarted_between(above, below):
        return None
    return next(filter(None, (_mistaken(name, above, below) for name in names)), None)


def _is_the_same(name: str, notebook: NotebookView) -> bool:
    """Whether each cell that binds a name gives it the same typed value."""
    binds = [cell for cell in notebook.cells if name in cell.names.bound]
    values = notebook.assigned.get(name, ())
    if len(binds) < 2 or len(values) < len(binds) or None in values:
        return False
    parts = [node for value in values if value is not None for node in ast.walk(value)]
    typed = {ast.dump(value) for value in values if value is not None}
    return len(typed) == 1 and all(isinstance(part, _TYPED) for part in parts)


def _restarted_between(above: CellView, below: CellView) -> bool:
    """Whether the lower cell is of another session: a count comes again on the way to it."""
    known: set[int] = set()
    for cell in above.notebook.cells:
        count = cell.cell.execution_count
        if count in known and above.index < cell.index <= below.index:
            return True
        if count and cell.index <= above.index:
            known.add(count)
    return False


def _of_two_sessions(above: CellView, below: CellView) -> bool:
    """Whether counts begin anew between two cells: one of the upper comes again below.

    Below the lower one as far as they go up: these are of its session.
    """
    known = {_counted(cell) for cell in above.notebook.cells if cell.index <= above.index} - {0}
    last = 0
    for cell in above.notebook.cells:
        if cell.index <= above.index or not (count := _counted(cell)):
            continue
        if cell.index > below.index and count < last:
            return False
        if count in known:
            return True
        last = count
    return False


def _shared(above: CellView, below: CellView, notebook: NotebookView) -> str:
    """What one binds and the other reads; imports are always the same."""
    one, other = above.names, below.names
    if one.anything or other.anything or not other.bound or not one.bound:
        return ""  # nobody knows, or one of them is a look
    at = notebook.cells.index(above)
    # What is read above before any cell binds it is POC302's.
    there = {name for name, where in notebook.names.bound.items() if where[0] <= at}
    reads, read = _reads(above), _reads(below)
    down = {name for name in one.bound & read if not _made_between(name, above, below)}
    up = {name for name in reads & other.bound & there if not _run_between(name, above, below)}
    if up and _restarted_between(above, below):
        up = set()  # what one made the other never saw
    stands = {node.id for node in below.of(ast.Name)}
    left = sorted(
        name
        for name in (down | up) - notebook.imports.keys()
        if one.bound.isdisjoint({name}) or not _is_the_same(name, notebook)
    )
    # One that stands in the cell is found there; others stand in functions that it calls.
    left.sort(key=lambda name: name not in stands)
    return left[0] if left else ""
