"""POC614 copy-of-whole-frame-per-step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MEGA = 1_000_000
_MUCH = 200 * _MEGA
_COLUMN = (ColumnFacts("x", "int64"),)


def _ran(cell: int, peak: int, rows: int = 3_000_000) -> tuple[CellFacts, ...]:
    names = frozenset({"df", "clean"})
    frames = {name: FrameFacts(rows, _COLUMN) for name in names}
    before = CellFacts(cell=1, peak_memory=300 * _MEGA, bound=names, frames=frames)
    return before, CellFacts(cell=cell, peak_memory=peak, bound=names, frames=frames)


class CopyOfWholeFramePerStep(Rule):
    """A step copies the whole frame under a new name, and memory grows by it.

    Why it bites: each step holds the data once more; with ten times the rows the machine has no
    room for the last of them, and the kernel is killed without a message.
    On export: stages run in processes of their own, so a copy ends with its stage.
    """

    code, name, severity = "POC614", "copy-of-whole-frame-per-step", Severity.NOTE
    message = (
        "`{text}` holds all {rows:,} rows a second time, and the run's peak rose by {grown} MB \
here; the machine's memory ends that much earlier"
    )

    flagged = (
        Flagged(
            "df = load()\n# %%\nclean = «df.copy()»",
            says="3,000,000 rows",
            ran=_ran(2, 900 * _MEGA),
        ),
        Flagged("df = load()\n# %%\nclean = «df.copy(deep=True)»", ran=_ran(2, 700 * _MEGA)),
        Flagged(
            "df = load()\n# %%\nx = 1\nclean = «df.copy()»\nclean['a'] = 1",
            says="rose by 500 MB",
            ran=_ran(2, 800 * _MEGA),
        ),
    )
    ignored = (
        "clean = df.copy()",
        Flagged("df = load()\n# %%\nclean = df.copy()", ran=_ran(2, 310 * _MEGA)),
        Flagged("df = load()\n# %%\ndf = df.copy()", ran=_ran(2, 900 * _MEGA)),
        Flagged("df = load()\n# %%\nclean = df[['x']].copy()", ran=_ran(2, 900 * _MEGA)),
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        before = 0
        for cell in notebook.cells:
            if cell.facts is None:
                continue
            grown = cell.facts.peak_memory - before
            first, before = not before, cell.facts.peak_memory
            if grown < _MUCH or first:
                continue
            for call in cell.calls.get("copy", ()):
                yield from self._copy(call, cell, grown)

    def _copy(self, call: ast.Call, cell: CellView, grown: int) -> Iterator[Finding]:
        match call.func, cell.parent(call):
            case (
                ast.Attribute(value=ast.Name(id=source)),
                ast.Assign(targets=[ast.Name(id=target)]),
            ) if source != target:
                frame = cell.frame_before(source)
                if frame is not None and frame.rows:
                    yield self.found(
                        call,
                        cell,
                        text=cell.source(call),
                        rows=frame.rows,
                        grown=f"{grown / _MEGA:,.0f}",
                    )
