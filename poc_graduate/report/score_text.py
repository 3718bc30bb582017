"""The readiness score for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from poc_graduate.operate.answers import FILE
from poc_graduate.operate.domains import DOMAIN_NAMES
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
    yield from _bars(score.sections)
    for section in SECTIONS:
        yield ""
        yield section
        yield from _rows(v for v in score.rubric if v.question.section == section)
    yield from _next("Next", score.next_steps)
    yield ""
    yield f"What an owner asks beside the score; weakest: {', '.join(score.weakest_domains)}"
    yield ""
    yield from _bars(score.by_domain)
    for domain in DOMAIN_NAMES:
        rows = [v for v in score.domains if v.question.section == domain]
        if rows:
            yield ""
            yield domain
            yield from _rows(rows)
    yield from _next("Next for the owner", score.next_in_domains)


def _bars(points: Mapping[str, float]) -> Iterator[str]:
    for name, one in points.items():
        filled = round(_BAR * one / MOST)
        yield f"{name:<15} {'█' * filled}{'░' * (_BAR - filled)} {one:.1f}"


def _next(title: str, verdicts: Iterable[Verdict]) -> Iterator[str]:
    for number, verdict in enumerate(verdicts, 1):
        if number == 1:
            yield ""
            yield title
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
        again = "poc-graduate score --run"
        text = f"make it again ({verdict.question.remedy}), then run the tests: {again}" if (
            verdict.question.every) else f"run the tests again: {again}"  # fmt: skip
    elif verdict.state == "failed":
        text = f"see why {verdict.says}"
        if verdict.question.every:
            text += f"; to begin with, {verdict.question.remedy}"
    elif verdict.state == "not run":
        skipped = "skipped" in verdict.says
        text = verdict.question.remedy if skipped else "run the tests: poc-graduate score --run"
    else:
        text = verdict.question.remedy
        if verdict.state == "open":
            text += f"; then say in {FILE} who did, when, and where it is written down"
    return f"{text[:1].upper()}{text[1:]}."
