"""POC608 nan-compare."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, replace
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class NanCompare(Rule):
    """Something is compared with NaN.

    Why it bites: NaN equals nothing, not even itself, so the comparison never finds a missing
    value, and nobody is told.
    On export: nothing; ask `isna()`.
    """

    code, name, severity = "POC608", "nan-compare", Severity.BLOCKER
    fix_title = "Ask `isna()`, which finds the missing values"
    message = "`{text}` is the same for every value; no missing value is ever found by it"

    flagged = (
        Flagged(
            "bad = df[«df.x == np.nan»]",
            says="`df.x == np.nan`",
            after="bad = df[df.x.isna()]",
        ),
        Flagged("if «value != float('nan')»:\n    pass"),
        Flagged(
            "import pandas as pd\ngood = df[df.y > 0][«pd.NA != s»]",
            after="import pandas as pd\ngood = df[df.y > 0][s.notna()]",
        ),
    )
    ignored = (
        "bad = df[df.x.isna()]",
        "x = np.nan",
        "if value is np.nan:\n    pass",
        "ok = value == value",
        "np.nan == np.nan",  # that is to show it
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node in cell.of(ast.Compare):
            match node:
                case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                    if (_nan(left) or _nan(right)) and not (_nan(left) and _nan(right)):
                        looks = isinstance(cell.statement(node), ast.Expr)
                        yield self.found(
                            node,
                            cell,
                            severity=Severity.NOTE if looks else None,
                            fix=self._asked(node, cell),
                            text=cell.source(node),
                        )

    def _asked(self, node: ast.Compare, cell: CellView) -> Fix | None:
        value = node.comparators[0] if _nan(node.left) else node.left
        # As a mask it is a column; elsewhere it may be a number, which has no such method.
        if not isinstance(cell.parent(node), ast.Subscript):
            return None
        if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            return None
        method = "isna" if isinstance(node.ops[0], ast.Eq) else "notna"
        return fix(self.fix_title, replace(node, cell, f"{cell.source(value)}.{method}()"))


def _nan(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="np" | "numpy" | "pd" | "pandas" | "math"), attr=name):
            return name in ("nan", "NaN", "NAN", "NA", "NaT")
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str(text))]):
            return text.lower() == "nan"
    return False
