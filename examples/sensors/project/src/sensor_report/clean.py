"""Clean the data."""

from typing import Any

import numpy as np
import pandas as pd


def replace_value(raw: pd.DataFrame) -> pd.DataFrame:
    """Replace values of value.

    Was cell 8 of `sensor_report.ipynb`.

    Args:
        raw: 7,967 rows × 3 columns in the prototype's run.

    Returns:
        df: 7,967 rows × 3 columns in the prototype's run.
    """
    df = raw
    df["value"] = df["value"].replace(-999.0, np.nan)  # gateway writes -999 when it times out
    return df


def read_calibration(df: pd.DataFrame, *, calibration_csv: str) -> pd.DataFrame:
    """Read calibration, fill value.

    Was cell 9 of `sensor_report.ipynb`.

    Args:
        df: 7,967 rows × 3 columns in the prototype's run.
        calibration_csv: 'calibration.csv' in the prototype.

    Returns:
        cal: 4 rows × 3 columns in the prototype's run.
    """
    cal = pd.read_csv(calibration_csv, sep=";", parse_dates=["checked"])
    offset = dict(zip(cal["sensor"], cal["offset"]))
    df["value"] += df["sensor"].map(offset).fillna(0)
    return cal


MAX_GAP = 3  # hours

LIMITS = {"temperature": (5, 40), "pressure": (2.5, 4), "humidity": (20, 80)}


def join_sensors(df: pd.DataFrame, sensors: pd.DataFrame) -> pd.DataFrame:
    """Drop duplicates of sensor and taken_at, join sensors, sort by sensor and taken_at.

    Was cell 11 of `sensor_report.ipynb`.

    Args:
        df: 7,967 rows × 3 columns in the prototype's run.
        sensors: 12 rows × 4 columns in the prototype's run.

    Returns:
        df: 7,945 rows × 6 columns in the prototype's run.
    """
    df = df.drop_duplicates(["sensor", "taken_at"]).merge(sensors, on="sensor")
    df = df.sort_values(["sensor", "taken_at"]).reset_index(drop=True)
    return df


def set_value(df: pd.DataFrame) -> pd.DataFrame:
    """T06 was swapped in January, the new one reports Fahrenheit.

    Was cell 12 of `sensor_report.ipynb`.

    Args:
        df: 7,945 rows × 6 columns in the prototype's run.

    Returns:
        df: 7,945 rows × 6 columns in the prototype's run.
    """
    # T06 was swapped in January, the new one reports Fahrenheit
    f = df["sensor"] == "T06"
    df.loc[f, "value"] = (df.loc[f, "value"] - 32) * 5 / 9
    return df


def longest_run(values):
    runs = (values != values.shift()).cumsum()
    return int(values.groupby(runs).transform("size").max())


def gaps(moments):
    hours = moments.diff().dt.total_seconds() / 3600
    return int((hours > MAX_GAP).sum())


def outside(group):
    low, high = LIMITS[group["kind"].iloc[0]]
    return int(((group["value"] < low) | (group["value"] > high)).sum())


def compute_quality(df: pd.DataFrame) -> pd.DataFrame:
    """Group by sensor.

    Was cell 15 of `sensor_report.ipynb`.

    Args:
        df: 7,945 rows × 6 columns in the prototype's run.

    Returns:
        quality: 12 rows × 5 columns in the prototype's run.
    """
    by = df.groupby("sensor")
    quality = pd.DataFrame(
        {
            "readings": by.size(),
            "missing": by["value"].apply(lambda v: int(v.isna().sum())),
            "longest_run": by["value"].apply(longest_run),
            "gaps": by["taken_at"].apply(gaps),
            "outside": by[["kind", "value"]].apply(outside),
        }
    )
    return quality


def compute_problems(quality: pd.DataFrame, *, STUCK_AFTER: int) -> Any:
    """Compute problems.

    Was cell 16 of `sensor_report.ipynb`.

    Args:
        quality: 12 rows × 5 columns in the prototype's run.
        STUCK_AFTER: 24 in the prototype.

    Returns:
        problems: list of 4 in the prototype's run.
    """
    problems = []
    found = problems
    for sensor, row in quality.iterrows():
        if row["longest_run"] >= STUCK_AFTER:
            found.append((sensor, "stuck", row["longest_run"]))
        if row["gaps"] > 0:
            found.append((sensor, "silent", row["gaps"]))
        if row["outside"] > 0:
            found.append((sensor, "outside", row["outside"]))
        if row["missing"] > 7:
            found.append((sensor, "no value", row["missing"]))
    return problems


def filter_sensor(df: pd.DataFrame, report: pd.DataFrame) -> pd.DataFrame:
    """Keep rows by sensor, reshape days.

    Was cell 18 of `sensor_report.ipynb`.

    Args:
        df: 7,945 rows × 6 columns in the prototype's run.
        report: 4 rows × 6 columns in the prototype's run.

    Returns:
        days: 28 rows × 3 columns in the prototype's run.
    """
    ok = df[~df["sensor"].isin(report.loc[report["problem"] == "stuck", "sensor"])]
    days = ok.pivot_table(index=ok["taken_at"].dt.date, columns="kind", values="value")
    return days
