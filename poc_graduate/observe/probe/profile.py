"""Frames in figures: rows, columns, what is missing, and what parts of the data have in common.

Nothing personal is kept: values stand in a profile only for columns with few distinct ones.
"""

from __future__ import annotations

import contextlib
import math
import re
import sys
import time
from collections.abc import Mapping
from typing import Any

MOST_ROWS = 200_000
"""Above it, distinct values are not counted."""
MOST_COLUMNS = 200
FEW = 50
"""Distinct values that may be named."""
COMMON = 20
_TRAIN = re.compile(r"(?i)train|(?<![a-z])tr(?![a-z])")
_TEST = re.compile(r"(?i)(?<![a-z])(test|tst|te|valid|validation|val|holdout|hold_out)(?![a-z])")
_FEATURES = re.compile(r"(?i)^(x|features?)(_|$)|(_|^)x$|^x(train|all)?$")
_ID = re.compile(r"(?i)(^|_)(id|key|uuid|guid|no|nr|number|code)$|^(customer|user|patient|client)")


def figures(names: Mapping[str, Any], touched: set[str]) -> dict[str, Any]:
    """Figures of the frames that a cell has bound or changed.

    Args:
        names: The user's names and what they hold.
        touched: Those that the cell has bound or changed.
    """
    frames: dict[str, Any] = {}
    for name in sorted(touched):
        if is_frame(names[name]):
            with contextlib.suppress(Exception):  # objects that do not behave
                frames[name] = frame_facts(names[name])
    return {
        "frames": frames,
        "overlaps": overlaps(names, touched),
        "twins": twins(names, touched),
    }


def is_frame(value: object) -> bool:
    """Whether a value is a frame or series of pandas, or an array of NumPy with rows.

    Classes that others derived may run code of theirs when they are looked at.
    """
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    kinds = [getattr(pandas, "DataFrame", None), getattr(pandas, "Series", None)]
    if type(value) in kinds:
        return True
    array = getattr(numpy, "ndarray", None)
    return array is not None and type(value) is array and value.ndim in (1, 2)  # type: ignore[attr-defined]


def frame_facts(
    value: Any, seconds: float = math.inf, first: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """What is written down of a frame, series or array.

    Args:
        value: What `is_frame` said yes to.
        seconds: Of computing; when they are over, the columns that are left are left out: nothing
            is said about them.
        first: Names of the columns to begin with.
    """
    until = time.thread_time() + seconds
    if not hasattr(value, "iloc"):
        alone = sys.modules["pandas"].Series(value) if _may_be_series(value) else None
        columns = [] if alone is None else [_column("", alone)]
        return {"rows": len(value), "columns": columns, "unique_index": True}
    labels = [str(name) for name in value.columns] if hasattr(value, "columns") else []
    order = sorted(range(len(labels)), key=lambda at: (labels[at] not in first, at))
    found: dict[int, dict[str, Any]] = {}
    for at in order[:MOST_COLUMNS]:
        found[at] = _column(labels[at], value.iloc[:, at])
        if time.thread_time() > until:
            break
    if not hasattr(value, "columns"):
        found[0] = _column(str(value.name), value)
    counted = len(value) <= MOST_ROWS and _is_plain(value.index)
    return {
        "rows": len(value),
        "columns": [found[at] for at in sorted(found)],
        "unique_index": bool(value.index.is_unique) if counted else True,
    }


def _may_be_series(value: Any) -> bool:
    return value.ndim == 1 and value.dtype.kind in "biufUSM" and "pandas" in sys.modules


_PLAIN = frozenset("string boolean integer floating datetime date empty".split())


def _is_plain(column: Any) -> bool:
    """Whether its values can be compared without running code of somebody's."""
    if type(column.dtype).__module__.partition(".")[0] not in ("numpy", "pandas"):
        return False
    if column.dtype.kind != "O" or str(column.dtype) in ("str", "string", "category"):
        return True
    return sys.modules["pandas"].api.types.infer_dtype(column, skipna=True) in _PLAIN


def _column(name: str, column: Any) -> dict[str, Any]:
    rows = len(column)
    told: dict[str, Any] = {"name": name, "dtype": str(column.dtype)}
    told["missing"] = int(column.isna().to_numpy().sum())
    if rows <= MOST_ROWS and _is_plain(column):
        told["distinct"] = int(column.nunique())
        if told["distinct"] <= FEW:
            counts = column.value_counts().head(COMMON)
            told["common"] = [[str(value), int(count)] for value, count in counts.items()]
    if column.dtype.kind not in "iuf" or type(column.dtype).__module__.startswith("pandas"):
        return told
    values = column.to_numpy()
    values = values[values == values] if told["missing"] else values
    if not len(values):
        return told
    told.update(minimum=float(values.min()), maximum=float(values.max()), mean=float(values.mean()))
    if rows <= MOST_ROWS:
        told["median"] = _median(values.copy())  # a copy: it sorts the values
    return told


def _median(values: Any) -> float:
    middle = len(values) // 2
    values.partition([middle - 1, middle] if len(values) % 2 == 0 else middle)
    if len(values) % 2:
        return float(values[middle])
    return float((float(values[middle - 1]) + float(values[middle])) / 2)


def overlaps(names: Mapping[str, Any], touched: set[str]) -> list[dict[str, Any]]:
    """Training and test parts that share rows, or values of an identifier.

    Args:
        names: The user's names and what they hold.
        touched: Those that the cell has bound or changed.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return []
    found = []
    for right in sorted(names):
        if not _TEST.search(right) or not isinstance(names[right], pandas.DataFrame):
            continue
        for left in sorted(names):
            if left == right or not _TRAIN.search(left) or not {left, right} & touched:
                continue
            if _TEST.sub("", right) != _TRAIN.sub("", left):
                continue  # parts of another thing
            try:
                found += _overlap(pandas, left, names[left], right, names[right])
            except Exception:  # values that cannot be hashed
                continue
    return found


def _overlap(pandas: Any, left: str, one: Any, right: str, other: Any) -> list[dict[str, Any]]:
    if not isinstance(one, pandas.DataFrame) or list(one.columns) != list(other.columns):
        return []
    found = []
    hashed = pandas.util.hash_pandas_object
    marks = hashed(one, index=False)
    rows = int(hashed(other, index=False).isin(set(marks)).sum())
    # Rows of few columns are alike by nature.
    if rows and one.shape[1] >= 3 and marks.nunique() > len(marks) // 2:
        found.append({"left": left, "right": right, "rows": rows})
    for column in one.columns:
        if isinstance(column, str) and _ID.search(column):
            shared = int(other[column].isin(set(one[column])).sum())
            if shared:
                found.append({"left": left, "right": right, "rows": shared, "column": column})
    return found


def twins(names: Mapping[str, Any], touched: set[str]) -> list[dict[str, str]]:
    """Columns of features that tell the target.

    Args:
        names: The user's names and what they hold.
        touched: Those that the cell has bound or changed.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return []
    found = []
    for features in sorted(names):
        value = names[features]
        if not isinstance(value, pandas.DataFrame) or not _FEATURES.search(features):
            continue
        target = re.sub(r"^[xX]", "y", features)
        target = target if target != features else features.replace("feature", "target")
        series = names.get(target)
        if not isinstance(series, pandas.Series) or not {features, target} & touched:
            continue
        try:
            found += [
                {"features": features, "column": str(column), "target": target, "how": how}
                for column in value.columns[:MOST_COLUMNS]
                if (how := _tells(value[column], series))
            ]
        except Exception:  # values that cannot be compared
            continue
    return found


def _tells(column: Any, target: Any) -> str:
    """Whether a column is the target, or a renaming of it; empty where not."""
    if len(column) != len(target) or len(target) < 10:
        return ""
    if not column.index.equals(target.index):
        return ""
    distinct = target.nunique()
    if distinct < 2 or column.nunique() != distinct:
        return ""
    if (column == target).all():
        return "equal"
    # A key has a value for each row, and tells any other that has.
    if distinct > len(target) // 2:
        return ""
    pairs = {*zip(column.tolist(), target.tolist())}
    return "one to one" if len(pairs) == distinct else ""
