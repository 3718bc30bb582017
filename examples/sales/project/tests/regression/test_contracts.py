"""Contracts: silent on the prototype's own tables, and heard on others."""

from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
from conftest import Built

from sales_forecast.batches import admit
from sales_forecast.contracts import RAW_FEATURES, RAW_SALES, SALES
from sales_forecast.storage import load

TABLES = [
    ("products/load/df1.parquet", RAW_SALES),
    ("products/explore/df3.parquet", SALES),
    ("products/train/df.parquet", RAW_FEATURES),
]


@pytest.mark.parametrize(("product", "schema"), TABLES)
def test_the_prototypes_table_comes_back_as_it_is(
    built: Built, tmp_path: Path, product: str, schema: pa.DataFrameSchema
) -> None:
    table = load(built.folder / product)

    assert admit(table, schema, source=product, quarantine=tmp_path / "aside.csv") is table
    assert pd.read_csv(tmp_path / "aside.csv").empty


@pytest.mark.parametrize(
    ("product", "schema", "column"),
    [
        ("products/load/df1.parquet", RAW_SALES, "date"),
        ("products/explore/df3.parquet", SALES, "date"),
        ("products/train/df.parquet", RAW_FEATURES, "date"),
    ],
)
def test_a_column_that_is_gone_stops_the_table(
    built: Built, product: str, schema: pa.DataFrameSchema, column: str
) -> None:
    table = load(built.folder / product).drop(columns=column)

    with pytest.raises(ValueError) as stopped:
        admit(table, schema, source=product)

    assert f"{column}: the column is gone" in str(stopped.value)


@pytest.mark.parametrize(
    ("product", "schema", "column", "value"),
    [
        ("products/load/df1.parquet", RAW_SALES, "date", "?"),
        ("products/explore/df3.parquet", SALES, "store", "never seen"),
        ("products/train/df.parquet", RAW_FEATURES, "revenue", 288000.0),
    ],
)
def test_an_odd_row_is_put_aside_with_its_reason(
    built: Built, tmp_path: Path, product: str, schema: pa.DataFrameSchema, column: str, value: Any
) -> None:
    table = load(built.folder / product)
    table[column] = table[column].astype(object)
    table.iloc[0, table.columns.get_loc(column)] = value

    kept = admit(table, schema, source=product, quarantine=tmp_path / "aside.csv")

    assert len(kept) == len(table) - 1
    aside = pd.read_csv(tmp_path / "aside.csv")
    assert aside[str(column)].astype(str).tolist() == [str(value)]
    assert str(column) in aside["reason"][0]


@pytest.mark.parametrize(
    ("product", "schema", "column"),
    [
        ("products/load/df1.parquet", RAW_SALES, "units"),
        ("products/explore/df3.parquet", SALES, "units"),
        ("products/train/df.parquet", RAW_FEATURES, "revenue"),
    ],
)
def test_another_unit_stops_the_table(
    built: Built, product: str, schema: pa.DataFrameSchema, column: str
) -> None:
    table = load(built.folder / product)
    table[column] *= 1000

    with pytest.raises(ValueError) as stopped:
        admit(table, schema, source=product)

    assert f"{column}: " in str(stopped.value)


@pytest.mark.parametrize(
    ("product", "schema", "column"),
    [
        ("products/load/df1.parquet", RAW_SALES, "category"),
    ],
)
def test_rows_that_are_called_as_another_category_stop_the_table(
    built: Built, product: str, schema: pa.DataFrameSchema, column: str
) -> None:
    table = load(built.folder / product)
    known = sorted(table[column].dropna().unique().tolist())
    others = dict(zip(known, [*known[1:], *known[:1]], strict=True))
    values = table[column].astype(object)
    values.iloc[::5] = values.iloc[::5].map(others)
    table[column] = values.astype(table[column].dtype)

    with pytest.raises(ValueError) as stopped:
        admit(table, schema, source=product)

    assert f"{column}: other columns tell it" in str(stopped.value)
