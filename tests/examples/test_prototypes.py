"""Our prototypes: data as their scripts write it, notebooks as people leave them."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*/*.ipynb"))


def write_data(example: str, folder: Path) -> None:
    path = EXAMPLES / example / "make_data.py"
    spec = importlib.util.spec_from_file_location(f"make_{example}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(folder)


def contents(folder: Path, *, but: str = "") -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.suffix != but}


def tables(database: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        names = connection.execute("select name, sql from sqlite_master order by name").fetchall()
        found = {n: connection.execute(f"select * from {n}").fetchall() for n, sql in names if sql}
    finally:
        connection.close()
    return {"sqlite_master": names, **found}


def code_cells(notebook: Path) -> list[dict]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_the_churn_data_is_what_the_script_writes(tmp_path):
    write_data("churn", tmp_path)

    made = contents(tmp_path)
    assert made == {name: (EXAMPLES / "churn" / name).read_bytes() for name in made}
    assert made["customers_final_v3.csv"].count(b"\n") > 2000


def test_the_sales_data_is_what_the_script_writes(tmp_path):
    pytest.importorskip("openpyxl")
    write_data("sales", tmp_path)

    made = contents(tmp_path)
    assert made == contents(EXAMPLES / "sales" / "data")
    assert sum(text.count(b"\n") for name, text in made.items() if name.endswith("csv")) > 2000


def test_the_sensor_data_is_what_the_script_writes(tmp_path):
    write_data("sensors", tmp_path)

    made = contents(tmp_path, but=".db")
    assert made == {name: (EXAMPLES / "sensors" / name).read_bytes() for name in made}
    found = tables(tmp_path / "plant.db")
    assert found == tables(EXAMPLES / "sensors" / "plant.db")
    assert len(found["readings"]) > 2000


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.parent.name)
class TestNotebook:
    def test_has_12_to_25_code_cells_with_ids(self, notebook):
        cells = code_cells(notebook)

        assert 12 <= len(cells) <= 25
        assert len({cell["id"] for cell in cells}) == len(cells)

    def test_kept_what_its_author_saw(self, notebook):
        cells = code_cells(notebook)

        outputs = [output for cell in cells for output in cell["outputs"]]
        assert len(outputs) > 8
        assert [o for o in outputs if o["output_type"] == "error"] == []

    def test_names_no_machine(self, notebook):
        text = notebook.read_text(encoding="utf-8")

        assert [word for word in ("/home/", "/Users/", "/tmp/", "/root/") if word in text] == []


def test_one_has_headings_one_has_none_one_ran_out_of_order():
    counts = {
        path.parent.name: [c["execution_count"] for c in code_cells(path) if c["execution_count"]]
        for path in NOTEBOOKS
    }
    headings = {
        path.parent.name: path.read_text(encoding="utf-8").count('"## ') for path in NOTEBOOKS
    }

    assert headings["churn"] >= 5
    assert headings["sales"] == 0
    assert {name for name, run in counts.items() if run != sorted(run)} == {"sensors"}
