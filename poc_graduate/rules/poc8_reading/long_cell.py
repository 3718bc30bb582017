"""POC802 long-cell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.poc8_reading._shape import draws
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_MANY = 40
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SETTINGS = frozenset("get getenv int float str bool Path lower strip".split())
_LINES = "\n".join(f"x{i} = f({i})" for i in range(41))
_BLOCK = "\n".join(f"    x{i} = f({i})" for i in range(41))


class LongCell(Rule):
    """One cell has more statements than fit in a head.

    Why it bites: it can be run and tested only as a whole; who changes its first line waits for the
    last, and a fault in the middle leaves half of it done.
    On export: a cell is never cut; it becomes one long step.
    """

    code, name, severity = "POC802", "long-cell", Severity.NOTE
    message = "this cell has {count} statements{inside}; it runs, fails and is tested only as a \
whole"

    flagged = (
        Flagged("«a = f(1)»\n" + _LINES, says="42 statements"),
        Flagged("«for f in files:»\n" + _BLOCK, says="42 statements, 41 of them in loops and"),
        Flagged(
            "x = 1\n# %%\nimport math\n«y = f(2)»\n" + _LINES + "\ndef g():\n    a = 1\nplt.show()",
            says="45 statements; it",  # all that stand there, but for what a function holds
        ),
        Flagged("«if False:»\n" + _BLOCK, says="42 statements, 41 of them in loops and"),
    )
    ignored = (
        "x = 1\ny = 2",
        "def work():\n" + _BLOCK,  # a function can be tested
        "class Work:\n" + _BLOCK,
        "\n".join(f"ax.text({i}, 0, 'a')" for i in range(60)),
        "\n".join(f"import m{i}" for i in range(50)),
        "\n".join(f"x = Dense({i})(x)" for i in range(60)),
        "\n".join(f"A{i} = float(os.environ.get('A{i}', '0.5'))" for i in range(50)),
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        if cell.cell.source.count("\n") < _MANY:
            return
        body = cell.whole.tree.body  # whoever reads it reads what is switched off, too
        layers = [one for one in body if _is_layer(one)]
        count = sum(_statements(one) for one in body) - max(len(layers) - 1, 0)
        if count > _MANY:
            at = cell.span_of(next(one for one in body if _statements(one)))
            end = len(cell.line(at.line).rstrip()) + 1
            span, written = Span(at.line, at.column, at.line, end), _written(cell)
            inner = written - len(body)
            inside = f", {inner} of them in loops and other blocks" if inner else ""
            yield self.found_at(cell, span, count=written, inside=inside)


def _written(cell: CellView) -> int:
    """Statements as anybody counts them: all but those in functions and classes."""
    held = {
        id(inner)
        for one in cell.whole.of(*_DEFINITIONS)
        for inner in ast.walk(one)
        if isinstance(inner, ast.stmt) and inner is not one
    }
    return sum(id(one) not in held for one in cell.whole.statements)


def _is_layer(node: ast.stmt) -> bool:
    """`x = Dense(9)(x)`, `model.add(…)`: parts of one network."""
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Call())):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add"))):
            return True
    return False


def _sets(node: ast.stmt) -> bool:
    """Whether a name in capitals is given a value typed here, or one of the environment."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            calls = [one for one in ast.walk(value) if isinstance(one, ast.Call)]
            return (
                name.isupper()
                and not isinstance(value, ast.Name | ast.Subscript)
                and all(last_name(one.func) in _SETTINGS for one in calls)
            )
    return False


def _statements(node: ast.stmt) -> int:
    """Statements outside functions and classes, imports and settings not counted."""
    if isinstance(node, (ast.Import, ast.ImportFrom, *_DEFINITIONS)) or _sets(node):
        return 0
    if isinstance(node, ast.Expr) and draws(node):
        return 0  # of a picture, which is made in one cell
    inner = 0
    for name in ("body", "orelse", "finalbody", "handlers"):
        for one in getattr(node, name, []) or []:
            if isinstance(one, ast.ExceptHandler):
                inner += sum(map(_statements, one.body))
            elif isinstance(one, ast.stmt):
                inner += _statements(one)
    return 1 + inner
