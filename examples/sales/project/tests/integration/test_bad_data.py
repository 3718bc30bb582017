"""Bad data in files: the task that reads them stops, and hands nothing on."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import build, fresh

FILES = [
    "data/sales_2023-01.csv",
    "data/sales_2023-02.csv",
    "data/sales_2023-03.csv",
    "data/sales_2023-04.csv",
    "data/sales_2023-05.csv",
    "data/sales_2023-06.csv",
    "data/sales_2023-07.csv",
    "data/sales_2023-08.csv",
    "data/sales_2023-09.csv",
    "data/sales_2023-10.csv",
    "data/sales_2023-11.csv",
    "data/sales_2023-12.csv",
    "data/sales_2024-01.csv",
    "data/sales_2024-02.csv",
    "data/sales_2024-03.csv",
    "data/sales_2024-04.csv",
    "data/sales_2024-05.csv",
    "data/sales_2024-06.csv",
]


def column_gone(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="units")


def another_unit(table: pd.DataFrame) -> pd.DataFrame:
    table["units"] *= 1000
    return table


@pytest.mark.parametrize(
    ("mistake", "says"),
    [(column_gone, "units"), (another_unit, "units: ")],
)
def test_bad_data_stop_the_build_before_they_spread(
    tmp_path: Path, mistake: Callable[[pd.DataFrame], pd.DataFrame], says: str
) -> None:
    project = fresh(tmp_path)
    for path in (project / file for file in FILES):
        mistake(pd.read_csv(path, sep=";")).to_csv(path, sep=";", index=False)

    failure = build(project)

    assert says in failure, failure[-4000:]
    handed_on = [path.name for path in project.glob("products/load/*")]
    assert not [name for name in handed_on if "_quarantine" not in name]
