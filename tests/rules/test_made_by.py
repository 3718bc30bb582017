"""Which code of a project makes a file that a notebook reads: POC207 names it, or is silent."""

from __future__ import annotations

import json

import pytest

from poc_graduate.notebook.read import read
from poc_graduate.rules.run import check

_READ = "import pandas as pd\ndf = pd.read_csv('../data/orders_clean.csv')\n"


@pytest.fixture(params=[".git", ".gitignore"])
def project(tmp_path, request):
    """A project, with its history or copied without, and a notebook that reads a clean file."""
    (tmp_path / request.param).mkdir()
    for folder in ("notebooks", "jobs/sql"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks" / "churn.py").write_text(f"# %%\n{_READ}")
    return tmp_path


def _told(project):
    return check(read(project / "notebooks" / "churn.py"), frozenset({"POC207"}))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("a.py", "df = pd.read_csv('a.csv')\ndf.to_csv('data/orders_clean.csv')"),
        (
            "a.py",
            "df = pd.read_csv('a.csv')\ndf.to_csv(\n    'data/orders_clean.csv',\n    sep=';',)",
        ),
        (
            "a.sql",
            "SELECT 1;\nCOPY orders_clean\n  TO '/data/orders_clean.csv'\n  WITH (FORMAT csv)",
        ),
        ("a.sql", "select * from orders into outfile '/tmp/orders_clean.csv'"),
    ],
)
def test_where_code_of_the_project_writes_the_file_nothing_is_told(project, code, text):
    (project / "jobs" / "sql" / code).write_text(text)

    assert _told(project) == ()


def test_a_call_over_several_lines_of_a_notebook_writes_it(project):
    lines = [
        "df = pd.read_csv('a.csv')\n",
        "df.to_csv(\n",
        '    "../data/orders_clean.csv",\n',
        ")",
    ]
    record = {"cells": [{"cell_type": "code", "source": lines}]}
    (project / "jobs" / "prepare.ipynb").write_text(json.dumps(record, indent=1))

    assert _told(project) == ()


def test_a_line_that_is_switched_off_is_named_with_its_file(project):
    text = "df = pd.read_csv('a.csv')\n\n# export\n# df.round(1).to_csv('data/orders_clean.csv')\n"
    (project / "jobs" / "clean.py").write_text(text)

    (found,) = _told(project)

    assert "the line that writes it (`jobs/clean.py`, line 4) is switched off" in found.message
    assert found.severity.value == "note"


def test_a_table_of_the_same_name_is_named_with_its_file(project):
    text = "CREATE TABLE raw AS SELECT 1;\nCREATE TABLE orders_clean AS\nSELECT * FROM raw;\n"
    (project / "jobs" / "sql" / "transform.sql").write_text(
        f"{text}COPY orders_clean TO '/data/other.csv';\n"
    )

    (found,) = _told(project)

    assert "`jobs/sql/transform.sql` makes a table of that name (line 2)" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE raw AS SELECT * FROM orders_clean;",  # it only reads it
        "-- CREATE TABLE orders_clean AS\nSELECT * FROM raw;",
        "COPY orders_clean FROM '/data/orders_clean.csv'; SELECT 1;",
    ],
)
def test_sql_that_does_not_make_it_says_nothing_of_its_steps(project, text):
    (project / "jobs" / "sql" / "report.sql").write_text(text)

    (found,) = _told(project)

    assert "the steps that made it were not found in code here" in found.message
