"""Which columns of the reference have to do with each other, and in which way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np

from poc_graduate.contracts import labels
from poc_graduate.contracts.chance import bursts
from poc_graduate.contracts.describe import SMALLEST
from poc_graduate.contracts.memory import key_hashes
from poc_graduate.contracts.model import (
    ODD_ROWS,
    Bound,
    Column,
    Floats,
    Relation,
    RelationKind,
)
from poc_graduate.contracts.relations import (
    Measured,
    again,
    correlation_error,
    means_by,
    numbers,
    pair_counts,
    places,
    predicted,
    rank_correlation,
    ranked,
)
from poc_graduate.contracts.shifts import significant, wander
from poc_graduate.contracts.values import Values

FEWEST = 40
MOST_COLUMNS = 60
MOST_OF_A_KIND = 30
_LOOKED_AT = 10_000
_TELLS = 0.3
"""Rank correlation from which two columns have to do with each other."""

_UNLIKELY = 5
"""So many rows would break an order by chance, rows that tell of each other counted as one."""
_CHANGES = 3.0
"""Deviations of its own by which categories may be told less surely."""
_SURE = 1.0
"""Categories of which a batch may have lost all that told of them: there is nothing to see."""
_MANY = 20
_FEW = 0.001

Batch = Mapping[str, Values]
Columns = Mapping[str, Column]


def relations(batch: Batch, columns: Columns) -> tuple[Relation, ...]:
    """All relations that the reference shows."""
    rows = len(next(iter(batch.values())).blank) if batch else 0
    if rows < FEWEST:
        return ()
    part = slice(None, None, max(1, rows // _LOOKED_AT))
    some = {name: values.part(part) for name, values in batch.items()}
    numeric = [n for n, c in columns.items() if c.kind == "number" and len(c.profile.values) > 2
               ][:MOST_COLUMNS]  # fmt: skip
    groups = [n for n, c in columns.items() if 1 < len(c.values) <= 25][:MOST_COLUMNS]
    dates = [n for n, c in columns.items() if c.kind == "date" and c.profile.values][:6]
    found = [
        *_ranks(some, numeric), *_lines(some, numeric),
        *_means(some, groups, numeric, columns), *_pairs(some, groups),
        *_orders(some, numeric), *_lags(some, dates), *_once(batch, columns),
    ]  # fmt: skip
    whole = Measured(batch, columns)
    made = [figures(kind, names, whole) for kind, names in found]
    shown = [relation for relation in made if relation is not None]
    return *shown, *_labels(shown, batch, columns, rows)


def _labels(
    shown: Sequence[Relation], batch: Batch, columns: Columns, rows: int
) -> Iterator[Relation]:
    """How surely the other columns tell each category: in blocks of rows, told by all other rows,
    since rows that tell of themselves do it too well."""
    named = labels.named(shown, columns)
    if not named:
        return
    telling = dict.fromkeys((one.kind, one.columns) for some in named.values() for one in some)
    needed = {column for _, names in telling for column in names}
    refitted = []
    for block, rest in labels.blocks(rows):
        others = Measured({name: batch[name].part(rest) for name in needed}, columns)
        again = [figures(kind, names, others) for kind, names in telling]
        refitted.append(labels.Told(block, tuple(one for one in again if one), len(rest)))
    for name, some in named.items():
        found = labels.learnt(columns, batch, name, refitted)
        if found is not None:
            names = labels.with_others(name, some)
            seen, changes = found
            allowed = SMALLEST["labels"] + _CHANGES * changes
            if allowed < _SURE:
                bound = Bound(round(changes, 4), round(allowed, 4))
                yield Relation("labels", names, seen, bound)


Named = tuple[RelationKind, tuple[str, ...]]


def _ranks(some: Batch, numeric: list[str]) -> list[Named]:
    ranks = {name: ranked(numbers(some[name])) for name in numeric}
    strong = []
    for a, b in combinations(numeric, 2):
        found, rows = rank_correlation(ranks[a], ranks[b])
        if abs(found) >= _TELLS and abs(found) * rows**0.5 > 5:
            strong.append((-abs(found), a, b))
    return [("rank", (a, b)) for _, a, b in sorted(strong)[:MOST_OF_A_KIND]]


def _lines(some: Batch, numeric: list[str]) -> Iterator[Named]:
    values = {name: numbers(some[name]) for name in numeric}
    logs = {name: np.log(v) for name, v in values.items() if np.nanmin(v) > 0}
    made = 0
    for name in numeric:
        best: tuple[float, Named] | None = None
        for space in (values, logs):
            if name not in space:
                continue
            inputs, fit = _forward(space, name)
            kind: RelationKind = "line"
            if inputs and fit >= 0.5 and (best is None or fit > best[0] + 0.02):
                mark = ("log",) if space is logs else ()
                best = fit, (kind, (name, *inputs, *mark))
        if best is not None and made < MOST_OF_A_KIND:
            made += 1
            yield best[1]


def _forward(space: Mapping[str, Floats], target: str, most: int = 3) -> tuple[list[str], float]:
    """Inputs chosen one by one while the rows that were not fitted are explained better."""
    chosen: list[str] = []
    score = 0.0
    goal = space[target]
    others = [n for n in space if n != target]
    plain = {n: np.nan_to_num(space[n], nan=float(np.nanmean(space[n]))) for n in [*others, target]}
    strength = {n: abs(_corr(plain[n], plain[target])) for n in others}
    others = sorted(others, key=lambda n: -strength[n])[:8]
    while len(chosen) < most:
        tried = []
        for one in [o for o in others if o not in chosen]:
            tried.append((_explained(goal, [space[n] for n in [*chosen, one]]), one))
        if not tried:
            break
        fit, one = max(tried)
        if fit < score + 0.03 and not (fit > 0.9999 > score):
            break
        chosen, score = [*chosen, one], fit
    return chosen, score


def _corr(a: Floats, b: Floats) -> float:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _explained(goal: Floats, inputs: list[Floats]) -> float:
    table = np.column_stack([np.ones(len(goal)), *inputs])
    have = np.isfinite(goal) & np.isfinite(table).all(axis=1)
    if np.count_nonzero(have) < FEWEST:
        return 0.0
    table, goal = table[have], goal[have]
    odd = np.arange(len(goal)) % 2 == 1
    weights = np.linalg.lstsq(table[~odd], goal[~odd], rcond=None)[0]
    off = goal[odd] - table[odd] @ weights
    spread = float(np.var(goal[odd]))
    return 1 - float(np.mean(off**2)) / spread if spread > 0 else 0.0


def _means(
    some: Batch, groups: list[str], numeric: list[str], columns: Columns
) -> list[Named]:  # fmt: skip
    strong = []
    for number in numeric:
        place = places(numbers(some[number]), columns[number])
        whole = float(np.nanvar(place))
        for group in groups:
            means = [m for m in means_by(some[group], place).values() if m[1] >= 10]
            rows = sum(n for _, n in means)
            if len(means) < 2 or whole == 0 or group == number:
                continue
            middle = sum(m * n for m, n in means) / rows
            between = sum(n * (m - middle) ** 2 for m, n in means) / rows
            explained = between / whole - (len(means) - 1) / rows
            if explained >= 0.03:
                strong.append((-explained, group, number))
    return [("means", (a, b)) for _, a, b in sorted(strong)[:MOST_OF_A_KIND]]


def _pairs(some: Batch, groups: list[str]) -> list[Named]:
    strong = []
    for a, b in combinations(groups, 2):
        first, second = some[a], some[b]
        have = first.known & second.known
        rows = int(np.count_nonzero(have))
        shape = (len(first.texts), len(second.texts))
        if rows < FEWEST or shape[0] * shape[1] > 400:
            continue
        flat = np.bincount(
            first.codes[have] * shape[1] + second.codes[have], minlength=shape[0] * shape[1]
        )
        table = flat.reshape(shape).astype(float)
        table = table[table.sum(1) > 0][:, table.sum(0) > 0]
        due = table.sum(1, keepdims=True) * table.sum(0) / rows
        squared = float(((table - due) ** 2 / due).sum()) / rows
        free = (table.shape[0] - 1) * (table.shape[1] - 1)
        strength = (squared - free / rows) / max(1, min(table.shape) - 1)
        if strength >= 0.01 and squared * rows > free + 5 * (2 * free) ** 0.5:
            strong.append((-strength, a, b))
    return [("together", (a, b)) for _, a, b in sorted(strong)[:MOST_OF_A_KIND]]


def _orders(some: Batch, numeric: list[str]) -> list[Named]:
    strong = []
    values = {n: numbers(some[n]) for n in numeric}
    # of many pairs that have nothing to do with each other, some keep an order by chance
    unlikely = _UNLIKELY + math.log(max(1, len(numeric) * (len(numeric) - 1)))
    with np.errstate(invalid="ignore"):
        for a, b in permutations(numeric, 2):
            first, second = values[a], values[b]
            if np.nanmin(first) > np.nanmin(second) or np.nanmax(first) > np.nanmax(second):
                continue
            have = np.isfinite(first) & np.isfinite(second)
            if np.count_nonzero(have) < FEWEST or (first > second)[have].mean() > 0.001:
                continue
            turned = np.roll(second[have], len(second[have]) // 3)
            above = first[have] > turned
            chance = float(above.mean())
            rows = len(above) / bursts(second[have] - first[have])
            if chance >= 0.05 and chance * rows >= unlikely:
                strong.append((-chance, a, b))
    return [("order", (a, b)) for _, a, b in sorted(strong)[:20]]


def _lags(some: Batch, dates: list[str]) -> Iterator[Named]:
    for a, b in combinations(dates, 2):
        first, second = numbers(some[a]), numbers(some[b])
        lag = (second - first)[np.isfinite(second - first)]
        if len(lag) < FEWEST:
            continue
        spread = float(np.subtract(*np.quantile(lag, [0.95, 0.05])))
        own = min(float(np.subtract(*np.nanquantile(x, [0.95, 0.05]))) for x in (first, second))
        if spread < 0.5 * own:
            yield "lag", (a, b) if float(np.median(lag)) >= 0 else (b, a)


def _once(batch: Batch, columns: Columns) -> Iterator[Named]:
    """Keys or categories of which none stands twice at a time: one report of each station."""
    times = [n for n, c in columns.items() if c.order is not None and "unique" not in c.rules]
    names = [n for n, c in columns.items() if n not in times and (c.keys or len(c.values) > 1)]
    for time in times[:6]:
        for name in names[:MOST_COLUMNS]:
            values = [part.part(slice(None, _LOOKED_AT)) for part in (batch[name], batch[time])]
            if _pairs_by_chance(values) >= _MANY and not again(values).mean() > _FEW:
                share = again([batch[name], batch[time]]).mean()
                if share <= _FEW:
                    yield "once", (name, time)


def _pairs_by_chance(values: list[Values]) -> float:
    """How many rows had the pair of another one, had the columns nothing to do with each other."""
    there = np.logical_and.reduce([one.given for one in values])
    rows = int(np.count_nonzero(there))
    found = rows * (rows - 1) / 2
    for one in values:
        _, counts = np.unique(key_hashes(one)[there], return_counts=True)
        found *= float((counts * (counts - 1)).sum()) / max(rows * (rows - 1), 1)
    return found


def figures(kind: RelationKind, names: tuple[str, ...], rows: Measured) -> Relation | None:
    """The figures of one relation, in these rows."""
    logs = names[-1] == "log" and kind == "line" and "log" not in rows.batch
    names = names[:-1] if logs else names
    values = [rows.batch[name] for name in names]
    match kind:
        case "rank":
            ranks = [rows.ranks(name) for name in names]
            found, count = rank_correlation(*ranks)
            seen = {"correlation": round(found, 4)}
            if count:
                seen["error"] = significant(correlation_error(*ranks), 3)
            return Relation(kind, names, seen, Bound(0.0, SMALLEST[kind]))
        case "means":
            place = rows.place(names[1])
            means = means_by(values[0], place)
            kept = {c: round(m, 4) for c, (m, n) in means.items() if n >= 10 and c != "spread"}
            spread = round(float(np.nanstd(place)), 4)
            return Relation(kind, names, {"spread": spread, **kept}, Bound(0.0, SMALLEST[kind]))
        case "together":
            counts = pair_counts(*values)
            total = max(1, sum(counts.values()))
            ordered = sorted(counts.items(), key=lambda pair: -pair[1])
            shares = {pair: round(n / total, 6) for pair, n in ordered}
            return Relation(kind, names, shares, Bound(0.0, SMALLEST[kind]))
        case "once":
            share = float(np.mean(again(values)))
            return Relation(kind, names, {}, Bound(round(share, 6), round(share + ODD_ROWS, 6)))
        case "order":
            with np.errstate(invalid="ignore"):
                share = float(np.mean(numbers(values[0]) > numbers(values[1])))
            return Relation(kind, names, {}, Bound(round(share, 6), round(share + ODD_ROWS, 6)))
        case "lag":
            return _lag(names, values)
        case "line":
            return _line(names, values, logs)
        case "labels":  # of other relations
            return None


def _lag(names: tuple[str, ...], values: list[Values]) -> Relation | None:
    lag = numbers(values[1]) - numbers(values[0])
    lag = lag[np.isfinite(lag)]
    if not len(lag):
        return None
    low, high = float(lag.min()), float(lag.max())
    extra = 0.25 * (high - low)
    bottom = 0.0 if low >= 0 else low - extra
    seen = {"low": low, "high": high, "allowed low": bottom, "allowed high": high + extra}
    return Relation("lag", names, {k: significant(v) for k, v in seen.items()}, Bound())


def _line(names: tuple[str, ...], values: list[Values], logs: bool) -> Relation | None:
    columns = [numbers(one) for one in values]
    with np.errstate(invalid="ignore", divide="ignore"):
        space = [np.log(one) for one in columns] if logs else columns
    table = np.column_stack([np.ones(len(space[0])), *space[1:]])
    have = np.isfinite(space[0]) & np.isfinite(table).all(axis=1)
    if np.count_nonzero(have) < FEWEST // 2:
        return None
    weights = np.linalg.lstsq(table[have], space[0][have], rcond=None)[0]
    seen = {"constant": significant(float(weights[0]), 8)}
    seen |= {n: significant(float(w), 8) for n, w in zip(names[1:], weights[1:], strict=True)}
    if logs:
        seen["logarithms"] = 1.0
    draft = Relation("line", names, {**seen, "within": 0.0}, Bound())
    signed = (space[0] - predicted(draft, columns[1:]))[have]
    off = np.abs(signed)
    size = float(np.abs(space[0][have]).mean())
    usual = 1.25 * float(np.quantile(off, 0.995)) + 4 * wander(signed)
    within = significant(max(usual, 1e-6 * size), 4)
    share = float(np.count_nonzero(off > within)) / len(space[0])
    bound = Bound(round(share, 6), round(share + ODD_ROWS, 6))
    return Relation("line", names, {**seen, "within": within}, bound)
