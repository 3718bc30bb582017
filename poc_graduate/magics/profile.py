"""What a data frame holds, within a time that nobody notices."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

from poc_graduate.dataflow.facts import ColumnFacts, FrameFacts

COUNTED = 200_000
"""Rows up to which distinct values are counted."""


def is_frame(value: object) -> bool:
    """Whether a value is a frame or series of pandas, which nobody loads for this.

    Classes that others derived may run code of theirs when they are looked at.
    """
    pandas: Any = sys.modules.get("pandas")
    kinds = (getattr(pandas, "DataFrame", None), getattr(pandas, "Series", None))
    return pandas is not None and type(value) in kinds


def frame_facts(
    value: Any, *, seconds: float = 0.02, first: frozenset[str] = frozenset()
) -> FrameFacts:
    """A frame or series, column by column.

    Args:
        value: What `is_frame` said yes to.
        seconds: Of computing; when they are over, the columns that are left are left out: nothing
            is said about them.
        first: Names of the columns to begin with.
    """
    until = time.thread_time() + seconds
    labels = [str(name) for name in value.columns] if hasattr(value, "columns") else []
    found: dict[int, ColumnFacts] = {}
    for at in sorted(range(len(labels)), key=lambda at: (labels[at] not in first, at)):
        found[at] = _column(labels[at], value.iloc[:, at])
        if time.thread_time() > until:
            break
    if not hasattr(value, "columns"):
        found[0] = _column(str(value.name), value)
    counted = len(value) <= COUNTED and _is_plain(value.index)
    unique = bool(value.index.is_unique) if counted else True
    return FrameFacts(len(value), tuple(found[at] for at in sorted(found)), unique)


_PLAIN = frozenset("string boolean integer floating datetime date empty".split())


def _is_plain(column: Any) -> bool:
    """Whether its values can be compared without running code of somebody's."""
    if type(column.dtype).__module__.partition(".")[0] not in ("numpy", "pandas"):
        return False
    if column.dtype.kind != "O" or str(column.dtype) in ("str", "string", "category"):
        return True
    return sys.modules["pandas"].api.types.infer_dtype(column, skipna=True) in _PLAIN


def _column(name: str, column: Any) -> ColumnFacts:
    rows = len(column)
    missing = int(column.isna().to_numpy().sum())
    distinct = int(column.nunique()) if rows <= COUNTED and _is_plain(column) else -1
    found = ColumnFacts(name, str(column.dtype), missing, distinct)
    if column.dtype.kind not in "iuf" or type(column.dtype).__module__.startswith("pandas"):
        return found
    values = column.to_numpy()
    values = values[values == values] if missing else values
    if not len(values):
        return found
    return replace(
        found,
        minimum=float(values.min()),
        maximum=float(values.max()),
        mean=float(values.mean()),
        # a copy: partition would sort the user's own values
        median=_median(values.copy()) if rows <= COUNTED else None,
    )


def _median(values: Any) -> float:
    middle = len(values) // 2
    values.partition([middle - 1, middle] if len(values) % 2 == 0 else middle)
    if len(values) % 2:
        return float(values[middle])
    return float((float(values[middle - 1]) + float(values[middle])) / 2)
