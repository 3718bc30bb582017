"""The contracts of an export as one page: each column drawn, with what was seen and is allowed.

What is drawn comes from the profiles in `reference/`: shares and quantiles, never rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from poc_graduate.contracts.styles import written
from poc_graduate.contracts.times import duration
from poc_graduate.generate.contracts import Field, Table
from poc_graduate.report.certificate_text import counted
from poc_graduate.report.contract_html import spread
from poc_graduate.report.pages import style, template

_BARS = 18
_WIDTH, _HEIGHT = 252, 64
_RULES = {
    "blank": "missing", "shares": "shares moved", "shift": "distribution moved",
    "spike": "one value stands out", "keys": "values never seen",
}  # fmt: skip
_RELATIONS = {
    "rank": "rank correlation of {}", "order": "rows out of order: {}",
    "lag": "an unusual way between {}", "line": "rows off the line of {}",
    "means": "places among categories: {}", "labels": "less surely told by other columns: {}",
}  # fmt: skip
_DISTANCES = ("rank", "means", "labels")
_AGAIN = {"repeated": "rows that repeat", "delivered": "rows delivered before"}
_OF_ROWS = ("blank", "spike", "keys")
"""Rules of a column that are about shares of the rows."""


@dataclass(frozen=True)
class Bar:
    """One part of a histogram, in pixels, and what it says."""

    x: float
    width: float
    top: float
    height: float
    title: str


@dataclass(frozen=True)
class Rule:
    """What a batch is held to: seen beside allowed, and what happens beyond it."""

    name: str
    seen: str
    allowed: str
    severity: str


@dataclass(frozen=True)
class Card:
    """A column."""

    name: str
    kind: str
    rows: tuple[str, ...]
    rules: tuple[Rule, ...]
    bars: tuple[Bar, ...]
    ends: tuple[str, str]
    says: str


@dataclass(frozen=True)
class Section:
    """A table."""

    anchor: str
    name: str
    about: str
    place: str
    under: str
    cards: tuple[Card, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Page:
    """All that fills the template."""

    headline: str
    sections: tuple[Section, ...]
    width: int = _WIDTH
    height: int = _HEIGHT


def tables_html(tables: Sequence[Table]) -> str:
    """The page.

    Args:
        tables: The contracts of the export, in the order of the pipeline.
    """
    held = "1 table is" if len(tables) == 1 else f"{len(tables)} tables are"
    sections = tuple(_section(table, number) for number, table in enumerate(tables, 1))
    page = Page(f"{held} checked on each run", sections)
    return str(_template().render(page=page, style=_style()))


def _section(table: Table, number: int) -> Section:
    under = f"Learnt from {counted(table.rows, ('row', 'rows'))}; "
    under += counted(len(table.fields), ("column", "columns"))
    again = table.again
    rules = [_rule(name, again[key], share=True) for key, name in _AGAIN.items() if again]
    for one in table.relations:
        names = one["columns"][:1] if one["kind"] == "labels" else one["columns"]
        about = _RELATIONS[one["kind"]].format(", ".join(map(str, names)))
        rules.append(_rule(about, one["bound"], share=one["kind"] not in _DISTANCES))
    return Section(
        f"t{number}",
        table.name,
        table.about,
        "after cleaning" if table.clean else "as read",
        under,
        tuple(_card(field) for field in table.fields),
        tuple(rules),
    )


def _card(field: Field) -> Card:
    known = field.profile
    bars, ends, says = _histogram(known)
    rows = [_check(check) for check in field.checks] + ["unique"] * field.unique
    if "order" in known:
        late, counts = known["order"]["late"], known["order"]["counts"]
        rows.append(f"late by at most {duration(late, moments=not counts)}")
    rules = tuple(
        _rule(name, known[key], share=key in _OF_ROWS)
        for key, name in _RULES.items()
        if known.get(key, {}).get("severity")
    )
    return Card(str(field.name), known.get("dtype", ""), tuple(rows), rules, bars, ends, says)


def _check(call: str) -> str:
    """`pa.Check.in_range(0, 90)` → `from 0 to 90`."""
    between = re.fullmatch(r"pa\.Check\.in_range\((\S+), (\S+)\)", call)
    first = re.fullmatch(r"pa\.Check\.ge\('(\S+)'\)", call)
    if first:
        return f"{first[1]} or later"
    if between:
        return f"from {between[1]} to {between[2]}"
    return (
        call.removeprefix("pa.Check.")
        .replace("isin([", "one of ", 1)
        .replace("str_matches(r", "matches ", 1)
        .removesuffix(")")
        .removesuffix("]")
    )


def _rule(name: str, bound: Mapping[str, Any], *, share: bool) -> Rule:
    seen, allowed = (
        f"{100 * bound[key]:.3g}\N{NO-BREAK SPACE}%" if share else f"{bound[key]:.3g}"
        for key in ("seen", "allowed")
    )
    return Rule(name, seen, allowed, bound["severity"])


def _histogram(known: Mapping[str, Any]) -> tuple[tuple[Bar, ...], tuple[str, str], str]:
    """Bars, what stands below its ends, and the same in words."""
    if known.get("values"):
        shares = {str(name): float(share) for name, share in known["values"].items()}
        names = list(shares)[:_BARS]
        bars = _drawn([shares[name] for name in names], names)
        ends = names[0], names[-1] if len(names) > 1 else ""
        most = max(shares, key=lambda name: shares[name])
        return bars, ends, f"{len(shares)} values; most often {most}, {shares[most]:.0%}"
    points, up_to = known.get("quantiles", ()), known.get("up_to", ())
    if len(points) < 2 or points[0] == points[-1]:
        return (), ("", ""), ""
    edges, shares_up = np.asarray(points, dtype=float), np.asarray(up_to, dtype=float)
    low, middle, high = (float(np.interp(at, shares_up, edges)) for at in (0.01, 0.5, 0.99))
    if high <= low:
        low, high = float(edges[0]), float(edges[-1])
    cuts = np.linspace(low, high, _BARS + 1)

    def end(value: float) -> str:
        return _shown(value, "datetime" if "style" in known else str(known.get("dtype", "")))

    names = [f"{end(a)} to {end(b)}" for a, b in pairwise(cuts)]
    says = f"98 % from {end(low)} to {end(high)}, half up to {end(middle)}"
    return _drawn(spread(edges, shares_up, cuts), names), (end(low), end(high)), says


def _shown(value: float, dtype: str) -> str:
    if dtype.startswith("datetime"):
        return str(written(value))[:10]
    unit = " characters" if not dtype.startswith(("int", "uint", "float", "bool")) else ""
    return f"{value:.4g}{unit}"


def _drawn(shares: Sequence[float], names: Sequence[str]) -> tuple[Bar, ...]:
    most = max([*shares, 1e-9])
    width = _WIDTH / len(names)
    made = []
    for place, (share, name) in enumerate(zip(shares, names, strict=True)):
        height = round(share / most * (_HEIGHT - 4), 1)
        x, top = round(place * width + 0.5, 1), round(_HEIGHT - height, 1)
        made.append(Bar(x, round(width - 1, 1), top, height, f"{name}: {share:.1%} of the rows"))
    return tuple(made)


@cache
def _template() -> Any:
    return template("tables.html.jinja")


@cache
def _style() -> str:
    return style("page.css", "contract.css", "tables.css")
