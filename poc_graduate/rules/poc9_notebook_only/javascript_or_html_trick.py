"""POC907 javascript-or-html-trick."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_TRICKS = (
    (
        re.compile(r"(?:IPython|Jupyter)\.notebook\.kernel\.execute|kernel\.invokeFunction"),
        "runs Python from the browser",
    ),
    (
        re.compile(
            r"(?:IPython|Jupyter)\.notebook\.(?:execute_\w+|save_\w+|clear_\w+|restart\w*|"
            r"select\w*|insert_\w+|delete_\w+|get_cells?|session\.\w+|kernel\.restart)"
        ),
        "drives the notebook from the browser",
    ),
    (
        re.compile(r"\boutput\.(?:eval_js|register_callback)\b|\beval_js\("),
        "waits for the browser's answer",
    ),
)
_GLANCE = re.compile(r"\.notebook\.|invokeFunction|eval_js|register_callback")


class JavascriptOrHtmlTrick(Rule):
    """A script in the browser does some of the work.

    Why it bites: a job has no browser. Nothing of it happens, or the run waits for ever; in
    JupyterLab, too, the objects that it asks are not there.
    On export: the cell stays, and does nothing in the task.
    """

    code, name, severity = "POC907", "javascript-or-html-trick", Severity.RISK
    message = "`{trick}` {does}; a run without a browser goes on without it, or waits"

    flagged = (
        Flagged(
            "from IPython.display import Javascript, display\n"
            "display(Javascript('«IPython.notebook.kernel.execute»(\"x = 3\")'))",
            says="runs Python from the browser",
        ),
        Flagged("%%javascript\n«IPython.notebook.save_checkpoint»();", says="drives the notebook"),
        Flagged("from google.colab.output import eval_js\nframe = «eval_js(»'takePhoto()')"),
    )
    ignored = (
        "from IPython.display import HTML\nHTML('<style>div {color: red}</style>')",
        "%%javascript\nIPython.OutputArea.prototype._should_scroll = (n) => false;",
        "from IPython.display import HTML\nHTML('<script>code_toggle()</script>')",
        "path = 'IPython.notebook'",
        # elsewhere it is left out
        "try:\n    output.eval_js('click()')\nexcept Exception:\n    pass",
        "# IPython.notebook.kernel.execute('x')",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        source = cell.cell.source
        if not _GLANCE.search(source):
            return
        for number, line in enumerate(cell.lines, 1):
            if line.lstrip().startswith(("#", "//", "import ", "from ")):
                continue
            for pattern, does in _TRICKS:
                if (trick := pattern.search(line)) and not _is_tried(number, cell):
                    span = Span(number, trick.start() + 1, number, trick.end() + 1)
                    yield self.found_at(cell, span, trick=trick[0].rstrip("("), does=does)
                    return


def _is_tried(line: int, cell: CellView) -> bool:
    """Whether the run goes on where it fails, with nothing of what it gives."""
    return any(
        one.body[0].lineno <= line <= (one.body[-1].end_lineno or 0)
        and all(isinstance(statement, ast.Expr) for statement in one.body)
        for one in cell.of(ast.Try)
    )
