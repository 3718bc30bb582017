"""All rules of a contract, asked about one batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from poc_graduate.contracts import relations, rows, shifts, times
from poc_graduate.contracts.chance import PRIOR, beyond, rows_by_chance
from poc_graduate.contracts.memory import (
    MOST_KEYS,
    MOST_ROWS,
    in_sample,
    key_hashes,
    known,
    row_hashes,
)
from poc_graduate.contracts.model import Column, Contract, Outcome
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
        yield from rows.outcomes(values, column, contract.rows, newer=moved)
        if column.kind == "empty":
            continue
        if not moved:
            others = {n: p for n, p in profiles.items() if n != column.name}
            some = dict(list(others.items())[:MOST_OTHERS]) if column.name in profiles else {}
            yield from shifts.outcomes(values, column, contract.rows, some)
        if column.order is not None:
            yield from times.outcomes(values, column, contract.rows)
        if column.keys:
            yield from _keys(values, column)
    yield from relations.outcomes(batch, contract)
    yield from _whole_rows(contract, batch)


def _keys(values: Values, column: Column) -> Iterator[Outcome]:
    counted = values.given
    if column.kind == "number" and column.decimals != 0 and column.profile.values:
        # a scale goes on beyond the steps that were seen; within them all its steps are known
        low, high = column.profile.values[0], column.profile.values[-1]
        counted = counted & (values.number >= low) & (values.number <= high)
    hashes = key_hashes(values)[counted]
    hashes = hashes[in_sample(hashes, column.keys, MOST_KEYS)]
    if len(hashes) < shifts.FEWEST:
        return
    strange = float(np.mean(~known(hashes, column.keys)))
    bound = column.bound("keys")
    base = min(max(bound.allowed, 0.03), 0.95)
    # rows that share a key are no independent witnesses: the error is twice that of single rows
    error = 2 * (base * (1 - base) / len(hashes)) ** 0.5
    p = beyond(strange, max(bound.allowed, 0.03), error)
    says = f"{strange:.0%} of the rows have a key that was never seen, {bound.seen:.0%} is usual"
    yield Outcome("keys", (column.name,), strange, bound, p, chance=0.0, says=says)


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
