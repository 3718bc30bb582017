"""POC903 interactive-input."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class InteractiveInput(Rule):
    """The run waits for somebody to type.

    Why it bites: a scheduled run has no keyboard; it fails or waits for ever.
    On export: refused where the observed run reaches it; make it a parameter.
    """

    code, name, severity = "POC903", "interactive-input", Severity.BLOCKER
    message = "`{call}` waits for somebody to type; a scheduled run ends here"
    calls = ("input", "getpass")

    flagged = (
        Flagged("year = int(«input('Year? ')»)", says="input("),
        Flagged("import getpass\npw = «getpass.getpass()»"),
        Flagged("from getpass import getpass\npw = «getpass('Password: ')»"),
    )
    ignored = (
        "def input(x):\n    return x\nresult = input(3)",
        "model.input(3)",
        "shape = model.input",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        typed = isinstance(call.func, ast.Name) and call.func.id == "input"
        if typed and any(
            isinstance(n, ast.FunctionDef) and n.name == "input"
            for one in cell.notebook.cells
            for n in one.body
        ):
            return
        if typed or cell.module(call.func) == "getpass.getpass":
            yield self.found(call, cell, call=cell.source(call))
