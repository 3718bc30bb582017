"""Functions of clean, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from sales_forecast.clean import drop_duplicates

pytestmark = pytest.mark.usefixtures("aside")


def test_drop_duplicates_on_sampled_rows() -> None:
    df1 = sample("drop_duplicates", "df1")

    result = drop_duplicates(df1)

    assert_same(result, sample("drop_duplicates", "result"))


def test_drop_duplicates_changes_df1_in_place() -> None:
    df1 = sample("drop_duplicates", "df1")

    drop_duplicates(df1)

    assert_same(df1, sample("drop_duplicates", "df1_after"))
