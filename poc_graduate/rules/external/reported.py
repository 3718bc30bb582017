"""What a tool said about a place, and the finding that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.errors import GraduateError
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.secrets import without_secrets
from poc_graduate.rules.suppress import suppressions
from poc_graduate.rules.view import NotebookView

_WORD = re.compile(r"\w+")


class ToolFailed(GraduateError):
    """A tool of `--with` is missing, or ended without saying what it found."""


@dataclass(frozen=True)
class Reported:
    """One thing that a tool found.

    Attributes:
        tool: Its name.
        path: The notebook.
        cell: Position among all cells, from 1.
        line: Line in the cell, from 1.
        column: Column, from 1; 0 where the tool names none.
        end_line: Last line; 0 where the tool names none.
        end_column: Behind the end.
        code: Its own code.
        name: Its name for the rule, if any.
        message: In its words.
        link: Where it explains the rule.
        serious: It means that the code fails or is unsafe; others are matters of style.
    """

    tool: str
    path: Path
    cell: int
    line: int
    column: int
    code: str
    message: str
    name: str = ""
    link: str = ""
    serious: bool = False
    end_line: int = 0
    end_column: int = 0


def findings_in(notebook: Notebook, reported: Iterable[Reported]) -> tuple[Finding, ...]:
    """The findings of one notebook, without those of cells that are silenced as a whole."""
    found = [
        finding
        for one in reported
        if 0 < one.cell <= len(notebook.cells)
        for finding in _finding(notebook, one)
    ]
    return tuple(without_secrets(found, NotebookView(notebook).cells) if found else ())


def _finding(notebook: Notebook, one: Reported) -> Iterator[Finding]:
    cell = notebook.cell(one.cell)
    lines = cell.source.split("\n")
    line = min(max(one.line, 1), len(lines))
    text = lines[line - 1]
    column, end_line, end = _range(text, line, one)
    finding = Finding(
        one.code,
        one.name,
        Severity.RISK if one.serious else Severity.NOTE,
        notebook.place(one.cell, line, column),
        end_line,
        end,
        one.message,
        line_text=text,
        tool=one.tool,
        link=one.link,
    )
    if not _silenced(cell, finding):
        yield finding


def _silenced(cell: Cell, finding: Finding) -> bool:
    """By the cell's tag or comment; lines are silenced in the tool's own way."""
    return any(one.whole_cell and one.silences(finding) for one in suppressions(cell))


def _range(text: str, line: int, one: Reported) -> tuple[int, int, int]:
    """Column, last line and end; a word where the tool names a point, the line where none."""
    if not one.column:
        return len(text) - len(text.lstrip()) + 1, line, max(len(text.rstrip()) + 1, 2)
    if one.end_line:
        return one.column, max(one.end_line, line), one.end_column
    word = _WORD.match(text, one.column - 1)
    return one.column, line, word.end() + 1 if word else one.column + 1
