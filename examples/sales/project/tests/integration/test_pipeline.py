"""The tasks together: complete, in time, repeatable, stopped by bad data, restarted after it."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import Built, as_script, assert_same, build, fresh

from sales_forecast.storage import load

PRODUCTS = [
    "products/load.ipynb",
    "products/load/df1.parquet",
    "products/clean.ipynb",
    "products/clean/df1.parquet",
    "products/explore.ipynb",
    "products/explore/df3.parquet",
    "products/explore/targets.parquet",
    "products/train.ipynb",
    "products/train/df.parquet",
    "products/train/m.pickle",
]
TASKS = ["load", "clean", "explore", "train"]
BUDGET_SECONDS = (
    900  # end to end: 10 × the prototype's run, rounded up to 15 minutes, 2 hours or a day
)

FRAMES = [
    ("products/load/df1.parquet", 5634, ["date", "store", "category", "units", "price"]),
    ("products/clean/df1.parquet", 5616, ["date", "store", "category", "units", "price"]),
    (
        "products/explore/df3.parquet",
        5616,
        ["date", "store", "category", "units", "price", "region", "sqm", "discount", "revenue"],
    ),
    ("products/explore/targets.parquet", 3, ["region", "target_2024"]),
    (
        "products/train/df.parquet",
        444,
        ["date", "revenue", "discount", "weekday", "month", "age", "last_month"],
    ),
]


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_task_leaves_its_products(built: Built, product: str) -> None:
    assert (built.folder / product).stat().st_size > 0


def test_build_stays_within_its_budget(built: Built) -> None:
    assert built.seconds < BUDGET_SECONDS


@pytest.mark.parametrize(("product", "rows", "columns"), FRAMES)
def test_frames_have_the_rows_and_columns_of_the_prototype(
    built: Built, product: str, rows: int, columns: list[str]
) -> None:
    frame = pd.read_parquet(built.folder / product)

    assert len(frame) == rows
    assert [str(column) for column in frame.columns] == columns


def test_restart_after_a_failure_repeats_nothing_that_is_done(built: Built) -> None:
    assert set(built.untouched) >= {"load", "clean", "explore"}


@pytest.fixture(scope="module")
def second(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second run in another copy: the tasks' code as it was built, in one process."""
    project: Path = fresh(tmp_path_factory.mktemp("second"))
    scripts = [as_script(built.folder, project, task) for task in TASKS]
    run = "import runpy, sys; [runpy.run_path(path, run_name='__main__') for path in sys.argv[1:]]"
    result = subprocess.run(
        [sys.executable, "-c", run, *scripts],
        cwd=project,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return project


@pytest.mark.parametrize(
    "product",
    [
        "products/load/df1.parquet",
        "products/clean/df1.parquet",
        "products/explore/df3.parquet",
        "products/explore/targets.parquet",
    ],
)
def test_second_run_gives_equal_products(built: Built, second: Path, product: str) -> None:
    assert_same(load(second / product), load(built.folder / product))


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        ("data/sales_2023-01.csv", "load"),
    ],
)
def test_an_empty_file_stops_the_build_in_the_first_task_that_reads_it(
    tmp_path: Path, data: str, reader: str
) -> None:
    project = fresh(tmp_path)
    (project / data).write_bytes(b"")

    failure = build(project)

    assert failure
    kept = {path.relative_to(project).as_posix() for path in project.glob("products/*/*")}
    assert not [path for path in kept if path.startswith(f"products/{reader}/")]
