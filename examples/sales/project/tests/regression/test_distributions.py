"""Inputs, intermediate tables and predictions keep the distribution that they had."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Built, product, reference, replayed

# Shares and quantiles of the prototype's run, no rows; each tolerance says where it comes from.
PROFILES = reference("profiles")
COLUMNS = [(name, column) for name in PROFILES for column in PROFILES[name]["columns"]]


def predictions(built: Built) -> dict[str, Any]:
    """What the models answer on the rows that the prototype asked about."""
    return {
        "answers of m in train": product(built, "products/train/m.pickle").predict(
            replayed(built, "train")["test"]
        ),
    }


def column_of(built: Built, name: str, column: str) -> pd.Series:
    """A column of a product, or answers of a model."""
    value = product(built, name) if name.startswith("products/") else predictions(built)[name]
    return value[column] if isinstance(value, pd.DataFrame) else pd.Series(value)


def distance(values: pd.Series, known: dict[str, Any]) -> float:
    """The largest difference between a share now and in the prototype (Kolmogorov, Smirnov)."""
    values = values.dropna()
    if "categories" in known:
        now = values.astype(str).value_counts(normalize=True)
        then = pd.Series(known["categories"])
        return float(now.sub(then, fill_value=0).abs().max())
    if values.dtype.kind == "M":  # as days since 1970
        values = values.astype("datetime64[s]").astype("int64") / 86400
    points = np.array(known["points"])
    below = (values.to_numpy(dtype=float)[:, None] <= points + 1e-6 * np.abs(points)).mean(axis=0)
    return float(np.abs(below - np.array(known["shares"])).max())


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_distribution_has_not_moved(built: Built, name: str, column: str) -> None:
    known = PROFILES[name]["columns"][column]

    assert distance(column_of(built, name, column), known) <= known["tolerance"]


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_no_more_and_no_fewer_values_are_missing(built: Built, name: str, column: str) -> None:
    known = PROFILES[name]["columns"][column]

    missing = column_of(built, name, column).isna().mean()

    assert abs(missing - known["missing"]) <= known["missing_tolerance"]
