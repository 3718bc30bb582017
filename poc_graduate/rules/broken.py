"""POC002 broken-cell."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView


class BrokenCell(Rule):
    """A code cell is no Python, so that it never ran as it stands.

    Why it bites: a run of the whole notebook ends here, and the shortcuts of this cell stay
    hidden.
    On export: the notebook is refused until the cell is mended, removed, or made a raw cell.
    """

    code, name, severity = "POC002", "broken-cell", Severity.BLOCKER
    message = "{found}; a run of the whole notebook {ends}"

    flagged = (
        Flagged("x = 1\n# %%\ny = x «+»", says="invalid syntax"),
        Flagged("total = «(1 + 2»\nprint(total)", says="'(' was never closed"),
        Flagged("«print 'rows', len(df)»", says="is Python 2: Missing parentheses"),
        Flagged("«print x»\n# %%\nprint y\n# %%\nprint z", says="in 3 cells"),
    )
    ignored = ("%matplotlib inline", "await fetch()", "!ls -l", "%%bash\nfor f in *; do")

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """Each cell for itself; a notebook of Python 2 once."""
        old = 0
        for cell in notebook.cells:
            broken = cell.cell.broken
            if broken is None:
                continue
            old += broken.python2
            if old < 2 or not broken.python2:
                yield self.found_at(
                    cell,
                    _span(cell, broken.line, broken.column),
                    found=broken.found.partition(". ")[0],  # without "Did you mean …?"
                    ends=_ends(notebook) if broken.python2 else "ends here",
                )


def _ends(notebook: NotebookView) -> str:
    cells = sum(c.cell.broken is not None and c.cell.broken.python2 for c in notebook.cells)
    return "ends here" if cells == 1 else f"ends here; so it is in {cells} cells"


def _span(cell: CellView, line: int, column: int) -> Span:
    """From where Python stopped to the end of the line; its last character if that is behind."""
    end = len(cell.line(line).rstrip())
    start = min(column, max(end, 1))
    return Span(line, start, line, max(end, start) + 1)
