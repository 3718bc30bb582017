"""Functions of clean, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample, touched

from churn.clean import (
    drop_duplicates,
    drop_missing_total_charges,
    replace_plan_and_region,
    set_age_and_monthly_charges,
)

pytestmark = pytest.mark.usefixtures("aside")


def test_drop_duplicates_on_sampled_rows() -> None:
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df)

    assert_same(result, sample("drop_duplicates", "result"))


def test_drop_duplicates_leaves_out_3_rows() -> None:
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df.copy())

    assert touched(df, result) == (3, 0)


def test_drop_duplicates_leaves_df_as_it_was() -> None:
    df = sample("drop_duplicates", "df")

    before = df.copy()

    drop_duplicates(df)

    assert_same(df, before)


def test_drop_duplicates_adds_no_row() -> None:
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df.copy())

    assert result.index.isin(df.index).all()


def test_drop_duplicates_gives_each_customer_id_once() -> None:
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df.copy())

    assert result["customer_id"].is_unique


def test_drop_duplicates_gives_each_monthly_charges_once() -> None:
    df = sample("drop_duplicates", "df")

    result = drop_duplicates(df.copy())

    assert result["monthly_charges"].is_unique


def test_drop_duplicates_twice_is_the_same_as_once() -> None:
    df = sample("drop_duplicates", "df")

    once = drop_duplicates(df.copy())

    twice = drop_duplicates(once.copy())

    assert_same(twice, once)


def test_drop_missing_total_charges_on_sampled_rows() -> None:
    df = sample("drop_missing_total_charges", "df")

    result = drop_missing_total_charges(df)

    assert_same(result, sample("drop_missing_total_charges", "result"))


def test_drop_missing_total_charges_adds_no_row() -> None:
    df = sample("drop_missing_total_charges", "df")

    result = drop_missing_total_charges(df.copy())

    assert result.index.isin(df.index).all()


def test_drop_missing_total_charges_gives_each_total_charges_once() -> None:
    df = sample("drop_missing_total_charges", "df")

    result = drop_missing_total_charges(df.copy())

    assert result["total_charges"].is_unique


def test_drop_missing_total_charges_twice_is_the_same_as_once() -> None:
    df = sample("drop_missing_total_charges", "df")

    once = drop_missing_total_charges(df.copy())

    twice = drop_missing_total_charges(once.copy())

    assert_same(twice, once)


def test_replace_plan_and_region_on_sampled_rows() -> None:
    df = sample("replace_plan_and_region", "df")

    result = replace_plan_and_region(df)

    assert_same(result, sample("replace_plan_and_region", "result"))


def test_replace_plan_and_region_changes_57_values() -> None:
    df = sample("replace_plan_and_region", "df")

    result = replace_plan_and_region(df.copy())

    assert touched(df, result) == (0, 57)


def test_replace_plan_and_region_keeps_every_row() -> None:
    df = sample("replace_plan_and_region", "df")

    result = replace_plan_and_region(df.copy())

    assert len(result) == len(df)


def test_replace_plan_and_region_twice_is_the_same_as_once() -> None:
    df = sample("replace_plan_and_region", "df")

    once = replace_plan_and_region(df.copy())

    twice = replace_plan_and_region(once.copy())

    assert_same(twice, once)


def test_replace_plan_and_region_treats_each_row_alike_in_any_order() -> None:
    df = sample("replace_plan_and_region", "df")

    backwards = replace_plan_and_region(df.iloc[::-1].copy())

    assert_same(backwards, replace_plan_and_region(df.copy()).iloc[::-1])


def test_set_age_and_monthly_charges_on_sampled_rows() -> None:
    df = sample("set_age_and_monthly_charges", "df")

    result = set_age_and_monthly_charges(df)

    assert_same(result, sample("set_age_and_monthly_charges", "result"))


def test_set_age_and_monthly_charges_changes_2_values() -> None:
    df = sample("set_age_and_monthly_charges", "df")

    result = set_age_and_monthly_charges(df.copy())

    assert touched(df, result) == (0, 2)


def test_set_age_and_monthly_charges_keeps_every_row() -> None:
    df = sample("set_age_and_monthly_charges", "df")

    result = set_age_and_monthly_charges(df.copy())

    assert len(result) == len(df)


def test_set_age_and_monthly_charges_twice_is_the_same_as_once() -> None:
    df = sample("set_age_and_monthly_charges", "df")

    once = set_age_and_monthly_charges(df.copy())

    twice = set_age_and_monthly_charges(once.copy())

    assert_same(twice, once)


def test_set_age_and_monthly_charges_treats_each_row_alike_in_any_order() -> None:
    df = sample("set_age_and_monthly_charges", "df")

    backwards = set_age_and_monthly_charges(df.iloc[::-1].copy())

    assert_same(backwards, set_age_and_monthly_charges(df.copy()).iloc[::-1])
