"""The cells that were run in this kernel, as a notebook in the order of their last run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.notebook.python import problem_of

HERE = "this session"


@dataclass(frozen=True)
class Executed:
    """One run of a cell.

    Attributes:
        count: The number in `In [3]`.
        cell_id: The cell's id in its notebook, where the frontend tells.
        source: Its text.
        good: It raised nothing.
        at: When, in seconds since 1970.
    """

    count: int
    cell_id: str
    source: str
    good: bool = True
    at: float = 0.0


class History:
    """What was run, the newest text of each cell only.

    Args:
        earlier: Texts that were run before anybody looked, by their number.
    """

    def __init__(self, earlier: list[str]) -> None:
        self.runs = [
            Executed(count, "", source) for count, source in enumerate(earlier) if source.strip()
        ]
        self._cells: dict[str, Cell | None] = {}
        self._at: dict[tuple[int, str], Cell] = {}

    def add(self, run: Executed) -> None:
        """A cell was run: what it replaces goes."""
        self.runs = [one for one in self.runs if not _same_cell(one, run)]
        self.runs.append(run)

    def notebook(self, current: str, path: Path | None = None) -> Notebook | None:
        """All cells known, `current` the last; None where that is no Python.

        Args:
            current: Text of the cell that is running, or was run last.
            path: The notebook's file, where it is known.
        """
        last = self._cell(current)
        if last is None:
            return None
        earlier = [self._cell(run.source) for run in self.runs]
        known = [*(cell for cell in earlier if cell is not None), last]
        cells = tuple(self._placed(cell, index) for index, cell in enumerate(known, start=1))
        return Notebook(path or Path(HERE), cells)

    def _placed(self, cell: Cell, index: int) -> Cell:
        if (index, cell.source) not in self._at:
            self._at[index, cell.source] = replace(cell, index=index, id=f"cell-{index}")
        return self._at[index, cell.source]

    def _cell(self, source: str) -> Cell | None:
        if source not in self._cells:
            self._cells[source] = _read(source)
        return self._cells[source]

    def without(self, cell_id: str, source: str) -> History:
        """The same, without the run that a new one of this cell replaces."""
        other = History([])
        now = Executed(0, cell_id, source)
        other.runs = [one for one in self.runs if not _same_cell(one, now)]
        other._cells, other._at = self._cells, self._at
        return other


def _same_cell(old: Executed, new: Executed) -> bool:
    if old.cell_id and new.cell_id:
        return old.cell_id == new.cell_id
    # Without ids: run again as it stood, or mended after it failed.
    return old.source == new.source or not (old.good or old.cell_id or new.cell_id)


def _read(source: str) -> Cell | None:
    source = source.replace("\r\n", "\n")
    if not source.strip() or len(source) > 200_000:
        return None
    code, magics = translate(source)
    if problem_of(code) is not None:
        return None
    return Cell(1, "", "code", source, code, magics)


def earlier(shell: Any) -> list[str]:
    """What was run before the extension was loaded; the place in the list is the number."""
    manager = getattr(shell, "history_manager", None)
    return list(getattr(manager, "input_hist_raw", ()))
