"""Batches against their contract as one page, with the columns drawn; nothing is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from poc_graduate.contracts.model import Column, Contract, Finding, Report
from poc_graduate.contracts.shifts import shown
from poc_graduate.contracts.words import range_text
from poc_graduate.report.contract_text import rows_text, verdict, where
from poc_graduate.report.pages import style, template

_BARS = 18
_WIDTH, _HEIGHT = 252, 64
_ROWS = 40
"""Rows to put aside that are shown."""
_SINGLE = 30
"""Rules broken by single rows that are shown."""


@dataclass(frozen=True)
class Bar:
    """One part of a histogram, in pixels; the mark is the reference's height."""

    x: float
    width: float
    top: float
    height: float
    mark: float
    title: str


@dataclass(frozen=True)
class Card:
    """A column: what it is, how it is distributed, whether something is wrong with it."""

    name: str
    kind: str
    state: str
    seen: str
    bars: tuple[Bar, ...]
    ends: tuple[str, str]


@dataclass(frozen=True)
class Batch:
    """One batch on the page."""

    anchor: str
    name: str
    state: str
    verdict: str
    findings: tuple[tuple[Finding, str, str], ...]
    single: tuple[tuple[Finding, str, str], ...]
    hidden: int
    aside: tuple[tuple[int, str], ...]
    aside_hidden: int
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Page:
    """All that fills the template."""

    state: str
    headline: str
    under: str
    batches: tuple[Batch, ...]
    width: int = _WIDTH
    height: int = _HEIGHT


def contract_html(contract: Contract, reports: Sequence[Report]) -> str:
    """The page.

    Args:
        contract: What the batches were checked against.
        reports: What was found in each.
    """
    broken = sum(not report.holds for report in reports)
    if not broken:
        headline = "The contract holds"
    elif len(reports) == 1:
        headline = f"{reports[0].batch} breaks its contract"
    else:
        headline = f"{broken} of {len(reports)} batches break the contract"
    sources = ", ".join(source.name for source in contract.sources[:4])
    more = ", …" if len(contract.sources) > 4 else ""
    under = f"Learnt from {contract.rows:,} rows: {sources}{more}."
    batches = tuple(_batch(contract, report, n) for n, report in enumerate(reports, 1))
    page = Page("different" if broken else "equal", headline, under, batches)
    return str(_template().render(page=page, style=_style()))


def _batch(contract: Contract, report: Report, number: int) -> Batch:
    shown = [(f, where(f), rows_text(f)) for f in report.findings]
    single = [one for one in shown if one[0].severity == "row"]
    aside = [(row, "; ".join(reasons)) for row, reasons in report.quarantine.items()]
    return Batch(
        f"b{number}",
        report.batch,
        "equal" if report.holds else "different",
        verdict(report),
        tuple(one for one in shown if one[0].severity != "row"),
        tuple(single[:_SINGLE]),
        max(0, len(single) - _SINGLE),
        tuple(aside[:_ROWS]),
        max(0, len(aside) - _ROWS),
        tuple(_card(column, report) for column in contract.columns),
    )


def _card(column: Column, report: Report) -> Card:
    worst = {"stop": 2, "warn": 1, "row": 0}
    about = [f for f in report.findings if column.name in f.column.split(" / ")]
    state = max((f.severity for f in about), key=lambda s: worst[s], default="fine")
    batch = report.profiles.get(column.name, ())
    bars, ends = _bars(column, batch) if batch else ((), ("", ""))
    seen = range_text(column.range.seen, column) if column.range else ""
    if column.values:
        seen = f"{len(column.values)} values"
    return Card(column.name, column.kind, state, seen, bars, ends)


def _bars(column: Column, batch: Sequence[float]) -> tuple[tuple[Bar, ...], tuple[str, str]]:
    if column.values:
        names = list(column.values)[:_BARS]
        before = [column.values[name] for name in names]
        now = list(batch)[: len(names)]
        return _drawn(before, now, names), (names[0], names[-1] if len(names) > 1 else "")
    edges = np.asarray(column.profile.values)
    if len(edges) < 2:
        return (), ("", "")
    shares = np.asarray(column.profile.shares)
    low = float(np.interp(0.01, shares, edges))
    high = float(np.interp(0.99, shares, edges))
    if high <= low:
        low, high = float(edges[0]), float(edges[-1])
    # what lies outside stands in the first and the last bar
    middle = float(np.interp(0.5, shares, edges))
    tail = low > 0 and high > 10 * middle
    cuts = (np.geomspace if tail else np.linspace)(low, high, _BARS + 1)
    ends = _end(low, column), _end(high, column)
    names = [f"{_end(a, column)} to {_end(b, column)}" for a, b in pairwise(cuts)]
    return _drawn(
        spread(edges, shares, cuts), spread(edges, np.cumsum(batch)[:-1], cuts), names
    ), ends


def _end(value: float, column: Column) -> str:
    text = shown(value, column, 6)
    return text[:10] if column.kind == "date" else text


def spread(edges: np.ndarray, below: np.ndarray, cuts: np.ndarray) -> list[float]:
    """Shares of the rows between cuts; what lies outside stands in the first and the last.

    Args:
        edges: Points of the distribution.
        below: Share of the rows up to each.
        cuts: Where the bars begin and end.
    """
    at = np.interp(cuts, edges, below)
    at[0], at[-1] = 0.0, 1.0
    return [float(share) for share in np.diff(at)]


def _drawn(before: Sequence[float], now: Sequence[float], names: Sequence[str]) -> tuple[Bar, ...]:
    most = max([*before, *now, 1e-9])
    width = _WIDTH / len(names)
    made = []
    for place, (a, b, name) in enumerate(zip(before, now, names, strict=True)):
        height = round(b / most * (_HEIGHT - 4), 1)
        mark = round(_HEIGHT - a / most * (_HEIGHT - 4), 1)
        title = f"{name}: {b:.1%} of this batch, {a:.1%} of the reference"
        made.append(Bar(round(place * width + 0.5, 1), round(width - 1, 1),
                        round(_HEIGHT - height, 1), height, mark, title))  # fmt: skip
    return tuple(made)


@cache
def _template() -> Any:
    return template("contract.html.jinja")


@cache
def _style() -> str:
    return style("page.css", "contract.css")
