"""The files that a notebook reads decide: what a column holds, as it is written there."""

from __future__ import annotations

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check


def _found(folder, read="pd.read_csv('a.csv')", above="", code="POC606"):
    (folder / "example.py").write_text("")
    source = f"import pandas as pd\n{above}df = {read}\ndf.groupby('zip_code').size()"
    notebook = read_text(f"# %%\n{source}\n", str(folder / "example.py"))
    return [finding.message for finding in check(notebook, frozenset({code}))]


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ("01234", "leading zeros, which codes in the file have, are lost"),
        ("10001", "none of the first ones begins with 0; one that does loses it"),
        ("10001.0", "none of the first ones begins with 0"),
    ],
)
def test_numbers_in_a_file_are_told_by_their_zeros(tmp_path, held, says):
    (tmp_path / "a.csv").write_text(f"price,zip_code\n1,{held}\n2,\n")

    (message,) = _found(tmp_path)

    assert says in message


@pytest.mark.parametrize("held", ["Dublin 15", "0123-45", "Unknown"])
def test_texts_in_a_file_lose_nothing(tmp_path, held):
    (tmp_path / "a.csv").write_text(f"price;zip_code\n1;10001\n2;{held}\n")

    assert _found(tmp_path, "pd.read_csv('a.csv', sep=';')") == []


def test_a_column_that_the_file_does_not_have_is_not_guessed(tmp_path):
    (tmp_path / "a.csv").write_text("price\n1\n")

    assert _found(tmp_path) == []


@pytest.mark.parametrize("read", ["pd.read_csv('a.csv', skiprows=1)", "pd.read_excel('a.xlsx')"])
def test_a_file_that_is_read_in_another_way_is_not_looked_at(tmp_path, read):
    (tmp_path / "a.csv").write_text("price,zip_code\n1,Dublin 15\n")
    (tmp_path / "a.xlsx").write_bytes(b"PK\0\0")

    assert "leading zeros are lost" in _found(tmp_path, read)[0]


def test_a_file_is_looked_for_where_a_loop_has_climbed_to(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("zip_code\nDublin 15\n")
    (tmp_path / "notebooks").mkdir()
    above = "import os\nwhile not os.path.isdir('data'):\n    os.chdir('..')\n"

    assert _found(tmp_path / "notebooks", "pd.read_csv('data/a.csv')", above) == []


@pytest.mark.parametrize(("held", "found"), [(b"C:\\new caf\xe9\n", 1), (b"caf\xe9\n", 0)])
def test_escapes_are_read_out_of_a_file_that_has_backslashes(tmp_path, held, found):
    (tmp_path / "a.csv").write_bytes(held)
    read = "pd.read_csv('a.csv', encoding='unicode_escape')"

    assert len(_found(tmp_path, read, code="POC211")) == found
