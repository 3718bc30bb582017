"""All rules of a contract, asked about one batch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from poc_graduate.contracts import labels, relations, rows, shifts, times
from poc_graduate.contracts.beside import among_own
from poc_graduate.contracts.chance import PRIOR, beyond, rows_by_chance
from poc_graduate.contracts.memory import (
    MOST_KEYS,
    MOST_ROWS,
    Hashes,
    gone,
    in_sample,
    key_hashes,
    known,
    row_hashes,
)
from poc_graduate.contracts.model import Column, Contract, Outcome
from poc_graduate.contracts.nearby import turns
from poc_graduate.contracts.values import Values

MOST_OTHERS = 20
_ALL = 0.95


def evaluate(contract: Contract, batch: Mapping[str, Values]) -> Iterator[Outcome]:
    """What each rule says about a batch whose columns were read as the contract says."""
    if not batch or not len(next(iter(batch.values())).blank):
        return
    profiles = {
        c.name: c.profile for c in contract.columns
        if c.kind == "number" and len(c.profile.values) >= 8 and c.order is None
    }  # fmt: skip
    for column in contract.columns:
        if column.name not in batch:
            continue
        values = batch[column.name]
        number = np.where(values.given, values.number, np.nan)
        # what only grows has neither an upper limit nor a distribution
        counter = column.kind == "number" and column.order is not None
        moved = counter or times.newer(number, column)
        yield from _by_rows(values, column, contract, batch, newer=moved)
        if column.kind == "empty":
            continue
        if not moved:
            others = {n: p for n, p in profiles.items() if n != column.name}
            some = dict(list(others.items())[:MOST_OTHERS]) if column.name in profiles else {}
            yield from shifts.outcomes(values, column, contract.rows, some)
        if column.order is not None:
            yield from times.outcomes(values, column, contract.rows)
        if column.keys:
            yield from _keys(values, column, contract.rows)
    yield from relations.outcomes(batch, contract)
    yield from labels.outcomes(batch, contract)
    yield from _whole_rows(contract, batch)


_TAIL = 0.05
"""Of the numbers, on either side: what is new there may be a rare size of something."""


def _by_rows(
    values: Values, column: Column, contract: Contract, batch: Mapping[str, Values], *, newer: bool
) -> Iterator[Outcome]:
    """Rules about rows, each beside its neighbours: the next ones, or those of its group."""
    if column.among not in batch:
        yield from rows.outcomes(values, column, contract.rows, newer=newer)
        return
    codes = batch[column.among].codes
    order = turns(codes)
    judged = among_own(codes[order])
    arranged = values.part(order)
    for found in rows.outcomes(arranged, column, contract.rows, newer=newer, judged=judged):
        if found.odd is None:
            yield found
            continue
        odd = np.zeros(len(order), dtype=bool)
        odd[order] = found.odd
        yield replace(found, odd=odd)


_REPEATED, _AS_OFTEN, _MOST_NEW = 0.3, 0.4, 0.5
"""Where known keys have so many rows more than one, and new ones nearly as many, these are keys
that began since, up to half of a batch: mistaken ones stand there once each."""


def _keys(values: Values, column: Column, reference: int) -> Iterator[Outcome]:
    counted = values.given
    if column.kind == "number" and column.profile.values:
        # a scale goes on beyond the steps that were seen; well within them all its steps are known
        edges, shares = np.asarray(column.profile.values), np.asarray(column.profile.shares)
        low, high = edges[shares >= _TAIL][0], edges[shares >= 1 - _TAIL][0]
        counted = counted & (values.number >= low) & (values.number <= high)
    hashes = key_hashes(values)[counted]
    hashes = hashes[in_sample(hashes, column.keys, MOST_KEYS)]
    if len(hashes) < shifts.FEWEST:
        return
    new = ~known(hashes, column.keys)
    strange = float(np.mean(new))
    bound = column.bound("keys")
    all_hashes = key_hashes(values)[values.given]
    # new keys that stand where others did are a change of the keys
    changed = gone(all_hashes, column.keys, column.often, reference)
    base = min(max(bound.allowed, 0.03) + changed, 0.95)
    # Rows that share a key are no independent witnesses (Kish, 1965, Survey Sampling, 5.4).
    _, alike = np.unique(hashes[new], return_counts=True)
    together = float(np.square(alike).sum() / alike.sum()) if len(alike) else 1.0
    learnt = max(1.0, reference * len(hashes) / max(1, int(np.count_nonzero(counted))))
    error = math.sqrt(together * base * (1 - base) / len(hashes) + bound.seen / learnt)
    p = beyond(strange, base, error)
    says = f"{strange:.0%} of the rows have a key that was never seen, {bound.seen:.0%} is usual"
    often = _rows_of_each(hashes[~new])
    usual = often - 1 >= _REPEATED and _rows_of_each(hashes[new]) - 1 >= _AS_OFTEN * (often - 1)
    yield Outcome("keys", (column.name,), strange, bound, p, chance=error, says=says,
                  newcomers=_MOST_NEW if usual else 0.0)  # fmt: skip


def _rows_of_each(hashes: Hashes) -> float:
    return len(hashes) / max(1, len(np.unique(hashes)))


def _whole_rows(contract: Contract, batch: Mapping[str, Values]) -> Iterator[Outcome]:
    if not all(column.name in batch for column in contract.columns):
        return
    hashes = row_hashes([batch[column.name] for column in contract.columns])
    again = pd.Series(hashes).duplicated().to_numpy()
    yield rows.outcome("repeated", (), again, contract.bound("repeated"), contract.rows)
    if not contract.delivered:
        return
    sampled = in_sample(hashes, contract.delivered, MOST_ROWS)
    before = sampled & known(hashes, contract.delivered)
    count, of = int(np.count_nonzero(before)), int(np.count_nonzero(sampled))
    bound = contract.bound("delivered")
    if count > _ALL * of:
        # no batch with old rows in it but an old batch, checked again: nothing has to stop
        told = replace(bound, severity="off" if bound.severity == "off" else "warn")
        yield Outcome("delivered", (), 1.0, told, 0.0, says="the whole batch was delivered before")
        return
    p = rows_by_chance(count, of, bound, min(contract.rows, MOST_ROWS), PRIOR)
    share = count / max(of, 1)
    says = f"about {share:.1%} of the rows were delivered before"
    yield Outcome("delivered", (), share, bound, p, odd=before, says=says)
