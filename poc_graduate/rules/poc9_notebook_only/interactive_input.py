"""POC903 interactive-input."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.reached import function_around, never_runs, reached
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class InteractiveInput(Rule):
    """The run waits for somebody to type.

    Why it bites: a scheduled run has no keyboard; it fails or waits for ever.
    On export: refused where the observed run reaches it; make it a parameter.
    """

    code, name, severity = "POC903", "interactive-input", Severity.BLOCKER
    message = "{calls} for somebody to type; a scheduled run ends here"

    flagged = (
        Flagged("year = int(«input('Year? ')»)", says="input("),
        Flagged("def ask():\n    return «input('Which? ')»\n# %%\nx = ask()"),
        Flagged(
            "def show(a, full=False):\n    if not full:\n        «input('Next?')»\n# %%\n"
            "show(1, full=True)\nshow(2)"
        ),
        Flagged("import getpass\npw = «getpass.getpass()»"),
        Flagged(
            "age = «input('Age? ')»\nname = input('Name? ')",
            says="`input('Age? ')` and 1 more here wait for",
        ),
        Flagged("from getpass import getpass\npw = «getpass('Password: ')»"),
    )
    ignored = (
        "def input(x):\n    return x\nresult = input(3)",
        "model.input(3)",
        "import os\nkey = os.environ.get('KEY') or input('Key: ')",
        "import os\nif not os.getenv('KEY'):\n    os.environ['KEY'] = input('Key: ')",
        "def menu():\n    return input('Which? ')",  # nothing calls it
        "def menu():\n    return input('Which?')\n# %%\ndef menu():\n    return 1\n# %%\nmenu()",
        "def show(a, b=False):\n    if not b:\n        input('Next?')\n# %%\nshow(1, b=True)",
        "def ask():\n    return input()\n# %%\nx =\n# %%\ndef ask():\n    return 1\n# %%\nask()",
        "shape = model.input",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        calls = [call for name in ("input", "getpass") for call in cell.library_calls.get(name, ())]
        waiting = sorted(
            (call for call in calls if _waits(call, cell)), key=lambda c: (c.lineno, c.col_offset)
        )
        for call in tuple(waiting):
            around = function_around(call, cell)
            unread = (
                around is not None
                and cell.notebook.names.all_known
                and (around.name not in reached(cell.notebook))
            )
            if unread or never_runs(call, cell):
                waiting.remove(call)
        if waiting:
            more = f" and {len(waiting) - 1} more here wait" if waiting[1:] else " waits"
            told = f"`{cell.source(waiting[0])}`{more}"
            yield self.found(waiting[0], cell, calls=told)


def _waits(call: ast.Call, cell: CellView) -> bool:
    typed = isinstance(call.func, ast.Name) and call.func.id == "input"
    own = any(
        isinstance(n, ast.FunctionDef) and n.name == "input"
        for one in cell.notebook.cells
        for n in one.body
    )
    asks = (typed and not own) or cell.module(call.func) == "getpass.getpass"
    return asks and not _is_set_outside(call, cell)


def _is_set_outside(call: ast.Call, cell: CellView) -> bool:
    """Whether it is asked for only where the environment does not say it."""
    at = cell.parent(call)
    while at is not None:
        if isinstance(at, ast.If | ast.IfExp | ast.BoolOp) and _ENVIRONMENT.search(
            cell.segment(at.test if isinstance(at, ast.If | ast.IfExp) else at)
        ):
            return True
        at = cell.parent(at)
    return False


_ENVIRONMENT = re.compile(r"\benviron\b|\bgetenv\b")
