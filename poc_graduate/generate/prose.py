"""The author's text in a task: what a script cannot hold is named, void headings are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from poc_graduate.notebook.headings import headings
from poc_graduate.notebook.model import Cell

_ATTACHED = re.compile(r"!\[[^\]]*\]\(attachment:([^)\s]+)[^)]*\)")
_TITLE = re.compile(r"#{1,6}\s+\S.*")


@dataclass(frozen=True)
class ScriptCell:
    """One cell of a task script.

    Attributes:
        marker: Its `# %%` line.
        text: Its text.
        origin: Position of the notebook's cell that it came from, from 1; 0 for our own.
    """

    marker: str
    text: str
    origin: int = 0


def prose(cell: Cell, notebook: str) -> str:
    """A Markdown or raw cell as comments.

    Pictures that are attached to a cell stay in the notebook, as scripts have no attachments.

    Args:
        cell: The cell.
        notebook: Name of its file.
    """
    said = _ATTACHED.sub(rf"(Picture `\1`: see cell {cell.index} of `{notebook}`.)", cell.source)
    return "\n".join(f"# {line}".rstrip() for line in said.strip().split("\n"))


def without_void(cells: Sequence[ScriptCell]) -> tuple[ScriptCell, ...]:
    """Leave out headings below which nothing is left of what stood there.

    Args:
        cells: Of one script, in order.
    """
    kept: list[ScriptCell] = []
    for cell in reversed(cells):
        below = kept[-1] if kept else None
        level = _level(cell)
        moved = below is None or below.origin != cell.origin + 1
        if level and moved and (below is None or 0 < _level(below, first=True) <= level):
            continue
        kept.append(cell)
    return tuple(reversed(kept))


def _level(cell: ScriptCell, *, first: bool = False) -> int:
    """The level of the heading that a cell is, or begins with; 0 where it is none."""
    if not cell.marker.endswith("[markdown]"):
        return 0
    lines = [line.removeprefix("#").strip() for line in cell.text.split("\n")]
    lines = [line for line in lines if line]
    if not lines or not _TITLE.fullmatch(lines[0]) or (len(lines) > 1 and not first):
        return 0
    return next((level for _, level in headings(lines[0])), 0)
