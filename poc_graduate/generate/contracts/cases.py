"""What a contract is shown in the tests of its project: breaks that it was seen to notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from poc_graduate.generate.contracts.emit import profile, schema
from poc_graduate.generate.contracts.model import Table
from poc_graduate.generate.contracts.trial import admitted, refused

if TYPE_CHECKING:
    import pandas as pd

_TIMES = 1000
_EVERY = 5
"""Row that is called otherwise."""
_NAMES_ROWS = re.compile(r"(^|_|[a-z](?=I))(id|nr|no|number|key|code|index)$", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    """Breaks of one table, as Python.

    Attributes:
        path: The product that holds the table.
        constant: Its schema.
        gone: A column that may not be missing.
        odd: A column, and a value that is put aside in it; empty where no rule is about rows.
        moved: A column of figures that may not be a thousandfold; empty where there is none.
        renamed: A column of categories that other columns tell too surely for every fifth row to be
            called as the next category; empty where there is none.
    """

    path: str
    constant: str
    gone: str
    odd: tuple[str, str] | None
    moved: str
    renamed: str


def case(frame: pd.DataFrame, table: Table, path: str) -> Case:
    """The breaks that a table's contract notices.

    Args:
        frame: The table that it was learnt from.
        table: What was learnt.
        path: The product that holds the table.
    """
    odd = next((wish for wish in _odd(table) if _puts_aside(frame, table, *wish)), None)
    moved = next((name for name in figures(table) if stops(frame, table, name)), None)
    renamed = next((name for name in _told(table) if _seen_renamed(frame, table, name)), None)
    return Case(
        path,
        table.constant,
        repr(table.fields[0].name),
        None if odd is None else (repr(odd[0]), repr(odd[1])),
        "" if moved is None else repr(moved),
        "" if renamed is None else repr(renamed),
    )


def _odd(table: Table) -> Iterator[tuple[str | int, Any]]:
    """For each column with a rule about rows, a value that breaks it."""
    for field in table.fields:
        for check in field.checks:
            value: str | float
            if "isin" in check:
                value = "never seen" if field.dtype == "str" else 987654
            elif "str_matches" in check:
                value = "?"
            elif "in_range" in check:
                value = _beyond(check)
            else:
                continue
            yield field.name, value


def _beyond(check: str) -> float:
    call = ast.parse(check, mode="eval").body
    assert isinstance(call, ast.Call)
    high = abs(ast.literal_eval(call.args[1])) or 1
    return type(high)(high * 10)


def figures(table: Table) -> Iterator[str | int]:
    """Columns of figures whose distribution is known; those that seem to name rows come last."""
    known = [
        field.name
        for field in table.fields
        if field.dtype in ("int", "float") and any(field.profile.get("quantiles", ()))
    ]
    yield from sorted(known, key=lambda name: _NAMES_ROWS.search(str(name)) is not None)


def _puts_aside(frame: pd.DataFrame, table: Table, name: str | int, value: Any) -> bool:
    """Whether one row with this value is put aside, and the rest goes on."""
    column = frame[name].astype(object).copy()
    column.iloc[0] = value
    kept = admitted(frame.assign(**{str(name): column}), schema(table), profile(table))
    return kept is not None and len(kept) == len(frame) - 1


def _told(table: Table) -> Iterator[str | int]:
    """Columns of categories that others tell, where all of their values are of one type."""
    typed = {field.name for field in table.fields if field.dtype != "None"}
    yield from (
        one["columns"][0]
        for one in table.relations
        if one["kind"] == "labels" and one["columns"][0] in typed
    )


def _seen_renamed(frame: pd.DataFrame, table: Table, name: str | int) -> bool:
    """Whether it is noticed by what goes with them that categories are called as the next one."""
    known = sorted(frame[name].dropna().unique().tolist())
    others = dict(zip(known, [*known[1:], *known[:1]], strict=True))
    column = frame[name].astype(object)
    column.iloc[::_EVERY] = column.iloc[::_EVERY].map(others)
    renamed = frame.assign(**{str(name): column.astype(frame[name].dtype)})
    return f"{name}: other columns" in refused(renamed, schema(table), profile(table))


def stops(frame: pd.DataFrame, table: Table, name: str | int) -> bool:
    """Whether a column that is a thousandfold is noticed."""
    moved = frame.assign(**{str(name): frame[name] * _TIMES})
    return admitted(moved, schema(table), profile(table)) is None
