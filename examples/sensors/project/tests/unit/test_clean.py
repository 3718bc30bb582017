"""Functions of clean, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from sensor_report.clean import (
    compute_problems,
    compute_quality,
    filter_sensor,
    gaps,
    join_sensors,
    longest_run,
    outside,
    read_calibration,
    replace_value,
    set_value,
)

pytestmark = pytest.mark.usefixtures("aside")


@pytest.mark.parametrize("call", ["gaps", "gaps/2", "gaps/3"])
def test_gaps_on_arguments(call: str) -> None:
    moments = sample(call, "moments")

    result = gaps(moments)

    assert_same(result, sample(call, "result"))


@pytest.mark.parametrize("call", ["longest_run", "longest_run/2", "longest_run/3"])
def test_longest_run_on_arguments(call: str) -> None:
    values = sample(call, "values")

    result = longest_run(values)

    assert_same(result, sample(call, "result"))


@pytest.mark.parametrize("call", ["outside", "outside/2", "outside/3"])
def test_outside_on_arguments(call: str) -> None:
    group = sample(call, "group")

    result = outside(group)

    assert_same(result, sample(call, "result"))


def test_compute_problems_on_sampled_rows() -> None:
    # So that each comparison tells, some rows have what none had: outside 1, missing 7.
    quality = sample("compute_problems", "quality")
    STUCK_AFTER = 24

    result = compute_problems(quality, STUCK_AFTER=STUCK_AFTER)

    assert_same(result, sample("compute_problems", "result"))


def test_compute_problems_leaves_quality_as_it_was() -> None:
    quality = sample("compute_problems", "quality")
    STUCK_AFTER = 24

    before = quality.copy()

    compute_problems(quality, STUCK_AFTER=STUCK_AFTER)

    assert_same(quality, before)


def test_compute_quality_on_sampled_rows() -> None:
    df = sample("compute_quality", "df")

    result = compute_quality(df)

    assert_same(result, sample("compute_quality", "result"))


def test_compute_quality_leaves_df_as_it_was() -> None:
    df = sample("compute_quality", "df")

    before = df.copy()

    compute_quality(df)

    assert_same(df, before)


def test_filter_sensor_on_sampled_rows() -> None:
    # So that each comparison tells, some rows have what none had: problem 'stuck'.
    df = sample("filter_sensor", "df")
    report = sample("filter_sensor", "report")

    result = filter_sensor(df, report)

    assert_same(result, sample("filter_sensor", "result"))


def test_filter_sensor_leaves_df_as_it_was() -> None:
    df = sample("filter_sensor", "df")
    report = sample("filter_sensor", "report")

    before = df.copy()

    filter_sensor(df, report)

    assert_same(df, before)


def test_join_sensors_on_sampled_rows() -> None:
    # The rows that lay in the order of their sorting were turned round.
    df = sample("join_sensors", "df")
    sensors = sample("join_sensors", "sensors")

    result = join_sensors(df, sensors)

    assert_same(result, sample("join_sensors", "result"))


def test_join_sensors_leaves_df_as_it_was() -> None:
    df = sample("join_sensors", "df")
    sensors = sample("join_sensors", "sensors")

    before = df.copy()

    join_sensors(df, sensors)

    assert_same(df, before)


def test_read_calibration_on_sampled_rows() -> None:
    df = sample("read_calibration", "df")
    calibration_csv = "calibration.csv"

    result = read_calibration(df, calibration_csv=calibration_csv)

    assert_same(result, sample("read_calibration", "result"))


def test_read_calibration_changes_df_in_place() -> None:
    df = sample("read_calibration", "df")
    calibration_csv = "calibration.csv"

    read_calibration(df, calibration_csv=calibration_csv)

    assert_same(df, sample("read_calibration", "df_after"))


def test_read_calibration_adds_no_row() -> None:
    df = sample("read_calibration", "df")
    calibration_csv = "calibration.csv"

    result = read_calibration(df.copy(), calibration_csv=calibration_csv)

    assert result.index.isin(df.index).all()


def test_read_calibration_gives_each_sensor_once() -> None:
    df = sample("read_calibration", "df")
    calibration_csv = "calibration.csv"

    result = read_calibration(df.copy(), calibration_csv=calibration_csv)

    assert result["sensor"].is_unique


def test_replace_value_on_sampled_rows() -> None:
    # So that each comparison tells, some rows have what none had: value -999.0.
    raw = sample("replace_value", "raw")

    result = replace_value(raw)

    assert_same(result, sample("replace_value", "result"))


def test_replace_value_keeps_every_row() -> None:
    raw = sample("replace_value", "raw")

    result = replace_value(raw.copy())

    assert len(result) == len(raw)


def test_replace_value_twice_is_the_same_as_once() -> None:
    raw = sample("replace_value", "raw")

    once = replace_value(raw.copy())

    twice = replace_value(once.copy())

    assert_same(twice, once)


def test_replace_value_treats_each_row_alike_in_any_order() -> None:
    raw = sample("replace_value", "raw")

    backwards = replace_value(raw.iloc[::-1].copy())

    assert_same(backwards, replace_value(raw.copy()).iloc[::-1])


def test_set_value_on_sampled_rows() -> None:
    df = sample("set_value", "df")

    result = set_value(df)

    assert_same(result, sample("set_value", "result"))


def test_set_value_keeps_every_row() -> None:
    df = sample("set_value", "df")

    result = set_value(df.copy())

    assert len(result) == len(df)


def test_set_value_treats_each_row_alike_in_any_order() -> None:
    df = sample("set_value", "df")

    backwards = set_value(df.iloc[::-1].copy())

    assert_same(backwards, set_value(df.copy()).iloc[::-1])
