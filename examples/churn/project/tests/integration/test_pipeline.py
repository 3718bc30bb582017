"""The tasks together: each leaves what the next one needs, as in the prototype."""

from pathlib import Path  # noqa: I001

import pytest
import pandas as pd

PRODUCTS = [
    "products/load.ipynb",
    "products/load/df.parquet",
    "products/clean.ipynb",
    "products/clean/df.parquet",
    "products/features.ipynb",
    "products/features/df.parquet",
    "products/train.ipynb",
    "products/train/X_test.parquet",
    "products/train/model.pickle",
    "products/train/y_test.pickle",
    "products/evaluate.ipynb",
    "products/evaluate/auc.pickle",
    "products/evaluate/predicted.pickle",
    "products/evaluate/scores.pickle",
    "products/hand_over.ipynb",
]

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
]


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_task_leaves_its_products(built: Path, product: str) -> None:
    assert (built / product).stat().st_size > 0


@pytest.mark.parametrize(("product", "rows", "columns"), FRAMES)
def test_frames_have_the_rows_and_columns_of_the_prototype(
    built: Path, product: str, rows: int, columns: list[str]
) -> None:
    frame = pd.read_parquet(built / product)

    assert len(frame) == rows
    assert [str(column) for column in frame.columns] == columns
