"""What a rule found: where, how bad, in which words, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from poc_graduate.notebook.model import NewCell, Place

OURS = "poc-graduate"


class Severity(StrEnum):
    """How much a finding matters once the notebook is a pipeline."""

    BLOCKER = "blocker"
    """The pipeline would be wrong, or could not run elsewhere."""
    RISK = "risk"
    """It works until the data or the machine changes."""
    NOTE = "note"
    """It costs the next reader time."""


@dataclass(frozen=True)
class Span:
    """A range of a cell's source, lines and columns from 1; the end column is behind the end."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Edit:
    """Text that takes the place of a range of a cell's source, as the user wrote it.

    Attributes:
        cell: Position of the cell among all cells, from 1.
        span: What is replaced; empty where start and end are one place.
        text: What stands there afterwards.
    """

    cell: int
    span: Span
    text: str


@dataclass(frozen=True)
class NewFile:
    """A file that a fix puts beside the notebook.

    Attributes:
        path: Relative to the notebook's folder.
        text: What it holds.
    """

    path: str
    text: str


@dataclass(frozen=True)
class Fix:
    """What would mend a finding.

    Attributes:
        title: What changes on disk, imperative.
        edits: Changes of the notebook's source; none overlap.
        files: Files that come beside it.
        safe: It changes no result, so that `--fix` may apply it unasked; others are offered.
        cells: Cells that are put in.
        removed: Positions of cells that are taken out, from 1.
    """

    title: str
    edits: tuple[Edit, ...]
    files: tuple[NewFile, ...] = ()
    safe: bool = False
    cells: tuple[NewCell, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One shortcut in one place.

    Attributes:
        code: The rule's code, `POC101`.
        name: The rule's name, `absolute-path`.
        severity: How much it matters.
        place: Where it starts, as the user sees it.
        end_line: Last line of what is underlined, from 1.
        end_column: Column behind its last character, from 1.
        message: What was found, in the user's own names; then what will happen.
        why: The rule's reason, in production terms.
        on_export: What the export does about it; empty where it does nothing.
        line_text: The line it starts in, secrets masked.
        fix: What would mend it, if anything can be offered.
        tool: Who found it: we, or a linter that was asked too.
        link: Where that linter explains it; empty for ours, which have pages.
        outcome: What an export did about it; empty where it remains, or nothing was exported.
    """

    code: str
    name: str
    severity: Severity
    place: Place
    end_line: int
    end_column: int
    message: str
    why: str = ""
    on_export: str = ""
    line_text: str = ""
    fix: Fix | None = None
    tool: str = OURS
    link: str = ""
    outcome: str = ""

    @property
    def order(self) -> tuple[str, int, int, int, str]:
        """As a reader meets them: by notebook, cell, line, column, code."""
        at = self.place
        return at.notebook, at.cell, at.line, at.column, self.code
