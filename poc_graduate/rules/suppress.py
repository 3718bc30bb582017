"""Which findings the author has silenced: `# noqa`, a comment for the cell, a tag of the cell."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass

from poc_graduate.notebook.model import Cell
from poc_graduate.rules.finding import Finding

TAG = "poc-ignore"
# As ruff reads it: codes after a colon, separated by commas or blanks; without codes, all.
_NOQA = re.compile(r"#\s*noqa(?::\s*(?P<codes>[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*))?(?=\s|$|,|#)", re.I)
_CELL = re.compile(r"#\s*poc:\s*ignore(?:\[(?P<codes>[^\]]*)\])?", re.I)
_ANY = re.compile(r"#\s*(?:noqa|poc:)", re.I)
_ONE = re.compile(r"[A-Z]+\d+", re.I)


@dataclass(frozen=True)
class Suppression:
    """One comment or tag that silences findings.

    Attributes:
        cell: Position of its cell, from 1.
        codes: Codes and prefixes silenced; empty for all.
        whole_cell: It speaks of all lines.
        line: The line it stands in, from 1.
        column: Where the comment starts, from 1.
        text: What was written.
    """

    cell: int
    codes: tuple[str, ...]
    whole_cell: bool
    line: int
    column: int
    text: str

    def silences(self, finding: Finding) -> bool:
        """Whether it speaks of this finding."""
        if finding.place.cell != self.cell:
            return False
        if not self.whole_cell and not finding.place.line <= self.line <= finding.end_line:
            return False
        return not self.codes or any(finding.code.startswith(code) for code in self.codes)


def suppressions(cell: Cell) -> list[Suppression]:
    """What a cell silences."""
    found = []
    if TAG in cell.tags:
        found.append(Suppression(cell.index, (), whole_cell=True, line=1, column=1, text=TAG))
    if not _ANY.search(cell.source):
        return found
    for line, column, comment in _comments(cell.code if cell.broken is None else cell.source):
        whole_cell = _CELL.search(comment)
        match = whole_cell or _NOQA.search(comment)
        if match is None:
            continue
        codes = tuple(code.upper() for code in _ONE.findall(match["codes"] or ""))
        if whole_cell or not codes or any(code.startswith("POC") for code in codes):
            found.append(
                Suppression(cell.index, codes, whole_cell is not None, line, column, match[0])
            )
    return found


def _comments(code: str) -> Iterable[tuple[int, int, str]]:
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0], token.start[1] + 1, token.string))
    except (tokenize.TokenError, SyntaxError):  # what was read before the fault still holds
        pass
    return found
