"""Rules about columns together: how they go with each other, and what never stands together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd

from poc_graduate.contracts import beside
from poc_graduate.contracts.chance import PRIOR, beyond, both, bursts, shares_apart
from poc_graduate.contracts.memory import key_hashes
from poc_graduate.contracts.model import Column, Contract, Floats, Mask, Outcome, Relation
from poc_graduate.contracts.rows import outcome
from poc_graduate.contracts.shifts import FEWEST
from poc_graduate.contracts.values import Values

MOST = 50_000
"""Rows by which relations of whole batches are judged."""
_BLOCKS = 12
EVENLY = 12**-0.5
"""The deviation of places that are spread evenly from 0 to 1."""
_FAR_OFF = 6.0
"""The influence of a row that has the least of one column and the most of the other: one that did
not happen to be among these rows may be among the next."""
_LIVELIER = 2.0
"""So many times as far off as rows were, a line may be in livelier times."""
_COUNTED = 10_000
"""Pairs, at most, that are counted without sorting the rows."""
APART = " | "
"""Between two categories in the name of a pair."""


class Measured:
    """The columns of a batch, with what several relations need of one, worked out once.

    Attributes:
        batch: The columns as they were read.
        place: Of a column's name, where its numbers lie in the reference (`places`).
        ranks: Likewise, the ranks of a sample of them (`ranked`).
    """

    def __init__(self, batch: Mapping[str, Values], columns: Mapping[str, Column]) -> None:
        self.batch = batch
        self.place: Callable[[str], Floats] = cache(
            lambda name: places(numbers(batch[name]), columns[name])
        )
        self.ranks: Callable[[str], Floats] = cache(lambda name: ranked(numbers(batch[name])))


def outcomes(batch: Mapping[str, Values], contract: Contract) -> Iterator[Outcome]:
    """What each rule between columns says about a batch."""
    measured = Measured(batch, {column.name: column for column in contract.columns})
    for relation in contract.relations:
        if relation.bound.severity == "off" or not all(c in batch for c in relation.columns):
            continue
        values = [batch[name] for name in relation.columns]
        match relation.kind:
            case "rank":
                found = _rank(relation, measured, contract.rows)
            case "means":
                found = _means(relation, measured, contract)
            case "together":
                yield from _together(
                    relation, values, contract.rows, serial=_serial(relation, contract)
                )
                continue
            case "order":
                low, high = numbers(values[0]), numbers(values[1])
                with np.errstate(invalid="ignore"):
                    odd = low > high
                found = _odd(relation, odd, high - low, contract)
            case "once":
                found = outcome("once", relation.columns, again(values), relation.bound,
                                contract.rows)  # fmt: skip
            case "lag":
                found = _lag(relation, values, contract)
            case "line":
                found = _line(relation, values, contract)
            case "labels":
                found = None  # judged by other relations (`labels.py`)
        if found is not None:
            yield found


def again(values: list[Values]) -> Mask:
    """The rows whose values in all of some columns stood together before."""
    hashes = [pd.Series(key_hashes(one)) for one in values]
    there = np.logical_and.reduce([one.given for one in values])
    twice = pd.concat(hashes, axis=1)[there].duplicated().to_numpy()
    found = np.zeros(len(there), dtype=bool)
    found[there] = twice
    return found


def numbers(values: Values) -> Floats:
    """Numbers of the rows where they count, NaN elsewhere."""
    return np.asarray(np.where(values.given, values.number, np.nan), dtype=float)


def sample(rows: int) -> slice:
    """Every so many rows, at most `MOST`."""
    return slice(None, None, max(1, -(-rows // MOST)))


def ranked(number: Floats) -> Floats:
    """Ranks of a sample, NaN where there is no number."""
    return np.asarray(pd.Series(number[sample(len(number))]).rank(), dtype=float)


def rank_correlation(first: Floats, second: Floats) -> tuple[float, int]:
    """Spearman's, of ranks, over the rows that have both; and how many these are."""
    have = np.isfinite(first) & np.isfinite(second)
    rows = int(np.count_nonzero(have))
    if rows < FEWEST or np.ptp(first[have]) == 0 or np.ptp(second[have]) == 0:
        return 0.0, 0
    return float(np.corrcoef(first[have], second[have])[0, 1]), rows


def _rank(relation: Relation, measured: Measured, reference: int) -> Outcome | None:
    first, second = (measured.ranks(name) for name in relation.columns)
    now, rows = rank_correlation(first, second)
    if rows < FEWEST:
        return None
    seen = relation.seen["correlation"]
    distance = abs(_arc(now) - _arc(seen))
    before = relation.seen.get("error", (1 - seen**2) * _by_chance(seen, min(reference, MOST)))
    error = math.hypot(correlation_error(first, second), before)
    # near to 1 a few rows move Fisher's z by a lot: what is allowed is in z, chance is not
    low, high = (math.tanh(_arc(seen) + way * relation.bound.allowed) for way in (-1, 1))
    p = beyond(max(low - now, now - high), 0.0, error)
    error /= 1 - math.tanh(_arc(seen)) ** 2
    says = f"rank correlation {now:+.2f}, was {seen:+.2f}"
    return Outcome("rank", relation.columns, distance, relation.bound, p,
                   chance=2.6 * error, says=says)  # fmt: skip


def _by_chance(correlation: float, rows: int) -> float:
    """The error of Fisher's z of ranks (Bonett and Wright, 2000, Psychometrika 65, 23)."""
    return math.sqrt((1 + correlation**2 / 2) / max(rows - 3, 1))


def correlation_error(first: Floats, second: Floats) -> float:
    """The error of the correlation of these ranks, as the rows themselves show it.

    By the influence of each row (Hampel, 1974, JASA 69, 383), so that a few rows far off make it
    larger, and by blocks of rows, so that rows which tell of each other count as few.
    """
    have = np.isfinite(first) & np.isfinite(second)
    u, v = (one[have] - one[have].mean() for one in (first, second))
    u, v = u / u.std(), v / v.std()
    found = float(u @ v) / len(u)
    influence = u * v - found * (u**2 + v**2) / 2
    effect = bursts(influence)
    error = math.sqrt((float(influence.var()) + _FAR_OFF**2 / len(u)) * effect / len(u))
    return max(error, (1 - found**2) * _by_chance(found, len(u)) * math.sqrt(effect))


def changing(first: Floats, second: Floats) -> float:
    """How much a rank correlation differs along the rows by itself: a deviation of Fisher's z.

    The variance between blocks of rows beyond what chance makes of it (DerSimonian and Laird, 1986,
    Controlled Clinical Trials 7, 177); 0 where chance explains all of it.
    """
    found = [
        rank_correlation(ranked(one), ranked(other))
        for one, other in zip(
            np.array_split(first, _BLOCKS), np.array_split(second, _BLOCKS), strict=True
        )
    ]
    known = [(_arc(correlation), rows - 3) for correlation, rows in found if rows >= FEWEST]
    if len(known) < 3:
        return 0.0
    z, weight = np.asarray(known).T
    return between(z, weight / (1 + np.tanh(z) ** 2 / 2))


def between(found: Floats, weight: Floats) -> float:
    """The deviation between blocks of a figure whose variances within them are 1 / weight."""
    middle = float(found @ weight / weight.sum())
    spread = float(weight @ (found - middle) ** 2)
    free = len(found) - 1
    if spread < free + 4 * math.sqrt(2 * free):
        return 0.0
    return math.sqrt((spread - free) / float(weight.sum() - (weight**2).sum() / weight.sum()))


def means_changing(group: Values, place: Floats) -> float:
    """How much the mean place in a category differs along the rows by itself, at most.

    As for `changing`, of each category that stands in three blocks or more.
    """
    spread = float(np.nanvar(place))
    if not spread > 0:
        return 0.0
    cuts = np.linspace(0, len(place), _BLOCKS + 1).astype(int)
    blocks = [
        means_by(group.part(slice(start, end)), place[start:end]) for start, end in pairwise(cuts)
    ]
    most = 0.0
    for category in {category for block in blocks for category in block}:
        known = [block[category] for block in blocks if block.get(category, (0.0, 0))[1] >= 5]
        if len(known) >= 3:
            mean, rows = np.asarray(known).T
            most = max(most, between(mean, rows / spread))
    return most


def _arc(correlation: float) -> float:
    return math.atanh(max(-0.995, min(0.995, correlation)))


def places(number: Floats, column: Column) -> Floats:
    """Where numbers lie in the distribution of the reference, from 0 to 1; ties in their middle."""
    edges, shares = column.profile.values, column.profile.shares
    if len(edges) < 2:
        return np.where(np.isfinite(number), 0.5, np.nan)
    middle = np.asarray(shares) - np.diff(np.concatenate([[0.0], shares])) / 2
    if len(edges) >= 15:
        middle = np.asarray(shares)
    return np.interp(number, edges, middle)


def means_by(group: Values, place: Floats) -> dict[str, tuple[float, int]]:
    """For each category the mean place, and its rows."""
    have = group.known & np.isfinite(place)
    codes = group.codes[have]
    size = len(group.texts)
    if size == 0 or not len(codes):
        return {}
    rows = np.bincount(codes, minlength=size)
    total = np.bincount(codes, weights=place[have], minlength=size)
    return {str(t): (float(total[i] / rows[i]), int(rows[i]))
            for i, t in enumerate(group.texts) if rows[i]}  # fmt: skip


def _means(relation: Relation, measured: Measured, contract: Contract) -> Outcome | None:
    group, number = relation.columns
    now = means_by(measured.batch[group], measured.place(number))
    spread = relation.seen["spread"]
    column_0 = contract.column(group)
    assert column_0 is not None
    best: Outcome | None = None
    tests = 0
    # a number that moved as a whole is a shift: here it is how categories lie to each other
    common = _common(now, relation.seen)
    for category, seen in relation.seen.items():
        mean, rows = now.get(category, (0.0, 0))
        if category == "spread" or rows < 10:
            continue
        tests += 1
        known = column_0.values.get(category, 0.0) * contract.rows
        own = spread if rows >= FEWEST else max(spread, EVENLY)
        error = own / math.sqrt(max(both(rows, known), 1.0))
        moved = min(abs(mean - seen), abs(mean - seen - common))
        p = beyond(moved, relation.bound.allowed, error)
        gone = moved - 2.8 * error
        if best is None or p < best.p or (p == best.p and gone > best.value - best.chance):
            says = (
                f"where {relation.columns[0]} is {category!r}, {relation.columns[1]} lies at "
                f"{mean:.0%} of its range of ranks, was {seen:.0%}"
            )
            best = Outcome("means", relation.columns, moved, relation.bound, p, 1,
                           2.8 * error, None, says)  # fmt: skip
    if best is None:
        return None
    return Outcome("means", best.columns, best.value, best.bound, best.p, tests, best.chance,
                   None, best.says)  # fmt: skip


def _common(now: Mapping[str, tuple[float, int]], seen: Mapping[str, float]) -> float:
    """How far all categories of a batch moved together, each by its rows."""
    known = [(mean - seen[name], rows) for name, (mean, rows) in now.items() if name in seen]
    rows = sum(count for _, count in known)
    return sum(moved * count for moved, count in known) / rows if rows else 0.0


def pair_counts(first: Values, second: Values) -> dict[str, int]:
    """How often two categories stand together."""
    have = first.known & second.known
    size = max(len(second.texts), 1)
    codes = first.codes[have].astype(np.int64) * size + second.codes[have]
    if len(first.texts) * size <= _COUNTED:
        tally = np.bincount(codes)
        pairs = np.flatnonzero(tally)
        counts = tally[pairs]
    else:
        pairs, counts = np.unique(codes, return_counts=True)
    names = first.texts.tolist(), second.texts.tolist()
    return {
        f"{names[0][code // size]}{APART}{names[1][code % size]}": count
        for code, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    }


def _together(
    relation: Relation, values: list[Values], reference: int, *, serial: bool
) -> Iterator[Outcome]:
    counts = pair_counts(*values)
    rows = sum(counts.values())
    if not rows:
        return
    known = dict(relation.seen)
    names = list(known)
    strange = {pair for pair in counts if pair not in known}
    if strange:
        have = values[0].known & values[1].known
        size = max(len(values[1].texts), 1)
        codes = np.where(have, values[0].codes.astype(np.int64) * size + values[1].codes, -1)
        firsts = {str(t): i for i, t in enumerate(values[0].texts)}
        seconds = {str(t): i for i, t in enumerate(values[1].texts)}
        cells = [p.split(APART) for p in strange]
        odd_codes = [firsts[c[0]] * size + seconds[c[1]] for c in cells if len(c) == 2]
        odd = np.isin(codes, odd_codes)
        shown = ", ".join(sorted(strange)[:3])
        says = f"never stood together: {shown}"
        # pairs that stood once say how many more there are that have not been seen (Good, 1953)
        single = sum(1 for share in known.values() if share * reference < 1.5)
        yield outcome("pairs", relation.columns, odd, relation.odd, reference, 0.1 + single, says,
                      serial=serial)  # fmt: skip
    if rows < FEWEST or reference < FEWEST or not known:
        return
    now = [counts.get(pair, 0) / rows for pair in names]
    # shares of one of the columns may have moved: then those of the other within it are as ever
    distance, p, chance = min(
        shares_apart(
            [*now, max(0.0, 1 - sum(now))], [*due, max(0.0, 1 - sum(due))],
            rows, reference, relation.bound.allowed,
        )
        for due in (list(known.values()), *(_as_now(known, now, side) for side in (0, 1)))
    )  # fmt: skip
    gaps = [abs(a - b) for a, b in zip(now, known.values(), strict=True)]
    at = int(np.argmax(gaps))
    says = f"{names[at]} is {now[at]:.1%} of the rows, was {known[names[at]]:.1%}"
    yield Outcome("together", relation.columns, distance, relation.bound, p, 1, chance, None, says)


def _as_now(known: Mapping[str, float], now: list[float], side: int) -> list[float]:
    """The shares of pairs, had only those of one of the two columns become what they are now."""
    groups = [pair.split(APART)[side] for pair in known]
    before: dict[str, float] = {}
    after: dict[str, float] = {}
    for group, share, share_now in zip(groups, known.values(), now, strict=True):
        before[group] = before.get(group, 0.0) + share
        after[group] = after.get(group, 0.0) + share_now
    return [
        share * after[group] / before[group] if before[group] else 0.0
        for group, share in zip(groups, known.values(), strict=True)
    ]


def _lag(relation: Relation, values: list[Values], contract: Contract) -> Outcome:
    lag = numbers(values[1]) - numbers(values[0])
    with np.errstate(invalid="ignore"):
        odd = (lag < relation.seen["allowed low"]) | (lag > relation.seen["allowed high"])
    return _odd(relation, odd, lag, contract)


def predicted(relation: Relation, inputs: list[Floats]) -> Floats:
    """What the first column should be, by the others."""
    logs = bool(relation.seen.get("logarithms", 0))
    total: Floats = np.full(len(inputs[0]), relation.seen["constant"])
    with np.errstate(invalid="ignore", divide="ignore"):
        for name, number in zip(relation.columns[1:], inputs, strict=True):
            total = total + relation.seen[name] * (np.log(number) if logs else number)
    return total


def _line(relation: Relation, values: list[Values], contract: Contract) -> Outcome:
    target = numbers(values[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        if relation.seen.get("logarithms", 0):
            target = np.log(target)
        off = target - predicted(relation, [numbers(one) for one in values[1:]])
        odd = (np.abs(off) > relation.seen["within"]) & np.isfinite(off)
        far = odd & (np.abs(off) > _LIVELIER * relation.seen["within"])
    return replace(_odd(relation, odd, off, contract, 0.5), far=far)


def _odd(
    relation: Relation, odd: Mask, number: Floats, contract: Contract, prior: float = PRIOR
) -> Outcome:
    """The outcome of a relation that rows break: those that their neighbours break too count as
    movement where all of its columns move slowly."""
    known = (contract.column(name) for name in relation.columns)
    if all(column is not None and column.near >= beside.NEAR for column in known):
        odd = beside.alone(odd, number)
    return outcome(relation.kind, relation.columns, odd, relation.bound, contract.rows, prior,
                   serial=_serial(relation, contract))  # fmt: skip


def _serial(relation: Relation, contract: Contract) -> bool:
    """Whether what is odd between these columns comes in bursts."""
    if relation.kind in ("order", "lag") and not relation.bound.seen:
        return False
    known = (contract.column(name) for name in relation.columns)
    return any(column is not None and column.serial for column in known)
