"""Rules about event times and counters: rows that arrive late, ahead of their time, or not at all.

A batch is measured by its own window. Whether it follows the reference in time, or covers the same
time as the reference does, is read off the batch: by where its median lies.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from poc_graduate.contracts import clock
from poc_graduate.contracts.model import Bound, Column, Floats, Mask, Order, Outcome
from poc_graduate.contracts.rows import outcome
from poc_graduate.contracts.shifts import shown, significant
from poc_graduate.contracts.values import Values

FOLLOWS = 0.9
"""Correlation with the rows' order from which a column counts as being in order."""
FEWEST = 20
_THINNED = 20_000
_PIECES = (1, 2, 4, 8, 16)
"""How many pieces a batch is cut into: a short batch may begin before a night, a long one not."""
_NIGHTS = 1.2
"""Of the longest way without a row: a small batch may have rows on both of its sides."""
_CLOSED, _HOLIDAY = 0.1, 1.05 * clock.DAY
"""Where hardly a row stands on some day of the week, another day may be a holiday."""
_FEW = 0.03
"""Of a batch's rows: fewer that are missing in one stretch are told, and stop nothing."""
_SLACK = 0.02
"""Of a window, where nothing else tells how far rows may be late."""


_ANY_YEAR = (1, 9999)
_YEARS = 10
"""So many years the reference may be old."""
_CALENDAR = {
    "month": (1, 12), "mon": (1, 12), "mo": (1, 12), "day": (1, 31), "dom": (1, 31),
    "hour": (0, 24), "hr": (0, 24), "minute": (0, 59), "weekday": (0, 7), "dow": (0, 7),
    "quarter": (1, 4), "qtr": (1, 4), "week": (0, 53), "doy": (0, 366), "dayofyear": (0, 366),
    "dayofweek": (0, 7), "dayofmonth": (1, 31), "weekofyear": (0, 53),
    "year": _ANY_YEAR, "yr": _ANY_YEAR,
}  # fmt: skip
_TURNS = 0.2
"""Of the rows: where fewer have another value than the row before, a column goes with the time."""


def calendar(name: str, number: Floats) -> tuple[int, int] | None:
    """What a part of the calendar may be, where a column holds one that goes with the rows' time.

    Its next batch lies in the next month, or on other days: neither its values nor their shares
    are those of the reference.

    Args:
        name: The column's name, such as `month` or `hour_of_day`.
        number: Its numbers, in the order of the rows.
    """
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    limits = next((_CALENDAR[word] for word in words if word in _CALENDAR), None)
    finite = number[np.isfinite(number)]
    if limits is None or len(finite) < FEWEST or (finite % 1).any():
        return None
    if limits == _ANY_YEAR:
        limits = int(finite.min()), int(finite.max()) + _YEARS
    if finite.min() < limits[0] or finite.max() > limits[1]:
        return None
    turns = np.count_nonzero(np.diff(finite)) / len(finite)
    return limits if turns < _TURNS else None


def order(batches: Sequence[Floats], *, moments: bool = False) -> Order | None:
    """How a column moves, from its numbers in each reference batch; None for too few rows.

    Args:
        batches: Its numbers, in the order of the rows.
        moments: Whether they are seconds.
    """
    known = [number[np.isfinite(number)] for number in batches]
    known = [number for number in known if len(number) >= FEWEST]
    if not known:
        return None
    if not any(np.ptp(number) for number in known):  # one day, or one a batch: the next has its own
        days = [float(number[0]) for number in known]
        one_day = Order(1.0, Bound(0.0, 0.0), Bound(0.0, 0.5), 0.0, 0.0)
        return one_day if days == sorted(days) else None
    known = [number for number in known if np.ptp(number) > 0]
    follows = min(correlation(number) for number in known)
    spans = [float(np.subtract(*np.quantile(number, [0.95, 0.05]))) for number in known]
    slack = _SLACK * max(spans)
    behind = 0.0
    if follows >= FOLLOWS:
        behind = max(0.0, *(float(np.max(behind_neighbours(number))) for number in known))
    for i, later in enumerate(known[1:], 1):
        newest = max(float(earlier.max()) for earlier in known[:i])
        if np.median(later) > newest:
            behind = max(behind, newest - float(later.min()))
    late = Bound(behind, 1.5 * behind + slack)
    reach = max(_reach(part) for number in known for part in _parts(number))
    everything = np.sort(np.concatenate(known))
    inner = _inner(everything)
    gap = float(np.diff(inner).max()) if len(inner) > 2 else 0.0
    step = float(np.ptp(inner)) / max(len(inner), 1)
    hours, days_of_week = clock.rhythm(known) if moments else ((), ())
    lacking = max((_lacking(n, hours, days_of_week) for n in known), default=0.0)
    return Order(
        round(follows, 4),
        Bound(significant(late.seen, 6), significant(late.allowed, 6)),
        Bound(round(reach, 4), round(1.5 * reach + 0.5, 4)),
        significant(gap, 6),
        significant(step, 6),
        significant(lacking, 4),
        hours,
        days_of_week,
    )


def correlation(number: Floats) -> float:
    """Rank correlation with the rows' order, of the neighbours' medians: a few odd rows count
    for nothing."""
    smooth = neighbours(number[:: max(1, len(number) // _THINNED)])
    ranks = pd.Series(smooth).rank().to_numpy()
    if np.ptp(ranks) == 0:
        return 0.0
    return float(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1])


def neighbours(number: Floats) -> Floats:
    """The median of each row and those next to it."""
    width = min(51, max(5, len(number) // 8 * 2 + 1))
    middle = pd.Series(number).rolling(width, center=True, min_periods=width // 2 + 1).median()
    return np.asarray(middle.bfill().ffill(), dtype=float)


def behind_neighbours(number: Floats) -> Floats:
    """How far each row is behind those next to it; a first row is behind none, whatever follows."""
    newest = np.concatenate([[-np.inf], np.fmax.accumulate(number)[:-1]])
    return np.asarray(np.minimum(neighbours(number), newest) - number, dtype=float)


def newer(number: Floats, column: Column) -> bool:
    """Whether most of a batch lies behind all that the reference held."""
    if column.order is None or column.range is None:
        return False
    finite = number[np.isfinite(number)]
    if column.kind == "number" and len(finite) and finite[0] <= column.range.seen[0]:
        return False  # a counter that begins again in each batch
    return len(finite) > 0 and float(np.median(finite)) > column.range.seen[1]


def outcomes(values: Values, column: Column, reference: int) -> Iterator[Outcome]:
    """What the rules about time say about a column of a batch."""
    known = column.order
    number = np.where(values.given, values.number, np.nan)
    finite = np.isfinite(number)
    if known is None or np.count_nonzero(finite) < FEWEST:
        return
    late, why = _late(number, column, known)
    yield outcome("late", (column.name,), late, column.bound("late"), reference, says=why)
    ahead = _ahead(number, known) if newer(number, column) else np.zeros(len(number), dtype=bool)
    yield outcome("ahead", (column.name,), ahead, column.bound("ahead"), reference)
    rest = np.sort(number[finite & ~late & ~ahead])
    gap = _gap(rest, column, known, reference)
    if gap is not None:
        yield gap


def _late(number: Floats, column: Column, known: Order) -> tuple[Mask, str]:
    late = np.zeros(len(number), dtype=bool)
    finite = np.isfinite(number)
    some = number[finite]
    says = ""
    with np.errstate(invalid="ignore"):
        if known.follows >= FOLLOWS and correlation(some) >= FOLLOWS:
            behind = np.zeros(len(number))
            behind[finite] = behind_neighbours(some)
            late |= behind > known.late.allowed
            says = "behind the rows next to them"
        if newer(number, column) and column.range is not None:
            before = number < column.range.seen[1] - known.late.allowed
            says = "older than what earlier batches ended with" if before.any() else says
            late |= before
            middle, top = np.quantile(some, [0.5, 0.95])
            reach = max(known.tail.allowed * (top - middle), _NIGHTS * known.gap, _grain(some))
            tail = number < middle - reach
            says = "older than the batch's own window" if tail.any() and not says else says
            late |= tail
    return late, says


def _ahead(number: Floats, known: Order) -> Mask:
    low, middle = np.nanquantile(number, [0.05, 0.5])
    reach = max(
        2 * known.tail.allowed * (middle - low), _NIGHTS * known.gap,
        _grain(number[np.isfinite(number)]),
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        return np.asarray(number > middle + reach)


def _grain(number: Floats) -> float:
    """The smallest way between two rows that are not at once: a day, of dates without a time."""
    ways = np.diff(np.unique(number))
    return float(ways.min()) if len(ways) else 0.0


def _reach(number: Floats) -> float:
    middle, top = np.quantile(number, [0.5, 0.95])
    return float((middle - number.min()) / (top - middle)) if top > middle else 0.0


def _parts(number: Floats) -> Iterator[Floats]:
    """A batch, and its pieces in the order of its rows: the next batch may be a small one."""
    for pieces in _PIECES:
        if len(number) >= FEWEST * pieces:
            yield from np.array_split(number, pieces)


def _inner(ordered: Floats) -> Floats:
    cut = len(ordered) // 100
    return ordered[cut : len(ordered) - cut]


def _due(inner: Floats, hours: Sequence[float], days: Sequence[float]) -> Floats:
    """How many rows were due on the way from each row to the next."""
    until = clock.due(inner, hours, days)
    whole = float(np.ptp(until)) if len(until) else 0.0
    return np.diff(until) * (len(inner) / whole) if whole > 0 else np.zeros(1)


def _lacking(number: Floats, hours: Sequence[float], days: Sequence[float]) -> float:
    """The most rows that were due between two rows of a batch."""
    return float(_due(_inner(np.sort(number)), hours, days).max())


def _gap(ordered: Floats, column: Column, known: Order, reference: int) -> Outcome | None:
    """The longest time without a row, beside what chance makes of rows at this rate.

    Rows that come by chance leave out a stretch where k of them are expected once in exp(k) times:
    of n stretches the emptiest lacks about ln n, and ln n + 9 once in ten thousand batches. How
    many are expected is told by the reference where the batch covers the same time, else by the
    batch's own rate and by how much the emptiest stretch of the reference lacked: those of a gauge
    lack less than chance makes, those of a shop more. Nights and weekends that the reference was
    too short to show are told, and stop nothing.
    """
    inner = _inner(ordered)
    if len(inner) < FEWEST or known.step <= 0:
        return None
    ways = np.diff(inner)
    lacking = math.log(len(inner)) + 9
    missing = _due(inner, known.hours, known.days)
    if newer(ordered, column):
        usual = known.lacking * lacking / math.log(max(reference, 3))
        values = missing / usual if usual else np.zeros(len(ways))
    else:
        edges, shares = column.profile.values, column.profile.shares
        until = np.maximum(inner[:-1], inner[1:] - known.gap)
        due = np.interp(until, edges, shares) - np.interp(inner[:-1], edges, shares)
        values = due * len(ordered) / lacking
    at = int(values.argmax())
    value, longest, start = float(values[at]), float(ways[at]), float(inner[at])
    bound = column.bound("gap")
    few = newer(ordered, column) and missing[at] < _FEW * len(ordered)
    if bound.severity == "stop" and (few or longest <= closed(column, known)):
        bound = replace(bound, severity="warn")
    now, seen = (duration(way, moments=column.kind == "date") for way in (longest, known.gap))
    says = f"no row follows {shown(start, column)} for {now}, seen at most {seen}"
    return Outcome("gap", (column.name,), value, bound, 0.0 if value > bound.allowed else 1.0,
                   chance=1.0, says=says)  # fmt: skip


def closed(column: Column, known: Order) -> float:
    """How long there may be no row in a night, on a weekend or a holiday, as far as the reference
    can tell."""
    if column.kind != "date" or column.range is None:
        return 0.0
    low, high = column.range.seen
    dated = not known.hours and known.step >= clock.DAY / 2
    holiday = known.gap + _HOLIDAY if known.days and min(known.days) < _CLOSED else 0.0
    if known.hours and min(known.hours) >= _CLOSED:  # what runs at night runs on Sundays
        return max(holiday, _NIGHTS * known.gap)
    return max(holiday, clock.unknown(high - low, dated=dated))


def duration(way: float, *, moments: bool) -> str:
    """A way between two rows as people say it.

    Args:
        way: Seconds, or counts.
        moments: Whether it is seconds.
    """
    if not moments:
        return f"{way:.6g}"
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if way >= 2 * size:
            return f"{way / size:.3g} {unit}"
    return f"{way:.3g} seconds"
