"""A batch against its contract."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from poc_graduate.contracts.beside import NEAR, alone
from poc_graduate.contracts.chance import ALPHA_ROWS, ALPHA_SHIFTS
from poc_graduate.contracts.evaluate import evaluate
from poc_graduate.contracts.learn import named
from poc_graduate.contracts.model import Column, Contract, Finding, Outcome, Report
from poc_graduate.contracts.moving import bare, by_time
from poc_graduate.contracts.shifts import bins, value_shares
from poc_graduate.contracts.values import Values, grouped, read
from poc_graduate.contracts.words import allowed_text, found_text, said, seen_text

FIRST = 5
"""Rows that are shown."""
MOST_QUARANTINED = 100_000
_RARE = 0.01
"""Share of the reference's rows: what more of them have is nothing odd in a single row."""


def read_batch(contract: Contract, frame: pd.DataFrame) -> dict[str, Values]:
    """The columns that a contract knows, read as it says."""
    batch = {}
    for name, series in named(frame).items():
        column = contract.column(name)
        if column is None:
            continue
        span = column.range.seen if column.range and column.kind in ("number", "date") else None
        values = read(series, column.kind, column.style, span)
        batch[name] = grouped(_among_like(values) if column.near >= NEAR else values, column)
    return batch


def _among_like(values: Values) -> Values:
    """A column that moves slowly: what looks like a placeholder among like numbers is a value."""
    if not values.placeholder.any():
        return values
    return replace(values, placeholder=alone(values.placeholder, values.number))


def check(contract: Contract, frame: pd.DataFrame, name: str = "batch") -> Report:
    """Everything in a batch that its contract does not have.

    Rows that break a rule are put aside; more of them than chance allows, given the reference,
    break the batch. Shifts of the whole batch break it where they are further than batches differ
    by themselves and by chance, for all rules together (`chance.py`).

    Args:
        contract: What was learnt.
        frame: The batch.
        name: What it is called in the report.
    """
    findings = [*_columns(contract, frame)]
    if not len(frame):
        says = "the batch has no rows"
        findings.append(
            Finding("", "rows", "stop", 0, (), f"{contract.rows}", "at least 1", "0", says)
        )
        return Report(name, 0, tuple(findings))
    batch = read_batch(contract, frame)
    outcomes = [o for o in evaluate(contract, batch) if o.bound.severity != "off"]
    tests = sum(o.tests for o in outcomes if o.odd is None)
    places = len(contract.columns) + len(contract.relations)
    aside: dict[int, list[str]] = {}
    for outcome in outcomes:
        by_rows = outcome.odd is not None
        level = ALPHA_ROWS / max(places, 1) if by_rows else ALPHA_SHIFTS / max(tests, 1)
        broken = outcome.p * (1 if by_rows else outcome.tests) < level
        if broken and by_time(outcome, contract, batch, level):
            told = _finding(outcome, contract, "warn")
            findings.append(replace(told, says=f"{told.says}; time alone may have done this"))
        elif broken or (by_rows and outcome.value > 0 and not _usual(outcome)):
            findings.append(_finding(outcome, contract, _told(outcome) if broken else "row"))
            _put_aside(outcome, aside)
    rank = {"stop": 0, "warn": 1, "row": 2}
    findings.sort(key=lambda f: (rank[f.severity], -f.rows))
    profiles = {c.name: _shares(batch[c.name], c) for c in contract.columns if c.name in batch}
    quarantine = {row: tuple(reasons) for row, reasons in sorted(aside.items())}
    return Report(name, len(frame), tuple(findings), quarantine, profiles)


def _shares(values: Values, column: Column) -> tuple[float, ...]:
    """Shares of a batch in the parts of a profile, or of the values that a column has."""
    if column.values:
        return tuple(value_shares(values, column)[0])
    if not column.profile.values:
        return ()
    return tuple(bins(values.number[values.given & np.isfinite(values.number)], column.profile))


def _usual(outcome: Outcome) -> bool:
    """Whether so many rows of the reference break the rule that no single one is odd for it."""
    return outcome.bound.seen > _RARE


def _put_aside(outcome: Outcome, aside: dict[int, list[str]]) -> None:
    if outcome.odd is None or _usual(outcome):
        return
    where = ", ".join(outcome.columns)
    for row in np.flatnonzero(outcome.odd)[:MOST_QUARANTINED].tolist():
        aside.setdefault(row, []).append(f"{where}: {said(outcome)}" if where else said(outcome))


def _columns(contract: Contract, frame: pd.DataFrame) -> list[Finding]:
    there = list(named(frame))
    known = {column.name: column for column in contract.columns}
    new = [name for name in there if name not in known]
    found = []
    for name, column in known.items():
        severity = column.bound("gone").severity
        if name in there or severity == "off":
            continue
        alike = next((n for n in new if bare(n) == bare(name)), None)
        hint = f"; {alike!r} is new and may be it" if alike else ""
        found.append(Finding(name, "gone", severity, len(frame), (), "a column", "a column", "none",
                             f"the column is gone{hint}"))  # fmt: skip
    severity = contract.bound("new").severity
    if severity != "off":
        for name in new:
            found.append(Finding(name, "new", severity, 0, (), "none", "none", "a column",
                                 "the column is new"))  # fmt: skip
    return found


def _told(outcome: Outcome) -> Literal["stop", "warn"]:
    return "warn" if outcome.bound.severity == "warn" else "stop"


def _finding(
    outcome: Outcome, contract: Contract, severity: Literal["stop", "warn", "row"]
) -> Finding:
    odd = np.flatnonzero(outcome.odd) if outcome.odd is not None else np.zeros(0, dtype=int)
    column = contract.column(outcome.columns[0]) if len(outcome.columns) == 1 else None
    return Finding(
        " / ".join(outcome.columns),
        outcome.rule,
        severity,
        len(odd),
        tuple(odd[:FIRST].tolist()),
        seen_text(outcome, column),
        allowed_text(outcome, column),
        found_text(outcome),
        said(outcome),
    )
