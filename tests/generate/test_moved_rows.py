"""Which rows of a sample are given what a function compares its columns with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from poc_graduate.generate.evidence.moved_rows import TURNED, moved

ROWS = 40


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": [20.5 + row for row in range(ROWS)],
            "plan": ["basic", "plus"] * (ROWS // 2),
            "since": pd.to_datetime(["2024-01-01"] * ROWS),
            "note": pd.Series(["x", None] * (ROWS // 2), dtype=object),
            "band": pd.Categorical(["a", "b"] * (ROWS // 2)),
        }
    )


def threshold(df: pd.DataFrame) -> pd.DataFrame:
    return df[(df["age"] >= 30) & (df.plan == "gold") & (df["since"] > "2024-06-01")]


def members(df: pd.DataFrame) -> pd.Series[Any]:
    return df["plan"].str.upper().isin(["PLUS", "basic"])


def mapped(df: pd.DataFrame) -> pd.Series[Any]:
    prices = {"basic": 3, "gold": 9}
    return df["plan"].map(prices)


def cut(df: pd.DataFrame) -> pd.Series[Any]:
    bins = [0, 30, 90]
    return pd.cut(df["age"], bins=bins, include_lowest=True)


def told_by_row(df: pd.DataFrame) -> pd.Series[Any]:
    return df.groupby("plan")["age"].transform(lambda age: (age > 33).mean() * 100)


def of_another_kind(df: pd.DataFrame) -> pd.Series[Any]:
    return (df["age"] == "30") | (df["note"] == 3) | (df["band"] == "c")


def between_columns(df: pd.DataFrame, other: int) -> pd.Series[Any]:
    return (df["age"] + 3 > df["plan"].str.len()) | (other == 4)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (threshold, ["age 30", "age 31", "plan 'gold'", "since '2024-06-01'"]),
        (members, ["plan 'PLUS'"]),
        (mapped, ["plan 'gold'"]),
        (cut, ["age 0", "age 1", "age 30", "age 31", "age 90", "age 91"]),
        (told_by_row, ["age 33", "age 34"]),
        (of_another_kind, []),
        (between_columns, []),
    ],
)
def test_rows_are_given_what_their_column_is_compared_with(
    function: Callable[..., Any], says: list[str]
) -> None:
    given = {"df": frame()}

    assert moved(function, given) == says

    before, after = frame(), given["df"]
    changed = (after.drop(columns="note").astype(object) != before.drop(columns="note")).any(axis=1)
    assert list(changed[changed].index) == list(range(ROWS - len(says), ROWS))
    assert (after.dtypes == before.dtypes).all()
    assert after["note"].equals(before["note"])


def test_few_rows_of_a_table_are_moved() -> None:
    assert moved(threshold, {"df": frame().head(9)}) == ["age 30"]
    assert moved(threshold, {"df": frame().head(4)}) == []


def newest(df: pd.DataFrame) -> pd.DataFrame:
    return df.sort_values(by=["age", "plan"], ascending=False).head()


def by_plan(df: pd.DataFrame) -> pd.DataFrame:
    return df.sort_values("plan")


@pytest.mark.parametrize(("function", "turns"), [(newest, True), (by_plan, False)])
def test_rows_that_are_in_order_already_are_turned_round(
    function: Callable[..., Any], turns: bool
) -> None:
    """Otherwise sorting them shows nothing."""
    given = {"df": frame()}

    assert moved(function, given) == ([TURNED] if turns else [])
    assert given["df"].equals(frame().iloc[::-1] if turns else frame())
