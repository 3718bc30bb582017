"""POC002 broken-cell."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

# At the file's end, in `language_info`; the other version there is a number.
_RELEASE = re.compile(r'"version":\s*"3\.(\d+)[.\d]*"')
_TAIL = 3000


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
        Flagged(
            "# the data base\ndocker «exec -it pg bash»", says="is a line of shell without `!`"
        ),
        Flagged("«print x»\n# %%\nprint y\n# %%\nx = 1\n# %%\ny = 2", says="in 2 cells"),
        Flagged(
            "SELECT «*»\nFROM shops\n# %%\nSELECT 1\n# %%\nDROP TABLE x\n# %%\nx = 1",
            says="3 of 4 cells are no Python",
        ),
    )
    ignored = ("%matplotlib inline", "await fetch()", "!ls -l", "%%bash\nfor f in *; do")

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """Each cell for itself; once what runs through the notebook: Python 2, or no Python."""
        cells = [c for c in notebook.cells if c.cell.broken is not None and not _ran_newer(c)]
        other_language = len(cells) > 2 and 2 * len(cells) > len(notebook.cells)
        told = False
        for cell in cells:
            broken = cell.cell.broken
            assert broken is not None
            alike = other_language or broken.python2
            if not (alike and told):
                yield self.found_at(
                    cell,
                    _span(cell, broken.line, broken.column),
                    found=broken.found.partition(". ")[0],  # without "Did you mean …?"
                    ends=_ends(notebook, other_language) if alike else "ends here",
                )
            told = told or alike


def _ran_newer(cell: CellView) -> bool:
    """Whether the cell has run, by a Python that may read more than this one does."""
    if not cell.cell.execution_count:
        return False
    found = _RELEASE.findall(cell.notebook.notebook.text[-_TAIL:])
    return bool(found) and (3, int(found[-1])) > sys.version_info[:2]


def _ends(notebook: NotebookView, other_language: bool) -> str:
    cells = sum(
        c.cell.broken is not None and (other_language or c.cell.broken.python2)
        for c in notebook.cells
    )
    if cells == 1:
        return "ends here"
    if other_language:
        return f"ends here; {cells} of {len(notebook.cells)} cells are no Python"
    return f"ends here; so it is in {cells} cells"


def _span(cell: CellView, line: int, column: int) -> Span:
    """From where Python stopped to the end of the line; its last character if that is behind."""
    end = len(cell.line(line).rstrip())
    start = min(column, max(end, 1))
    return Span(line, start, line, max(end, start) + 1)
