"""Functions of clean, on rows of the prototype's run."""

from conftest import assert_same, sample, touched

from churn.clean import (
    drop_duplicates,
    drop_missing_total_charges,
    replace_plan_and_region,
    set_age_and_monthly_charges,
)


def test_drop_duplicates_on_sampled_rows():
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df)

    assert_same(result, sample("drop_duplicates", "result"))


def test_drop_duplicates_leaves_out_3_rows():
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df.copy())

    assert touched(df, result) == (3, 0)


def test_drop_missing_total_charges_on_sampled_rows():
    df = sample("drop_missing_total_charges", "df")

    result = drop_missing_total_charges(df)

    assert_same(result, sample("drop_missing_total_charges", "result"))


def test_replace_plan_and_region_on_sampled_rows():
    df = sample("replace_plan_and_region", "df")

    result = replace_plan_and_region(df)

    assert_same(result, sample("replace_plan_and_region", "result"))


def test_replace_plan_and_region_changes_57_values():
    df = sample("replace_plan_and_region", "df")

    result = replace_plan_and_region(df.copy())

    assert touched(df, result) == (0, 57)


def test_set_age_and_monthly_charges_on_sampled_rows():
    df = sample("set_age_and_monthly_charges", "df")

    result = set_age_and_monthly_charges(df)

    assert_same(result, sample("set_age_and_monthly_charges", "result"))


def test_set_age_and_monthly_charges_changes_2_values():
    df = sample("set_age_and_monthly_charges", "df")

    result = set_age_and_monthly_charges(df.copy())

    assert touched(df, result) == (0, 2)
