"""POC308 stored-output-differs-from-re-run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import starmap
from typing import Any

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.outputs import texts, texts_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.:/-])"
)
_UNSTEADY = re.compile(r"0x[0-9a-f]+|\d+:\d\d|\bWall time|CPU times|\d\s*[mµn]?s\b|it/s|s/it|\r")
_TELLING = 1e-4
"""Relative difference; smaller ones come with another processor or library."""
_MOST = 2_000
"""Numbers compared a cell."""


def _shown(cell: int, text: str) -> CellFacts:
    data = {"text/plain": text}
    output = {"output_type": "execute_result", "data": data, "metadata": {}}
    return CellFacts(cell, outputs=(output,))


class StoredOutputDiffersFromReRun(Rule):
    """The figures stored with a cell are not those that it gives when run from top to bottom.

    Why it bites: the figures in the report, or in somebody's slides, came from a state that
    nobody can bring back; whoever runs the notebook gets others.
    On export: the re-run counts; the certificate compares with it, not with what was stored.
    """

    code, name, severity = "POC308", "stored-output-differs-from-re-run", Severity.RISK
    message = "`{stored}` is stored with this cell, and a run from top to bottom gives `{again}`; \
the stored figure cannot be had again"

    flagged = (
        Flagged(
            "«model.score(X, y)»", stored="0.8731", ran=(_shown(1, "0.8612"),), says="`0.8731`"
        ),
        Flagged("x = 1\n# %%\n«df.shape»", stored="(2000, 7)", ran=(_shown(2, "(1984, 7)"),)),
        Flagged(
            "«df.describe().T»",
            stored="   count  25%\na   10  1",
            ran=(_shown(1, "   count\na   12\n   25%\na   1"),),
            says="`10` is stored with this cell, and a run from top to bottom gives `12`",
        ),
        Flagged("«auc»", stored="np.float64(0.91)", ran=(_shown(1, "0.72"),), says="gives `0.72`"),
    )
    ignored = (
        Flagged("model.score(X, y)", stored="0.8731", ran=(_shown(1, "0.8731"),)),
        Flagged("model.score(X, y)", stored="0.87310001", ran=(_shown(1, "0.8731"),)),
        Flagged("model", stored="<Model at 0x7f12>", ran=(_shown(1, "<Model at 0x7f99>"),)),
        Flagged("%%time\nfit()", stored="Wall time: 12.1 s", ran=(_shown(1, "Wall time: 3 s"),)),
        Flagged(  # the same table, wrapped for another screen
            "df.describe().T",
            stored="   count  mean  25%\na    10   2.5    1",
            ran=(_shown(1, "   count  mean\na    10   2.5\n   25%\na    1"),),
        ),
        Flagged("model.score(X, y)", stored="0.8731"),  # without a run nobody knows
        Flagged(  # not repeated by a second run: POC401 tells of it
            "model.score(X, y)",
            stored="0.8731",
            ran=(
                CellFacts(
                    1,
                    outputs=_shown(1, "0.8612").outputs,
                    outputs_nondeterministic=frozenset({0}),
                ),
            ),
        ),
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        for cell in notebook.cells:
            ran = cell.facts
            if ran is None or not cell.cell.outputs or ran.outputs_nondeterministic:
                continue
            pair = _difference("\n".join(texts(cell.cell)), _text(ran.outputs))
            if pair is not None:
                yield self.found_at(cell, _last_line(cell), stored=pair[0], again=pair[1])


def _text(outputs: tuple[Mapping[str, Any], ...]) -> str:
    return "\n".join(texts_of(outputs))


def _difference(stored: str, again: str) -> tuple[str, str] | None:
    """The first number that is another, where both texts hold as many; None where none is."""
    if _UNSTEADY.search(stored) or _UNSTEADY.search(again):
        return None
    pairs = _NUMBER.findall(stored), _NUMBER.findall(again)
    if len(pairs[0]) != len(pairs[1]) or len(pairs[0]) > _MOST:
        return None
    if not any(starmap(_apart, zip(*pairs, strict=True))):
        return None
    # A table that is as wide as another screen is wrapped elsewhere: the same numbers, moved.
    sizes = [sorted(numbers, key=_number) for numbers in pairs]
    if not any(starmap(_apart, zip(*sizes, strict=True))):
        return None
    left = Counter(pairs[0]) - Counter(pairs[1]), Counter(pairs[1]) - Counter(pairs[0])
    in_place = (
        pair
        for pair in zip(*pairs, strict=True)
        if _apart(*pair) and pair[0] in left[0] and pair[1] in left[1]
    )
    return next(in_place, (next(iter(left[0])), next(iter(left[1]))))


def _apart(before: str, after: str) -> bool:
    """Whether two numbers differ by more than rounding."""
    if before == after:
        return False
    one, other = _number(before), _number(after)
    allowed = max(_TELLING * max(abs(one), abs(other)), _last_digit(before, after))
    return abs(one - other) > allowed


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _last_digit(*texts: str) -> float:
    """What the last digit of the shorter one stands for: less is rounding."""
    if any("e" in text.lower() for text in texts):
        return 0.0
    digits = min(len(text.partition(".")[2]) for text in texts)
    return 10.0**-digits if digits else 0.0


def _last_line(cell: CellView) -> Span:
    """The line that shows something: the last statement's."""
    if cell.body:
        span = cell.span_of(cell.body[-1])
        if span.line == span.end_line:
            return span
        return Span(span.line, span.column, span.line, len(cell.line(span.line)) + 1)
    return Span(1, 1, 1, len(cell.line(1)) + 1)
