"""Mistakes put into a project's data."""

from __future__ import annotations

import io
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from poc_graduate.verify.trials.data_mistakes import DataMistake, data_mistakes
from poc_graduate.verify.trials.prove_tests import prove_tests

ROWS = [{"id": number, "city": f"town {number % 3}", "price": number / 4} for number in range(20)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    pd.DataFrame(ROWS).to_csv(tmp_path / "data" / "orders.csv", index=False, sep=";")
    return tmp_path


def frames(found: list[DataMistake]) -> dict[str, pd.DataFrame]:
    return {one.what: pd.read_csv(io.BytesIO(one.content), sep=";") for one in found}


def test_each_mistake_in_a_csv_changes_what_it_says_and_nothing_else(project: Path) -> None:
    found = frames(data_mistakes(project))
    before = pd.DataFrame(ROWS)

    assert list(found["column `price` gone"]) == ["id", "city"]
    assert found["a fifth of `id` blank"]["id"].isna().sum() == 4
    moved = found["a fifth of `price` in another unit"]
    assert moved["price"].tolist()[5] == 1250
    pd.testing.assert_frame_equal(moved.drop(columns="price"), before.drop(columns="price"))
    spelt = found["a fifth of `city` spelt in another way"]
    assert spelt["city"].tolist()[:2] == ["town 0 (new)", "town 1"]
    assert len(found["a fifth of the rows delivered twice"]) == 24
    assert found["`id` and `price` exchanged"]["id"].tolist() == before["price"].tolist()
    assert len(found) == 6


def test_parquet_and_sqlite_are_damaged_too(tmp_path: Path) -> None:
    pd.DataFrame(ROWS).to_parquet(tmp_path / "orders.parquet")
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        pd.DataFrame(ROWS).to_sql("orders", database, index=False)

    found = {one.says: one.content for one in data_mistakes(tmp_path)}

    blank = pd.read_parquet(io.BytesIO(found["orders.parquet: a fifth of `id` blank"]))
    assert blank["id"].isna().sum() == 4
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(found["shop.db: a fifth of `orders.price` in another unit"])
        prices = [row[0] for row in database.execute("select price from orders order by id")]
    assert prices[3:5] == [0.75, 1000.0]


@pytest.mark.parametrize("content", [b"", b"a\n", b"a,b\n1\n2,3,4\n" * 9, b"\xff\xfe\x00"])
def test_files_that_are_no_tables_are_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes.csv").write_bytes(content)

    assert data_mistakes(tmp_path) == []


def test_what_is_no_data_of_the_project_is_left_alone(project: Path) -> None:
    for folder in ("tests", "products", ".cache"):
        (project / folder).mkdir()
        shutil.copy(project / "data" / "orders.csv", project / folder)

    assert {one.path for one in data_mistakes(project)} == {"data/orders.csv"}


@pytest.mark.build
def test_the_test_that_notices_a_mistake_in_data_is_named(project: Path) -> None:
    (project / "src" / "shop").mkdir(parents=True)
    (project / "src" / "shop" / "__init__.py").touch()
    (project / "tests" / "integration").mkdir(parents=True)
    (project / "tests" / "integration" / "test_orders.py").write_text(
        "import pandas as pd\n\n\n"
        "def test_every_price_is_there():\n"
        "    assert pd.read_csv('data/orders.csv', sep=';')['price'].max() < 6\n",
        encoding="utf-8",
    )

    trials = prove_tests(project, "shop", runs=1)

    test = "tests/integration/test_orders.py::test_every_price_is_there"
    assert trials.data["data/orders.csv: column `price` gone"] == test
    assert trials.data["data/orders.csv: a fifth of `price` in another unit"] == test
    assert trials.data["data/orders.csv: a fifth of the rows delivered twice"] == ""
    assert trials.tried == 0
