"""POC608 nan-compare."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class NanCompare(Rule):
    """Something is compared with NaN.

    Why it bites: NaN equals nothing, not even itself, so the comparison never finds a missing
    value, and nobody is told.
    On export: nothing; ask `isna()`.
    """

    code, name, severity = "POC608", "nan-compare", Severity.BLOCKER
    message = "`{text}` is the same for every value; no missing value is ever found by it"

    flagged = (
        Flagged("bad = df[«df.x == np.nan»]", says="`df.x == np.nan`"),
        Flagged("if «value != float('nan')»:\n    pass"),
        Flagged("n = («s == pd.NA»).sum()"),
    )
    ignored = (
        "bad = df[df.x.isna()]",
        "x = np.nan",
        "if value is np.nan:\n    pass",
        "ok = value == value",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node in cell.nodes:
            match node:
                case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                    if _nan(left) or _nan(right):
                        yield self.found(node, cell, text=cell.source(node))


def _nan(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="np" | "numpy" | "pd" | "pandas" | "math"), attr=name):
            return name in ("nan", "NaN", "NAN", "NA", "NaT")
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str(text))]):
            return text.lower() == "nan"
    return False
