"""A contract from reference batches.

What batches differ by themselves is measured, not assumed: each part of the reference is checked
against a contract learnt from the parts before it, and where that raises an alarm which chance
does not explain, the bound is widened by what was seen. With many batches the parts are the
batches; few batches are cut into six parts in the order of their rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from poc_graduate.contracts.beside import NEAR, among_own
from poc_graduate.contracts.describe import SMALLEST, as_seen, describe, first_reading, kind_of
from poc_graduate.contracts.evaluate import evaluate
from poc_graduate.contracts.memory import MOST_ROWS, row_hashes, sketch
from poc_graduate.contracts.model import (
    ODD_ROWS,
    Bound,
    Column,
    Contract,
    Floats,
    Outcome,
    Range,
    Relation,
    Source,
)
from poc_graduate.contracts.moving import in_time, warning
from poc_graduate.contracts.nearby import groups, serial, taking_turns, turns
from poc_graduate.contracts.relate import figures, relations
from poc_graduate.contracts.relations import (
    EVENLY,
    Measured,
    changing,
    means_changing,
    numbers,
    places,
)
from poc_graduate.contracts.shifts import significant, trend, wander
from poc_graduate.contracts.values import Values, grouped
from poc_graduate.errors import InputError

PARTS = 6
_MOST_PARTS = 8
_THINNED = 40_000
"""Rows by which it is measured what batches differ by themselves."""
_FEWEST = 100
_FURTHER = 2.0
"""The next batch may be further away than the parts were from each other: for a steady trend, as
far again as the reference is long."""
_TURNOVER = 0.1
"""Share of the rows that may have a new key in a later batch, however few had one in the parts of
the reference: schedules change, customers come."""
_CLOSED = 0.002
"""Where fewer rows had a new key, the keys are all known: airports, not flights."""
_WANDERS = 0.2
_UNUSUAL = 0.01
_SOME = 3
"""Odd rows of a part that tell how a batch may be, even where chance could explain them: they come
in clusters."""
_SLOW = 2.5
"""Half of how many deviations of its slow movement a column may be from its middle."""
_FURTHEST = 12**0.5
"""A trend with correlation r moves by r √12 deviations over the reference, and as far again to the
end of a batch that is as long: from its middle to that of the next."""
_ALL_NEAR = 0.3
"""Beyond `NEAR`: then neighbours tell so much that a batch is one observation of a season."""
_UNKNOWN = {"shift": 0.12, "shares": 0.15, "mixture": 0.15, "means": 0.08, "together": 0.15}
"""How far the next batch may be, at least, where rows are in the order of time and there is but one
batch: of how days differ, one says nothing."""
_CHANGES = 1.5
"""Half of how many deviations of its own a relation may be from its middle."""


def named(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Columns by name; those that share one are told apart by their position: `x`, `x (2)`."""
    found: dict[str, pd.Series] = {}
    for place in range(frame.shape[1]):
        name = str(frame.columns[place])
        count, shown = 1, name
        while shown in found:
            count += 1
            shown = f"{name} ({count})"
        found[shown] = frame.iloc[:, place]
    return found


def learn(
    batches: Sequence[tuple[str, pd.DataFrame]], *, ordered: bool = True
) -> Contract:  # fmt: skip
    """Learn what the reference batches have in common.

    Args:
        batches: Name and rows of each, in the order of time.
        ordered: Whether they are in that order.

    Returns:
        The contract, its bounds widened by what the batches differ by themselves.

    Raises:
        InputError: no batch, or none with a column.
    """
    if not batches:
        raise InputError("no reference batch was given", remedy="name at least one file")
    tables = [named(frame) for _, frame in batches]
    names = list(dict.fromkeys(name for table in tables for name in table))
    if not names:
        raise InputError("the reference has no columns", remedy="learn from a batch with data")
    sizes = [len(frame) for _, frame in batches]
    ends = np.cumsum(sizes).tolist()
    values: dict[str, Values] = {}
    columns: dict[str, Column] = {}
    for name in names:
        series = _joined([table.get(name) for table in tables], sizes)
        kind, style = kind_of(series, name)
        read = first_reading(series, kind, style)
        described = describe(name, kind, style, read, ends)
        values[name] = grouped(read, described)
        columns[name] = described
    if ordered:
        of_groups = groups(values)
        columns = {n: _beside(column, values, of_groups) for n, column in columns.items()}
    sources = tuple(Source(name, size) for (name, _), size in zip(batches, sizes, strict=True))
    contract = Contract(sources, ordered, tuple(columns.values()), relations(values, columns))
    contract = _with_rows(contract, values)
    return warning(_widened(contract, values, ends))


def _joined(parts: list[pd.Series | None], sizes: list[int]) -> pd.Series:
    whole = [
        pd.Series([None] * size, dtype=object) if part is None else part.reset_index(drop=True)
        for part, size in zip(parts, sizes, strict=True)
    ]
    if len(whole) == 1:
        return whole[0]
    there = [part for part in whole if len(part)] or whole[:1]
    return pd.concat(there, ignore_index=True)


def _beside(
    column: Column, values: Mapping[str, Values], of_groups: Mapping[str, np.ndarray]
) -> Column:
    """A column with how its rows hang together: with the next ones, or with those of a group."""
    among = taking_turns(column, values[column.name], of_groups)
    if not among:
        return serial(column, values[column.name])
    codes = values[among].codes
    order = turns(codes)
    judged = among_own(codes[order])
    return replace(serial(column, values[column.name].part(order), judged), among=among)


def _with_rows(contract: Contract, values: Mapping[str, Values]) -> Contract:
    hashes = row_hashes(list(values.values()))
    repeated = float(pd.Series(hashes).duplicated().mean()) if len(hashes) else 0.0
    rules = dict(contract.rules)
    if repeated:
        rules["repeated"] = as_seen(repeated)
    return replace(contract, rules=rules, delivered=sketch(hashes, MOST_ROWS))


def _widened(contract: Contract, values: Mapping[str, Values], ends: list[int]) -> Contract:
    """Bounds widened until each part of the reference keeps to what the others say."""
    found = dict(_movements(contract, values, ends[-1]))
    for before, part in _folds(contract, values, ends):
        for outcome in evaluate(before, part):
            key = outcome.rule, outcome.columns
            if outcome.bound.severity != "stop":  # what the part before was too short to tell
                continue
            if outcome.rule == "keys":  # beside those that are new by chance
                more = outcome.value - outcome.bound.seen
                more = more if more > 1.5 * outcome.chance else 0.0
                found[key] = max(found.get(key, 0.0), more, 1e-6)
                continue
            if outcome.rule == "spike":
                extra = outcome.value - outcome.bound.seen
                found[key] = max(found.get(key, 0.0), extra if extra > outcome.chance else 0.0)
            elif outcome.odd is None:
                found[key] = max(found.get(key, 0.0), _beyond_chance(outcome))
            elif outcome.p < _UNUSUAL or (
                outcome.rule != "range" and np.count_nonzero(outcome.odd) >= _SOME
            ):
                found[key] = max(found.get(key, 0.0), outcome.value)
    timed = in_time(contract)
    rules = dict(contract.rules)
    single = timed and len(contract.sources) == 1
    for rule in ("repeated", "delivered"):
        if found.get((rule, ())):
            rules[rule] = _rows_wider(contract.bound(rule), found[rule, ()])
    return replace(
        contract,
        columns=tuple(
            _column_wider(column, found, timed=timed, single=single) for column in contract.columns
        ),
        relations=tuple(
            replace(
                one,
                bound=_at_least(
                    _wider(one.kind, one.bound, _moved(one, found)),
                    # timetables change which line flies from where, however alike batches were
                    _UNKNOWN.get(one.kind, 0.0)
                    if single or (timed and one.kind == "together")
                    else 0.0,
                ),
                odd=_rows_wider(one.odd, found.get(("pairs", one.columns), 0.0)),
            )
            for one in contract.relations
        ),
        rules=rules,
    )


def _at_least(bound: Bound, allowed: float) -> Bound:
    return replace(bound, allowed=round(max(bound.allowed, allowed), 4))


Found = Mapping[tuple[str, tuple[str, ...]], float]


def _moved(relation: Relation, found: Found) -> float:
    """How far a relation moved by itself; the places of a number move with its distribution."""
    own = found.get((relation.kind, relation.columns), 0.0)
    if relation.kind != "means":
        return own
    return max(own, *(found.get((how, relation.columns[1:]), 0.0) for how in ("shift", "places")))


def _movements(contract: Contract, values: Mapping[str, Values], total: int) -> Found:
    """How far columns move along the rows: seasons and trends that a few parts may not show."""
    if total < _FEWEST:
        return {}
    step = max(1, total // _THINNED)
    found: dict[tuple[str, tuple[str, ...]], float] = {}
    columns = {column.name: column for column in contract.columns}
    thinned: dict[str, Floats] = {}
    for column in contract.columns:
        part, name = values[column.name].part(slice(None, None, step)), (column.name,)
        number = thinned[column.name] = numbers(part)
        if column.values:
            ones = (part.codes == code for code in range(len(part.texts)))
            moved = [_standard(np.where(part.known, one, np.nan)) for one in ones]
            found["shares", name] = max(map(_moves, moved), default=0.0)
        elif column.kind != "empty":
            ranks = np.asarray(pd.Series(number).rank(pct=True), dtype=float)
            found["shift", name] = EVENLY * _moves(_standard(ranks))
        if column.kind == "number" and column.values:
            ranks = np.asarray(pd.Series(number).rank(pct=True), dtype=float)
            found["places", name] = EVENLY * _moves(_standard(ranks))
        if column.kind == "number":
            found["drift", name] = 2 * _moves(_standard(number)) * _deviation(number)
    for relation in contract.relations:
        if relation.kind == "rank":
            first, second = (thinned[name] for name in relation.columns)
            found["rank", relation.columns] = _CHANGES * changing(first, second)
        if relation.kind == "means":
            group, measured = relation.columns
            place = places(thinned[measured], columns[measured])
            part = values[group].part(slice(None, None, step))
            found["means", relation.columns] = _CHANGES * means_changing(part, place)
    return found


def _moves(number: Floats) -> float:
    """Half of how far the next batch may be, in deviations: by slow movements, or by a trend."""
    return max(_SLOW * wander(number), _FURTHEST / 2 * trend(number))


def _standard(number: Floats) -> Floats:
    deviation = _deviation(number)
    return np.asarray(number / deviation if deviation > 0 else number, dtype=float)


def _deviation(number: Floats) -> float:
    finite = number[np.isfinite(number)]
    return float(finite.std()) if len(finite) else 0.0


def _beyond_chance(outcome: Outcome) -> float:
    """How far a part of the reference is from the others, less what chance adds on average."""
    if outcome.value < 1.15 * outcome.chance or outcome.value <= 0:
        return 0.0
    return float((outcome.value**2 - (outcome.chance / 2) ** 2) ** 0.5)


def _folds(
    contract: Contract, values: Mapping[str, Values], ends: list[int]
) -> list[tuple[Contract, dict[str, Values]]]:
    """Each part of the reference, and a contract of what came before it."""
    total = ends[-1]
    if total < _FEWEST:
        return []
    if len(ends) < PARTS:
        cuts = np.linspace(0, total, PARTS + 1).astype(int).tolist()
    else:
        group = -(-len(ends) // _MOST_PARTS)
        cuts = [0, *ends[group - 1 : -1 : group], total]
    step = max(1, total // _THINNED)
    thinned = {n: v.part(slice(None, None, step)).compact() for n, v in values.items()}
    made = []
    for start, end in pairwise([-(-cut // step) for cut in cuts[1:]]):
        if end - start < 20 or start < 20:
            continue
        earlier = {n: v.part(slice(0, start)) for n, v in thinned.items()}
        bounds = [e // step for e in ends if e // step < start] + [start]
        described = {
            c.name: describe(c.name, c.kind, c.style, earlier[c.name], bounds, bool(c.values))
            for c in contract.columns
        }
        rows = Measured(earlier, described)
        kept = [
            figures(r.kind, (*r.columns, "log") if r.seen.get("logarithms") else r.columns, rows)
            for r in contract.relations
        ]
        known = Contract(
            (Source("", start),), contract.ordered, tuple(described.values()),
            tuple(r for r in kept if r is not None),
        )  # fmt: skip
        part = {n: v.part(slice(start, end)) for n, v in thinned.items()}
        made.append((_with_rows(known, earlier), part))
    return made


def _column_wider(column: Column, found: Found, *, timed: bool, single: bool) -> Column:
    rules = dict(column.rules)
    wide = column.range
    moved = found.get(("shift", (column.name,)), 0.0)
    if moved and "mixture" in rules:
        # a distribution that moves looks like a mixture of what it was and something else
        rules["mixture"] = _wider("mixture", rules["mixture"], 3 * moved)
    slow = min(1.0, max(0.0, column.near - NEAR) / _ALL_NEAR)
    drift = found.get(("drift", (column.name,)), 0.0)
    # the calendar's parts: no next batch goes beyond them
    fixed = column.kind == "number" and not column.profile.values and not column.values
    if drift and not fixed and wide is not None:
        low, high = wide.allowed
        bottom = 0.0 if wide.seen[0] >= 0 else significant(low - drift, 6)
        wide = Range(wide.seen, (bottom, significant(high + drift, 6)))
    for (rule, names), value in found.items():
        if names != (column.name,) or value == 0 or rule in ("drift", "places"):
            continue
        if fixed and rule == "range":
            continue
        if rule == "range" and wide is not None:
            wide = _range_wider(wide, wanders=value > _WANDERS)
        elif rule == "spike":
            bound = column.bound(rule)
            rules[rule] = replace(bound, allowed=round(bound.allowed + _FURTHER * value, 6))
        elif rule == "keys":
            usual = column.bound(rule).seen
            turns = timed and max(usual, value) > _CLOSED
            allowed = max(usual + 0.02 + 1.5 * value, _TURNOVER if turns else 0.0)
            rules[rule] = Bound(usual, round(allowed, 4))
        else:
            wider = _wider(rule, column.bound(rule), value)
            rules[rule] = max(wider, rules.get(rule, wider), key=lambda bound: bound.allowed)
    for rule, most in (("shift", 1.0), ("mixture", 3.0)):
        # rows that tell of each other are few witnesses: of what the season makes, they tell little
        if slow and rule in rules:
            rules[rule] = _at_least(rules[rule], most * slow)
    if single:
        rules |= {r: _at_least(b, _UNKNOWN[r]) for r, b in rules.items() if r in _UNKNOWN}
    if column.keys and (("keys", (column.name,)) not in found or rules["keys"].allowed > 0.6):
        del rules["keys"]
        return replace(column, rules=rules, keys="", often="", range=wide)
    return replace(column, rules=rules, range=wide)


def _range_wider(known: Range, *, wanders: bool) -> Range:
    """A whole span more on either side; three where whole parts lay outside what came before."""
    low, high = known.seen
    span = (3 if wanders else 1) * (high - low)
    bottom, top = low - span, high + span
    return Range(known.seen, (0.0 if low >= 0 > bottom else bottom, top))


def _wider(rule: str, bound: Bound, value: float) -> Bound:
    if rule not in SMALLEST:
        return _rows_wider(bound, value)
    if value <= 0:
        return bound
    allowed = SMALLEST[rule] + _FURTHER * value
    if rule == "gap":  # beside the longest gap, not beside none
        allowed = SMALLEST[rule] * max(1.0, value)
    return replace(bound, seen=round(value, 4), allowed=round(allowed, 4))


def _rows_wider(bound: Bound, share: float) -> Bound:
    if share <= bound.seen:
        return bound
    return replace(
        bound,
        seen=round(share, 6),
        allowed=round(min(1.0, share + (_FURTHER - 1) * (share - bound.seen) + ODD_ROWS), 6),
    )
