"""A metric over the grid: means for each pair of two parameters' values, and for each of one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from poc_graduate.batch.model import Value
from poc_graduate.batch.records import Row

MOST_VALUES = 40
"""Values of a parameter that a picture has room for."""
MOST_METRICS = 6
SECONDS = "seconds"
"""Stands for how long a run took; there is always that."""


@dataclass
class Mean:
    """Figures of one place."""

    count: int = 0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    row: Row | None = None

    def add(self, value: float, row: Row) -> None:
        """Another run."""
        self.count += 1
        self.total += value
        self.least = min(self.least, value)
        self.most = max(self.most, value)
        self.row = row

    @property
    def mean(self) -> float:
        """Of all runs."""
        return self.total / self.count


@dataclass
class Metric:
    """One metric over the whole grid.

    Attributes:
        name: Its name.
        pairs: (value of the first parameter, of the second) → figures.
        singles: Parameter → its values → figures.
    """

    name: str
    pairs: dict[tuple[Value, Value], Mean] = field(default_factory=dict)
    singles: dict[str, dict[Value, Mean]] = field(default_factory=dict)


@dataclass(frozen=True)
class Axes:
    """What the pictures are drawn over.

    Attributes:
        values: Parameter → its values, in order; only those that vary, and few enough to be shown.
        crossed: The two parameters of the heat maps: down, across; empty for a grid with one.
        left_out: Parameters with more values than can be shown, and how many those are.
    """

    values: dict[str, list[Value]]
    crossed: tuple[str, str] | tuple[()]
    left_out: dict[str, int]


def axes(rows: Iterable[Row], varied: Sequence[str]) -> Axes:
    """What pictures of these runs are drawn over.

    Args:
        rows: All runs.
        varied: Parameters that the grid varies.
    """
    seen: dict[str, dict[Value, None]] = {name: {} for name in varied}
    for row in rows:
        for name in varied:
            value = row.parameters.get(name)
            if not isinstance(value, list | dict):
                seen[name].setdefault(value, None)
    several = {name: list(values) for name, values in seen.items() if len(values) > 1}
    values = {name: ordered(v) for name, v in several.items() if len(v) <= MOST_VALUES}
    left_out = {name: len(v) for name, v in several.items() if len(v) > MOST_VALUES}
    # Those with most values; the longer one goes down.
    names = sorted(values, key=lambda name: -len(values[name]))[:2]
    crossed = (names[0], names[1]) if len(names) == 2 else ()
    return Axes(values, crossed, left_out)


def ordered(values: list[Value]) -> list[Value]:
    """Numbers and dates by size, other values as they come."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(values):
        return [*sorted(numbers)]
    if all(isinstance(v, str) and v[:4].isdigit() for v in values):
        return sorted(values, key=str)
    return values


def metrics(rows: Iterable[Row], over: Axes, wanted: Sequence[str] = ()) -> list[Metric]:
    """Numeric metrics over the grid.

    Args:
        rows: Runs that are done.
        over: What they are drawn over.
        wanted: Only these; by default the first few that have numbers, or the time it took.
    """
    found: dict[str, Metric] = {}
    seconds = Metric(SECONDS)
    for row in rows:
        numbers = dict(_numbers(row.metrics))
        for name, number in numbers.items():
            if name in row.parameters and row.metrics[name] == row.parameters[name]:
                continue  # the run only says what it was given
            if wanted and name not in wanted:
                continue
            if name in found or len(found) < MOST_METRICS:
                _add(found.setdefault(name, Metric(name)), over, row, number)
        if row.seconds is not None:
            _add(seconds, over, row, row.seconds)
    chosen = list(found.values())
    if (not chosen or SECONDS in wanted) and seconds.singles:
        chosen.append(seconds)
    return chosen


def _numbers(found: Mapping[str, Value]) -> Iterator[tuple[str, float]]:
    for name, value in found.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            yield name, float(value)


def _add(metric: Metric, over: Axes, row: Row, number: float) -> None:
    for name in over.values:
        single = metric.singles.setdefault(name, {})
        value = row.parameters.get(name)
        if not isinstance(value, list | dict):
            single.setdefault(value, Mean()).add(number, row)
    if over.crossed:
        first, second = (row.parameters.get(name) for name in over.crossed)
        if not isinstance(first, list | dict) and not isinstance(second, list | dict):
            metric.pairs.setdefault((first, second), Mean()).add(number, row)
