"""Functions of clean, on rows of the prototype's run."""

from conftest import assert_same, sample

from sales_forecast.clean import clean_n


def test_clean_n_on_sampled_rows():
    df1 = sample("clean_n", "df1")

    result = clean_n(df1)

    assert_same(result, sample("clean_n", "result"))
