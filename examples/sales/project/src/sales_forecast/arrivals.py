"""When the rows of a batch come: late, ahead, after a gap, twice, or for the second time."""

import base64
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .chance import FEW, Break, here_and_there, odd_rows, told, too_many
from .readings import FEWEST, figures

IN_ORDER = 0.9
"""Rank correlation with the rows' order from which rows come in the order of time."""
NIGHTS = 1.2
"""Of the longest way without a row: a small batch may have rows on both of its sides."""
HOUR = 3600.0
REMEMBERED = 1000
"""Rows of the reference that are remembered, as hashes."""


def is_later(numbers: Any, known: Mapping[str, Any]) -> bool:
    """Whether most of a batch lies behind all that the reference held."""
    if not len(numbers) or (known["counts"] and numbers[0] <= known["oldest"]):
        return False  # a counter that begins again in each batch
    return bool(np.median(numbers) > known["newest"])


def times(
    moments: Any, column: Mapping[str, Any], profile: Mapping[str, Any], *, later: bool
) -> Iterator[Break]:
    """Rows that arrive late or ahead of their time, and times without rows."""
    name, known = column["name"], column["order"]
    there = np.isfinite(moments)
    some = moments[there]
    if len(some) < FEWEST:
        return
    late = np.zeros(len(moments), bool)
    ahead = late.copy()
    if known["follows"] >= IN_ORDER and follows(some) >= IN_ORDER:
        newest = np.concatenate([[-np.inf], np.fmax.accumulate(some)[:-1]])
        late[there] |= np.minimum(neighbours(some), newest) - some > known["late"]
    if later:
        low, middle, top = np.quantile(some, [0.05, 0.5, 0.95])
        ways = np.diff(np.unique(some))
        least = max(NIGHTS * known["gap"], ways.min() if len(ways) else 0.0)
        before, after = known["tail"] * (top - middle), 2 * known["tail"] * (middle - low)
        late[there] |= some < max(known["newest"] - known["late"], middle - max(before, least))
        ahead[there] = some > middle + max(after, least)
    usual = {"seen": 0.0, "allowed": FEW}
    yield from odd_rows(name, "arrives later than rows ever did", late, usual, profile)
    yield from odd_rows(name, "is ahead of its time", ahead, usual, profile)
    inner = np.sort(moments[there & ~late & ~ahead])
    inner = inner[len(inner) // 100 : len(inner) - len(inner) // 100]
    if len(inner) < FEWEST or known["step"] <= 0:
        return
    # Of n stretches between rows that come by chance, the longest lacks about ln n rows, and
    # ln n + 9 once in ten thousand batches.
    ways, lacking = np.diff(inner), math.log(len(inner)) + 9
    missing = rows_due(inner, known)
    if later:
        usual_way = known["lacking"] * lacking / math.log(max(profile["rows"], 3))
        length = missing / usual_way if usual_way else np.zeros(len(ways))
    elif "quantiles" in column:
        points, up_to = column["quantiles"], column["up_to"]
        until = np.maximum(inner[:-1], inner[1:] - known["gap"])
        due = np.interp(until, points, up_to) - np.interp(inner[:-1], points, up_to)
        length = due * len(inner) / lacking
    else:
        return
    if length.max() > known["gaps"]["allowed"]:
        at, severity = int(length.argmax()), known["gaps"]["severity"]
        if ways[at] <= known["quiet"] or (later and missing[at] < 0.03 * len(moments)):
            severity = "warn"  # a night or a weekend, or few rows
        says = f"no row for {ways[at]:.6g} after {inner[at]:.12g}; at most {known['gap']:.6g} seen"
        yield Break(name, says, severity=severity)


def rows_due(ordered: Any, known: Mapping[str, Any]) -> Any:
    """How many rows were due on the way from each to the next, by hours and days of the week."""
    until = ordered
    if known["hours"] or known["days"]:
        hours = np.arange(ordered[0] // HOUR, ordered[-1] // HOUR + 2)
        rate = np.asarray(known["hours"] or [1.0] * 24)[(hours % 24).astype(int)]
        rate = rate * np.asarray(known["days"] or [1.0] * 7)[((hours // 24 + 3) % 7).astype(int)]
        until = np.interp(ordered, hours * HOUR, np.concatenate([[0.0], np.cumsum(rate)[:-1]]))
    whole = float(np.ptp(until))
    return np.diff(until) * len(until) / whole if whole else np.zeros(len(until) - 1)


def neighbours(numbers: Any) -> Any:
    """The median of each row and those next to it."""
    width = min(51, max(5, len(numbers) // 8 * 2 + 1))
    middle = pd.Series(numbers).rolling(width, center=True, min_periods=width // 2 + 1).median()
    return middle.bfill().ffill().to_numpy(float)


def follows(numbers: Any) -> float:
    """Rank correlation with the rows' order; a few odd rows count for nothing."""
    ranks = pd.Series(neighbours(numbers[:: max(1, len(numbers) // 20_000)])).rank().to_numpy()
    return float(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]) if np.ptp(ranks) else 0.0


class Again:
    """Rows of a batch that repeat, beside those that the reference held.

    Args:
        batch: Its columns by name, as the schema types them.
        known: What is remembered of the reference.
    """

    def __init__(self, batch: Mapping[Any, Any], known: Mapping[str, Any]) -> None:
        self.known = known
        self.hashes = row_hashes(batch)
        self.held = np.frombuffer(base64.b64decode(known["rows"]), ">u8").astype(np.uint64)
        self.before = np.isin(self.hashes, self.held)
        there = len(np.unique(self.hashes[self.before])) / len(self.held)
        self.grown = there > 0.5
        """Whether this is the reference itself, or a table that has grown since."""

    def breaks(self, profile: Mapping[str, Any]) -> Iterator[Break]:
        """Rows that stand there twice, and rows that were there before."""
        twice = int(pd.Series(self.hashes).duplicated().sum())
        bound = self.known["repeated"]
        if too_many(twice, len(self.hashes), bound, profile):
            share = twice / len(self.hashes)
            severity = "warn" if here_and_there(share, profile) else told(bound, share)
            yield Break(None, f"{share:.1%} of the rows repeat another one", severity=severity)
        if self.grown:
            return
        sampled = np.ones(len(self.hashes), bool)
        if len(self.held) == REMEMBERED:
            sampled = self.hashes <= self.held.max()
        before = int((sampled & self.before).sum())
        bound, of = self.known["delivered"], int(sampled.sum())
        fewer = {**profile, "rows": min(profile["rows"], REMEMBERED)}
        if too_many(before, of, bound, fewer):
            says = f"about {before / of:.1%} of the rows were there before"
            yield Break(None, says, severity=bound["severity"])


def row_hashes(batch: Mapping[Any, Any]) -> Any:
    """A hash for each row, of what its cells say."""
    total: Any = np.uint64(0)
    with np.errstate(over="ignore"):
        for place, values in enumerate(batch.values()):
            if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype.kind == "M":
                numbers = figures(values)
                one = pd.util.hash_array(np.where(np.isfinite(numbers), numbers + 0.0, -1.5))
            else:
                texts = values.astype(object).where(values.notna(), "").astype(str)
                one = pd.util.hash_array(texts.to_numpy(object))
            total = (total ^ one) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(place)
            total ^= total >> np.uint64(31)
    return total


def remembered(hashes: Any) -> str:
    """The smallest of the hashes, as text: the same sample of rows whatever else arrives."""
    return base64.b64encode(np.unique(hashes)[:REMEMBERED].astype(">u8").tobytes()).decode()
