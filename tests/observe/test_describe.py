"""Values in words, for reports and generated code."""

from __future__ import annotations

import datetime as dt
import decimal
import pathlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from poc_graduate.observe.probe.describe import annotation_of, is_secret, kind_of, summary_of
from poc_graduate.observe.probe.naming import Naming

HERE = Naming()


class Model:
    pass


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (None, "None"),
        (1, "int"),
        (True, "bool"),
        (0.5, "float"),
        ("a", "str"),
        ([1, 2], "list[int]"),
        ([1, 2.5], "float"),
        ([1, None], "list[int | None]"),
        ([1, "a", None], "list[Any]"),
        ([], "list[Any]"),
        ({"a": 1.0}, "dict[str, float]"),
        ({"a": [1, 2]}, "dict[str, list[int]]"),
        ([{"a": 1, "b": "x"}], "list[dict[str, Any]]"),
        ([[1], ["a"]], "list[list[Any]]"),
        ((1, "a"), "tuple[int, str]"),
        ((1, [2]), "tuple[int, list[int]]"),
        ((), "tuple[()]"),
        ((1, 2, 3, 4, 5), "tuple[int, ...]"),
        ({1, 2}, "set[int]"),
        (pd.DataFrame(), "pd.DataFrame"),
        (pd.Series([1]), "pd.Series"),
        (pd.Timestamp("2020"), "pd.Timestamp"),
        (np.zeros(3), "np.ndarray"),
        (np.float64(1), "np.float64"),
        (LogisticRegression(), "LogisticRegression"),
        (pathlib.Path("a"), "Path"),
        (dt.date(2020, 1, 1), "date"),
        (decimal.Decimal(1), "Decimal"),
        (lambda: 0, "Callable[..., Any]"),
        (int, "type[Any]"),
        (Model(), "Model"),
    ],
)
def test_annotations_are_what_one_would_write(value: Any, annotation: str) -> None:
    if annotation == "float" and isinstance(value, list):
        annotation = "list[float]"

    assert annotation_of(value, HERE) == annotation


@pytest.mark.parametrize(
    ("value", "summary"),
    [
        (pd.DataFrame({"a": range(2000), "b": 1}), "2,000 rows × 2 columns"),
        (pd.Series([1.5, 2.5]), "2 values, float64"),
        (np.zeros((300, 4)), "array (300, 4) float64"),
        (np.float64(0.25), "0.25"),
        ([1, 2, 3], "list of 3"),
        ("short", "'short'"),
        (lambda a, b: 0, "function (a, b)"),
        (Model, "class Model"),
        (pathlib.PurePosixPath("data/x.csv"), "data/x.csv"),
    ],
)
def test_summaries_fit_on_a_line(value: Any, summary: str) -> None:
    assert summary_of("x", value, HERE) == summary
    assert len(summary_of("x", "long " * 100, HERE)) <= 60


def test_kinds_are_the_paths_that_one_imports_from() -> None:
    assert kind_of(pd.DataFrame(), HERE) == "pandas.DataFrame"
    assert kind_of(LogisticRegression(), HERE) == "sklearn.linear_model.LogisticRegression"
    assert kind_of(Model(), Naming(package="tests")).startswith("__main__.")


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("password", "hunter2", True),
        ("db_pwd", "x", True),
        ("API_KEY", "x", True),
        ("url", "postgres://me:geheim@host/db", True),
        ("url", "https://example.org/data.csv", False),
        ("x", "ghp_abcdefghijklmnopqrstuvwxyz0123", True),
        ("x", "k3J9fQ2mZ8xL5vB1nT7wR4yD6hS0aPcE", True),
        ("path", "data/raw/customers_final_v3.csv", False),
        ("text", "The quick brown fox jumps over the lazy dog", False),
        ("column", "customer_lifetime_value_2024", False),
        ("passengers", "x", False),
        ("tokens_seen", ["a"], True),
    ],
)
def test_secrets_are_known_by_name_or_look(name: str, value: Any, secret: bool) -> None:
    assert is_secret(name, value) is secret
    if secret and isinstance(value, str):
        assert summary_of(name, value, HERE) == "***"
