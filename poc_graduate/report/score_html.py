"""The readiness score as one page: a radar of its sections, each question, what to do next."""

from __future__ import annotations

import math
from dataclasses import dataclass

from poc_graduate.operate.questions import SECTIONS
from poc_graduate.operate.score import MOST, Score, Verdict
from poc_graduate.report.pages import style, template
from poc_graduate.report.score_text import MARKS, remedy

_RADIUS = 110.0
_RINGS = (1, 3, 5, 7)
_AROUND = 26.0


@dataclass(frozen=True)
class Spoke:
    """One section in the radar.

    Attributes:
        name: Of the section.
        points: Its points, in words.
        end: Where its line ends: x and y.
        text: Where its name stands.
        anchor: How the text is aligned there: start, middle or end.
    """

    name: str
    points: str
    end: tuple[float, float]
    text: tuple[float, float]
    anchor: str


@dataclass(frozen=True)
class Row:
    """One question, ready to be shown.

    Attributes:
        verdict: Its verdict.
        mark: A sign for its state.
        kind: Class of its colour: equal, different or apart.
    """

    verdict: Verdict
    mark: str
    kind: str


@dataclass(frozen=True)
class Page:
    """What the template fills in.

    Attributes:
        score: The score.
        headline: The score in words.
        state: Class of the headline's colour.
        spokes: The radar's.
        rings: Points of each ring → its corners.
        shape: Corners of the project's own shape.
        sections: Name → points in words and questions.
        steps: What to do next: the question and the remedy.
    """

    score: Score
    headline: str
    state: str
    spokes: tuple[Spoke, ...]
    rings: tuple[tuple[int, str], ...]
    shape: str
    sections: tuple[tuple[str, str, tuple[Row, ...]], ...]
    steps: tuple[tuple[str, str], ...]


def render(score: Score) -> str:
    """The page; nothing is loaded from elsewhere.

    Args:
        score: It.
    """
    points = list(score.sections.items())
    headline = f"{score.total:.1f} of {MOST:g}"
    sections = [
        (section, f"{score.sections[section]:.1f}", _rows(score.rubric, section))
        for section in SECTIONS
    ]
    beside = tuple(_row(one) for one in score.domains)
    page = Page(
        score,
        headline,
        "equal" if score.total > 3 else "apart" if score.total > 1 else "different",
        tuple(_spoke(i, name, value) for i, (name, value) in enumerate(points)),
        tuple((ring, _corners([float(ring)] * len(points))) for ring in _RINGS),
        _corners([value for _, value in points]),
        (*sections, ("Beside the score", "", beside)),
        tuple((one.question.asks, remedy(one)) for one in score.next_steps),
    )
    sheets = style("page.css", "score.css")
    return str(template("score.html.jinja").render(page=page, style=sheets))


def _rows(verdicts: tuple[Verdict, ...], section: str) -> tuple[Row, ...]:
    return tuple(_row(one) for one in verdicts if one.question.section == section)


def _row(verdict: Verdict) -> Row:
    kind = "equal" if verdict.points else "different" if verdict.state == "failed" else "apart"
    return Row(verdict, MARKS[verdict.state], "quiet" if verdict.state == "not needed" else kind)


def _at(spoke: int, spokes: int, radius: float) -> tuple[float, float]:
    angle = 2 * math.pi * spoke / spokes - math.pi / 2
    return round(radius * math.cos(angle), 1), round(radius * math.sin(angle), 1)


def _corners(points: list[float]) -> str:
    at = (_at(i, len(points), _RADIUS * value / MOST) for i, value in enumerate(points))
    return " ".join(f"{x:g},{y:g}" for x, y in at)


def _spoke(place: int, name: str, points: float) -> Spoke:
    count = len(SECTIONS)
    x, y = _at(place, count, _RADIUS + _AROUND)
    anchor = "middle" if abs(x) < 1 else "start" if x > 0 else "end"
    beside = _RADIUS + 10 if anchor != "middle" else abs(y)
    text = (math.copysign(beside, x) if anchor != "middle" else x, y)
    return Spoke(name, f"{points:.1f}", _at(place, count, _RADIUS), text, anchor)
