"""POC001 unused-suppression."""

from __future__ import annotations

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.suppress import Suppression
from poc_graduate.rules.view import CellView


class UnusedSuppression(Rule):
    """A comment silences a rule that finds nothing here.

    Why it bites: the day somebody brings the shortcut back, nobody is told.
    """

    code, name, severity = "POC001", "unused-suppression", Severity.NOTE
    message = "`{text}` silences nothing; a shortcut that comes back here will go unnoticed"

    flagged = (
        Flagged("x = 1  «# noqa: POC101»", says="silences nothing"),
        Flagged("«# poc: ignore[POC201]»\nx = 1"),
        Flagged("a = 1\n# %%\nb = 2  «# noqa: POC202»"),
    )
    ignored = (
        "df = df.drop([12, 45])  # noqa: POC202",
        "x = 1  # noqa",  # may be meant for another tool
        "import os  # noqa: F401",
        "if False:\n    df = df.drop([12, 45])  # noqa: POC202",  # no rule comes to this
    )

    def report(self, cell: CellView, one: Suppression) -> Finding:
        """The finding for a suppression that nothing needed."""
        end = one.column + len(one.text)
        return self.found_at(cell, Span(one.line, one.column, one.line, end), text=one.text)
