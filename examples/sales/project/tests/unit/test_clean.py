"""Functions of clean, on rows of the prototype's run."""

from conftest import assert_same, sample

from sales_forecast.clean import drop_duplicates


def test_drop_duplicates_on_sampled_rows():
    df1 = sample("drop_duplicates", "df1")

    result = drop_duplicates(df1)

    assert_same(result, sample("drop_duplicates", "result"))
