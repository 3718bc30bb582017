"""Bad data in a file: the task that reads it stops, and hands nothing on."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import build, fresh

FILES = [
    "plant.db",
]


def column_gone(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="value")


def another_unit(table: pd.DataFrame) -> pd.DataFrame:
    table["value"] *= 1000
    return table


@pytest.mark.parametrize(
    ("mistake", "says"),
    [(column_gone, "value"), (another_unit, "value: ")],
)
def test_bad_data_stop_the_build_before_they_spread(
    tmp_path: Path, mistake: Callable[[pd.DataFrame], pd.DataFrame], says: str
) -> None:
    project = fresh(tmp_path)
    for path in (project / file for file in FILES):
        with contextlib.closing(sqlite3.connect(path)) as base:
            mistake(pd.read_sql("SELECT * FROM readings", base)).to_sql(
                "readings", base, if_exists="replace", index=False
            )

    failure = build(project)

    assert says in failure, failure[-4000:]
    handed_on = [path.name for path in project.glob("products/load/*")]
    assert not [name for name in handed_on if "_quarantine" not in name]
