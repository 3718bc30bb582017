"""Functions of explore, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from sales_forecast.explore import (
    add_calendar,
    join_stores,
    read_stores_promo_and_targets,
    take_median_store,
    write_features,
)

pytestmark = pytest.mark.usefixtures("aside")


def test_add_calendar_on_arguments() -> None:
    frame = sample("add_calendar", "frame")

    add_calendar(frame)

    assert_same(frame, sample("add_calendar", "frame_after"))


def test_join_stores_on_sampled_rows() -> None:
    # The rows that lay in the order of their sorting were turned round.
    df1 = sample("join_stores", "df1")
    stores = sample("join_stores", "stores")
    df2 = sample("join_stores", "df2")

    result = join_stores(df1, stores, df2)

    assert_same(result, sample("join_stores", "result"))


def test_join_stores_leaves_df1_as_it_was() -> None:
    df1 = sample("join_stores", "df1")
    stores = sample("join_stores", "stores")
    df2 = sample("join_stores", "df2")

    before = df1.copy()

    join_stores(df1, stores, df2)

    assert_same(df1, before)


def test_read_stores_promo_and_targets_on_sampled_rows() -> None:
    XLS = "data/stores_and_promo.xlsx"

    result = read_stores_promo_and_targets(XLS=XLS)

    assert_same(result, sample("read_stores_promo_and_targets", "result"))


def test_take_median_store_on_sampled_rows() -> None:
    df3 = sample("take_median_store", "df3")

    result = take_median_store(df3)

    assert_same(result, sample("take_median_store", "result"))


def test_take_median_store_changes_df3_in_place() -> None:
    df3 = sample("take_median_store", "df3")

    take_median_store(df3)

    assert_same(df3, sample("take_median_store", "df3_after"))


def test_write_features_on_sampled_rows() -> None:
    df3 = sample("write_features", "df3")
    features_csv = "features.csv"

    result = write_features(df3, features_csv=features_csv)

    assert_same(result, sample("write_features", "result"))


def test_write_features_leaves_df3_as_it_was() -> None:
    df3 = sample("write_features", "df3")
    features_csv = "features.csv"

    before = df3.copy()

    write_features(df3, features_csv=features_csv)

    assert_same(df3, before)
