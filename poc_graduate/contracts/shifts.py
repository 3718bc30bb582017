"""Rules about a column of a batch as a whole: it is distributed otherwise than the reference.

Beside the distance between distributions, mixtures are looked for: a part of the rows that looks
as if it had been multiplied by a factor, turned in its sign, or taken from another column.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from poc_graduate.contracts.chance import (
    beyond,
    both,
    curves_apart,
    events,
    rows_by_chance,
    shares_apart,
)
from poc_graduate.contracts.model import Bound, Column, Floats, Outcome, Profile
from poc_graduate.contracts.styles import written
from poc_graduate.contracts.values import Values

GRID = (0, 0.001, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5,
        0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.999, 1)  # fmt: skip
"""Where a distribution is written down, in shares of the rows."""
FEWEST = 30
"""Rows below which no distribution is judged."""
MOST = 100_000
"""Rows that a distribution is judged by; more of them are thinned out."""
FEW_NUMBERS = 20
_BLOCKS = 20
_BY_CHANCE = 2.6
"""Fisher's F for twenty blocks, which chance exceeds in three of ten thousand columns."""
_TREND = 2.5
_SPIKES_BY_CHANCE = 2.6
"""Deviations by which a share differs from part to part without being wider by itself."""
_LEAST = 0.01
_MOST_ODDS = 10.0
_INSIDE = 0.2

FACTORS: Mapping[str, tuple[float, float]] = {
    "× 1000": (1000, 0), "÷ 1000": (0.001, 0), "× 100": (100, 0), "÷ 100": (0.01, 0),
    "× 10": (10, 0), "÷ 10": (0.1, 0), "× 2.54 (inches as cm)": (2.54, 0),
    "÷ 2.54 (cm as inches)": (1 / 2.54, 0), "× 0.4536 (pounds as kg)": (0.45359237, 0),
    "× 2.2046 (kg as pounds)": (2.20462262, 0), "× 1.609 (miles as km)": (1.609344, 0),
    "× 0.6214 (km as miles)": (0.62137119, 0), "× 3.281 (m as feet)": (3.2808399, 0),
    "× 0.3048 (feet as m)": (0.3048, 0), "× 60": (60, 0), "÷ 60": (1 / 60, 0),
    "× 12": (12, 0), "÷ 12": (1 / 12, 0), "× 24": (24, 0), "÷ 24": (1 / 24, 0),
    "× 1.8 + 32 (°C as °F)": (1.8, 32), "(x − 32) ÷ 1.8 (°F as °C)": (1 / 1.8, -32 / 1.8),
    "+ 273.15 (°C as K)": (1, 273.15), "sign turned": (-1, 0),
}  # fmt: skip
"""What units are mistaken for each other: new = factor × old + offset."""


def profile(number: Floats) -> Profile:
    """The distribution of numbers; six significant digits, the shares exact for these."""
    finite = np.sort(number[np.isfinite(number)])
    if len(finite) == 0:
        return Profile()
    at = np.maximum(np.ceil(np.asarray(GRID) * len(finite)).astype(int) - 1, 0)
    edges = np.unique([significant(float(x)) for x in finite[at]])
    shares = np.searchsorted(finite, edges, side="right") / len(finite)
    return Profile(tuple(edges.tolist()), tuple(np.round(shares, 6).tolist()))


def significant(value: float, digits: int = 9) -> float:
    """A number with few digits, so that it can be read."""
    return float(f"{value:.{digits}g}")


def thinned(number: Floats) -> Floats:
    """At most `MOST` of the numbers that are there."""
    finite = number[np.isfinite(number)]
    step = -(-len(finite) // MOST)
    return finite[:: max(step, 1)]


def wander(number: Floats) -> float:
    """How much the mean moves along the rows: the deviation of slow movements, 0 for none.

    Analysis of variance between blocks of rows (Fisher, 1925): beyond what chance makes of rows in
    any order, the variance between blocks is movement.
    """
    finite = number[np.isfinite(number)]
    size = len(finite) // _BLOCKS
    if size < 4:
        return 0.0
    table = finite[: size * _BLOCKS].reshape(_BLOCKS, size)
    within = float(table.var(axis=1, ddof=1).mean())
    between = float(table.mean(axis=1).var(ddof=1)) * size
    if between <= _BY_CHANCE * within:
        return 0.0
    return math.sqrt((between - within) / size)


def trend(number: Floats) -> float:
    """Correlation with the rows' order where chance hardly explains it, else 0."""
    finite = number[np.isfinite(number)]
    if len(finite) < FEWEST or np.ptp(finite) == 0:
        return 0.0
    found = abs(float(np.corrcoef(finite, np.arange(len(finite)))[0, 1]))
    return found if found * math.sqrt(len(finite)) > _TREND else 0.0


def bins(number: Floats, known: Profile) -> Floats:
    """Shares of numbers in the parts of a profile: up to its first value, between, above."""
    edges = np.asarray(known.values)
    counts = np.bincount(np.searchsorted(edges, number), minlength=len(edges) + 1)
    return np.asarray(counts / max(len(number), 1), dtype=float)


def expected(known: Profile) -> Floats:
    """Shares of the reference in the same parts."""
    return np.diff(np.concatenate([[0.0], known.shares, [1.0]]))


def outcomes(
    values: Values, column: Column, reference: int, others: Mapping[str, Profile]
) -> Iterator[Outcome]:
    """What each rule about the batch says about a column.

    Args:
        values: The column as it was read.
        column: What is known about it.
        reference: Rows of the reference.
        others: Profiles of the columns that this one may have been mistaken for.
    """
    name = (column.name,)
    if column.values:
        yield from _values_moved(values, column, reference)
    number = thinned(np.where(values.given, values.number, np.nan))
    rows = len(number)
    if rows < FEWEST or reference < FEWEST:
        return
    if column.profile.values and not (column.kind == "number" and column.values):
        bound = column.bound("shift")
        shares, before = bins(number, column.profile), expected(column.profile)
        apart = np.abs(np.cumsum(shares - before)[:-1])
        distance = float(apart.max())
        weight = both(rows, reference)
        p = curves_apart(distance, bound.allowed, weight)
        at = column.profile.values[int(apart.argmax())]
        yield Outcome("shift", name, distance, bound, p, chance=1.6 / math.sqrt(weight),
                      says=_curve_says(column, shares, before, at))  # fmt: skip
        if column.kind == "number" and len(column.profile.values) >= 8:
            yield _mixture(shares, before, rows, column, reference, others)
    if column.kind in ("number", "date") and not column.values:
        spiked = _spike(number, column, reference)
        if spiked is not None:
            yield spiked


def _values_moved(values: Values, column: Column, reference: int) -> Iterator[Outcome]:
    shares, rows = value_shares(values, column)
    known = list(column.values.values())
    if not known:
        return
    rest = max(0.0, 1 - sum(known))
    if rows < FEWEST or reference < FEWEST:
        return
    bound = column.bound("shares")
    distance, p, chance = shares_apart(
        [*shares, max(0.0, 1 - sum(shares))], [*known, rest], rows, reference, bound.allowed
    )
    gaps = [abs(a - b) for a, b in zip(shares, known, strict=True)]
    at = int(np.argmax(gaps))
    value = list(column.values)[at]
    says = f"{value!r} is {shares[at]:.1%} of the rows, was {known[at]:.1%}"
    yield Outcome("shares", (column.name,), distance, bound, p, chance=chance, says=says)


def value_shares(values: Values, column: Column) -> tuple[list[float], int]:
    """Shares of a column's known values among the rows where a value stands, and their number."""
    given = values.given
    rows = int(np.count_nonzero(given))
    if column.kind == "number":
        known = np.asarray([float(value) for value in column.values])
        counts = [int(np.count_nonzero(values.number[given] == one)) for one in known]
    else:
        position = {text: code for code, text in enumerate(values.texts)}
        tally = np.bincount(values.codes[values.known], minlength=len(position) + 1)
        counts = [int(tally[position[v]]) if v in position else 0 for v in column.values]
    return [count / max(rows, 1) for count in counts], rows


def _curve_says(column: Column, shares: Floats, before: Floats, at: float) -> str:
    place = int(np.searchsorted(column.profile.values, at))
    what = "texts of at most" if column.kind in ("code", "text") else "not above"
    return (
        f"{np.cumsum(shares)[place]:.0%} of the rows {what} {shown(at, column, 6)}, "
        f"were {np.cumsum(before)[place]:.0%}"
    )


def _mixture(
    shares: Floats, before: Floats, rows: int, column: Column, reference: int,
    others: Mapping[str, Profile],
) -> Outcome:  # fmt: skip
    """The share of rows that look changed in one of the known ways.

    For each way: the score test of the mixture (1 - s) f + s g at s = 0 with f the reference's
    density and g what it becomes (Rao, 1948), which is a weighted sum of the shares in the parts.
    """
    bound = column.bound("mixture")
    best = Outcome("mixture", (column.name,), 0.0, bound, 1.0)
    weight = both(rows, reference)
    known = column.profile
    ways = {
        how: _mapped(known, a, b) for how, (a, b) in FACTORS.items()
        if _stays(known, a * np.asarray(known.values) + b, known.shares)
    }  # fmt: skip
    ways |= {
        f"values of {name}": _taken(known, p) for name, p in others.items()
        if _stays(known, np.asarray(p.values), p.shares)
    }  # fmt: skip
    tests = 0
    most_likely = -math.inf
    groups = _grouped(before, reference)
    before = np.asarray(np.bincount(groups, weights=before), dtype=float)
    shares = np.asarray(np.bincount(groups, weights=shares), dtype=float)
    for how, parts in ways.items():
        after = np.bincount(groups, weights=parts)
        odds = np.minimum(after / before, _MOST_ODDS)
        mean = float(odds @ before)
        gain = float(odds @ after) - mean
        spread = math.sqrt(max(float((odds - mean) ** 2 @ before), 1e-12))
        if gain < 0.15:  # the two look alike: nothing can be told
            continue
        tests += 1
        share = (float(odds @ shares) - mean) / gain
        error = spread / gain / math.sqrt(weight)
        p = beyond(share, bound.allowed, error)
        likely = share / error
        if likely > most_likely:
            most_likely = likely
            says = f"about {min(share, 1):.0%} of the rows look as if they were {how}"
            best = Outcome("mixture", (column.name,), share, bound, p, 1, 3.2 * error, None, says)
    return Outcome("mixture", best.columns, best.value, bound, best.p, max(tests, 1), best.chance,
                   None, best.says)  # fmt: skip


def _stays(known: Profile, values: Floats, shares: Sequence[float]) -> bool:
    """Whether enough of a distribution is in the range of another one: else it is found there."""
    within = (values >= known.values[0]) & (values <= known.values[-1])
    return float(np.diff([0.0, *shares])[within].sum()) >= _INSIDE


def _grouped(before: Floats, reference: int) -> np.ndarray:
    """Parts put together until each has enough rows.

    The odds are themselves estimated: that biases the sum of k parts by about k / rows, which has
    to stay below its error, about 1 / sqrt(rows).
    """
    least = max(_LEAST, 4 / math.sqrt(2 * reference))
    groups = np.zeros(len(before), dtype=int)
    held = 0.0
    for place, share in enumerate(before):
        if held >= least:
            groups[place:] += 1
            held = 0.0
        held += share
    if held < least:
        groups[groups == groups[-1]] = max(groups[-1] - 1, 0)
    return groups


def _cdf(known: Profile, at: Floats) -> Floats:
    edges = np.asarray(known.values)
    return np.interp(at, edges, known.shares, left=0.0, right=1.0)


def _mapped(known: Profile, factor: float, offset: float) -> Floats:
    """Shares in the parts of a profile once each number is factor × number + offset."""
    edges = np.asarray(known.values)
    below = _cdf(known, (edges - offset) / factor)
    if factor < 0:
        below = 1 - below
    return _parts(below)


def _taken(known: Profile, other: Profile) -> Floats:
    return _parts(_cdf(other, np.asarray(known.values)))


def _parts(below: Floats) -> Floats:
    return np.clip(np.diff(np.concatenate([[0.0], below, [1.0]])), 0, 1)


def _spike(number: Floats, column: Column, reference: int) -> Outcome | None:
    """One number stands in many more rows than it did: something was filled in."""
    bound = column.bound("spike")
    distinct, counts = np.unique(number, return_counts=True)
    usual = np.asarray([column.common.get(float(one), 0.0) for one in distinct])
    extra = counts / len(number) - usual
    at = int(extra.argmax())
    # what is usual is known from a count; what is not had less than the rarest of the usual ones
    base = max(float(usual[at]), bound.seen)
    share = float(counts[at]) / len(number)
    together = bound.together if distinct[at] in column.common else 1.0
    together = max(together, events(number == distinct[at]))
    widened = Bound(base, base + bound.allowed - bound.seen)
    p = rows_by_chance(int(counts[at]), len(number), widened, reference, 1.0, together)
    chance = _SPIKES_BY_CHANCE * math.sqrt(base * (1 - base) / both(len(number), reference))
    number_text = shown(float(distinct[at]), column)
    says = f"{number_text} stands in {share:.1%} of the rows, at most {base:.1%} before"
    return Outcome("spike", (column.name,), bound.seen + share - base, bound, p,
                   min(len(distinct), 20), chance, None, says)  # fmt: skip


def shown(value: float, column: Column, digits: int = 9) -> str:
    """A number as people read it; moments in the form of dates."""
    return written(value) if column.kind == "date" else f"{value:.{digits}g}"
