"""POC510 single-split-small-data."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, FrameFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, held_out, view_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView, keyword

_ROWS = {
    "load_iris": 150,
    "load_wine": 178,
    "load_diabetes": 442,
    "load_breast_cancer": 569,
}
"""Data sets of scikit-learn whose size is known without looking."""
_FEW = 100
_USUAL = 0.25

_SCORE = "\nm = SVC().fit(a, c)\nm.score(b, d)"


def _ran(rows: int) -> tuple[CellFacts, ...]:
    return (CellFacts(1, bound=frozenset("abcd"), frames={"b": FrameFacts(rows)}),)


class SingleSplitSmallData(Rule):
    """Few rows are tested on, and they are drawn once.

    Why it bites: with other rows in the test set the figure is another one; which model is better
    was decided by the draw.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC510", "single-split-small-data", Severity.RISK
    message = (
        "one split leaves {rows} rows to test on; each of them moves the score by {points:.1f} "
        "points, and another draw gives another figure"
    )

    flagged = (
        Flagged(
            "X, y = load_iris(return_X_y=True)\n"
            "a, b, c, d = «train_test_split(X, y, test_size=0.2)»" + _SCORE,
            says="30 rows",
        ),
        Flagged(
            "a, b, c, d = «train_test_split(df[f], df.y)»" + _SCORE, says="40 rows", ran=_ran(40)
        ),
        Flagged(
            "data = load_wine()\n"
            "a, b, c, d = «train_test_split(data.data, data.target, random_state=1)»" + _SCORE,
            says="2.2 points",
        ),
    )
    ignored = (
        "a, b, c, d = train_test_split(df[f], df.y)" + _SCORE,
        Flagged("a, b, c, d = train_test_split(df[f], df.y)" + _SCORE, ran=_ran(4000)),
        # cross-validated beside it
        "X, y = load_iris(return_X_y=True)\na, b, c, d = train_test_split(X, y)" + _SCORE + "\n"
        "cross_val_score(SVC(), X, y)",
        # drawn many times
        "X, y = load_iris(return_X_y=True)\nfor s in range(50):\n"
        "    a, b, c, d = train_test_split(X, y, random_state=s)\n"
        "    print(SVC().fit(a, c).score(b, d))",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        flow = flow_of(notebook)
        if len(flow.splits) != 1 or flow.validations:
            return
        tests = [one for one in held_out(flow) if one.scored]
        if not tests or any(
            step.loops for one in tests for rows in one.prediction.rows for step in rows.steps
        ):
            return
        split = flow.splits[0]
        rows = _seen(notebook, tests[0].prediction.argument, tests[0].cell)
        rows = rows or _known(notebook, split.node)
        if rows and rows < _FEW:
            yield self.found(
                split.node, view_of(notebook, split.cell), rows=rows, points=100 / rows
            )


def _seen(notebook: NotebookView, argument: ast.expr | None, cell: int) -> int:
    """How many rows a run showed."""
    if not isinstance(argument, ast.Name):
        return 0
    frame = notebook.frame(argument.id, cell)
    return frame.rows if frame is not None else 0


def _known(notebook: NotebookView, split: ast.expr) -> int:
    """How many rows of a data set of known size a split leaves."""
    loaded = [name for cell in notebook.cells for name in _ROWS if name in cell.calls]
    if len(loaded) != 1 or any(
        name.startswith(("read_", "fetch_")) for cell in notebook.cells for name in cell.calls
    ):
        return 0
    share = notebook.literal(keyword(split, "test_size")) if isinstance(split, ast.Call) else None
    if isinstance(share, int) and not isinstance(share, bool):
        return share
    return math.ceil(_ROWS[loaded[0]] * (share if isinstance(share, float) else _USUAL))
