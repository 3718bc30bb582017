"""The tasks together: each leaves what the next one needs, as in the prototype."""

from pathlib import Path  # noqa: I001

import pytest
import pandas as pd

PRODUCTS = [
    "products/load.ipynb",
    "products/load/df1.parquet",
    "products/clean.ipynb",
    "products/clean/df1.parquet",
    "products/explore.ipynb",
    "products/explore/df3.parquet",
    "products/explore/targets.parquet",
    "products/evaluate.ipynb",
]

FRAMES = [
    ("products/load/df1.parquet", 5634, ["date", "store", "category", "units", "price"]),
    ("products/clean/df1.parquet", 5616, ["date", "store", "category", "units", "price"]),
    (
        "products/explore/df3.parquet",
        5616,
        ["date", "store", "category", "units", "price", "region", "sqm", "discount", "revenue"],
    ),
    ("products/explore/targets.parquet", 3, ["region", "target_2024"]),
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
