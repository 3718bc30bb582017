"""The tasks together: complete, in time, repeatable, stopped by bad data, restarted after it."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT, Built, assert_same, build, fresh

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


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second build, whose last task `clean` fails."""
    project: Path = fresh(tmp_path_factory.mktemp("interrupted"))
    task = project / "tasks/clean.py"
    task.write_text(task.read_text("utf-8") + '\n# %%\nraise RuntimeError("power cut")\n', "utf-8")
    result = build(project)
    assert result.returncode != 0
    assert "power cut" in result.stdout
    return project


@pytest.mark.parametrize(
    "product",
    [
        "products/prepare/DB.pickle",
        "products/load/raw.parquet",
        "products/load/sensors.parquet",
    ],
)
def test_second_build_gives_equal_products(built: Built, interrupted: Path, product: str) -> None:
    assert_same(load(interrupted / product), load(built.folder / product))


def test_restart_after_a_failure_repeats_nothing_that_is_done(interrupted: Path) -> None:
    done = {path: path.stat().st_mtime_ns for path in sorted(interrupted.glob("products/*.ipynb"))}
    shutil.copyfile(PROJECT / "tasks/clean.py", interrupted / "tasks/clean.py")

    result = build(interrupted)

    assert result.returncode == 0, result.stdout[-4000:]
    assert (interrupted / "products/clean.ipynb").exists()
    again = [path.stem for path, moment in done.items() if path.stat().st_mtime_ns != moment]
    assert set(again) <= {"clean"}


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

    result = build(project)

    assert result.returncode != 0
    kept = {path.relative_to(project).as_posix() for path in project.glob("products/*/*")}
    assert not [path for path in kept if path.startswith(f"products/{reader}/")]
