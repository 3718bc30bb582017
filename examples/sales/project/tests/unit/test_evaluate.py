"""Functions of evaluate, on rows of the prototype's run."""

from conftest import assert_same, sample

from sales_forecast.evaluate import load_test


def test_load_test_on_sampled_rows():
    features_csv = "features.csv"
    CUT = "2024-04-01"

    result = load_test(features_csv=features_csv, CUT=CUT)

    assert_same(result, sample("load_test", "result"))
