"""Rows beside their neighbours: numbers far from them, and categories alone among others."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .chance import Break, odd_rows, told

FEWEST = 40
"""Numbers below which none is judged by its neighbours."""
NEAR = 0.3
"""How much of a batch's numbers their neighbours tell, at least, before any is judged by them."""


def neighbours(
    batch: Mapping[Any, Any], rows: Any, column: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """Whether too many rows are what the two on either side, of the same station, let not expect.

    Args:
        batch: Columns by name, as the schema types them.
        rows: The column's values as numbers.
        column: What is known of it.
        profile: The content of the table's file in `reference/`.
    """
    name = column["name"]
    if "jump" in column:
        known = column["jump"]
        odd = np.zeros(len(rows), bool)
        if known.get("among") in batch:
            groups = pd.factorize(batch[known["among"]])[0]
            order = np.argsort(groups, kind="stable")
            groups = groups[order]
            own = np.zeros(len(rows), bool)  # both rows on either side are of the same group
            own[2:-2] = (groups[:-4] == groups[2:-2]) & (groups[4:] == groups[2:-2])
            odd[order] = jumps(rows[order], known) & own
        else:
            odd = jumps(rows, known)
        yield from _many(name, "far from the rows next to them", odd, known, profile)
    if "lone" in column:
        codes = pd.factorize(batch[name])[0]
        before, here, after = codes[:-2], codes[1:-1], codes[2:]
        alone = (before == after) & (here != before) & (before >= 0) & (here >= 0)
        odd = np.concatenate([[False], alone, [False]])[: len(codes)]
        rule = "have another value than both rows next to them, which share theirs"
        yield from _many(name, rule, odd, column["lone"], profile)


def alone(odd: Any) -> Any:
    """The odd rows that are not so with most of the rows next to them: that would be movement."""
    around = pd.Series(odd.astype(float)).rolling(5, center=True, min_periods=3).median()
    return odd & ~(around > 0).to_numpy()


def _many(
    name: Any, rule: str, odd: Any, bound: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """A rule that some rows always break, and a batch where too many do: none is put aside."""
    for found in odd_rows(name, rule, odd, bound, profile, may_begin=True):
        if found.many:
            says = f"{odd.mean():.1%} {rule}; {bound['seen']:.1%} seen"
            severity = "warn" if found.severity == "warn" else told(bound, odd.mean())
            yield Break(name, says, severity=severity)


def jumps(numbers: Any, known: Mapping[str, Any]) -> Any:
    """Numbers that are more usual steps away from their neighbours than any was."""
    there = np.isfinite(numbers)
    some = numbers[there]
    odd = np.zeros(len(numbers), bool)
    if len(some) < FEWEST:
        return odd
    off = np.abs(some - expected(some))
    taken = off[off > 1e-12 * np.abs(some).max()]
    if not len(taken) or told_by_neighbours(some, off) < NEAR:
        return odd
    step = float(np.median(off)) or float(np.median(taken))
    odd[there] = off > known["steps"] * max(step, known["step"])
    return odd


def expected(numbers: Any) -> Any:
    """The median of the two rows before and the two after each."""
    wide = np.concatenate([numbers[2:0:-1], numbers, numbers[-2:-4:-1]])
    others = np.sort([wide[place : place + len(numbers)] for place in (0, 1, 3, 4)], axis=0)
    return (others[1] + others[2]) / 2


def told_by_neighbours(numbers: Any, off: Any) -> float:
    """How much of the numbers their neighbours tell: nothing where rows are in any order."""
    spread = np.abs(numbers - np.median(numbers))
    for share in (0.5, 0.75, 0.9):  # of rain, most rows are 0
        if usual := np.quantile(spread, share):
            return float(1 - (np.quantile(off, share) / usual) ** 2)
    return 0.0
