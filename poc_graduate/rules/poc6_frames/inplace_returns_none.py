"""POC602 inplace-returns-none."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, replace
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, is_given

_METHODS = (
    "drop",
    "dropna",
    "drop_duplicates",
    "fillna",
    "rename",
    "reset_index",
    "set_index",
    "sort_index",
    "sort_values",
    "replace",
)


class InplaceReturnsNone(Rule):
    """The result of a call that changes its frame in place is bound to a name.

    Why it bites: with `inplace=True` the call gives None, and the next use of the name fails, or
    tests as empty.
    On export: nothing; the cell would fail in the observed run too.
    """

    code, name, severity = "POC602", "inplace-returns-none", Severity.BLOCKER
    message = "`{call}(…, inplace=True)` gives None; whatever uses the result next fails"
    fix_title = "Take `inplace=True` away: the call then gives the changed frame"
    calls = _METHODS

    flagged = (
        Flagged(
            "df = «df.drop(columns='a', inplace=True)»",
            says="`df.drop(…",
            after="df = df.drop(columns='a')",
        ),
        Flagged("clean = «df.dropna(inplace=True)»", after="clean = df.dropna()"),
        Flagged("print(«df.fillna(0, inplace=True)»)"),
    )
    ignored = (
        "df.drop(columns='a', inplace=True)",
        "df = df.drop(columns='a')",
        "df = df.drop(columns='a', inplace=False)",
        "def mend(df):\n    return df.dropna(inplace=True)",  # often None on purpose
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        used = not isinstance(cell.parent(call), ast.Expr | ast.Return | ast.Lambda)
        if used and is_given(call, "inplace", True):
            yield self.found(
                call, cell, fix=self._given_back(call, cell), call=cell.source(call.func)
            )

    def _given_back(self, call: ast.Call, cell: CellView) -> Fix | None:
        arguments = [cell.source(one) for one in call.args]
        arguments += [cell.source(word) for word in call.keywords if word.arg != "inplace"]
        if not all(arguments) or call.lineno != call.end_lineno:
            return None
        text = f"{cell.source(call.func)}({', '.join(arguments)})"
        return fix(self.fix_title, replace(call, cell, text))
