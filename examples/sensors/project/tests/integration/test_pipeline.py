"""The tasks together: complete, in time, repeatable, stopped by bad data, restarted after it."""

from pathlib import Path

import pandas as pd
import pytest
from conftest import Built, assert_same, build, fresh

from sensor_report.storage import load

PRODUCTS = [
    "products/prepare.ipynb",
    "products/prepare/DB.pickle",
    "products/load.ipynb",
    "products/load/raw.parquet",
    "products/load/sensors.parquet",
    "products/clean.ipynb",
]
BUDGET_SECONDS = (
    900  # end to end: 10 × the prototype's run, rounded up to 15 minutes, 2 hours or a day
)

FRAMES = [
    ("products/load/raw.parquet", 7967, ["sensor", "taken_at", "value"]),
    ("products/load/sensors.parquet", 12, ["sensor", "kind", "unit", "place"]),
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
    assert set(built.untouched) >= {"prepare", "load"}


@pytest.fixture(scope="module")
def second(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second build, in another copy of the project."""
    project: Path = fresh(tmp_path_factory.mktemp("second"))
    failure = build(project)
    assert not failure, failure[-4000:]
    return project


@pytest.mark.parametrize(
    "product",
    [
        "products/prepare/DB.pickle",
        "products/load/raw.parquet",
        "products/load/sensors.parquet",
    ],
)
def test_second_run_gives_equal_products(built: Built, second: Path, product: str) -> None:
    assert_same(load(second / product), load(built.folder / product))


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        ("plant.db", "load"),
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
