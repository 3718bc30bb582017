"""POC704 print-as-logging."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import writes_product
from poc_graduate.rules.reached import is_within
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_MANY = 3
_PROGRESS = re.compile(
    r"(?i)\b(sav(e|ed|ing)|load(ed|ing)?|read(ing)?|process(ed|ing)?|train(ing|ed)|start(ed|ing)?|"
    r"begin|finish(ed|ing)?|done|complete(d)?|download(ed|ing)?|fetch(ed|ing)?|epoch|batch|step|"
    r"error|fail(ed|ure)?|warn(ing)?|writ(e|ing|ten)|wrote|skip(ped|ping)?|retry(ing)?|elapsed|took|"
    r"waiting|running|creat(ed|ing)|iteration|found|missing)\b"
)
# What came of it stands in the outputs; which step it was of is told all the same.
_RESULT = re.compile(
    r"(?i)^(?!.*\b(epoch|batch|step|iteration)\b).*(accuracy|score|\bloss\b|error rate|\bf1|"
    r"\bauc\b|\br2\b|\b(rm|m)[sa]e\b|precision|recall|squared error|absolute error)"
)
_LOOPS = (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)


class PrintAsLogging(Rule):
    """A notebook that writes for others tells how its work goes by `print`.

    Why it bites: lines in loops and functions have no time and no level; when the nightly run fails
    nobody finds the one that matters, and none can be switched off.
    On export: the lines stay in each task's executed notebook.
    """

    code, name, severity = "POC704", "print-as-logging", Severity.NOTE
    message = (
        "at least {count} lines in loops and functions tell by `print` how the work goes; without \
time and level nobody finds the one that matters"
    )

    flagged = (
        Flagged(
            "for f in files:\n    «print('reading', f)»\n    print('loaded')\n    print('done')\n"
            "df.to_csv('a.csv')",
            says="3 lines",
        ),
        Flagged(
            "def load(f):\n    «print('reading')»\n    x = g(f)\n    print('done', x)\n"
            "while True:\n    print('waiting')\n# %%\ndf.to_parquet('a')"
        ),
        Flagged(
            "for f in files:\n    if f:\n        «print(f'saving {f}')»\n    print('skip %s' % f)\n"
            "    print('step {}'.format(f))\n# %%\nt.to_sql('t', c)"
        ),
    )
    ignored = (
        "for t in topics:\n    print(t.name)\n    print(t.words)\n    print('share', t.n)\n"
        "df.to_csv('a.csv')",  # results
        "for m in models:\n    print('training accuracy', a)\n    print('training loss', b)\n"
        "    print('train f1:', c)\ndf.to_csv('a.csv')",
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
            if _tells(call) and is_within(call, cell, _LOOPS)
        ]
        if len(inside) >= _MANY:
            call, cell = inside[0]
            yield self.found(call, cell, count=len(inside))


def _tells(call: ast.Call) -> bool:
    """Whether a line says how far the work is, rather than what came of it."""
    match call.args[:1]:
        case [ast.JoinedStr(values=[ast.Constant(value=str(text)), *_])]:
            pass
        case [ast.Constant(value=str(text)) | ast.BinOp(left=ast.Constant(value=str(text)))]:
            pass
        case [ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text))))]:
            pass
        case _:
            return False
    return _PROGRESS.search(text) is not None and not _RESULT.search(text)
