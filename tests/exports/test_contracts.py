"""Contracts in an exported project: silent on the prototype's own data, and heard on other data."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.exports.conftest import write_notebook

pytestmark = pytest.mark.build

READ = """import pandas as pd

orders = pd.read_csv("orders.csv")
orders.head()"""
CLEAN = """orders = orders.drop_duplicates()
orders["city"] = orders["city"].str.strip()
orders = orders[orders["price"] > 0]"""
SHOW = 'print(orders.groupby("city")["price"].mean())'


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    rows = [
        {"id": n, "city": ["Ulm ", "Bonn", "Kiel"][n % 3], "price": 5.0 + n * 7 % 40}
        for n in range(200)
    ]
    rows[3]["price"] = -1.0
    return pd.DataFrame([*rows, rows[7]])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, orders: pd.DataFrame) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    orders.to_csv(folder / "orders.csv", index=False)
    write_notebook(folder, READ, CLEAN, SHOW)
    command = [sys.executable, "-m", "poc_graduate", "export", "story.ipynb"]
    done = subprocess.run(
        [*command, "--output", "project"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "project"


def built(project: Path, folder: Path, orders: pd.DataFrame) -> tuple[int, str, Path]:
    """Status and words of a build on other data, in a copy."""
    copy = shutil.copytree(project, folder / "copy")
    orders.to_csv(copy / "orders.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-m", "poc_graduate", "build"], cwd=copy,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, copy


def test_tables_are_checked_as_they_are_read_and_once_they_are_clean(project: Path) -> None:
    tasks = "\n".join(path.read_text() for path in sorted((project / "tasks").glob("*.py")))

    assert "orders = admit(orders, RAW_ORDERS, source=orders_csv, " in tasks
    assert "orders = admit(orders, ORDERS, " in tasks
    text = (project / "src" / "story" / "contracts.py").read_text()
    assert "5 to 44 seen" in text
    assert 'pa.Check.isin(["Bonn", "Kiel", "Ulm"])' in text.split("\nORDERS", 1)[1]
    assert not (project / "learnt").exists()


def test_the_projects_own_tests_show_its_contracts_breaks_that_they_notice(project: Path) -> None:
    text = (project / "tests" / "regression" / "test_contracts.py").read_text()
    command = [sys.executable, "-m", "pytest", "-q", "tests/regression/test_contracts.py"]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout[-2000:]
    assert "8 passed" in run.stdout
    assert '("products/part_b/orders.parquet", ORDERS, "city", "never seen")' in text


def test_the_prototypes_own_data_pass_whole(
    project: Path, tmp_path: Path, orders: pd.DataFrame
) -> None:
    status, said, copy = built(project, tmp_path, orders)

    assert status == 0, said[-2000:]
    aside = sorted(copy.glob("products/*/*_quarantine.csv"))
    assert {path.stem for path in aside} == {"orders_quarantine", "raw_orders_quarantine"}
    assert all(len(pd.read_csv(path)) == 0 for path in aside)


def test_a_column_that_is_gone_stops_the_build_before_anything_is_handed_on(
    project: Path, tmp_path: Path, orders: pd.DataFrame
) -> None:
    status, said, copy = built(project, tmp_path, orders.drop(columns="price"))

    assert status != 0
    assert "orders.csv breaks its contract" in said
    assert "price: the column is gone" in said
    assert not list(copy.glob("products/*/*.parquet"))


def test_a_single_odd_row_is_put_aside_with_its_reason_and_the_rest_goes_on(
    project: Path, tmp_path: Path, orders: pd.DataFrame
) -> None:
    odd = pd.DataFrame([{"id": 900, "city": "Atlantis", "price": 9.0}])

    status, said, copy = built(project, tmp_path, pd.concat([orders, odd]))

    assert status == 0, said[-2000:]
    aside = pd.read_csv(next(copy.glob("products/*/raw_orders_quarantine.csv")))
    assert aside["city"].tolist() == ["Atlantis"]
    assert "city" in aside["reason"][0]
    clean = pd.read_parquet(next(copy.glob("products/*/orders.parquet")))
    assert len(clean) == 199


def test_prices_in_another_unit_stop_the_build(
    project: Path, tmp_path: Path, orders: pd.DataFrame
) -> None:
    status, said, _ = built(project, tmp_path, orders.assign(price=orders["price"] * 100))

    assert status != 0
    assert "price" in said.split("breaks its contract", 1)[1]


def test_each_table_of_a_cell_that_reads_several_is_told_by_its_own_file(
    tmp_path: Path, orders: pd.DataFrame
) -> None:
    for name in ("train", "test", "sales_01", "sales_02"):
        orders.to_csv(tmp_path / f"{name}.csv", index=False)
    both = 'import pandas as pd\ndf1 = pd.read_csv("train.csv")\ndf2 = pd.read_csv("test.csv")'
    parts = 'df3 = pd.concat([pd.read_csv(f"sales_0{n}.csv") for n in (1, 2)])'
    write_notebook(tmp_path, both, parts, "print(len(df1), len(df2), len(df3))")
    command = [sys.executable, "-m", "poc_graduate", "export", "story.ipynb"]

    done = subprocess.run(
        [*command, "--output", "project"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    tasks = "\n".join(path.read_text() for path in (tmp_path / "project" / "tasks").glob("*.py"))
    assert "df1 = admit(df1, RAW_TRAIN, source=train_csv, " in tasks
    assert "df2 = admit(df2, RAW_TEST, source=test_csv, " in tasks
    assert 'df3 = admit(df3, RAW_SALES, source="sales", ' in tasks


def test_a_table_without_a_contract_leaves_the_others_theirs_and_the_readme_says_why(
    tmp_path: Path, orders: pd.DataFrame
) -> None:
    orders.to_csv(tmp_path / "orders.csv", index=False)
    levels = pd.MultiIndex.from_tuples([("north", "jan"), ("north", "feb")])
    plan = pd.DataFrame([[n, n % 7] for n in range(40)], columns=levels)
    plan.to_csv(tmp_path / "plan.csv", index=False)
    read = 'plan = pd.read_csv("plan.csv", header=[0, 1])\nprint(plan.sum().tolist())'
    write_notebook(tmp_path, READ, read, SHOW)
    command = [sys.executable, "-m", "poc_graduate", "export", "story.ipynb"]

    done = subprocess.run(
        [*command, "--output", "project"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    project = tmp_path / "project"
    tasks = "\n".join(path.read_text() for path in sorted((project / "tasks").glob("*.py")))
    assert "orders = admit(orders, RAW_ORDERS, " in tasks
    assert "admit(plan" not in tasks
    said = " ".join((project / "README.md").read_text().split())
    assert "`raw_plan` is not checked: the columns of raw_plan have several levels" in said
    assert "raw_plan has no contract" in (project / "graduation" / "plan.yaml").read_text()


def test_a_task_that_reads_two_tables_stops_at_the_second_though_the_first_was_checked(
    tmp_path: Path, orders: pd.DataFrame
) -> None:
    orders.to_csv(tmp_path / "orders.csv", index=False)
    orders.assign(price=orders["price"] * 2).to_csv(tmp_path / "annex.csv", index=False)
    last = 'print(orders["price"].sum(), annex["price"].sum())'
    path = write_notebook(tmp_path, READ, 'annex = pd.read_csv("annex.csv")', CLEAN, last)
    record = json.loads(path.read_text())
    record["cells"] = [cell for cell in record["cells"] if cell["id"] != "t1"]
    path.write_text(json.dumps(record))
    command = [sys.executable, "-m", "poc_graduate", "export", "story.ipynb"]
    done = subprocess.run(
        [*command, "--output", "project"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"annex.csv", "' in (tmp_path / "project/tests/integration/test_pipeline.py").read_text()

    chosen = ["tests/integration", "-k", "an_empty_file_stops"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen], cwd=tmp_path / "project",
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout[-2000:]
    assert "1 passed" in run.stdout
