"""What chance does: how many odd rows a batch may have, given how many the reference had.

All rules together call a batch that is as ever another one in about one of five hundred batches.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

ALPHA = 0.002
"""How often a batch that is as ever may be called another one, for all its rules together."""
FEW = 0.01
"""Share of odd rows that a batch may always hold."""
SOME = 0.1
"""Share of odd rows that livelier times may bring, none of them by far."""
HERE_AND_THERE = 0.025
"""Share of blank or repeated rows that no batch stops for: they come, though a short reference
showed none."""


@dataclass(frozen=True)
class Break:
    """A rule that a batch breaks: by single rows (`odd`), or as a whole (`odd` is None)."""

    column: Any
    rule: str
    odd: Any = None
    many: bool = True
    severity: str = "stop"

    def __str__(self) -> str:
        where = f"{self.column}: " if self.column is not None else ""
        if self.odd is None:
            return where + self.rule
        rows = np.flatnonzero(self.odd)
        return f"{where}{self.rule}; broken by {len(rows)} rows, first {rows[:5].tolist()}"


def too_many(
    count: int, rows: int, bound: Mapping[str, Any], profile: Mapping[str, Any], prior: float = 0.1
) -> bool:
    """Whether so many rows are more than is allowed, and more than chance explains.

    How often such rows come is known from the reference alone, so that a small one allows more: the
    count is beta-binomial (Skellam, 1948).
    """
    if count <= bound["allowed"] * rows:
        return False
    reference = profile["rows"]
    rate = max(bound["seen"], bound["allowed"] - FEW)
    together = bound.get("together", 1.0)  # so many odd rows tell as much as one
    count, rows, reference = (
        int(count / together),
        *(max(1, int(number / together)) for number in (rows, reference)),
    )
    a, b = rate * reference + prior, (1 - rate) * reference + 1.0
    if count <= rows * a / (a + b):
        return False
    term = math.exp(
        math.lgamma(rows + 1) - math.lgamma(count + 1) - math.lgamma(rows - count + 1)
        + math.lgamma(count + a) + math.lgamma(rows - count + b) - math.lgamma(rows + a + b)
        + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    )  # fmt: skip
    total = 0.0
    for number in range(count, rows + 1):
        total += term
        if term < total * 1e-4:
            break
        term *= (rows - number) * (number + a) / ((number + 1) * (rows - number - 1 + b))
    return bool(total < ALPHA / profile["rules"])


def bursts(odd: Any) -> float:
    """How many odd rows tell as much as one where they come in bursts; 1 where they do not.

    The design effect of blocks of rows (Kish, 1965), where chance does not explain it.
    """
    most, spread = 1.0, float(np.var(odd))
    for blocks in (8, 16, 32, 64, 128):
        size = len(odd) // blocks
        if size < 2 or not spread:
            break
        sums = odd[: size * blocks].reshape(blocks, size).sum(axis=1)
        effect = float(sums.var(ddof=1)) / (size * spread)
        if effect > 1 + 4 * math.sqrt(2 / (blocks - 1)):
            most = max(most, effect)
    return most


def in_stretches(odd: Any) -> float:
    """How many odd rows tell as much as one: all, where most between the first and the last are
    odd; those of a stretch, where stretches are few."""
    count = int(odd.sum())
    first, last = np.quantile(np.flatnonzero(odd), [0.02, 0.98])
    if count > 0.6 * (last - first + 1):
        return count
    stretches = int((np.diff(odd.astype(int), prepend=0) > 0).sum())
    few = stretches < count * (1 - count / len(odd)) / 4
    return max(count / stretches if few else 1.0, bursts(odd))


def odd_rows(
    name: Any,
    rule: str,
    odd: Any,
    bound: Mapping[str, Any],
    profile: Mapping[str, Any],
    *,
    may_begin: bool = False,
    far: Any = None,
    moved: bool = False,
) -> Iterator[Break]:
    """A rule that single rows break.

    Args:
        name: The column, or what else it is about.
        rule: What they break.
        odd: Which rows do.
        bound: How many may.
        profile: The content of the table's file in `reference/`.
        may_begin: Whether something new may begin with time: rows that break the rule next to each
            other are one event then, and warn.
        far: Rows that break it by more than time does; the others are some, in livelier times.
        moved: Whether the rest of the batch has moved to where the odd rows are.
    """
    if not odd.any():
        return
    count, severity = int(odd.sum()), bound.get("severity", "stop")
    many = too_many(count, len(odd), bound, profile)
    if many and may_begin and profile.get("in_time"):
        alone = {**bound, "together": max(bound.get("together", 1.0), in_stretches(odd))}
        excused = not too_many(count, len(odd), alone, profile)
        if far is not None:
            some = excused or moved or odd.mean() <= SOME
            excused = some and not too_many(int((odd & far).sum()), len(odd), bound, profile)
        severity = "warn" if excused else severity
    yield Break(name, rule, odd, many, severity)


def here_and_there(share: float, profile: Mapping[str, Any]) -> bool:
    """Whether so few rows are blank, or stand twice, as time brings by itself."""
    return bool(profile.get("in_time")) and share <= HERE_AND_THERE


def told(bound: Mapping[str, Any], value: float) -> str:
    """Whether a batch so far from the reference stops: up to `stop`, time may do as much."""
    return "warn" if value <= bound.get("stop", 0.0) else str(bound["severity"])


def compared(rows: int, profile: Mapping[str, Any]) -> float:
    """Rows that count when a batch is compared with the reference: their harmonic sum."""
    return float(rows * profile["rows"] / (rows + profile["rows"]))
