"""A plan as plain data for JSON, and back: pages about a project are drawn again from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from poc_graduate.plan.model import Load, Note, Parameter, Plan, Product, Stage


def to_record(plan: Plan) -> dict[str, Any]:
    """The plan as mappings, lists and scalars."""
    return dataclasses.asdict(plan)


def from_record(record: Mapping[str, Any]) -> Plan:
    """The other way round.

    Raises:
        KeyError: something of a plan is missing.
        TypeError: something is no part of a plan.
    """
    return Plan(
        record["notebook"],
        record["package"],
        tuple(map(_stage, record["stages"])),
        tuple(Parameter(**one) for one in record["parameters"]),
        tuple((name, module) for name, module in record["definitions"]),
        tuple(Note(**one) for one in record["notes"]),
        record["proved"],
    )


def _stage(record: Mapping[str, Any]) -> Stage:
    lists = {
        **{key: tuple(value) for key, value in record.items() if isinstance(value, list)},
        "loads": tuple(Load(**{**one, "names": tuple(one["names"])}) for one in record["loads"]),
        "products": tuple(
            Product(**{**one, "names": tuple(one["names"])}) for one in record["products"]
        ),
        "carries": tuple((name, stage) for name, stage in record["carries"]),
    }
    return Stage(**{**record, **lists})
