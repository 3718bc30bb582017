"""What rows next to each other let expect: which odd rows are so alone, and which with the others.

Where a column changes slowly along the rows, a season moves many rows together, and damage moves
single ones: what its neighbours are, too, is no damage.
"""

from __future__ import annotations

import numpy as np

from poc_graduate.contracts.model import Floats, Mask

NEAR = 0.6
"""How much of a value its neighbours tell, from which a row is judged beside them."""
_FEWEST = 40
_LOOKED_AT = 100_000
_PIECES = 8
_SOME, _OFTEN = 8, 0.05
"""Steps, at least, and their share of the rows, that tell how long a column's steps are."""
_ROUNDED = 1e-12
"""Of the largest number: a shorter step is none, but what was lost in rounding."""
_STEPS = 5.0
"""So many of a column's usual steps from its neighbours, and a row still goes with them."""


def middle(number: Floats) -> Floats:
    """The median of each number and the two on either side; of finite numbers, three or more."""
    wide = np.concatenate([number[2:0:-1], number, number[-2:-4:-1]])
    a, b, c, d, e = (wide[i : i + len(number)] for i in range(5))
    # the third of five lies between the larger minimum and the smaller maximum of two pairs
    low = np.maximum(np.minimum(a, b), np.minimum(d, e))
    high = np.minimum(np.maximum(a, b), np.maximum(d, e))
    return np.asarray(np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), c)))


def expected(number: Floats) -> Floats:
    """What the two rows on either side of each let expect: their median."""
    wide = np.concatenate([number[2:0:-1], number, number[-2:-4:-1]])
    others = [wide[i : i + len(number)] for i in (0, 1, 3, 4)]
    highest = np.maximum(np.maximum(others[0], others[1]), np.maximum(others[2], others[3]))
    lowest = np.minimum(np.minimum(others[0], others[1]), np.minimum(others[2], others[3]))
    return np.asarray((others[0] + others[1] + others[2] + others[3] - highest - lowest) / 2)


def nearness(number: Floats) -> float:
    """How much of a number its neighbours tell: 0 in any order, 1 where they tell all."""
    finite = number[np.isfinite(number)][:_LOOKED_AT]
    if len(finite) < _FEWEST:
        return 0.0
    spread = np.abs(finite - np.median(finite))
    off = np.abs(finite - expected(finite))
    for share in (0.5, 0.75, 0.9):  # of rain, most rows are 0
        usual = float(np.quantile(spread, share))
        if usual > 0:
            return max(0.0, 1 - (float(np.quantile(off, share)) / usual) ** 2)
    return 0.0


def steps(number: Floats) -> tuple[Floats, float]:
    """How far each row is from its neighbours, NaN where there is no number; and the usual step."""
    far = np.full(len(number), np.nan)
    there = np.isfinite(number)
    if np.count_nonzero(there) < _FEWEST:
        return far, 0.0
    some = number[there]
    off = np.abs(some - expected(some))
    off[off < _ROUNDED * np.abs(some).max()] = 0.0
    far[there] = off
    return far, float(np.median(off))


def alone(odd: Mask, number: Floats) -> Mask:
    """The odd rows that are so without their neighbours.

    Args:
        odd: Which rows break a rule.
        number: What the rule is about, in the order of the rows.
    """
    there = np.isfinite(number)
    if not odd.any() or np.count_nonzero(there) < _FEWEST or nearness(number) < NEAR / 2:
        return odd
    far, usual = steps(number)
    with_others = np.zeros(len(odd), dtype=bool)
    with_others[there] = middle(odd[there].astype(float)) > 0
    # steps are longer on the way up to a peak and down again
    height = np.full(len(number), np.nan)
    around = middle(number[there])
    height[there] = np.abs(around - np.median(around))
    with np.errstate(invalid="ignore"):
        with_others |= far <= np.maximum(_STEPS * usual, height / 2)
    return np.asarray(odd & ~with_others, dtype=bool)


def walked(rows: Mask, number: Floats, reach: float) -> Mask:
    """The rows of each run to which the numbers came step by step, from rows of no run.

    Args:
        rows: In runs, such as those far out of range.
        number: In the order of the rows.
        reach: The longest step.
    """
    there = np.flatnonzero(np.isfinite(number))
    found = np.zeros(len(rows), dtype=bool)
    some, inside = number[there], rows[there]
    edges = np.diff(np.concatenate([[0], inside.astype(int), [0]]))
    for start, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        borders = [one for one in (start, end) if 0 < one < len(some)]
        if borders and all(abs(some[one] - some[one - 1]) <= reach for one in borders):
            found[there[start:end]] = True
    return found


def lone(codes: np.ndarray) -> Mask:
    """Rows with another category than both of their neighbours, which have the same."""
    found = np.zeros(len(codes), dtype=bool)
    before, here, after = codes[:-2], codes[1:-1], codes[2:]
    found[1:-1] = (before == after) & (here != before) & (before >= 0) & (here >= 0)
    return found


def longest(far: Floats) -> float:
    """How many usual steps the rows of the reference are from their neighbours, but for a few.

    The worst of several pieces, so that the roughest weather of the reference counts.

    Args:
        far: How far each row is (`steps`).
    """
    found = []
    known = far[np.isfinite(far)]
    pieces = max(1, min(_PIECES, len(known) // _FEWEST))  # a short reference has one
    for piece in np.array_split(known, pieces):
        usual = stride(piece)
        if usual > 0:
            found.append(float(np.quantile(piece, 0.995)) / usual)
    return max(found, default=0.0)


def among_own(groups: np.ndarray) -> Mask:
    """The rows of which both rows on either side are of the same group.

    Args:
        groups: Of each row, those of a group together.
    """
    found = np.zeros(len(groups), dtype=bool)
    found[2:-2] = (groups[:-4] == groups[2:-2]) & (groups[4:] == groups[2:-2])
    return found


def stride(far: Floats) -> float:
    """The usual step of those that a column takes, which may stand still most of the time."""
    known = far[np.isfinite(far)]
    taken = known[known > 0]
    if not len(known) or len(taken) < max(_SOME, _OFTEN * len(known)):
        return 0.0
    return float(np.median(known)) or float(np.median(taken))


def jumps(number: Floats, longest_seen: float, step: float) -> Mask:
    """Rows that are further from their neighbours than rows of the reference were.

    Args:
        number: In the order of the rows.
        longest_seen: In usual steps.
        step: The usual step of the reference; a rougher batch has its own.
    """
    far, _ = steps(number)
    usual = stride(far)
    if nearness(number) < NEAR / 2:
        return np.zeros(len(number), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(far > longest_seen * max(usual, step))
