"""Values of a column as figures: blanks, shares, moments as seconds, texts by their length."""

from typing import Any

import numpy as np
import pandas as pd

WORDS = ("", "-", "?", "n/a", "na", "nan", "none", "null", "unknown", "missing")
"""What is written where nothing is known."""
NUMBERS = tuple(sign * (10.0**digits - 1) for digits in range(2, 10) for sign in (-1, 1))
"""What is written as a number where nothing is known: -999, 9999."""
FEWEST = 20
"""Rows below which times and relations tell nothing."""


def key_hashes(values: Any) -> Any:
    """A hash for each row's key."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return pd.util.hash_array(figures(values))
    return pd.util.hash_array(values.astype(str).to_numpy(object))


def blanks(values: Any) -> Any:
    """Where nothing stands, or a word for nothing."""
    if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype.kind == "M":
        return values.isna()
    distinct = pd.Series(values.dropna().astype(str).unique(), dtype=object)
    void = set(distinct[distinct.str.strip().str.lower().isin(WORDS)])
    return values.isna() | (values.astype(str).isin(void) if void else False)


def shares_of(values: Any) -> dict[str, float]:
    """How often each value stands there."""
    return {str(value): float(n) for value, n in values.value_counts(normalize=True).items()}


def figures(values: Any, style: str = "") -> Any:
    """Values as numbers: moments as seconds since 1970, texts by their length.

    Args:
        values: A column.
        style: How moments are written in its texts.
    """
    if style:
        values = pd.to_datetime(values, format=style, errors="coerce", utc=True)
    if values.dtype.kind == "M":
        if values.dt.tz is not None:
            values = values.dt.tz_convert("UTC").dt.tz_localize(None)
        numbers = values.to_numpy("datetime64[s]").astype(np.int64).astype(float)
        numbers[values.isna().to_numpy(bool)] = np.nan
    elif pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(float, na_value=np.nan)
    else:
        numbers = values.astype(str).str.len().to_numpy(float, na_value=np.nan)
    return numbers


def shares_up_to(numbers: Any, points: Any) -> Any:
    """For each point, the share of the numbers up to it; a billionth more does not count."""
    parts = np.searchsorted(points + 1e-9 * np.abs(points), numbers)
    counts = np.bincount(parts, minlength=len(points) + 1)[: len(points)]
    return np.cumsum(counts) / max(len(numbers), 1)
