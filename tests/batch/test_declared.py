"""A grid is held against what notebook and project declare, before anything starts."""

from __future__ import annotations

import pytest

from poc_graduate.batch.declared import check, of_notebook, of_project
from poc_graduate.batch.grid import grid_of
from poc_graduate.errors import InputError
from poc_graduate.notebook.read import read
from tests.batch.stub import write_notebook

PARAMETERS = """\
rows = 10
rate: float = 0.1
region: str
when: str | None = None
names = ["a"]
computed = rows * 2
"""


@pytest.fixture
def declared(tmp_path):
    return of_notebook(read(write_notebook(tmp_path / "n.ipynb", "1", parameters=PARAMETERS)))


def held(declared, tmp_path, **columns):
    grid = grid_of({"cross": columns}, "grid.yaml", tmp_path, {})
    check(grid, declared, "n.ipynb")


def test_values_of_the_declared_types_fit(declared, tmp_path):
    held(
        declared, tmp_path, region=["north"], rows=[1, 2], rate=[1, 0.5], when=[None, "x"],
        names=[["b"]], computed=["anything"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"Rows": [1]}, r"no parameter Rows \(did you mean `rows`\?\)"),
        ({"xyz": [1]}, r"no parameter xyz \(there are rows, rate, region"),
        ({"rows": [1, 2.5]}, r"rows \(.*\) is .*2\.5.*, value 2"),
        ({"rows": [True]}, r"rows .* gives True"),
        ({"rate": ["much"]}, r"rate .*'much', a text"),
        ({"rate": [None]}, "rate .* gives null"),
        ({"names": ["b"]}, r"names .*'b', a text"),
    ],
)
def test_what_does_not_fit_is_named(declared, tmp_path, columns, said):
    with pytest.raises(InputError, match=said):
        held(declared, tmp_path, region=["north"], **columns)


def test_a_parameter_without_default_must_be_in_the_grid(declared, tmp_path):
    with pytest.raises(InputError, match=r"region \(.*\) has no default"):
        held(declared, tmp_path, rows=[1, 2])


def test_a_notebook_without_the_tag_is_told_where_to_set_it(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb")
    notebook.write_text(notebook.read_text().replace("parameters", "other"))

    with pytest.raises(InputError, match="Property Inspector"):
        of_notebook(read(notebook))


def test_a_project_declares_by_its_env(tmp_path):
    (tmp_path / "pipeline.yaml").write_text("tasks: []")
    (tmp_path / "env.yaml").write_text("seed: 7\nrate: 0.1\nname: x\n")

    found = of_project(tmp_path)

    assert {name: one.type for name, one in found.items()} == {
        "seed": "int",
        "rate": "float",
        "name": "str",
    }
    with pytest.raises(
        InputError, match=r"no parameter sead \(did you mean `seed`\?\); seed \(env"
    ):
        check(grid_of({"cross": {"sead": ["x"], "seed": ["y"]}}, "g", tmp_path, {}), found, "p")
