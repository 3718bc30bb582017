"""POC509 accuracy-on-imbalance."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, view_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_ACCURACY = frozenset(("accuracy_score", "score"))
_MOSTLY = 0.8
_CLASSES = 10

_START = "a, b, c, y_test = train_test_split(df[f], df.y)\nm = RandomForestClassifier().fit(a, c)\n"


def _ran(*common: tuple[str, int]) -> tuple[CellFacts, ...]:
    rows = sum(count for _, count in common)
    column = ColumnFacts("y", "int64", distinct=len(common), common=common)
    frames = {"y_test": FrameFacts(rows, (column,))}
    return (CellFacts(1, bound=frozenset(("y_test",)), frames=frames),)


class AccuracyOnImbalance(Rule):
    """Accuracy is all that is looked at, where one class is nearly everything.

    Why it bites: a model that never finds a single case of the rare class looks excellent.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC509", "accuracy-on-imbalance", Severity.RISK
    message = (
        "{share:.0%} of `{target}` are `{value}`, and accuracy is all that is looked at; "
        "whoever always answers `{value}` is right in {share:.0%}, too"
    )

    flagged = (
        Flagged(
            _START + "«accuracy_score(y_test, m.predict(b))»",
            says="94% of `y_test` are `0`",
            ran=_ran(("0", 940), ("1", 60)),
        ),
        Flagged(_START + "print(«m.score(b, y_test)»)", ran=_ran(("no", 850), ("yes", 150))),
        Flagged(
            _START + "p = m.predict(b)\nacc = «accuracy_score(y_test, p)»",
            ran=_ran(("0", 90), ("1", 6), ("2", 4)),
        ),
    )
    ignored = (
        _START + "accuracy_score(y_test, m.predict(b))",
        Flagged(_START + "accuracy_score(y_test, m.predict(b))", ran=_ran(("0", 600), ("1", 400))),
        # another figure tells of the rare class
        Flagged(
            _START + "p = m.predict(b)\naccuracy_score(y_test, p)\nrecall_score(y_test, p)",
            ran=_ran(("0", 940), ("1", 60)),
        ),
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        flow = flow_of(notebook)
        scored = [one for one in flow.evaluations if one.scored]
        if not scored or any(one.metric not in _ACCURACY for one in scored):
            return
        for one in scored:
            cell = view_of(notebook, one.cell)
            if one.metric == "score" and "Regress" in flow.objects[one.prediction.model].kind:
                continue
            for name in _names(one.node):
                frame = notebook.frame(name, one.cell)
                if frame is None or len(frame.columns) != 1 or not frame.rows:
                    continue
                column = frame.columns[0]
                if not 2 <= column.distinct <= _CLASSES or not column.common:
                    continue
                value, count = max(column.common, key=lambda pair: pair[1])
                share = count / frame.rows
                if share >= _MOSTLY:
                    yield self.found(one.node, cell, share=share, target=name, value=value)
                    return


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Call):
        for arg in node.args:
            if isinstance(arg, ast.Name):
                yield arg.id
