"""A file is spoilt in tests only where its column reaches the contract as it is written."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from poc_graduate.generate.contract_tests import contract_tests
from poc_graduate.generate.contracts import Table, table
from poc_graduate.generate.contracts.spoilt import spoilt

FRAME = pd.DataFrame(
    {
        "order_id": range(100, 160),
        "price": [5.25 + n * 7 % 40 for n in range(60)],
        "shop": ["north", "south", "east"] * 20,
    }
)


@pytest.fixture(scope="module")
def known() -> Table:
    found = table(FRAME, "raw_orders", about="as read in cell 2", clean=False)
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize(
    ("name", "options"),
    [("orders.csv", ""), ("orders.txt", ", sep=';'"), ("orders.tsv", ", sep='\\t'")],
)
def test_a_column_of_figures_is_chosen_and_the_call_reads_the_file_as_it_is_laid_out(
    tmp_path: Path, known: Table, name: str, options: str
) -> None:
    separator = {"csv": ",", "txt": ";", "tsv": "\t"}[name[-3:]]
    FRAME.to_csv(tmp_path / name, sep=separator, index=False)

    found = spoilt(FRAME, known, tmp_path, [name, "gone.csv"], "load")

    assert found is not None
    assert (found.files, found.reader, found.column) == ((name,), "load", "'price'")
    assert found.read == f"pd.read_csv(path{options})"


def test_a_parquet_file_is_spoilt_as_one(tmp_path: Path, known: Table) -> None:
    FRAME.to_parquet(tmp_path / "orders.parquet")

    found = spoilt(FRAME, known, tmp_path, ["orders.parquet"], "load")

    assert found is not None
    assert found.write == "to_parquet(path, index=False)"


@pytest.mark.parametrize(
    "written",
    [
        FRAME.assign(price=FRAME["price"] / 100, order_id=0),  # the cell computed what it binds
        FRAME.head(40),  # it read more than this file
        FRAME.rename(columns={"price": "Price", "order_id": "Order"}),
    ],
)
def test_a_table_that_is_not_the_files_own_is_left_alone(
    tmp_path: Path, known: Table, written: pd.DataFrame
) -> None:
    written.to_csv(tmp_path / "orders.csv", index=False)

    assert spoilt(FRAME, known, tmp_path, ["orders.csv"], "load") is None


def test_a_table_of_several_files_is_spoilt_in_all_of_them(tmp_path: Path, known: Table) -> None:
    (tmp_path / "notes.csv").write_text("author,text\n1,2\n")
    for month in range(3):
        path = tmp_path / "data" / f"orders-{month}.csv"
        path.parent.mkdir(exist_ok=True)
        FRAME[month * 20 : month * 20 + 20].to_csv(path, index=False)
    files = ["notes.csv", *(f"data/orders-{month}.csv" for month in range(3))]

    found = spoilt(FRAME, known, tmp_path, files, "load")

    assert found is not None
    assert found.files == tuple(files[1:])


def test_a_table_of_a_database_is_spoilt_there(tmp_path: Path, known: Table) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "shop.db")) as base:
        FRAME.head(3).to_sql("archive", base, index=False)
        FRAME.to_sql("orders", base, index=False)

    found = spoilt(FRAME, known, tmp_path, ["shop.db"], "load")

    assert found is not None
    assert found.read == "pd.read_sql('SELECT * FROM orders', base)"
    text = contract_tests([], [found], "shop")["tests/integration/test_bad_data.py"]
    assert "with contextlib.closing(sqlite3.connect(path)) as base:" in text


def test_a_file_that_is_no_text_or_not_there_is_left_alone(tmp_path: Path, known: Table) -> None:
    (tmp_path / "orders.csv").write_bytes(b"\xff\xfe\x00price\xe4")

    assert spoilt(FRAME, known, tmp_path, ["orders.csv"], "load") is None
    assert spoilt(FRAME, known, tmp_path, ["gone.csv"], "load") is None


def test_the_test_of_a_build_reads_breaks_and_writes_the_file(tmp_path: Path, known: Table) -> None:
    FRAME.to_csv(tmp_path / "orders.csv", sep=";", index=False)
    found = spoilt(FRAME, known, tmp_path, ["orders.csv"], "load")
    assert found is not None

    text = contract_tests([], [found], "shop")["tests/integration/test_bad_data.py"]

    assert 'FILES = [\n    "orders.csv",\n]' in text
    assert "mistake(pd.read_csv(path, sep=';')).to_csv(path, sep=';', index=False)" in text
    assert "[(column_gone, 'price'), (another_unit, 'price: ')]" in text
