"""POC310 depends-on-underscore."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc3_state._reads import is_numbered, read_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_HISTORY = frozenset("_ __ ___ _i _ii _iii In Out _ih _oh".split())


class DependsOnUnderscore(Rule):
    """A value is taken from IPython's history: `_`, `Out[3]`, `_3`.

    Why it bites: the history belongs to the session in which somebody clicked; run again, the
    number is another cell's, or nobody's.
    On export: the cell that made the value and this one stay in one task, or the observed run
    shows that the value is missing.
    """

    code, name, severity = "POC310", "depends-on-underscore", Severity.BLOCKER
    message = "`{taken}` is whatever the session showed then; another run has something else there"

    flagged = (
        Flagged("x = 2\nx + 1\n# %%\ny = «_» * 2", says="`_`"),
        Flagged("df.head()\n# %%\ntop = «Out[3]»", says="`Out[3]`"),
        Flagged("result = «_12» + 1", says="`_12`"),
    )
    ignored = (
        "for _ in range(3):\n    print(1)\n# %%\nprint(_)",
        "first, _ = (1, 2)\nprint(_)",
        "from gettext import gettext as _\nprint(_('text'))",
        "Out = {}\nOut[3] = 1",
        "table._3",
        "def f(_):\n    return _",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        names = cell.names
        for name in sorted(names.reads | names.reads_later):
            if name not in _HISTORY and not is_numbered(name):
                continue
            if name in cell.notebook.names.bound:
                continue
            node = read_of(cell, name) or read_of(cell, name, later=True)
            if node is not None and not isinstance(node.ctx, ast.Store):
                taken = _whole(node, cell)
                yield self.found(taken, cell, taken=cell.source(taken))


def _whole(node: ast.Name, cell: CellView) -> ast.expr:
    """`Out[3]` of `Out`."""
    around = cell.parent(node)
    if isinstance(around, ast.Subscript) and around.value is node and node.id in ("In", "Out"):
        return around
    return node
