"""POC303 never-run-cell."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.review_files import comes_from_a_fix
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_FEW = 3
"""Cells that must have run before one that has not is worth a word."""


class NeverRunCell(Rule):
    """A cell without an execution count defines what stored outputs of counted cells rest on.

    Why it bites: either its count was cleared, or the outputs were computed with another
    definition, which no cell holds any more, and nobody has ever seen what this one gives.
    On export: the notebook is run from top to bottom with the cell as it stands; what it then
    computes counts.
    """

    code, name, severity = "POC303", "never-run-cell", Severity.RISK
    message = "this cell has no execution count, cells after it have one; the stored output of \
cell {user} needs its `{defined}`, and may come from another one"

    flagged = (
        Flagged(
            "rows = load()\n# %%\n«limit = 3»\n# %%\nprint(rows)\n# %%\nprint(limit)",
            says="the stored output of cell 4 needs its `limit`",
            counts=(1, None, 2, 3),
            stored="3",
        ),
        Flagged(
            "«def clean(rows):»\n    return rows\n# %%\na = clean([1])\n# %%\nb = a\n# %%\nb",
            says="cell 4 needs its `clean`, and may come",
            counts=(None, 4, 5, 6),
            stored="[1]",
        ),
        Flagged(
            "a = 1\n# %%\n«weights = [a, 2]»\n# %%\nb = 2\n# %%\nsum(weights)",
            counts=(5, None, 6, 8),
            stored="3",
        ),
    )
    ignored = (
        Flagged(  # no output is stored: nothing was computed with another one
            "rows = load()\n# %%\nlimit = 3\n# %%\nprint(limit)\n# %%\nprint(rows)",
            counts=(1, None, 2, 3),
        ),
        Flagged(  # the output that is stored needs nothing of it
            "rows = load()\n# %%\nlimit = 3\n# %%\nx = limit\nrows = 1\n# %%\nprint(rows)",
            counts=(1, None, 2, 3),
            stored="[1]",
        ),
        Flagged("limit = 3\n# %%\nprint(limit)\n# %%\nx = 1", counts=(None, None, None)),
        Flagged("x = 1\n# %%\ny = 2\n# %%\nz = 3\n# %%\nlimit = 3", counts=(1, 2, 3, None)),
        Flagged(  # defined by a cell that ran, too
            "limit = 1\n# %%\nx = 1\n# %%\nlimit = 3\n# %%\nprint(limit)",
            counts=(1, 2, None, 3),
            stored="3",
        ),
        Flagged(  # its number is free: a tool took it away
            "rows = load()\n# %%\nlimit = 3\n# %%\nx = 1\n# %%\nprint(limit)",
            counts=(4, None, 6, 7),
            stored="3",
        ),
        Flagged(  # a cell with an output has no count either
            "rows = load()\n# %%\nlimit = 3\n# %%\nprint(limit)\n# %%\nx = 1\n# %%\nrows",
            counts=(1, None, 2, 3, None),
            stored="[1]",
        ),
        Flagged(  # the output was cleared; what an import gives is no question
            "import numpy as np\n# %%\nx = 1\n# %%\ny = 2\n# %%\nprint(np)",
            counts=(None, 1, 2, 3),
            stored="np",
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        ran = [cell.cell.execution_count is not None for cell in notebook.cells]
        if sum(ran) < _FEW or all(ran) or not notebook.names.all_known:
            return
        if any(c.cell.outputs and not has for c, has in zip(notebook.cells, ran, strict=True)):
            return  # a tool took counts away: one that is missing tells nothing
        names = notebook.names
        for at, cell in enumerate(notebook.cells):
            if ran[at] or cell.cell.outputs or comes_from_a_fix(cell) or _left_room(notebook, at):
                continue
            for defined in sorted(names.cells[at].binds - notebook.imports.keys()):
                if names.bound[defined] != (at,):
                    continue
                user = _shown_below(defined, at, notebook)
                if user is not None:
                    yield self.found_at(cell, _first_line(cell.lines), user=user, defined=defined)
                    break


def _shown_below(defined: str, at: int, notebook: NotebookView) -> int | None:
    """The first counted cell with a stored output that needs a name, or what is made of it."""
    needed = {defined}
    for cell in notebook.cells[at + 1 :]:
        if cell.cell.execution_count is None or needed.isdisjoint(cell.names.used):
            continue
        if cell.cell.outputs:
            return cell.index
        for names in cell.names.statements:
            if not needed.isdisjoint(names.reads | names.reads_later):
                needed |= names.defines
    return None


def _left_room(notebook: NotebookView, at: int) -> bool:
    """Whether the counts round a cell leave just as many free as there are cells without one."""
    counts = [cell.cell.execution_count for cell in notebook.cells]
    above = next((i for i in range(at, -1, -1) if counts[i]), None)
    below = next((i for i in range(at, len(counts)) if counts[i]), None)
    if above is None or below is None:
        return False
    return (counts[below] or 0) - (counts[above] or 0) == below - above


def _first_line(lines: list[str]) -> Span:
    number = next(at for at, line in enumerate(lines, 1) if line.strip())
    line = lines[number - 1]
    start = len(line) - len(line.lstrip()) + 1
    return Span(number, start, number, max(len(line.rstrip()) + 1, start + 1))
