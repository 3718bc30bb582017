"""POC301 out-of-order-execution."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView


class OutOfOrderExecution(Rule):
    """The stored outputs come from a run in another order than top to bottom.

    Why it bites: what you see is not what these cells compute from above to below, and nobody can
    say in which order they were run.
    On export: the notebook is run from top to bottom; what it then computes counts.
    """

    code, name, severity = "POC301", "out-of-order-execution", Severity.RISK
    message = "this cell ran before the one above it ([{own}] after [{above}]); run from top to \
bottom, the notebook may show something else"

    flagged = (
        Flagged("x = 1\n# %%\n«y = 2»\n# %%\nz = 3", says="[1] after [3]", counts=(3, 1, 2)),
        Flagged("x = 1\n# %%\ny = 2\n# %%\n«z = 3»", says="[4] after [9]", counts=(2, 9, 4)),
        Flagged("x = 1\n# %%\ny = 2\n# %%\n«z = 3»", says="[1] after [2]", counts=(2, None, 1)),
    )
    ignored = (
        Flagged("x = 1\n# %%\ny = 2\n# %%\nz = 3", counts=(1, 2, 3)),
        Flagged("x = 1\n# %%\ny = 2\n# %%\nz = 3", counts=(2, 5, 9)),  # cells in between are gone
        Flagged("x = 1\n# %%\ny = 2\n# %%\nz = 3", counts=(None, None, None)),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        highest = 0
        for cell in notebook.cells:
            own = cell.cell.execution_count
            if own is None:
                continue
            if own < highest:
                width = len(cell.line(1)) + 1
                yield self.found_at(cell, Span(1, 1, 1, max(width, 2)), own=own, above=highest)
                return
            highest = own
