"""The readiness score for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from poc_graduate.operate.answers import FILE
from poc_graduate.operate.questions import SECTIONS
from poc_graduate.operate.score import MOST, Score, Verdict

MARKS = {
    "passed": "✓", "by hand": "½", "failed": "✗", "stale": "~", "not run": "·", "missing": "·",
    "open": "?", "not needed": "–",
}  # fmt: skip
_BAR = 14


def score_text(score: Score) -> str:
    """Score, sections, each question with what it rests on or lacks, and three next steps."""
    return "\n".join(_lines(score))


def _lines(score: Score) -> Iterator[str]:
    yield f"{score.project}: {score.total:.1f} of {MOST:g}, the weakest of four sections"
    yield f"  {score.meaning}"
    yield ""
    for section, points in score.sections.items():
        filled = round(_BAR * points / MOST)
        yield f"{section:<15} {'█' * filled}{'░' * (_BAR - filled)} {points:.1f}"
    for section in SECTIONS:
        yield ""
        yield section
        yield from _rows(v for v in score.rubric if v.question.section == section)
    yield ""
    yield "Beside the score"
    yield from _rows(score.domains)
    if score.next_steps:
        yield ""
        yield "Next"
        for number, verdict in enumerate(score.next_steps, 1):
            yield f"  {number}. {verdict.question.asks} {remedy(verdict)}"


def _rows(verdicts: Iterable[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        yield f"  {MARKS[verdict.state]} {verdict.question.asks}"
        yield f"    {verdict.state}{_when(verdict)}: {verdict.says}"


def _when(verdict: Verdict) -> str:
    return f" on {verdict.when}" if verdict.when is not None else ""


def remedy(verdict: Verdict) -> str:
    """What to do about a question that nothing answers yet, as a sentence."""
    if verdict.state == "stale":
        text = "run the tests again: poc-graduate score --run"
    elif verdict.state == "failed":
        text = f"see why {verdict.says}"
    elif verdict.state == "not run":
        text = "run the tests: poc-graduate score --run"
    else:
        text = verdict.question.remedy
        if verdict.state == "open":
            text += f"; then say in {FILE} who did, when, and where it is written down"
    return f"{text[:1].upper()}{text[1:]}."
