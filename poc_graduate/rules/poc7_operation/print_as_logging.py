"""POC704 print-as-logging."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import writes_product
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MANY = 3
_LOOPS = (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)


class PrintAsLogging(Rule):
    """A notebook that writes for others tells how its work goes by `print`.

    Why it bites: lines in loops and functions have no time and no level; when the nightly run fails
    nobody finds the one that matters, and none can be switched off.
    On export: the lines stay in each task's executed notebook.
    """

    code, name, severity = "POC704", "print-as-logging", Severity.NOTE
    message = (
        "{count} lines in loops and functions tell by `print` how the work goes; without time \
and level nobody finds the one that matters"
    )

    flagged = (
        Flagged(
            "for f in files:\n    «print('reading', f)»\n    print(len(f))\n    print('done')\n"
            "df.to_csv('a.csv')",
            says="3 lines",
        ),
        Flagged(
            "def load(f):\n    «print('reading')»\n    x = g(f)\n    print('read', x)\n"
            "while True:\n    print('waiting')\n# %%\ndf.to_parquet('a')"
        ),
        Flagged(
            "for f in files:\n    if f:\n        «print('a')»\n    else:\n        print('b')\n"
            "    print('c')\n# %%\nt.to_sql('t', c)"
        ),
    )
    ignored = (
        "print(a)\nprint(b)\nprint(c)\ndf.to_csv('a.csv')",
        "for f in files:\n    print(f)\n    print(1)\n    print(2)",  # nothing is written
        "for f in files:\n    print('reading', f)\ndf.to_csv('a.csv')",
        "import logging\nfor f in files:\n    print(f)\n    print(1)\n    print(2)\nd.to_csv('a')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        if sum(len(cell.calls.get("print", ())) for cell in notebook.cells) < _MANY:
            return
        if "logging" in notebook.imports or not writes_product(notebook):
            return
        inside = [
            (call, cell)
            for cell in notebook.cells
            for call in cell.calls.get("print", ())
            if _in_a_loop(call, cell)
        ]
        if len(inside) >= _MANY:
            call, cell = inside[0]
            yield self.found(call, cell, count=len(inside))


def _in_a_loop(call: ast.Call, cell: CellView) -> bool:
    node = cell.parent(call)
    while node is not None:
        if isinstance(node, _LOOPS):
            return True
        node = cell.parent(node)
    return False
