"""POC508 target-in-features."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts, Twin
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_SPLIT = "X, y = df.drop(columns='churned'), df['churned']"
_HOW = {"equal": "is equal to", "one to one": "goes one to one with"}


def _ran(how: str) -> tuple[CellFacts, ...]:
    return (CellFacts(1, bound=frozenset("Xy"), twins=(Twin("X", "end_reason", "y", how),)),)


class TargetInFeatures(Rule):
    """A column of the features tells the target.

    Why it bites: it is known only afterwards; when the model is asked, the column is empty.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC508", "target-in-features", Severity.RISK
    message = (
        "column `{column}` of `{features}` {how} `{target}`; "
        "the model reads the answer off it, and will not have it when it is asked"
    )

    flagged = (
        Flagged(f"«{_SPLIT}»", says="`end_reason` of `X` is equal to `y`", ran=_ran("equal")),
        Flagged(f"«{_SPLIT}»", says="goes one to one with", ran=_ran("one to one")),
        Flagged(f"n = 1\n«{_SPLIT}»", ran=_ran("equal")),
    )
    ignored = (
        _SPLIT,
        Flagged(_SPLIT, ran=(CellFacts(1),)),
        Flagged(_SPLIT, ran=(CellFacts(1, bound=frozenset("Xy")),)),
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        told: set[tuple[str, str]] = set()
        for cell in notebook.cells:
            for twin in cell.facts.twins if cell.facts is not None else ():
                if not cell.body or (twin.column, twin.target) in told:
                    continue  # the parts of a split tell the same once more
                told.add((twin.column, twin.target))
                binds = (s for s in cell.body if twin.features in cell.source(s).partition("=")[0])
                yield self.found(
                    next(binds, cell.body[-1]),
                    cell,
                    column=twin.column,
                    features=twin.features,
                    how=_HOW.get(twin.how, "tells"),
                    target=twin.target,
                )
