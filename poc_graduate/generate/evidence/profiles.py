"""Profiles of what tasks keep and models answer: shares and quantiles, never rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .replay import quiet

_POINTS = 11
_MOST_CATEGORIES, _MOST_COLUMNS, _FEWEST = 20, 40, 20
_RESAMPLES = 50
_MOST_ROWS = 20_000
"""Rows that are resampled for a tolerance; of a larger table, evenly spaced ones."""


def of_product(path: Path) -> dict[str, Any] | None:
    """The profile of a frame or series that a task has kept; None for other values."""
    import pickle

    with quiet():
        if path.suffix == ".parquet":
            import pandas as pd

            value = pd.read_parquet(path)
        elif path.stat().st_size < 50_000_000:
            value = pickle.loads(path.read_bytes())
        else:
            return None
        return of_value(value)


def of_value(value: Any) -> dict[str, Any] | None:
    """The profile of a frame, a series or an array of one dimension."""
    import numpy as np
    import pandas as pd

    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = pd.Series(value)
    if isinstance(value, pd.Series):
        value = value.to_frame("values")
    if not isinstance(value, pd.DataFrame) or len(value) < _FEWEST or not value.columns.is_unique:
        return None
    columns = {}
    for name in list(value.columns)[:_MOST_COLUMNS]:
        found = _column(value[name]) if isinstance(name, str) else None
        if found is not None:
            columns[name] = found
    return {"rows": len(value), "columns": columns} if columns else None


def figures(column: Any) -> Any:
    """A column as figures: moments as days since 1970; None where it has none.

    The tests have the same function.
    """
    import numpy as np

    if column.dtype.kind in "iuf":
        return column.dropna().to_numpy(dtype=float)
    if column.dtype.kind == "M":
        return column.dropna().to_numpy("datetime64[s]").astype(np.int64) / 86400
    return None


def shares_below(values: Any, points: Any) -> Any:
    """For each point, the share of values up to it; a billionth more does not count."""
    import numpy as np

    points = np.asarray(points, dtype=float)
    edges = points + 1e-6 * np.abs(points)
    return (values[:, None] <= edges).mean(axis=0)


def _column(column: Any) -> dict[str, Any] | None:
    import numpy as np

    if len(column) > _MOST_ROWS:
        column = column.iloc[:: -(-len(column) // _MOST_ROWS)]
    missing = float(column.isna().mean())
    rng = np.random.default_rng(0)
    blanks = [
        abs(rng.binomial(len(column), missing) / len(column) - missing) for _ in range(_RESAMPLES)
    ]
    found: dict[str, Any] = {"missing": round(missing, 4)}
    values = figures(column)
    if values is not None:
        if len(values) < _FEWEST or not np.isfinite(values).all():
            return None
        quantiles = np.quantile(values, np.linspace(0, 1, _POINTS), method="inverted_cdf")
        points = sorted({float(f"{point:.6g}") for point in quantiles})
        known = shares_below(values, points)
        moved = [
            np.abs(shares_below(rng.choice(values, len(values)), points) - known).max()
            for _ in range(_RESAMPLES)
        ]
        found |= {"points": points, "shares": [round(float(share), 4) for share in known]}
    else:
        texts = column.dropna().astype(str)
        counts = texts.value_counts(normalize=True)
        if not 1 <= len(counts) <= _MOST_CATEGORIES or column.dtype.kind not in "OUbT":
            return None
        if any(len(str(text)) > 60 for text in counts.index):
            return None
        moved = [
            np.abs(rng.multinomial(len(texts), counts) / len(texts) - counts).max()
            for _ in range(_RESAMPLES)
        ]
        found["categories"] = {
            str(text): round(float(share), 4) for text, share in sorted(counts.items())
        }
    found["tolerance"] = _rounded_up(max([0.0005, *moved]))
    found["missing_tolerance"] = _rounded_up(max([0.0005, *blanks]))
    return found


def _rounded_up(value: float) -> float:
    return float(round(-(-value * 1000 // 1) / 1000, 3))
