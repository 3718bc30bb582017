"""Where the lines of cells stand in the notebook's file: what other tools call line and column."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from poc_graduate.notebook.json_text import CellText, JsonText, located
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.notebook.read import read

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PAIR = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_CHARACTER = re.compile(rf"{_PAIR}|\\u[0-9a-fA-F]{{4}}|\\.|[^\\]")
_ENDS = frozenset((r"\n", r"\r", r"\u000a", r"\u000A", r"\u000d", r"\u000D"))
"""How ends of lines are written; json.dumps writes the first."""


@dataclass(frozen=True)
class FilePlace:
    """A place in the file, line and column from 1, the column in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class FilePlaces:
    """Places of a notebook's cells in its file.

    Attributes:
        notebook: What was read.
    """

    notebook: Notebook

    def of(self, cell: int, line: int, column: int) -> FilePlace | None:
        """Where a place in a cell's source stands in the file.

        None where the file is laid out so that its lines are not the cell's: a source in one
        JSON string, or a script that was not written line by line.
        """
        lines = self._json(cell) if self._is_json else self._script.get(cell, ())
        if not 0 < line <= len(lines):
            return None
        return lines[line - 1].place(column)

    def written(self, cell: int, line: int, text: str) -> str | None:
        """Text put into a line of a cell's source, as the file writes it; None as for `of`."""
        if not self._is_json:
            return text
        at = self.of(cell, line, 1)
        if at is None:
            return None
        start = self._starts[at.line - 1]
        indent = self.notebook.text[start : start + at.column - 2]
        lines = [json.dumps(one, ensure_ascii=False)[1:-1] for one in text.split("\n")]
        return f'\\n",\n{indent}"'.join(lines)

    def first_line(self, cell: int) -> int:
        """The file's line that a cell's source begins in, however it is laid out; 1 if unknown."""
        if not self._is_json:
            return next((line.number for line in self._script.get(cell, ())), 1)
        keys = self._located.cells[cell - 1].keys
        start, _ = keys.get(self._located.source_key(self._located.cells[cell - 1]), (0, 0))
        return self._number(self._past_bracket(start))

    def _past_bracket(self, start: int) -> int:
        first = re.compile(r"\[\s*").match(self.notebook.text, start)
        return first.end() if first else start

    @property
    def _is_json(self) -> bool:
        return self.notebook.path.suffix.lower() == ".ipynb"

    @cached_property
    def _located(self) -> JsonText:
        return located(self.notebook.text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the file starts."""
        return [0, *(match.end() for match in re.finditer("\n", self.notebook.text))]

    def _json(self, cell: int) -> tuple[_Line, ...]:
        found = self._located
        if cell > len(found.cells):
            return ()
        return tuple(self._written(found, found.cells[cell - 1]))

    def _written(self, found: JsonText, cell: CellText) -> Iterator[_Line]:
        start, end = cell.keys.get(found.source_key(cell), (0, 0))
        strings = list(_STRING.finditer(found.text, start, end))
        if found.text[start : start + 1] != "[" and len(strings) != 1:
            return
        if len({self._number(one.start()) for one in strings}) != len(strings):
            return  # all in one line of the file
        for one in strings:
            written = _CHARACTER.findall(one[1])
            while written and written[-1] in _ENDS:
                written.pop()
            if not _ENDS.isdisjoint(written):
                return
            number = self._number(one.start())
            yield _Line(number, one.start(1) - self._starts[number - 1] + 1, tuple(written))

    def _number(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    @cached_property
    def _script(self) -> dict[int, tuple[_Line, ...]]:
        """Cells of a percent script or Markdown notebook, found in its lines one after another."""
        there = self.notebook.text.split("\n")
        found: dict[int, tuple[_Line, ...]] = {}
        at = 0
        for cell in self.notebook.code_cells:
            lines = _found_in(there, at, cell)
            if lines:
                found[cell.index] = lines
                at = lines[-1].number
        return found


def file_places(path: Path) -> FilePlaces:
    """Places of a notebook that could be read; of JSON, no cell is looked at before it is asked.

    Raises:
        InputError: a script cannot be read any more.
        OSError: a file cannot be read any more.
    """
    if path.suffix.lower() != ".ipynb":
        return FilePlaces(read(path, keep_broken=True))
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return FilePlaces(Notebook(path, (), text=text))


@dataclass(frozen=True)
class _Line:
    """One line of a cell in the file.

    Attributes:
        number: Line of the file.
        column: Where its first character stands.
        written: How each character is written; empty where as it is.
    """

    number: int
    column: int
    written: tuple[str, ...] = ()

    def place(self, column: int) -> FilePlace:
        if not self.written:
            return FilePlace(self.number, self.column + column - 1)
        return FilePlace(self.number, self.column + len("".join(self.written[: column - 1])))


def _found_in(there: Sequence[str], at: int, cell: Cell) -> tuple[_Line, ...]:
    wanted = cell.source.split("\n")
    for first in range(at, len(there) - len(wanted) + 1):
        marks = [_mark(there[first + n], line) for n, line in enumerate(wanted)]
        if None not in marks:
            return tuple(_Line(first + n + 1, (m or 0) + 1) for n, m in enumerate(marks))
    return ()


def _mark(there: str, wanted: str) -> int | None:
    """How many characters stand before a source line; jupytext writes magics as comments."""
    if there.rstrip() == wanted.rstrip():
        return 0
    for mark in ("# ", "#"):
        if there.rstrip() == mark + wanted.rstrip():
            return len(mark)
    return None
