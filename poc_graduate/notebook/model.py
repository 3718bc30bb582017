"""What a notebook is here: cells with their source, plain Python and places."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

CellKind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, order=True)
class Place:
    """A position as the user sees it.

    Attributes:
        notebook: File name of the notebook.
        cell: Position among all cells, from 1, as ruff counts them.
        line: Line in the cell's source as the user wrote it, from 1.
        column: Column in that line, in characters, from 1.
        heading: The nearest Markdown heading above the cell, if any.
        cell_id: The cell's id in the file (nbformat 4.5), or one made from its position.
    """

    notebook: str
    cell: int
    line: int = 1
    column: int = 1
    heading: str = ""
    cell_id: str = ""

    def __str__(self) -> str:
        title = f" “{self.heading}”" if self.heading else ""
        return f"{self.notebook}, cell {self.cell}{title}, line {self.line}"

    def at(self, line: int, column: int = 1) -> Place:
        """The same cell at another line and column, both from 1."""
        return dataclasses.replace(self, line=line, column=column)


MagicKind = Literal["line", "cell", "shell", "help"]


@dataclass(frozen=True)
class Magic:
    """One use of IPython syntax and what became of it.

    Attributes:
        name: `matplotlib`, `time`, `bash`, `!` for a shell line, `?` for help.
        kind: line magic, cell magic, shell line or help request.
        arguments: What follows the name, as typed; for a cell magic its first line only.
        line: Where it stands in the cell, from 1.
        dropped: True where it only served the screen and left no code behind.
    """

    name: str
    kind: MagicKind
    arguments: str
    line: int
    dropped: bool = False


@dataclass(frozen=True)
class Broken:
    """Why a code cell is no Python.

    Attributes:
        found: What was found, with Python's own words.
        remedy: What to do about it, imperative.
        line: Where Python stopped, in the source as the user wrote it, from 1.
        column: Column in that line, in characters, from 1.
        python2: It is Python 2.
    """

    found: str
    remedy: str
    line: int
    column: int
    python2: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        index: Position among all cells, from 1.
        id: The cell's id in the file, or `cell-<index>` where the format has none.
        kind: code, markdown or raw.
        source: Text as the user wrote it.
        code: For code cells, plain Python with the same number of lines as `source`, so that
            line numbers agree; IPython syntax became calls to `get_ipython()` or plain Python.
        magics: IPython syntax found in the cell.
        tags: Cell tags, such as `parameters`.
        heading: Text of the nearest Markdown heading above (or in) the cell.
        heading_level: Its level, 1 to 6; 0 without one.
        execution_count: As stored in the file.
        outputs: As stored in the file (nbformat 4 dictionaries).
        broken: Why a code cell is no Python; its `code` is empty then. Only `check` meets such
            cells: for everything else they keep the notebook from being read.
        before: How many lines of `source` and `code` stand before the user's own.
    """

    index: int
    id: str
    kind: CellKind
    source: str
    code: str = ""
    magics: tuple[Magic, ...] = ()
    tags: frozenset[str] = frozenset()
    heading: str = ""
    heading_level: int = 0
    execution_count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    broken: Broken | None = None
    before: int = 0


@dataclass(frozen=True)
class NewCell:
    """A code cell to be put into a notebook.

    Attributes:
        before: Position, among the cells as they are, of the cell it comes before, from 1; one
            more than there are cells for the end.
        source: Its code.
        tags: Its tags.
        id: Its id, for formats that have one; made of the source where it is empty.
    """

    before: int
    source: str
    tags: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Notebook:
    """A notebook read from disk.

    Attributes:
        path: Where it was read from.
        cells: All cells in file order.
        kernel: Name in its kernelspec metadata (`python3` where there is none).
        language: Lower-case language name.
        text: The file's text, for fingerprints and for scratch copies.
        home: The folder that it lies in, counted from that of `path`, which is above it where
            the code reaches for files up there.
    """

    path: Path
    cells: tuple[Cell, ...]
    kernel: str = "python3"
    language: str = "python"
    text: str = ""
    home: str = "."

    @property
    def name(self) -> str:
        """File name, for messages."""
        return self.path.name

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """Code cells with something in them, in file order."""
        return tuple(cell for cell in self.cells if cell.kind == "code" and cell.source.strip())

    def cell(self, index: int) -> Cell:
        """The cell at position `index`, from 1."""
        return self.cells[index - 1]

    def place(self, cell: int, line: int = 1, column: int = 1) -> Place:
        """The place of a line in the cell at position `cell` (all from 1)."""
        found = self.cell(cell)
        own = max(1, line - found.before)
        return Place(self.name, cell, own, column, found.heading, found.id)
