"""Values that tests start from and compare with: few rows of what is large, kept in files."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .confined import attempt

SIZES = (60, 400, 4000, sys.maxsize)
"""Rows of a table: fewer first, all where fewer show nothing."""
_LARGEST = 200_000
"""Bytes that one sample may take on disk."""
_ENDS = 30
"""First and last rows that stand for a result that is too large to be kept."""
_VALUES = 1000
"""Values of an array that do."""
_HANDFUL = 8
"""Rows that are kept of what is too large even with few of them."""


def sampled(value: Any, rows: int, labels: Iterable[Any] = ()) -> Any:
    """The first rows and some from all over, in their order, of anything that has rows.

    Args:
        value: Any value; one without rows is taken whole.
        rows: How many.
        labels: Labels of a frame's rows that are to be among them.
    """
    length = _length(value)
    if length is None or length <= rows:
        return copy.deepcopy(value)
    head = rows * 2 // 3
    step = max(1, (length - head) // (rows - head))
    picked = [*range(head), *list(range(head, length, step))[: rows - head]]
    if hasattr(value, "iloc"):
        if labels and value.index.is_unique:
            places = value.index.get_indexer(list(labels))
            picked = sorted({*picked, *(int(place) for place in places if place >= 0)})
        return value.iloc[picked].copy()
    return value[picked].copy()


def _length(value: Any) -> int | None:
    kind = type(value)
    root = kind.__module__.split(".")[0]
    if root == "pandas" and hasattr(value, "iloc") and hasattr(value, "copy"):
        return len(value)
    if kind.__name__ == "ndarray" and root == "numpy" and value.ndim:
        return len(value)
    return None


def few(value: Any) -> Any:
    """The number of rows of a large table, with its first and last ones; an array's shape and a
    thousand of its values from all over.

    The tests have the same function.
    """
    if isinstance(value, tuple):
        return tuple(few(one) for one in value)
    if _length(value) is None or value.size <= _VALUES:
        return value
    if not hasattr(value, "iloc"):
        return [value.shape, value.ravel()[:: value.size // _VALUES].copy()]
    return [len(value), value.iloc[:_ENDS].copy(), value.iloc[-_ENDS:].copy()]


def plain(value: Any) -> bool:
    """Whether a value reads well as a literal."""
    if isinstance(value, float):
        return value == value and abs(value) != float("inf") and type(value) is float
    if type(value) in (int, bool, type(None)):
        return True
    if type(value) is str:
        return len(value) <= 60 and value.isprintable()
    if type(value) in (list, tuple):
        return len(value) <= 6 and all(plain(item) for item in value)
    if type(value) is dict:
        return len(value) <= 6 and all(plain(one) for item in value.items() for one in item)
    return False


def kept(values: Any) -> bytes | None:
    """Arguments of a call by position and name; with fewer rows where they are too large.

    Returns:
        None where they cannot be kept at all.
    """
    args, kwargs = values
    sizes = [_length(one) or 0 for one in (*args, *kwargs.values())]
    fewest, few, many, *_ = SIZES
    less = (few, fewest, _HANDFUL)
    for rows in (sys.maxsize, *less) if max(sizes, default=0) < many else less:
        positional = tuple(_fewer(one, rows) for one in args)
        named = {name: _fewer(one, rows) for name, one in kwargs.items()}
        try:
            content = pickle.dumps((positional, named), protocol=5)
        except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
            return None
        if len(content) <= _LARGEST:
            return content
    return None


def _fewer(value: Any, rows: int) -> Any:
    return value if (_length(value) or 0) <= rows else sampled(value, rows)


def stay_anywhere(values: dict[str, Any], scratch: str) -> None:
    """Refuse values that say where this run lay: nowhere else, and never again, is it so.

    Raises:
        ValueError: one does.
    """
    for name, value in values.items():
        if scratch and scratch.encode() in pickle.dumps(value):
            raise ValueError(f"{name} holds the path of the folder that it was computed in")


def write(folder: Path, name: str, values: dict[str, Any]) -> None:
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    for key, value in values.items():
        if key not in ("result", "drawn") and plain(value):
            continue
        content = pickle.dumps(value, protocol=5)
        if len(content) > _LARGEST:
            raise ValueError(f"{key} takes {len(content):,} bytes")
        if type(value).__name__ == "DataFrame":
            import pandas as pd

            path = home / f"{key}.parquet"
            reason = attempt(lambda v=value, p=path: v.to_parquet(p))  # type: ignore[misc]
            if not reason:
                reason = attempt(
                    lambda v=value, p=path: pd.testing.assert_frame_equal(  # type: ignore[misc]
                        v, pd.read_parquet(p), check_exact=True, check_freq=True
                    )
                )
            if not reason:
                continue
            path.unlink(missing_ok=True)
        (home / f"{key}.pickle").write_bytes(content)
