"""Functions of clean_2, on rows of the prototype's run."""

from conftest import assert_same, sample

from sales_forecast.clean_2 import clean_df3, load_targets, prepare_df4, till_was_offline_no


def test_clean_df3_on_sampled_rows():
    df1 = sample("clean_df3", "df1")
    stores = sample("clean_df3", "stores")
    df2 = sample("clean_df3", "df2")

    result = clean_df3(df1, stores, df2)

    assert_same(result, sample("clean_df3", "result"))


def test_load_targets_on_sampled_rows():
    XLS = "data/stores_and_promo.xlsx"

    result = load_targets(XLS=XLS)

    assert_same(result, sample("load_targets", "result"))


def test_prepare_df4_on_sampled_rows():
    df3 = sample("prepare_df4", "df3")
    features_csv = "features.csv"

    result = prepare_df4(df3, features_csv=features_csv)

    assert_same(result, sample("prepare_df4", "result"))


def test_till_was_offline_no_on_sampled_rows():
    df3 = sample("till_was_offline_no", "df3")

    result = till_was_offline_no(df3)

    assert_same(result, sample("till_was_offline_no", "result"))
