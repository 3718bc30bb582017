"""POC710 slow-cell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_LONG, _SOME = 60.0, 10.0


def _ran(*seconds: float) -> tuple[CellFacts, ...]:
    return tuple(CellFacts(cell=number, seconds=one) for number, one in enumerate(seconds, 1))


class SlowCell(Rule):
    """One cell takes most of the run.

    Why it bites: each run, each test and each try of a parameter waits for it; with ten times the
    data it is this one that misses the night.
    On export: a stage of its own is not run again while its inputs stay the same.
    """

    code, name, severity = "POC710", "slow-cell", Severity.NOTE
    message = (
        "this cell took {seconds}, {share:.0%} of the run; every run and every try waits for it"
    )

    flagged = (
        Flagged("x = 1\n# %%\n«model.fit(X, y)»", says="95 s, 95%", ran=_ran(5, 95)),
        Flagged("x = 1\n# %%\n«for i in items:»\n    f(i)", says="12 s", ran=_ran(3, 12)),
        Flagged("n = 3\n«search.fit(X)»\nprint(n)\n# %%\ny = 2", ran=_ran(400, 2)),
    )
    ignored = (
        "model.fit(X, y)",
        Flagged("x = 1\n# %%\nmodel.fit(X, y)", ran=_ran(1, 4)),
        Flagged("a()\n# %%\nb()\n# %%\nc()", ran=_ran(20, 20, 20)),
        Flagged("import torch\nseed(1)\n# %%\nx = 1", ran=_ran(20, 1)),  # libraries load
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        whole = sum(one.seconds for one in facts.cells)
        for cell in notebook.cells:
            seconds = cell.facts.seconds if cell.facts is not None else 0.0
            if (
                cell.body
                and not _loads(cell)
                and (seconds > _LONG or (seconds >= _SOME and seconds > whole / 2))
            ):
                yield self.found_at(
                    cell, _where(cell), seconds=_time(seconds), share=seconds / whole
                )


def _loads(cell: CellView) -> bool:
    """Whether it is libraries that take the time."""
    imports = any(isinstance(one, ast.Import | ast.ImportFrom) for one in cell.body)
    return imports and not any(_works(one, cell) for one in cell.body)


def _where(cell: CellView) -> Span:
    """The first line of the statement that works: a fit, a loop, else the first."""
    work = next((s for s in cell.body if _works(s, cell)), cell.body[0])
    at = cell.span_of(work)
    return Span(at.line, at.column, at.line, len(cell.line(at.line).rstrip()) + 1)


def _works(statement: ast.stmt, cell: CellView) -> bool:
    if isinstance(statement, ast.For | ast.While):
        return True
    return any(cell.statement(call) is statement for call in cell.calls.get("fit", ()))


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
