"""The tasks together: each leaves what the next one needs, as in the prototype."""

from pathlib import Path  # noqa: I001

import pytest
import pandas as pd

PRODUCTS = [
    "products/prepare.ipynb",
    "products/prepare/DB.pickle",
    "products/load.ipynb",
    "products/load/raw.parquet",
    "products/load/sensors.parquet",
    "products/clean.ipynb",
]

FRAMES = [
    ("products/load/raw.parquet", 7967, ["sensor", "taken_at", "value"]),
    ("products/load/sensors.parquet", 12, ["sensor", "kind", "unit", "place"]),
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
