"""Functions of clean, on rows of the prototype's run."""

from conftest import assert_same, sample

from sensor_report.clean import (
    compute_problems,
    compute_quality,
    filter_sensor,
    join_sensors,
    read_calibration,
    replace_value,
    set_value,
)


def test_compute_problems_on_sampled_rows():
    quality = sample("compute_problems", "quality")
    STUCK_AFTER = 24

    result = compute_problems(quality, STUCK_AFTER=STUCK_AFTER)

    assert_same(result, sample("compute_problems", "result"))


def test_compute_quality_on_sampled_rows():
    df = sample("compute_quality", "df")

    result = compute_quality(df)

    assert_same(result, sample("compute_quality", "result"))


def test_filter_sensor_on_sampled_rows():
    df = sample("filter_sensor", "df")
    report = sample("filter_sensor", "report")

    result = filter_sensor(df, report)

    assert_same(result, sample("filter_sensor", "result"))


def test_join_sensors_on_sampled_rows():
    df = sample("join_sensors", "df")
    sensors = sample("join_sensors", "sensors")

    result = join_sensors(df, sensors)

    assert_same(result, sample("join_sensors", "result"))


def test_read_calibration_on_sampled_rows():
    df = sample("read_calibration", "df")
    calibration_csv = "calibration.csv"

    result = read_calibration(df, calibration_csv=calibration_csv)

    assert_same(result, sample("read_calibration", "result"))


def test_replace_value_on_sampled_rows():
    raw = sample("replace_value", "raw")

    result = replace_value(raw)

    assert_same(result, sample("replace_value", "result"))


def test_set_value_on_sampled_rows():
    df = sample("set_value", "df")

    result = set_value(df)

    assert_same(result, sample("set_value", "result"))
