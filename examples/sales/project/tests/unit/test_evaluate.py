"""Functions of evaluate, on rows of the prototype's run."""

from conftest import assert_same, sample

from sales_forecast.evaluate import read_features


def test_read_features_on_sampled_rows():
    features_csv = "features.csv"
    CUT = "2024-04-01"

    result = read_features(features_csv=features_csv, CUT=CUT)

    assert_same(result, sample("read_features", "result"))
