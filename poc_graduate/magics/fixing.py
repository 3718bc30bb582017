"""`%%graduate fix`: the mended text takes the place of the cell, which does not run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from poc_graduate import api
from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.errors import UsageError
from poc_graduate.report.flags import difference
from poc_graduate.rules.apply import edited
from poc_graduate.rules.finding import Edit, Finding

if TYPE_CHECKING:
    from poc_graduate.magics.graduate import Magics


def fix_cell(magics: Magics, source: str, codes: Sequence[str]) -> None:
    """Mend a cell and hand its text to the frontend.

    Args:
        magics: The extension.
        source: The cell, without the line of the magic.
        codes: Findings to mend; all that can be by default.

    Raises:
        UsageError: nothing in it can be mended.
    """
    source = source.removesuffix("\n")
    text, done = repaired(magics, source, codes)
    if not done:
        raise UsageError("nothing in this cell can be mended by us")
    print("\n".join(f"{one.code}: {one.fix.title}" for one in done if one.fix))
    print(difference(source, text))
    magics.shell.set_next_input(text, replace=True)
    print("The text of the cell is replaced where the frontend allows it; else copy this:\n")
    print(text)


def repaired(magics: Magics, source: str, codes: Sequence[str]) -> tuple[str, tuple[Finding, ...]]:
    """A cell with the fixes that touch it alone, and the findings that they mend."""
    notebook = magics.history.without("", source).notebook(source)
    if notebook is None:
        return source, ()
    last = len(notebook.cells)
    found = api.flags(notebook, RunFacts(()), cell=last)
    done, edits = list[Finding](), list[Edit]()
    for one in found:
        wanted = not codes or any(one.code.startswith(code.upper()) for code in codes)
        if not wanted or not is_local(one, last) or one.fix is None:
            continue
        if not any(_overlap(edit, other) for edit in one.fix.edits for other in edits):
            done.append(one)
            edits += one.fix.edits
    return edited(source, edits), tuple(done)


def is_local(finding: Finding, cell: int) -> bool:
    """Whether its fix changes this cell and nothing else."""
    fix = finding.fix
    if fix is None or fix.files or fix.cells or fix.removed:
        return False
    return all(edit.cell == cell for edit in fix.edits)


def _overlap(one: Edit, other: Edit) -> bool:
    first, second = sorted((one.span, other.span), key=lambda s: (s.line, s.column))
    return (second.line, second.column) < (first.end_line, first.end_column)
