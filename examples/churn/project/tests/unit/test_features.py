"""Functions of features, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from churn.features import prepare_features, tenure_band


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (15, "settled"),
        (7, "new"),
        (47, "loyal"),
    ],
)
def test_tenure_band(months, expected):
    assert tenure_band(months) == expected


def test_prepare_features_on_sampled_rows():
    df = sample("prepare_features", "df")

    result = prepare_features(df)

    assert_same(result, sample("prepare_features", "result"))
