"""POC808 leftover-debug."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import delete, fix
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class LeftoverDebug(Rule):
    """A debugger is still called.

    Why it bites: a scheduled run stops there and waits for somebody to type.
    On export: the cell stays; take the line out first.
    """

    code, name, severity = "POC808", "leftover-debug", Severity.RISK
    message = "`{call}` stops the run and waits for somebody to type; nobody is there"
    fix_title = "Take the line out"
    calls = ("breakpoint", "set_trace", "post_mortem")

    flagged = (
        Flagged("x = 1\n«breakpoint()»", says="`breakpoint()`", after="x = 1"),
        Flagged(
            "import pdb\ndef f(x):\n    «pdb.set_trace()»\n    return x",
            after="import pdb\ndef f(x):\n    return x",
        ),
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
            yield self.found(call, cell, fix=self._taken_out(call, cell), call=cell.source(call))

    def _taken_out(self, call: ast.Call, cell: CellView) -> Fix | None:
        statement = cell.parent(call)
        if not isinstance(statement, ast.Expr):
            return None
        if cell.body == [statement] and len(cell.cell.source.strip().splitlines()) == 1:
            return fix(self.fix_title, removed=(cell.index,), safe=True)
        at = cell.body.index(statement) if statement in cell.body else 0
        # What stands above the last line of a cell would be shown in its place.
        shows = at == len(cell.body) - 1 and at and isinstance(cell.body[at - 1], ast.Expr)
        return fix(self.fix_title, delete(statement, cell), safe=not shows)
