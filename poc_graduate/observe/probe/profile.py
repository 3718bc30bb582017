"""Frames in figures: rows, columns, what is missing, and what parts of the data have in common.

Nothing personal is kept: values stand in a profile only for columns with few distinct ones.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

MOST_ROWS = 200_000
"""Above it, distinct and common values are counted in a sample of rows."""
MOST_COLUMNS = 200
FEW = 50
"""Distinct values that may be named."""
COMMON = 20
_TRAIN = re.compile(r"(?i)train|(?<![a-z])tr(?![a-z])")
_TEST = re.compile(r"(?i)(?<![a-z])(test|tst|te|valid|validation|val|holdout|hold_out)(?![a-z])")
_FEATURES = re.compile(r"(?i)^(x|features?)(_|$)|(_|^)x$|^x(train|all)?$")
_ID = re.compile(r"(?i)(^|_)(id|key|uuid|guid|no|nr|number|code)$|^(customer|user|patient|client)")


def frame_facts(value: Any) -> dict[str, Any] | None:
    """What is written down of a frame or series; None for anything else."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    try:
        if isinstance(value, pandas.Series):
            columns = [(str(value.name), value)]
        elif isinstance(value, pandas.DataFrame):
            positions = range(min(value.shape[1], MOST_COLUMNS))
            columns = [(str(value.columns[i]), value.iloc[:, i]) for i in positions]
        else:
            return None
        return {
            "rows": len(value),
            "columns": [_column(name, column) for name, column in columns],
            "unique_index": bool(value.index.is_unique),
        }
    except Exception:  # a frame of a kind that pandas itself cannot count: no profile
        return None


def _column(name: str, column: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "dtype": str(column.dtype)}
    told["missing"] = int(column.isna().sum())
    looked_at = column if len(column) <= MOST_ROWS else column.iloc[:: len(column) // MOST_ROWS + 1]
    numbers = getattr(column.dtype, "kind", "O") in "iuf" or str(column.dtype)[:3] in ("Int", "Flo")
    if numbers and len(column) > told["missing"]:
        there = column.dropna()
        for key, figure in (
            ("minimum", there.min()),
            ("maximum", there.max()),
            ("mean", there.mean()),
            ("median", there.median()),
        ):
            told[key] = float(figure)
    try:
        told["distinct"] = int(looked_at.nunique())
    except TypeError:  # lists and dictionaries in cells
        return told
    if told["distinct"] <= FEW:
        counts = looked_at.value_counts().head(COMMON)
        told["common"] = [[str(value), int(rows)] for value, rows in counts.items()]
    return told


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
