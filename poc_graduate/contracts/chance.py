"""What chance does: how many odd rows, and how far a statistic moves, without anything wrong.

All levels are family-wise: a clean batch breaks any rule less than once in some hundred batches,
however many columns it has (Bonferroni's inequality, summed over all that is looked at).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from poc_graduate.contracts.model import ODD_ROWS, Bound, Floats, Mask

ALPHA_ROWS = 0.002
"""For all rules about rows together."""
ALPHA_SHIFTS = 0.002
"""For all rules about batches together."""
_BLOCKS = (8, 16, 32, 64, 128)
_CALM = 16
_BY_CHANCE = 4.0
"""Deviations of a variance between blocks that chance does not explain."""
_STRAY, _MOST_BETWEEN = 0.02, 0.6
PRIOR = 0.1
"""Odd rows that the reference is credited with: what breaks a rule that no row broke is rare."""


def rows_by_chance(
    count: int, rows: int, bound: Bound, reference: int, prior: float, together: float = 1.0
) -> float:
    """How likely so many odd rows are, given how many the reference had.

    The rate is unknown: it is spread as a beta distribution round what was seen, so that a small
    reference allows more. The count is then beta-binomial (Skellam, 1948, JRSS B 10, 257).

    Args:
        count: Odd rows in the batch.
        rows: Rows of the batch.
        bound: What was seen, and allowed.
        reference: Rows of the reference.
        prior: Odd rows added to those seen.
        together: How many odd rows tell as much as one that comes alone (`bursts`).

    Returns:
        The probability of `count` or more; 1 where the bound allows the share.
    """
    if count <= bound.allowed * rows or reference == 0:
        return 1.0
    rate = max(bound.seen, bound.allowed - ODD_ROWS)
    if together > 1:
        count, rows = int(count / together), max(1, int(rows / together))
        reference = max(1, int(reference / together))
    a, b = rate * reference + prior, (1 - rate) * reference + 1.0
    mean = rows * a / (a + b)
    if count <= mean:
        return 1.0
    term = _beta_binomial(count, rows, a, b)
    total = 0.0
    for number in range(count, rows + 1):
        total += term
        if term < total * 1e-4:
            break
        term *= (rows - number) * (number + a) / ((number + 1) * (rows - number - 1 + b))
    return min(total, 1.0)


def _beta_binomial(count: int, rows: int, a: float, b: float) -> float:
    log = (
        math.lgamma(rows + 1) - math.lgamma(count + 1) - math.lgamma(rows - count + 1)
        + math.lgamma(count + a) + math.lgamma(rows - count + b) - math.lgamma(rows + a + b)
        + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    )  # fmt: skip
    return math.exp(log)


def bursts(number: Floats) -> float:
    """How many rows tell as much as one, where rows next to each other are alike; 1 where not.

    The design effect: the variance of the sums of blocks of rows over what it is for rows in any
    order (Kish, 1965, Survey Sampling, 5.4; for 0 and 1 that of a beta-binomial distribution). The
    largest of several sizes of blocks for which chance does not explain it.

    Args:
        number: A number for each row, in the order of the rows; NaN counts as the mean.
    """
    there = np.isfinite(number)
    if np.count_nonzero(there) < _BLOCKS[0] * 2:
        return 1.0
    off = np.where(there, number - number[there].mean(), 0.0)
    spread = float(np.mean(off**2))
    if spread <= 0:
        return 1.0
    most = 1.0
    for blocks in _BLOCKS:
        size = len(off) // blocks
        if size < 2:
            break
        sums = off[: size * blocks].reshape(blocks, size).sum(axis=1)
        effect = float(sums.var(ddof=1)) / (size * spread)
        if effect > 1 + _BY_CHANCE * math.sqrt(2 / (blocks - 1)):
            most = max(most, effect)
    return most


def events(odd: Mask) -> float:
    """How many odd rows tell as much as one: all of them, where most rows between the first and
    the last are odd; those of a stretch, where stretches are few."""
    count = int(np.count_nonzero(odd))
    if not count:
        return 1.0
    first, last = np.quantile(np.flatnonzero(odd), [_STRAY, 1 - _STRAY])
    if count > _MOST_BETWEEN * (last - first + 1):
        return float(count)
    stretches = int(np.count_nonzero(np.diff(odd.astype(int), prepend=0) > 0))
    by_chance = count * (1 - count / max(len(odd), 1))
    alone = count / stretches if 0 < stretches < by_chance / _BY_CHANCE else 1.0
    return max(alone, bursts(odd.astype(float)))


def calm(odd: Mask) -> Mask:
    """The half of a batch's blocks of rows with the fewest odd ones."""
    size = len(odd) // _CALM
    if not size:
        return odd
    table = odd[: size * _CALM].reshape(_CALM, size)
    fewest = np.argsort(table.sum(axis=1), kind="stable")[: _CALM // 2]
    return np.asarray(table[fewest].ravel())


def both(rows: float, reference: float) -> float:
    """Rows that count when two samples are compared: their harmonic sum."""
    return rows * reference / (rows + reference) if rows and reference else 0.0


def beyond(distance: float, allowed: float, error: float) -> float:
    """How likely a normal statistic is so far beyond what is allowed, on either side."""
    if distance <= allowed:
        return 1.0
    return math.erfc((distance - allowed) / max(error, 1e-12) / math.sqrt(2))


def curves_apart(distance: float, allowed: float, rows: float) -> float:
    """How likely two samples' distribution functions are so far apart.

    The inequality of Dvoretzky, Kiefer and Wolfowitz, with Massart's constant (1990, Annals of
    Probability 18, 1269), applied to `both(…)` rows as Kolmogorov and Smirnov's test does.
    """
    if distance <= allowed:
        return 1.0
    return min(1.0, 2 * math.exp(-2 * rows * (distance - allowed) ** 2))


def shares_apart(
    batch: Sequence[float], reference: Sequence[float], rows: float, known: float, allowed: float
) -> tuple[float, float, float]:
    """How far two sets of shares are apart.

    Pearson's statistic for two samples, with cells pooled that expect fewer than five rows, as a
    normal deviate (Wilson and Hilferty, 1931, PNAS 17, 684). What is allowed shifts its centre,
    as in a noncentral chi-squared distribution.

    Args:
        batch: Shares in the batch.
        reference: Shares of the same values in the reference.
        rows: Of the batch.
        known: Rows of the reference.
        allowed: Distance that is no finding.

    Returns:
        The distance (Cohen's w, without what chance adds), the probability, and the distance that
        chance explains once in a hundred times.
    """
    p, q = np.asarray(batch, dtype=float), np.asarray(reference, dtype=float)
    weight = both(rows, known)
    middle = (p * rows + q * known) / (rows + known)
    small = middle * min(rows, known) < 5
    if small.any():
        p = np.append(p[~small], p[small].sum())
        q = np.append(q[~small], q[small].sum())
        middle = np.append(middle[~small], middle[small].sum())
        kept = middle * min(rows, known) >= 5
        p, q, middle = p[kept], q[kept], middle[kept]
    free = len(p) - 1
    if free < 1:
        return 0.0, 1.0, 0.0
    squared = weight * float(np.sum((p - q) ** 2 / middle))
    distance = math.sqrt(max(0.0, squared - free) / weight)
    chance = math.sqrt((2.4 * math.sqrt(2 * free) + 2) / weight)
    moved = weight * allowed**2
    # A noncentral statistic as a central one with other freedom (Patnaik, 1949, Biometrika 36, 202)
    scale = (free + 2 * moved) / (free + moved)
    degrees = (free + moved) ** 2 / (free + 2 * moved)
    root = (squared / scale / degrees) ** (1 / 3)
    deviate = (root - (1 - 2 / (9 * degrees))) / math.sqrt(2 / (9 * degrees))
    return distance, 0.5 * math.erfc(deviate / math.sqrt(2)), chance
