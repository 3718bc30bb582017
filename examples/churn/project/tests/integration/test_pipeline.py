"""The tasks together: complete, in time, repeatable, stopped by bad data, restarted after it."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import Built, as_script, assert_same, build, fresh

from churn.storage import load

PRODUCTS = [
    "products/load.ipynb",
    "products/load/df.parquet",
    "products/clean.ipynb",
    "products/clean/df.parquet",
    "products/features.ipynb",
    "products/features/df.parquet",
    "products/train.ipynb",
    "products/train/X_test.parquet",
    "products/train/X_train.parquet",
    "products/train/model.pickle",
    "products/train/y_test.pickle",
    "products/evaluate.ipynb",
    "products/evaluate/auc.pickle",
    "products/evaluate/predicted.pickle",
    "products/evaluate/scores.pickle",
    "products/hand_over.ipynb",
]
TASKS = ["load", "clean", "features", "train", "evaluate", "hand_over"]
BUDGET_SECONDS = (
    900  # end to end: 10 × the prototype's run, rounded up to 15 minutes, 2 hours or a day
)

FRAMES = [
    (
        "products/load/df.parquet",
        2625,
        [
            "customer_id",
            "signup",
            "age",
            "region",
            "plan",
            "payment",
            "tenure",
            "monthly_charges",
            "total_charges",
            "support_calls",
            "churned",
        ],
    ),
    (
        "products/clean/df.parquet",
        2487,
        [
            "customer_id",
            "signup",
            "age",
            "region",
            "plan",
            "payment",
            "tenure",
            "monthly_charges",
            "total_charges",
            "support_calls",
            "churned",
        ],
    ),
    (
        "products/features/df.parquet",
        2487,
        [
            "customer_id",
            "signup",
            "age",
            "region",
            "plan",
            "payment",
            "tenure",
            "monthly_charges",
            "total_charges",
            "support_calls",
            "churned",
            "band",
            "paid_per_month",
            "signup_year",
        ],
    ),
    (
        "products/train/X_test.parquet",
        622,
        [
            "age",
            "tenure",
            "monthly_charges",
            "paid_per_month",
            "support_calls",
            "plan_basic",
            "plan_premium",
            "plan_pro",
            "region_east",
            "region_north",
            "region_south",
            "region_west",
            "payment_card",
            "payment_debit",
            "payment_invoice",
            "band_loyal",
            "band_new",
            "band_settled",
        ],
    ),
    (
        "products/train/X_train.parquet",
        1865,
        [
            "age",
            "tenure",
            "monthly_charges",
            "paid_per_month",
            "support_calls",
            "plan_basic",
            "plan_premium",
            "plan_pro",
            "region_east",
            "region_north",
            "region_south",
            "region_west",
            "payment_card",
            "payment_debit",
            "payment_invoice",
            "band_loyal",
            "band_new",
            "band_settled",
        ],
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
    assert set(built.untouched) >= {"load", "clean", "features", "train", "evaluate"}


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
        "products/load/df.parquet",
        "products/clean/df.parquet",
        "products/features/df.parquet",
        "products/train/X_test.parquet",
        "products/train/X_train.parquet",
        "products/train/y_test.pickle",
        "products/evaluate/auc.pickle",
        "products/evaluate/predicted.pickle",
        "products/evaluate/scores.pickle",
    ],
)
def test_second_run_gives_equal_products(built: Built, second: Path, product: str) -> None:
    assert_same(load(second / product), load(built.folder / product))


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        ("customers_final_v3.csv", "load"),
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
