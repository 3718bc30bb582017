"""POC507 group-split-across-sets."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts, Overlap, RunFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_SPLIT = "train, test = train_test_split(visits)"
_FRAME = FrameFacts(200, (ColumnFacts("patient", "int64", distinct=80),))


def _ran(rows: int, column: str) -> tuple[CellFacts, ...]:
    overlap = Overlap("train", "test", rows, column)
    return (CellFacts(1, bound=frozenset(("train", "test")), frames={"test": _FRAME},
                      overlaps=(overlap,)),)  # fmt: skip


class GroupSplitAcrossSets(Rule):
    """Rows of one person, machine or order stand on both sides of a split.

    Why it bites: the model recognises whom it knows; the next customer it has never seen.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC507", "group-split-across-sets", Severity.RISK
    message = (
        "{rows:,} of the {of:,} rows of `{test}` have a `{column}` that `{train}` has, too; "
        "for one that is new the model will do worse"
    )

    flagged = (
        Flagged(f"«{_SPLIT}»", says="`patient` that `train` has", ran=_ran(150, "patient")),
        Flagged(f"n = 1\n«{_SPLIT}»", says="150 of the 200 rows", ran=_ran(150, "patient")),
        Flagged(f"«{_SPLIT}»\nprint(1)", ran=_ran(60, "patient")),
    )
    ignored = (
        _SPLIT,
        # a few that come back are no pattern
        Flagged(_SPLIT, ran=_ran(9, "patient")),
        # whole rows on both sides are another rule's
        Flagged(_SPLIT, ran=_ran(150, "")),
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        told: set[tuple[str, str, str]] = set()
        for cell in notebook.cells:
            for one in cell.facts.overlaps if cell.facts is not None else ():
                frame = cell.frame_after(one.right)
                key = one.left, one.right, one.column
                if not one.column or frame is None or one.rows * 5 < frame.rows or key in told:
                    continue
                told.add(key)
                node = next((s for s in cell.body if _binds(cell.source(s), one.right)), None)
                yield self.found(
                    node or cell.body[-1],
                    cell,
                    rows=one.rows,
                    of=frame.rows,
                    test=one.right,
                    column=one.column,
                    train=one.left,
                )


def _binds(text: str, name: str) -> bool:
    return name in text.partition("=")[0]
