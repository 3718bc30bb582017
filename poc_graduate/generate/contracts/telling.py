"""What tells of a table's categories, as plain data for the module that checks it in a project."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from poc_graduate.contracts.model import Column, Contract, Relation
from poc_graduate.generate.contracts.batch import bound_record, moves, short
from poc_graduate.generate.contracts.model import Field

if TYPE_CHECKING:
    import pandas as pd


def labels(
    frame: pd.DataFrame, fields: Sequence[Field], contract: Contract
) -> Iterator[dict[str, Any]]:
    """The records of how surely other columns tell a category.

    Not of categories that a column tells of which is kept out: figures stand for all of them.

    Args:
        frame: The table that it was learnt from.
        fields: Its columns.
        contract: All that was learnt.
    """
    from poc_graduate.contracts.labels import named, with_others

    known = {str(field.name): field for field in fields}
    columns = {column.name: column for column in contract.columns}
    telling = named(contract.relations, columns)
    for relation in contract.relations:
        name = relation.columns[0]
        some = telling.get(name, ())
        if relation.kind != "labels" or set(with_others(name, some)) != set(relation.columns):
            continue
        written = {one: _written(frame, known[one]) for one in relation.columns}
        categories = columns[name].values
        if not set(categories) <= set(written[name]):
            continue
        by = [
            _by_number(name, one, columns, known, written)
            if one.kind == "means"
            else _by_value(name, one, columns[name], known, written, contract.rows)
            for one in some
        ]
        if not all(by):
            continue
        usual = {one: math.log(relation.seen[one]) for one in categories if one in relation.seen}
        weight = sum(categories[one] for one in usual)
        mean = sum(categories[one] * chance for one, chance in usual.items()) / weight
        yield {
            "kind": "labels",
            "columns": [known[one].name for one in relation.columns],
            "categories": {
                written[name][one]: short(max(s, 1e-9)) for one, s in categories.items()
            },
            "usual": {written[name][one]: short(chance) for one, chance in usual.items()},
            "gain": short(mean - math.log(relation.seen["any"])),
            "error": relation.seen["error"],
            "by": by,
            "bound": bound_record(relation.bound),
        }


def _by_number(
    name: str, relation: Relation, columns: Mapping[str, Column], known: Mapping[str, Field],
    written: Mapping[str, Mapping[str, str]],
) -> dict[str, Any] | None:  # fmt: skip
    """Where a number lies within its distribution for each category."""
    import numpy as np

    from poc_graduate.contracts.labels import within
    from poc_graduate.contracts.relations import places

    categories, other = columns[name].values, relation.columns[1]
    points = np.asarray(columns[other].profile.values)
    # of what only grows no distribution stands in a profile: it may be identifiers
    distributed = {"quantiles", "values"} & set(known[other].profile)
    if not moves(known[other]) or not distributed or len(points) < 2:
        return None
    mean = np.asarray([relation.seen.get(one, np.nan) for one in categories])
    if np.count_nonzero(np.isfinite(mean)) < 2:
        return None
    shares = np.asarray(list(categories.values()))
    return {
        "column": known[other].name,
        "points": points.tolist(),
        "places": [short(place) for place in places(points, columns[other])],
        "means": {
            written[name][one]: relation.seen[one] for one in categories if one in relation.seen
        },
        "within": short(within(relation, mean, shares)),
    }


def _by_value(
    name: str, relation: Relation, column: Column, known: Mapping[str, Field],
    written: Mapping[str, Mapping[str, str]], rows: int,
) -> dict[str, Any] | None:  # fmt: skip
    """How often each value of another column stands beside each category."""
    from poc_graduate.contracts.labels import beside_each

    side = relation.columns.index(name)
    other = relation.columns[1 - side]
    values, beside = beside_each(relation, list(column.values), side, rows)
    listed = all("values" in known[one].profile for one in (name, other))
    if not values or not listed or not set(values) <= set(written[other]):
        return None
    return {
        "column": known[other].name,
        "values": [written[other][value] for value in values],
        "beside": {
            written[name][one]: [short(share) for share in row]
            for one, row in zip(column.values, beside, strict=True)
        },
    }


def _written(frame: pd.DataFrame, field: Field) -> dict[str, str]:
    """Each value that a schema lists: its name in a contract → as a project's module reads it."""
    from poc_graduate.contracts.values import canonical

    if "values" not in field.profile:
        return {}
    return {canonical(value): str(value) for value in frame[field.name].dropna().unique().tolist()}
