"""Functions of train, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from sales_forecast.train import (
    compute_targets,
    draw_from_residuals,
    fit_seasonal_model,
    forecast_month,
    mape,
)

pytestmark = pytest.mark.usefixtures("aside")


@pytest.mark.parametrize("call", ["mape", "mape/2", "mape/3"])
def test_mape_on_arguments(call: str) -> None:
    actual = sample(call, "actual")
    forecast = sample(call, "forecast")

    result = mape(actual, forecast)

    assert_same(result, sample(call, "result"))


def test_compute_targets_on_sampled_rows() -> None:
    # So that each comparison tells, some rows have what none had: date '2024-01-01'.
    df3 = sample("compute_targets", "df3")
    targets = sample("compute_targets", "targets")

    result = compute_targets(df3, targets)

    assert_same(result, sample("compute_targets", "result"))


def test_compute_targets_leaves_df3_as_it_was() -> None:
    df3 = sample("compute_targets", "df3")
    targets = sample("compute_targets", "targets")

    before = df3.copy()

    compute_targets(df3, targets)

    assert_same(df3, before)


def test_draw_from_residuals_on_sampled_rows() -> None:
    train = sample("draw_from_residuals", "train")
    m = sample("draw_from_residuals", "m")
    test = sample("draw_from_residuals", "test")

    result = draw_from_residuals(train, m, test)

    assert_same(result, sample("draw_from_residuals", "result"))


def test_draw_from_residuals_changes_test_in_place() -> None:
    train = sample("draw_from_residuals", "train")
    m = sample("draw_from_residuals", "m")
    test = sample("draw_from_residuals", "test")

    draw_from_residuals(train, m, test)

    assert_same(test, sample("draw_from_residuals", "test_after"))


def test_fit_seasonal_model_on_sampled_rows() -> None:
    train = sample("fit_seasonal_model", "train")
    test = sample("fit_seasonal_model", "test")

    result = fit_seasonal_model(train, test)

    assert_same(result, sample("fit_seasonal_model", "result"))


def test_fit_seasonal_model_changes_test_in_place() -> None:
    train = sample("fit_seasonal_model", "train")
    test = sample("fit_seasonal_model", "test")

    fit_seasonal_model(train, test)

    assert_same(test, sample("fit_seasonal_model", "test_after"))


def test_forecast_month_on_sampled_rows() -> None:
    df = sample("forecast_month", "df")

    result = forecast_month(df)

    assert_same(result, sample("forecast_month", "result"))


def test_forecast_month_leaves_df_as_it_was() -> None:
    df = sample("forecast_month", "df")

    before = df.copy()

    forecast_month(df)

    assert_same(df, before)


def test_forecast_month_adds_no_row() -> None:
    df = sample("forecast_month", "df")

    result = forecast_month(df.copy())

    assert result.index.isin(df.index).all()


def test_forecast_month_gives_each_month_once() -> None:
    df = sample("forecast_month", "df")

    result = forecast_month(df.copy())

    assert result["month"].is_unique
