"""What a batch as a whole is measured by: distributions of columns, and what holds between them."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from poc_graduate.contracts.model import Bound, Column, Contract, Relation
from poc_graduate.generate.contracts.model import Field
from poc_graduate.generate.contracts.trial import exported

if TYPE_CHECKING:
    import pandas as pd


def column_profile(
    field: Field, given: pd.Series, series: pd.Series, column: Column, *, secret: bool
) -> dict[str, Any]:
    """What a batch's column is measured by, as plain data for JSON.

    Args:
        field: What its schema says.
        given: The values that are there.
        series: All of them, blanks included.
        column: What was learnt.
        secret: Whether it is about persons: then only blanks are told.
    """
    from poc_graduate.contracts.beside import NEAR
    from poc_graduate.contracts.moving import reach
    from poc_graduate.contracts.rows import seasons
    from poc_graduate.contracts.times import closed

    readings = exported("readings")
    missing = 1 - len(given) / len(series)
    blank = column.bound("blank")
    found: dict[str, Any] = {
        "name": field.name,
        "dtype": str(series.dtype),
        "blank": bound_record(replace(blank, seen=missing, allowed=max(blank.allowed, missing))),
    }
    if missing and column.serial:
        found["blank"].setdefault("together", 1.0)
    if not len(given) or secret:
        return found
    if column.jump:
        far = {"steps": column.jump, "step": column.step, **bound_record(column.bound("jump"))}
        found["jump"] = {**far, "among": column.among} if column.among else far
    if "lone" in column.rules:
        found["lone"] = bound_record(column.bound("lone"))
    if column.values and field.checks and "isin" in field.checks[0]:
        if column.bound("unseen").seen:
            found["unseen"] = bound_record(column.bound("unseen"))
        shares = readings.shares_of(given)
        found["values"] = {value: short(share) for value, share in shares.items()}
        found["shares"] = bound_record(column.bound("shares"))
        return found
    style = _style(given, series, column)
    if style:
        found["style"] = style
    numeric = series.dtype.kind in "iufM"
    order = column.order if numeric or style else None
    if order is not None and column.range is not None:
        found["order"] = {
            "follows": order.follows, "late": order.late.allowed, "tail": order.tail.allowed,
            "oldest": column.range.seen[0], "newest": column.range.seen[1],
            "counts": column.kind == "number", "gap": order.gap, "step": order.step,
            "lacking": order.lacking, "hours": list(order.hours), "days": list(order.days),
            "quiet": short(closed(column, order)), "gaps": bound_record(column.bound("gap")),
        }  # fmt: skip
        if column.kind == "number":
            return found  # what only grows has no distribution
    if column.keys and not field.unique and "keys" in column.rules:
        found["keys"] = _keys(given, column)
    if column.range is not None and any("in_range" in check for check in field.checks):
        low, high = reach(column)
        if column.near >= NEAR:
            season = seasons(column.range)
            low, high = min(low, season[0]), max(high, season[1])
        found["reach"] = [short(end) for end in (low, high) if math.isfinite(end)]
    measured = numeric or style or column.kind in ("code", "text")
    points = sorted(set(column.profile.values))
    if field.unique and series.dtype.kind in "iuf":
        found["grows"] = True
        return found  # quantiles of an identifier are identifiers
    if measured and len(points) > 1:
        import numpy as np

        found["quantiles"] = points
        numbers = readings.figures(given, style)
        shares = readings.shares_up_to(numbers[np.isfinite(numbers)], np.asarray(points))
        found["up_to"] = [short(share) for share in shares]
        if column.bound("shift").allowed < 1:  # what moves with time may be distributed anyhow
            found["shift"] = bound_record(column.bound("shift"))
        if "spike" in column.rules and (numeric or style):
            common = {f"{value:.12g}": share for value, share in column.common.items()}
            found["spike"] = {**bound_record(column.bound("spike")), "common": common}
    return found


def _keys(given: pd.Series, column: Column) -> dict[str, Any]:
    """Hashes of keys, and how many rows of a batch have a new one by chance."""
    import numpy as np

    readings = exported("readings")
    kept = bound_record(column.bound("keys"))
    if given.dtype.kind in "iuf":
        # what is new at the ends of a scale may be a rare size of something
        kept["within"] = [float(end) for end in given.quantile([0.05, 0.95])]
        given = given[given.between(*kept["within"])]
    hashes = readings.key_hashes(given)
    held = exported("arrivals").remembered(hashes)
    known, counts = np.unique(hashes, return_counts=True)
    rows = counts[np.isin(known, np.frombuffer(base64.b64decode(held), ">u8"))]
    often = base64.b64encode(np.minimum(rows, 65535).astype(">u2").tobytes()).decode()
    return {**kept, "hashes": held, "often": often}


def _style(given: pd.Series, series: pd.Series, column: Column) -> str:
    """How the moments in a column of texts are written; empty where that is not known surely."""
    import numpy as np

    from poc_graduate.contracts.styles import ISO

    if column.kind != "date" or series.dtype.kind in "iufbM" or column.range is None:
        return ""
    style = "ISO8601" if column.style == ISO else column.style
    if "%" not in style and style != "ISO8601":
        return ""
    numbers = exported("readings").figures(given, style)
    numbers = numbers[np.isfinite(numbers)]
    seen = np.floor(column.range.seen).tolist()
    return style if len(numbers) and [numbers.min(), numbers.max()] == seen else ""


def relations(
    frame: pd.DataFrame, fields: Sequence[Field], contract: Contract
) -> tuple[dict[str, Any], ...]:
    """What holds between columns of numbers or moments: in each row, or for their ranks."""
    from poc_graduate.contracts.beside import NEAR

    known = {str(field.name): field for field in fields}
    found: list[dict[str, Any]] = []
    for one in contract.relations:
        some = [known[name] for name in one.columns]
        if one.kind == "means":
            found += _placed(frame, some[0], some[1], one)
            continue
        if not all(moves(field) for field in some):
            continue
        if one.kind != "rank" and one.bound.seen > 0:
            continue
        figures: dict[str, Any] = {}
        match one.kind:
            case "rank":
                figures["correlation"] = short(one.seen["correlation"])
            case "lag":
                figures["within"] = [one.seen["allowed low"], one.seen["allowed high"]]
            case "line":
                figures["logarithms"] = bool(one.seen.get("logarithms", 0))
                figures["constant"] = one.seen["constant"]
                figures["factors"] = [one.seen[name] for name in one.columns[1:]]
                figures["within"] = one.seen["within"]
            case "together" | "once" | "labels":
                continue
        record: dict[str, Any] = {"kind": one.kind, "columns": [field.name for field in some]}
        known_columns = (contract.column(name) for name in one.columns)
        if all(column is not None and column.near >= NEAR for column in known_columns):
            record["slow"] = True
        found.append({**record, **figures, "bound": bound_record(one.bound)})
    return tuple(found)


def _placed(
    frame: pd.DataFrame, group: Field, number: Field, relation: Relation
) -> Iterator[dict[str, Any]]:
    """Where a number lies for each category, as the module that checks it measures it."""
    if "values" not in group.profile or "quantiles" not in number.profile or not moves(number):
        return
    numbers = exported("readings").figures(frame[number.name], number.profile.get("style", ""))
    profile = {"columns": [number.profile]}
    found = exported("drift").places_by(frame[group.name], numbers, profile, number.name)
    places = {
        category: [short(mean), int(rows)]
        for category, (mean, rows) in found.items()
        if rows >= 10 and category in group.profile["values"]
    }
    if places:
        yield {
            "kind": "means", "columns": [group.name, number.name], "places": places,
            "spread": relation.seen["spread"], "bound": bound_record(relation.bound),
        }  # fmt: skip


def moves(field: Field) -> bool:
    """Whether a column holds numbers or moments that say nothing about single persons."""
    return bool({"quantiles", "values", "order"} & set(field.profile)) and (
        "style" in field.profile or not field.profile["dtype"].startswith(("str", "object", "cat"))
    )


def short(value: float) -> float:
    """A number with six digits, so that it can be read."""
    return float(f"{value:.6g}")


def bound_record(bound: Bound) -> dict[str, Any]:
    """What was seen beside what is allowed, as plain data for JSON."""
    seen, allowed = short(bound.seen), short(bound.allowed)
    found = {"seen": seen, "allowed": allowed, "severity": bound.severity}
    if bound.stop > bound.allowed:
        found["stop"] = short(bound.stop)
    return {**found, "together": bound.together} if bound.together > 1 else found
