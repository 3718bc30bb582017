"""POC308 stored-output-differs-from-re-run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
        Flagged("«auc»", stored="np.float64(0.91)", ran=(_shown(1, "0.72"),), says="gives `0.72`"),
    )
    ignored = (
        Flagged("model.score(X, y)", stored="0.8731", ran=(_shown(1, "0.8731"),)),
        Flagged("model.score(X, y)", stored="0.87310001", ran=(_shown(1, "0.8731"),)),
        Flagged("model", stored="<Model at 0x7f12>", ran=(_shown(1, "<Model at 0x7f99>"),)),
        Flagged("%%time\nfit()", stored="Wall time: 12.1 s", ran=(_shown(1, "Wall time: 3 s"),)),
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
    for before, after in zip(*pairs, strict=True):
        if before == after:
            continue
        numbers = float(before.replace(",", "")), float(after.replace(",", ""))
        largest = max(map(abs, numbers))
        if abs(numbers[0] - numbers[1]) > max(_TELLING * largest, _last_digit(before, after)):
            return before, after
    return None


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
