"""The readiness score as one page: radars of sections and domains, questions, what to do next."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from poc_graduate.operate.score import MOST, Score, Verdict
from poc_graduate.report.pages import style, template
from poc_graduate.report.score_text import MARKS, remedy

_RADIUS = 110.0
_RINGS = (1, 3, 5, 7)
_AROUND = 26.0


@dataclass(frozen=True)
class Spoke:
    """One section or domain in a radar.

    Attributes:
        name: Its name.
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
class Radar:
    """Points of sections or domains, drawn.

    Attributes:
        spokes: One for each.
        rings: Points of each ring → its corners.
        shape: Corners of the project's own shape.
        says: All of it in words.
    """

    spokes: tuple[Spoke, ...]
    rings: tuple[tuple[int, str], ...]
    shape: str
    says: str

    @classmethod
    def of(cls, points: Mapping[str, float]) -> Radar:
        """Drawn from names and points."""
        count = len(points)
        return cls(
            tuple(_spoke(i, count, name, one) for i, (name, one) in enumerate(points.items())),
            tuple((ring, _corners([float(ring)] * count)) for ring in _RINGS),
            _corners(list(points.values())),
            ", ".join(f"{name} {one:.1f} of {MOST:g}" for name, one in points.items()),
        )


@dataclass(frozen=True)
class Block:
    """A radar, and the questions that it rests on.

    Attributes:
        radar: It.
        sections: Name → points in words and questions.
        steps: What to do next: the question and the remedy.
    """

    radar: Radar
    sections: tuple[tuple[str, str, tuple[Row, ...]], ...]
    steps: tuple[tuple[str, str], ...]

    @classmethod
    def of(
        cls, points: Mapping[str, float], verdicts: Iterable[Verdict], steps: Iterable[Verdict]
    ) -> Block:
        """Of verdicts, and the points of their sections."""
        rows = tuple(verdicts)
        return cls(
            Radar.of(points),
            tuple((name, f"{one:.1f}", _rows(rows, name)) for name, one in points.items()),
            tuple((one.question.asks, remedy(one)) for one in steps),
        )


@dataclass(frozen=True)
class Page:
    """What the template fills in.

    Attributes:
        score: The score.
        headline: The score in words.
        state: Class of the headline's colour.
        rubric: Sections of the rubric.
        domains: What an owner asks.
        weakest: Domains with the fewest points, in words.
    """

    score: Score
    headline: str
    state: str
    rubric: Block
    domains: Block
    weakest: str


def render(score: Score) -> str:
    """The page; nothing is loaded from elsewhere.

    Args:
        score: It.
    """
    page = Page(
        score,
        f"{score.total:.1f} of {MOST:g}",
        "equal" if score.total > 3 else "apart" if score.total > 1 else "different",
        Block.of(score.sections, score.rubric, score.next_steps),
        Block.of(score.by_domain, score.domains, score.next_in_domains),
        ", ".join(score.weakest_domains),
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


def _spoke(place: int, count: int, name: str, points: float) -> Spoke:
    x, y = _at(place, count, _RADIUS + _AROUND)
    anchor = "middle" if abs(x) < 1 else "start" if x > 0 else "end"
    if anchor != "middle":
        # Beside the line's end; the text is as high as it is long to the side.
        x, y = _at(place, count, _RADIUS + 10)
    text = (x, y)
    return Spoke(name, f"{points:.1f}", _at(place, count, _RADIUS), text, anchor)
