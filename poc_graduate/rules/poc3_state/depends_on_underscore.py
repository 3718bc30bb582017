"""POC310 depends-on-underscore."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, free_name, replace
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
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
    fix_title = "Give the value a name where it is made"

    flagged = (
        Flagged(
            "x = 2\nx + 1\n# %%\ny = «_» * 2",
            says="`_`",
            after="x = 2\nshown = x + 1\nshown\n# %%\ny = shown * 2",
        ),
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
                yield self.found(
                    taken, cell, fix=self._named(taken, cell), taken=cell.source(taken)
                )

    def _named(self, taken: ast.expr, cell: CellView) -> Fix | None:
        """A name for the last value of the cell that showed it, and of what asks for it."""
        maker = _maker(taken, cell)
        if maker is None or not isinstance(value := maker.body[-1], ast.Expr):
            return None
        span = maker.span_of(value)
        if maker.line(span.end_line)[span.end_column - 1 :].strip():
            return None  # a semicolon: nothing was shown
        name = free_name("shown", cell.notebook)
        start = Span(span.line, span.column, span.line, span.column)
        end = Span(span.end_line, span.end_column, span.end_line, span.end_column)
        return fix(
            self.fix_title,
            Edit(maker.index, start, f"{name} = "),
            Edit(maker.index, end, f"\n{name}"),
            replace(taken, cell, name),
        )


def _maker(taken: ast.expr, cell: CellView) -> CellView | None:
    """The cell whose value is taken: by its number, or the last above that shows one."""
    above = [view for view in cell.notebook.cells if view.index < cell.index and view.body]
    number = _number(taken)
    if number is not None:
        return next((view for view in above if view.cell.execution_count == number), None)
    if not isinstance(taken, ast.Name) or taken.id != "_":
        return None
    # A call may give None, which is not kept; then `_` is of an earlier cell.
    last = above[-1] if above else None
    match last.body[-1] if last is not None else None:
        case ast.Expr(value=ast.Call(func=ast.Name() | ast.Attribute(attr="show"))):
            return None
        case ast.Expr():
            return last
    return None


def _number(taken: ast.expr) -> int | None:
    match taken:
        case ast.Subscript(value=ast.Name(id="Out"), slice=ast.Constant(value=int(number))):
            return number
        case ast.Name(id=name) if name[1:].isdigit():
            return int(name[1:])
    return None


def _whole(node: ast.Name, cell: CellView) -> ast.expr:
    """`Out[3]` of `Out`."""
    around = cell.parent(node)
    if isinstance(around, ast.Subscript) and around.value is node and node.id in ("In", "Out"):
        return around
    return node
