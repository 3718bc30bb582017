"""A batch as one page: metrics over the grid, failures by cause, the slowest runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from poc_graduate.batch.grouped import SECONDS, Axes, Mean, Metric
from poc_graduate.batch.model import Value
from poc_graduate.batch.records import Row
from poc_graduate.batch.summary import Group, Summary
from poc_graduate.report.pages import style, template

STEPS = 9
"""Shades of a heat map."""
_WIDTH, _HEIGHT = 460, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 12, 34
_LABELS = 6
_RUNS = 5


@dataclass(frozen=True)
class Link:
    """A run: what it is called, and where its notebook or folder is."""

    text: str
    href: str
    seconds: str = ""
    memory: str = ""


@dataclass(frozen=True)
class Cell:
    """One place of a heat map; `shade` is empty where no run is done."""

    text: str
    shade: str
    title: str
    href: str


@dataclass(frozen=True)
class Heat:
    """A heat map: the values across, and a row for each value down."""

    down: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    note: str
    least: str
    most: str


@dataclass(frozen=True)
class Dot:
    """A point of a line, in pixels; `low` and `high` are the runs furthest from the mean."""

    x: float
    y: float
    low: float
    high: float
    title: str


@dataclass(frozen=True)
class Tick:
    """A label at an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """A metric against one parameter."""

    parameter: str
    path: str
    band: str
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    note: str


@dataclass(frozen=True)
class MetricPart:
    """One metric; `same` says what it is where that is the same in all runs: nothing is drawn."""

    anchor: str
    name: str
    unit: str
    same: str
    heat: Heat | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class GroupPart:
    """Runs that failed in the same way."""

    what: str
    place: str
    source: str
    cause: str
    count: int
    more: int
    messages: int
    runs: tuple[Link, ...]


@dataclass(frozen=True)
class Page:
    """All that fills the template."""

    state: str
    headline: str
    under: str
    counts: tuple[tuple[str, str], ...]
    metrics: tuple[MetricPart, ...]
    failures: tuple[GroupPart, ...]
    slowest: tuple[Link, ...]
    versions: tuple[tuple[str, str], ...]
    left_out: str
    width: int = _WIDTH
    height: int = _HEIGHT
    floor: int = _HEIGHT - _BOTTOM
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    top: int = _TOP


def batch_html(summary: Summary, over: Axes, metrics: Sequence[Metric]) -> str:
    """The page.

    Args:
        summary: What came of the batch.
        over: What its metrics are drawn over.
        metrics: Its metrics.
    """
    status = summary.status
    left = status.planned - status.done - status.failed
    name = Path(status.source).name
    counts = [("runs", f"{status.planned:,}"), ("done", f"{status.done:,}")]
    counts += [("failed", f"{status.failed:,}"), ("not done", f"{left:,}")]
    many = ", ".join(f"{one} ({count:,} values)" for one, count in over.left_out.items())
    page = Page(
        "different" if status.failed else "nothing" if left else "equal",
        _headline(name, status.planned, status.done, status.failed),
        f"{'Notebook' if status.kind == 'notebook' else 'Project'} {name}, grid {summary.grid}.",
        tuple(counts),
        tuple(_metric(n, metric, over) for n, metric in enumerate(metrics, 1)),
        tuple(_group(group, summary) for group in summary.failures),
        tuple(_link(row, summary) for row in summary.slowest),
        tuple(sorted(summary.versions.items())),
        f"Too many values to be drawn: {many}." if many else "",
    )
    return str(_template().render(page=page, style=_style()))


def _headline(name: str, planned: int, done: int, failed: int) -> str:
    if failed:
        return f"{failed:,} of {planned:,} runs of {name} failed"
    if done == planned:
        return f"All {planned:,} runs of {name} are done"
    return f"{done:,} of {planned:,} runs of {name} are done"


def _link(row: Row, summary: Summary) -> Link:
    seconds = f"{row.seconds:,.1f} s" if row.seconds is not None else ""
    memory = f"{row.peak / 2**20:,.0f} MB" if row.peak else ""
    return Link(run_name(row), _href(row, summary), seconds, memory)


def run_name(row: Row) -> str:
    """A run by its parameters."""
    return ", ".join(f"{name} = {shown(value)}" for name, value in row.parameters.items())


def _href(row: Row, summary: Summary | None) -> str:
    if not row.folder:
        return ""
    if summary is not None and summary.status.kind == "notebook" and row.folder:
        return quote(f"{row.folder}/{Path(summary.status.source).stem}.ipynb")
    return quote(f"{row.folder}/")


def _group(group: Group, summary: Summary) -> GroupPart:
    failure = group.failure
    what = ": ".join(filter(None, (failure.error, failure.message))) or failure.cause
    runs = tuple(_link(row, summary) for row in group.runs[:_RUNS])
    return GroupPart(
        what,
        failure.place,
        failure.source,
        failure.cause,
        group.count,
        group.count - len(runs),
        group.messages,
        runs,
    )


# -- metrics -----------------------------------------------------------------------------------


def _metric(number: int, metric: Metric, over: Axes) -> MetricPart:
    same = _same(metric)
    heat = _heat(metric, over) if over.crossed and not same else None
    lines = (
        line
        for name in over.values
        if not same and (line := _line(metric, name, over.values[name])) is not None
    )
    return MetricPart(
        f"metric-{number}",
        "Seconds a run took" if metric.name == SECONDS else metric.name,
        "s" if metric.name == SECONDS else "",
        same,
        heat,
        tuple(lines),
    )


def _same(metric: Metric) -> str:
    """The one value that all runs have; empty where they differ, or there is only one."""
    for places in metric.singles.values():
        least = min(one.least for one in places.values())
        if least == max(one.most for one in places.values()) and len(places) > 1:
            return f"{least:.12g}"
    return ""


def _heat(metric: Metric, over: Axes) -> Heat | None:
    if not metric.pairs or not over.crossed:
        return None
    down, across = over.crossed
    means = [one.mean for one in metric.pairs.values()]
    least, most = min(means), max(means)
    digits = _digits(least, most)
    rows = []
    for first in over.values[down]:
        cells = []
        for second in over.values[across]:
            found = metric.pairs.get((first, second))
            at = f"{down} = {shown(first)}, {across} = {shown(second)}"
            cells.append(_cell(found, at, least, most, digits))
        rows.append((shown(first), tuple(cells)))
    several = max(one.count for one in metric.pairs.values())
    note = f"Means of up to {several:,} runs." if several > 1 else ""
    columns = tuple(map(shown, over.values[across]))
    return Heat(
        down, across, columns, tuple(rows), note, _figure(least, digits), _figure(most, digits)
    )


def _cell(found: Mean | None, at: str, least: float, most: float, digits: int) -> Cell:
    if found is None:
        return Cell("", "", f"{at}: no run is done", "")
    share = (found.mean - least) / (most - least) if most > least else 0.5
    shade = str(min(int(share * STEPS), STEPS - 1))
    text = _figure(found.mean, digits)
    if found.count > 1:
        span = f"{_figure(found.least, digits)} to {_figure(found.most, digits)}"
        return Cell(text, shade, f"{at}: {text}, mean of {found.count:,} runs, {span}", "")
    href = quote(f"{found.row.folder}/") if found.row is not None and found.row.folder else ""
    return Cell(text, shade, f"{at}: {text}", href)


def _line(metric: Metric, name: str, values: Sequence[Value]) -> Line | None:
    found = metric.singles.get(name, {})
    points = [(place, value, found[value]) for place, value in enumerate(values) if value in found]
    if len(points) < 2:
        return None
    low = min(one.least for _, _, one in points)
    high = max(one.most for _, _, one in points)
    if high == low:
        low, high = low - abs(low or 1) / 10, high + abs(high or 1) / 10
    places = _across(values)
    digits = _digits(low, high)

    def up(number: float) -> float:
        share = (number - low) / (high - low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP), 1)

    dots = []
    for place, value, one in points:
        title = f"{name} = {shown(value)}: {_figure(one.mean, digits)}"
        if one.count > 1:
            span = f"{_figure(one.least, digits)} to {_figure(one.most, digits)}"
            title += f", mean of {one.count:,} runs, {span}"
        dots.append(Dot(places[place], up(one.mean), up(one.least), up(one.most), title))
    several = max(one.count for _, _, one in points)
    path = "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots)
    band = ""
    if several > 1:
        there = [f"{dot.x} {dot.high}" for dot in dots]
        back = [f"{dot.x} {dot.low}" for dot in reversed(dots)]
        band = "M" + "L".join(there + back) + "Z"
    even = _even(low, high)
    places_behind = max(0, -math.floor(math.log10(even[1] - even[0]) + 1e-9))
    ticks = [Tick(up(n), _figure(n, places_behind)) for n in even]
    note = f"Means, and the span of up to {several:,} runs each." if several > 1 else ""
    return Line(name, path, band, tuple(dots), tuple(_labels(values, places)), tuple(ticks), note)


def _across(values: Sequence[Value]) -> list[float]:
    """Where values stand: numbers at their distance, growing ones at that of their logarithms."""
    width = _WIDTH - _LEFT - _RIGHT
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(values) and numbers[-1] > numbers[0]:
        if numbers[0] > 0 and len(numbers) > 2 and numbers[-1] / numbers[0] >= 50:
            numbers = [math.log(number) for number in numbers]
        span = numbers[-1] - numbers[0]
        return [round(_LEFT + width * (n - numbers[0]) / span, 1) for n in numbers]
    step = width / max(len(values) - 1, 1)
    return [round(_LEFT + step * place, 1) for place in range(len(values))]


def _labels(values: Sequence[Value], places: Sequence[float]) -> Iterator[Tick]:
    """As many as there is room for, the first and the last among them."""
    longest = max(len(shown(value)) for value in values)
    room = max(longest * 7.0 + 10, (_WIDTH - _LEFT - _RIGHT) / _LABELS)
    yield Tick(places[0], shown(values[0]))
    free, end = places[0] + 1.5 * room, places[-1] - 1.5 * room  # both ends stand inwards
    for place, value in zip(places, values, strict=True):
        if free <= place <= end:
            yield Tick(place, shown(value))
            free = place + room
    yield Tick(places[-1], shown(values[-1]))


def _even(low: float, high: float) -> list[float]:
    """Round numbers between two, three to six of them."""
    unit = 10.0 ** math.floor(math.log10((high - low) / 3))
    step = next(unit * by for by in (1, 2, 5, 10) if (high - low) / (unit * by) <= 5)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _digits(low: float, high: float) -> int:
    """Digits behind the point that tell the figures apart."""
    span = high - low or abs(high) or 1.0
    return max(0, min(6, 2 - math.floor(math.log10(span))))


def _figure(value: float, digits: int) -> str:
    if value and (abs(value) >= 1e7 or abs(value) < 1e-4):
        return f"{value:.3g}"
    return f"{value:,.{digits}f}"


def shown(value: Value) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


@cache
def _template() -> Any:
    return template("batch.html.jinja")


@cache
def _style() -> str:
    return style("page.css", "batch.css")
