"""What the author's `%%stage` lines say about cuts, names and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from poc_graduate.dataflow.model import Dataflow
from poc_graduate.notebook.stage import mark_of
from poc_graduate.plan.model import Note
from poc_graduate.plan.stages import identifier


@dataclass(frozen=True)
class Marks:
    """What the cells say, all of them together.

    Attributes:
        cuts: Where the name changes: after that many code cells. None where no cell is marked.
        names: Position of a stage's first cell, from 1 → its name and title.
        parameters: Name → position of the cell that wants it to be a parameter.
    """

    cuts: tuple[int, ...] | None = None
    names: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)

    def unmet(self, chosen: frozenset[str]) -> tuple[Note, ...]:
        """Parameters that were asked for and could not be had."""
        return tuple(
            Note("inline", cell, 1, f"`{name}` is no parameter: no cell binds it to a plain value")
            for name, cell in self.parameters.items()
            if name not in chosen
        )


def marks(dataflow: Dataflow) -> Marks:
    """Read the marks of a notebook.

    Cells without one belong to the stage above them; those above the first mark, to the first.
    """
    cuts, names, parameters = list[int](), dict[int, tuple[str, str]](), dict[str, int]()
    now = ""
    order = dataflow.notebook.code_cells
    for position, cell in enumerate(order):
        mark = mark_of(cell)
        if mark is None:
            continue
        for name in mark.parameters:
            parameters.setdefault(name, cell.index)
        if mark.title == now:
            continue
        first = cell if now else order[0]
        if now:
            cuts.append(position)
        now = mark.title
        names[first.index] = (identifier(now) or "stage", now)
    return Marks(tuple(cuts) if now else None, names, parameters)
