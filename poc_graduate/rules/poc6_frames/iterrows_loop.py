"""POC603 iterrows-loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class IterrowsLoop(Rule):
    """A loop goes through a frame row by row.

    Why it bites: it makes a Series of each row and loses the columns' types; ten times the rows
    take ten times the minutes.
    On export: nothing; the loop stays as it is.
    """

    code, name, severity = "POC603", "iterrows-loop", Severity.NOTE
    message = "`{frame}` is gone through row by row; each row loses its columns' types, and time \
grows with the data"

    flagged = (
        Flagged("for i, row in «df.iterrows()»:\n    total += row['x']", says="`df`"),
        Flagged("out = [f(row) for _, row in «orders.iterrows()»]"),
        Flagged("def g(t):\n    for i, r in «t.iterrows()»:\n        print(r)"),
    )
    ignored = (
        "for row in df.itertuples():\n    pass",
        "for i, row in df.head(3).iterrows():\n    print(row)",  # a few rows to show
        "table = {k: v['mean'] for k, v in summary(trace).iterrows()}",  # a table of results
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for call in cell.calls.get("iterrows", ()):
            match call.func:
                case ast.Attribute(
                    value=ast.Name() | ast.Subscript() | ast.Attribute() as frame
                ) if isinstance(cell.parent(call), ast.For | ast.comprehension):
                    yield self.found(call, cell, frame=cell.source(frame))
