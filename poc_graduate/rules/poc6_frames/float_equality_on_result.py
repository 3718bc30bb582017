"""POC612 float-equality-on-result."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_RESULTS = frozenset(
    "mean std var quantile corr score accuracy_score f1_score precision_score recall_score "
    "roc_auc_score mean_squared_error mean_absolute_error r2_score sqrt exp log".split()
)


class FloatEqualityOnResult(Rule):
    """A computed decimal number is compared with `==`.

    Why it bites: 0.1 + 0.2 is not 0.3. Another version, another machine or another order of the
    rows changes the last digit, and the branch is not taken.
    On export: nothing; the comparison stays as it is.
    """

    code, name, severity = "POC612", "float-equality-on-result", Severity.RISK
    message = (
        "`{text}` compares a computed decimal number exactly; one other last digit, and it is \
false"
    )

    flagged = (
        Flagged("if «a.mean() == b.mean()»:\n    pass", says="`a.mean() == b.mean()`"),
        Flagged("assert «weights.sum() == 1.0»"),
        Flagged("auc = roc_auc_score(y, p)\n# %%\nif «auc == 0.85»:\n    print('ok')"),
        Flagged("ok = «total / n == 0.3»"),
    )
    ignored = (
        "if n / 2 == 0:\n    pass",
        "df = df[df.rate == 0.5]",  # as it was read
        "if x.std() == 0:\n    pass",
        "assert math.isclose(a.mean(), b.mean())",
        "if len(a) == len(b):\n    pass",
        "if n % 2 == 0.0:\n    pass",
        "best = scores == scores.max()",
        "if x.mean() == 1.0:\n    pass",  # all of them: a mean of ones is exact
        "ok = np.exp(0) == 1",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node in cell.of(ast.Compare):
            match node:
                case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                    for one, other in ((left, right), (right, left)):
                        if _computed(one, cell) and (_decimal(other) or _computed(other, cell)):
                            yield self.found(node, cell, text=cell.source(node))
                            break
                        if _sum_is_one(one, other):
                            yield self.found(node, cell, text=cell.source(node))
                            break


def _decimal(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, float)
        and not node.value.is_integer()
    )


def _computed(node: ast.expr, cell: CellView) -> bool:
    match node:
        case ast.Name(id=name):
            value = cell.notebook.definition(name)
            return value is not None and not isinstance(value, ast.Name) and _computed(value, cell)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _RESULTS
        case ast.BinOp(op=ast.Div()):
            return True
    return False


def _sum_is_one(one: ast.expr, other: ast.expr) -> bool:
    match one, other:
        case ast.Call(func=ast.Attribute(attr="sum")), ast.Constant(value=float() as value):
            return value != 0
    return False
