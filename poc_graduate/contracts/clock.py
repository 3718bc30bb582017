"""How many rows are due at which hour and on which day of the week."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from poc_graduate.contracts.model import Floats

HOUR, DAY = 3600.0, 86400.0
NIGHT, WEEKEND = 14 * HOUR, 2.75 * DAY
"""Without rows, at most, where people sleep or do not work."""
_EPOCH_DAY = 3
"""1970 began on a Thursday."""
_DAYS, _WEEKS = 2 * DAY, 14 * DAY
"""What the reference spans at least to show how days, and weeks, are."""
_LONGEST = 40 * 365 * DAY


def rhythm(batches: Sequence[Floats]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Rows at each hour of the day and on each day of the week, beside those at an average one.

    Args:
        batches: Moments in seconds, of each batch of the reference.

    Returns:
        24 and 7 factors; nothing where the reference is too short to tell, or has no hours.
    """
    moments = np.concatenate(batches) if batches else np.zeros(0)
    span = float(sum(np.ptp(one) for one in batches if len(one)))
    if not len(moments) or span > _LONGEST:
        return (), ()
    hours: tuple[float, ...] = ()
    days: tuple[float, ...] = ()
    if span >= _DAYS and (moments % DAY).any():
        hours = _shares(moments // HOUR % 24, 24)
    if span >= _WEEKS:
        days = _shares((moments // DAY + _EPOCH_DAY) % 7, 7)
    return hours, days


def _shares(slot: Floats, slots: int) -> tuple[float, ...]:
    counts = np.bincount(slot.astype(int), minlength=slots)
    return tuple(np.round(counts * slots / counts.sum(), 3).tolist())


def due(moments: Floats, hours: Sequence[float], days: Sequence[float]) -> Floats:
    """How much of the time until each moment counts, in seconds at an average rate.

    Args:
        moments: Sorted.
        hours: As `rhythm` tells; nothing where all count alike.
        days: Likewise.
    """
    if not len(moments) or not (hours or days):
        return moments
    start = moments[0] // HOUR
    slots = np.arange(start, moments[-1] // HOUR + 2)
    rate = np.ones(len(slots))
    if hours:
        rate = rate * np.asarray(hours)[(slots % 24).astype(int)]
    if days:
        rate = rate * np.asarray(days)[((slots // 24 + _EPOCH_DAY) % 7).astype(int)]
    until = np.concatenate([[0.0], np.cumsum(rate)[:-1]]) * HOUR
    return np.interp(moments, slots * HOUR, until)


def unknown(span: float, *, dated: bool) -> float:
    """How long there may be no row, for all that the reference can tell.

    Args:
        span: Of the reference, in seconds.
        dated: Whether its moments are days, without hours.
    """
    if span < _DAYS and not dated:
        return NIGHT
    return WEEKEND if span < _WEEKS else 0.0
