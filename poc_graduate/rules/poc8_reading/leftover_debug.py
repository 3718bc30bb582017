"""POC808 leftover-debug."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class LeftoverDebug(Rule):
    """A debugger is still called.

    Why it bites: a scheduled run stops there and waits for somebody to type.
    On export: the cell stays; take the line out first.
    """

    code, name, severity = "POC808", "leftover-debug", Severity.RISK
    message = "`{call}` stops the run and waits for somebody to type; nobody is there"
    calls = ("breakpoint", "set_trace", "post_mortem")

    flagged = (
        Flagged("«breakpoint()»", says="`breakpoint()`"),
        Flagged("import pdb\n«pdb.set_trace()»"),
        Flagged("from IPython.core.debugger import set_trace\n«set_trace()»"),
    )
    ignored = (
        "plot.breakpoint(3)",
        "tracer.set_trace('a')",
        "# breakpoint()",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        module = cell.module(call.func)
        builtin = isinstance(call.func, ast.Name) and call.func.id == "breakpoint"
        if builtin or module.startswith(("pdb.", "ipdb.", "IPython.core.debugger.")):
            yield self.found(call, cell, call=cell.source(call))
