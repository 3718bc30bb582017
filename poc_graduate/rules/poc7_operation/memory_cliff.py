"""POC711 memory-cliff."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_GIB = 1024**3
_HALF = 8 * _GIB


def _ran(*peaks: float) -> tuple[CellFacts, ...]:
    return tuple(
        CellFacts(cell=number, peak_memory=int(peak * _GIB)) for number, peak in enumerate(peaks, 1)
    )


class MemoryCliff(Rule):
    """The run needs more than half of a usual machine's memory.

    Why it bites: twice the data, or two runs at a time, and the kernel is killed without an error
    message.
    On export: stages run in processes of their own, so that memory is free again between them.
    """

    code, name, severity = "POC711", "memory-cliff", Severity.RISK
    message = (
        "memory reached {peak:.1f} GiB here; on a machine of 16 GiB twice the data kill the run"
    )

    flagged = (
        Flagged("x = 1\n# %%\n«big = a.merge(b)»\ny = 2", says="9.5 GiB", ran=_ran(1, 9.5)),
        Flagged("«df = load()»", ran=_ran(12)),
        Flagged("a = 1\n# %%\n«b = 2»\n# %%\nc = 3", ran=_ran(2, 8.5, 8.5)),
    )
    ignored = (
        "big = a.merge(b)",
        Flagged("big = a.merge(b)", ran=_ran(4)),
        Flagged("x = 1\n# %%\ny = 2", ran=_ran(1, 7.9)),
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        for cell in notebook.cells:
            if cell.facts is not None and cell.facts.peak_memory > _HALF and cell.body:
                at = cell.span_of(cell.body[0])
                span = Span(at.line, at.column, at.line, len(cell.line(at.line).rstrip()) + 1)
                yield self.found_at(cell, span, peak=cell.facts.peak_memory / _GIB)
                return  # it stays the run's peak from here on
