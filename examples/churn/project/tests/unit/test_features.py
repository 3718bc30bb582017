"""Functions of features, on rows of the prototype's run."""

from typing import Any

import pytest
from conftest import assert_same, sample

from churn.features import per_month, prepare_features, tenure_band

pytestmark = pytest.mark.usefixtures("aside")


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (3, "new"),
        (6, "new"),
        (7, "new"),
        (11, "new"),
        (12, "settled"),
        (15, "settled"),
        (20, "settled"),
        (35, "settled"),
        (36, "loyal"),
        (47, "loyal"),
    ],
)
def test_tenure_band(months: Any, expected: Any) -> None:
    assert tenure_band(months) == expected


@pytest.mark.parametrize("call", ["per_month", "per_month/2"])
def test_per_month_on_arguments(call: str) -> None:
    months = sample(call, "months")
    total = sample(call, "total")

    result = per_month(total, months)

    assert_same(result, sample(call, "result"))


def test_prepare_features_on_sampled_rows() -> None:
    df = sample("prepare_features", "df")

    result = prepare_features(df)

    assert_same(result, sample("prepare_features", "result"))


def test_prepare_features_keeps_every_row() -> None:
    df = sample("prepare_features", "df")

    result = prepare_features(df.copy())

    assert len(result) == len(df)


def test_prepare_features_twice_is_the_same_as_once() -> None:
    df = sample("prepare_features", "df")

    once = prepare_features(df.copy())

    twice = prepare_features(once.copy())

    assert_same(twice, once)


def test_prepare_features_treats_each_row_alike_in_any_order() -> None:
    df = sample("prepare_features", "df")

    backwards = prepare_features(df.iloc[::-1].copy())

    assert_same(backwards, prepare_features(df.copy()).iloc[::-1])
