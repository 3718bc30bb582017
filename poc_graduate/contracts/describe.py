"""What a column of the reference is: its kind, and the figures of its contract."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from poc_graduate.contracts import rows, times
from poc_graduate.contracts.memory import (
    MOST_KEYS,
    counted,
    distinct_hashes,
    in_sample,
    key_hashes,
    once,
    sketch,
)
from poc_graduate.contracts.model import ODD_ROWS, Bound, Column, Floats, Kind, Range
from poc_graduate.contracts.shifts import FEW_NUMBERS, profile, significant
from poc_graduate.contracts.styles import (
    ISO,
    PLACEHOLDERS,
    PLAIN,
    date_style,
    number_style,
    patterns,
)
from poc_graduate.contracts.values import Values, distinct_texts, is_date, is_number, read
from poc_graduate.rules.personal import may_be_personal, personal

LOOKED_AT = 2000
"""Texts by which kind and style are told."""
FEW = 50
"""Distinct texts up to which they are a list of known values."""
SMALLEST = {
    "shift": 0.03, "shares": 0.06, "mixture": 0.02, "rank": 0.08, "means": 0.03, "together": 0.08,
    "labels": 0.04, "gap": 1.5,
}  # fmt: skip
"""Distances that are no finding, however many rows show them."""
_DAY = 86400
_NEAR = 0.05
"""Of the span of a column's numbers: what is so near to them is one of them."""
_CODE = re.compile(r"0\d+")
_PEOPLE = re.compile(
    r"(?i)(^|[^a-z])(sur|first|last|full|user|middle)?_?name($|[^a-z])|e-?mail|phone|address|street"
    r"|birth|passport|iban|ssn"
)
"""Columns that are about persons: their values are not listed, however few they are."""


def kind_of(series: pd.Series, name: str = "") -> tuple[Kind, str]:
    """What the values of a column are, and how they are written."""
    if series.isna().all():
        return "empty", ""
    if is_number(series):
        return "number", ""
    if is_date(series):
        return "date", ISO
    codes, texts = distinct_texts(series)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    bare = texts.str.strip()
    meant = ((bare != "") & ~bare.str.lower().isin(PLACEHOLDERS)).to_numpy(dtype=bool)
    texts, counts = texts[meant], counts[meant]
    if not len(texts):
        return "empty", ""
    step = -(-len(texts) // LOOKED_AT)
    some = texts.iloc[::step]
    if pd.api.types.is_bool_dtype(series.dtype):
        return "category", ""
    coded = any(_CODE.fullmatch(text) for text in some)
    style = "" if coded else number_style(some)
    if style == PLAIN:
        return "number", style
    dates = date_style(some)
    if dates:
        return "date", dates
    if len(texts) <= FEW and counts.sum() >= 4 * len(texts) and not about_persons(name, some):
        return "category", ""
    if style:
        return "number", style
    return ("code" if patterns(some) else "text"), ""


def about_persons(name: str, texts: Iterable[str] = ()) -> bool:
    """Whether a column is about persons: none of its values may stand in a file.

    Args:
        name: Its name.
        texts: Some of its values.
    """
    return bool(_PEOPLE.search(name)) or any(
        may_be_personal(text) and any(personal(text)) for text in texts
    )


def first_reading(series: pd.Series, kind: Kind, style: str) -> Values:
    """A column of the reference; what looks like a placeholder among like values is a value."""
    values = read(series, kind, style)
    if kind not in ("number", "date") or not values.placeholder.any():
        return values
    number = values.number[np.isfinite(values.number)]
    plain = number[~values.placeholder[np.isfinite(values.number)]]
    if len(plain) < 0.8 * len(number):
        plain = number
    if not len(plain):
        return values
    low, high = float(plain.min()), float(plain.max())
    near = _NEAR * (high - low)
    return read(series, kind, style, (low - near, high + near))


def describe(
    name: str, kind: Kind, style: str, values: Values, ends: Sequence[int], few: bool | None = None
) -> Column:
    """The contract of one column, without what batches differ by themselves.

    Args:
        name: Its name.
        kind: What its values are.
        style: How they are written.
        values: All of the reference.
        ends: Where each batch ends among the rows.
        few: Whether numbers are few; by default, as they are.
    """
    given = values.given
    count = int(np.count_nonzero(given))
    if kind == "empty" or count == 0:
        return Column(name, kind, style, rules=_seen(values, {}))
    number = np.where(given, values.number, np.nan)
    finite = number[np.isfinite(number)]
    bounds: dict[str, Bound] = {}
    if kind in ("number", "date"):
        return _numeric(name, kind, style, values, number, finite, ends, few)
    texts = values.texts
    tally = np.bincount(values.codes[given], minlength=len(texts))
    distinct = int(np.count_nonzero(tally))
    if kind == "category":
        bounds["unseen"] = _unseen(tally)
        bounds["shares"] = Bound(0.0, SMALLEST["shares"])
        shares = {
            str(texts.iloc[i]): round(float(tally[i] / count), 6)
            for i in np.argsort(-tally, kind="stable")
            if tally[i]
        }  # fmt: skip
        return Column(name, kind, values=shares, rules=_seen(values, bounds))
    here = texts[tally > 0]
    step = -(-len(here) // LOOKED_AT)
    some = here.iloc[::step]
    found = patterns(some) if kind == "code" else ()
    written = rows.cases(some)
    styles, how_many = np.unique(written, return_counts=True)
    kept = tuple(str(s) for s, n in zip(styles, how_many, strict=True) if n >= 0.005 * len(some))
    lengths = Range(_span(finite), _wide(finite, whole=True))
    if distinct == count and count >= 20:
        bounds["unique"] = Bound()
    bounds["shift"] = Bound(0.0, SMALLEST["shift"])
    keys, often = _keys(values, distinct, count, bounds)
    column = Column(
        name, kind, range=lengths, patterns=found, cases=() if "mixed" in kept else kept,
        profile=profile(finite), rules=bounds, keys=keys, often=often,
    )  # fmt: skip
    return _with_seen(column, values)


def _numeric(
    name: str, kind: Kind, style: str, values: Values, number: Floats, finite: Floats,
    ends: Sequence[int], few: bool | None,
) -> Column:  # fmt: skip
    count = len(finite)
    if kind == "number" and (limits := times.calendar(name, number)) is not None:
        column = Column(name, kind, style, Range(_span(finite), limits), 0)
        return _with_seen(column, values)
    ordered = np.sort(finite)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    distinct, tally = ordered[starts], np.diff(np.append(starts, count))
    is_few = len(distinct) <= FEW_NUMBERS and count >= 10 * len(distinct) if few is None else few
    places = _places(finite) if kind == "number" else None
    bounds: dict[str, Bound] = {}
    known: dict[str, float] = {}
    common: dict[float, float] = {}
    keys = of_each = ""
    if kind == "number" and is_few:
        known = {
            f"{v:.12g}": round(float(n / count), 6) for v, n in zip(distinct, tally, strict=True)
        }
        bounds["shares"] = Bound(0.0, SMALLEST["shares"])
        bounds["unseen"] = _unseen(tally)
    else:
        often = [i for i in np.argsort(-tally, kind="stable")[:10] if tally[i] >= 0.01 * count]
        common = {float(distinct[i]): round(float(tally[i] / count), 6) for i in often}
        rest = np.delete(tally, often).max(initial=1) / count
        bounds["spike"] = Bound(round(float(rest), 6), round(float(1.5 * rest + 0.02), 6))
        bounds["shift"] = Bound(0.0, SMALLEST["shift"])
        if kind == "number":
            bounds["mixture"] = Bound(0.0, SMALLEST["mixture"])
            # few of the numbers that could stand there do: keys, or steps of a scale
            steps = np.ptp(finite) * 10.0 ** (4 if places is None else places)
            often_enough = places == 0 or count >= 5 * len(distinct)
            sparse = steps > 2 * len(distinct) and often_enough
            if sparse:
                keys, of_each = _keys(values, len(distinct), count, bounds)
    batches = [number[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    wide = _wide_dates(finite) if kind == "date" else _wide(finite, whole=places == 0)
    alone = len(distinct) == count and count >= 20
    counts = places == 0 and all((np.diff(one[np.isfinite(one)]) > 0).all() for one in batches)
    moves = kind == "date" or counts
    order = times.order(batches, moments=kind == "date") if moves else None
    if order is not None and kind == "number" and order.follows < 0.99:
        order = None
    if order is not None:
        bounds["gap"] = Bound(1.0, SMALLEST["gap"])
    if alone and places == 0 and kind == "number":
        bounds["unique"] = Bound()
    column = Column(
        name, kind, style, Range(_span(finite), wide), places,
        values=known, profile=profile(finite), common=common,
        order=order, keys=keys, often=of_each, rules=bounds,
    )  # fmt: skip
    return _with_seen(column, values)


def _with_seen(column: Column, values: Values) -> Column:
    found = dict(column.rules)
    for rule in rows.applying(column):
        share = float(np.mean(rows.RULES[rule](values, column)))
        if share > 0:
            found[rule] = as_seen(share)
    return replace(column, rules=found)


def _seen(values: Values, bounds: dict[str, Bound]) -> dict[str, Bound]:
    found = ("blank", values.blank), ("placeholder", values.placeholder)
    for rule, odd in (*found, ("malformed", values.malformed)):
        share = float(np.mean(odd)) if len(odd) else 0.0
        if share > 0:
            bounds[rule] = as_seen(share)
    return bounds


def as_seen(share: float) -> Bound:
    """The bound of a rule that a share of the reference's rows break."""
    return Bound(round(share, 6), round(share + ODD_ROWS, 6))


def _unseen(tally: np.ndarray) -> Bound:
    """Values that stood once tell how many rows have a value that never stood (Good, 1953)."""
    share = float(np.count_nonzero(tally == 1) / tally.sum())
    return as_seen(share)


def _span(finite: Floats) -> tuple[float, float]:
    return significant(float(finite.min()), 15), significant(float(finite.max()), 15)


def _wide(finite: Floats, *, whole: bool) -> tuple[float, float]:
    """What is allowed beyond what was seen: a part of the span, by factors where it has a tail."""
    low, middle, high = (float(q) for q in np.quantile(finite, [0, 0.5, 1]))
    span = high - low
    if low > 0 and high > 10 * middle:
        bottom, top = low * (low / middle) ** 0.25, high * (high / middle) ** 0.25
    else:
        bottom, top = low - 0.15 * span, high + 0.15 * span
    if low >= 0:
        bottom = max(bottom, 0.0)
    if high <= 0:
        top = min(top, 0.0)
    if whole:
        bottom, top = math.floor(bottom), math.ceil(top)
    digits = 15 if whole else 6
    return significant(min(bottom, low), digits), significant(max(top, high), digits)


def _wide_dates(finite: Floats) -> tuple[float, float]:
    """Little more than was seen: what lies behind the reference in time has no upper limit."""
    low, high = float(finite.min()), float(finite.max())
    step = 1.0 if (finite % _DAY).any() else float(_DAY)
    extra = 0.03 * (high - low)
    return math.floor((low - extra) / step) * step, math.ceil((high + extra) / step) * step


def _places(finite: Floats) -> int | None:
    """Decimal places that all numbers keep to; None where there is no such rule."""
    if len(finite) < 20:
        return None
    for places in range(5):
        if not rows.places_beyond(finite, places).any():
            return places
    return None


def _keys(values: Values, distinct: int, count: int, bounds: dict[str, Bound]) -> tuple[str, str]:
    """A sketch of a column's keys, and how often each of them stands there; empty for no keys."""
    if distinct <= FEW or count < 1.5 * distinct:
        return "", ""
    hashes = key_hashes(values)[values.given]
    keys = sketch(distinct_hashes(values) if len(values.texts) else hashes, MOST_KEYS)
    hashes = hashes[in_sample(hashes, keys, MOST_KEYS)]
    new = round(once(hashes), 4)
    bounds["keys"] = Bound(new, new)
    return keys, counted(hashes, keys)
