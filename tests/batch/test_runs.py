"""A batch with real kernels: runs compute what papermill computes, and break no limit unnoticed."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import papermill
import pytest

from poc_graduate import api
from poc_graduate.kernels.parent import FORKED
from tests.batch.stub import write_notebook

pytestmark = pytest.mark.kernel

CODE = "import pandas as pd\nprint(pd.Series([1, 2]).sum() * a)\n{'a': a}"


def outputs(path: Path) -> list[object]:
    return [
        [{k: v for k, v in output.items() if k != "metadata"} for output in cell.outputs]
        for cell in nbformat.read(path, 4).cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]


@pytest.fixture
def batch(tmp_path):
    def batch(code, grid="cross: {a: [1, 2, 3]}", **options):
        notebook = write_notebook(tmp_path / "n.ipynb", code)
        (tmp_path / "grid.yaml").write_text(grid)
        to = tmp_path / "out"
        return api.batch(notebook, grid=tmp_path / "grid.yaml", to=to, workers=2, **options)

    return batch


def executed(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "out").rglob("n.ipynb"))


def test_runs_show_what_papermill_shows_in_kernels_that_are_forks(batch, tmp_path):
    found = batch(CODE)

    assert found.status.done == 3
    assert len(executed(tmp_path)) == 3
    for path in executed(tmp_path):
        record = json.loads(path.read_text())["metadata"]["papermill"]
        plain = tmp_path / "plain.ipynb"
        papermill.execute_notebook(
            tmp_path / "n.ipynb", plain, record["parameters"], progress_bar=False
        )
        assert record["kernel"] == FORKED
        assert outputs(path) == outputs(plain)


def test_a_forked_kernel_that_holds_too_much_is_ended_and_named(batch, tmp_path):
    code = "import time\nheld = bytearray(400 * 2**20 * (a == 2) + 1)\ntime.sleep(2 * (a == 2))"

    found = batch(code, memory=300 * 2**20, retries=0)

    assert (found.status.done, found.status.failed) == (2, 1)
    (failure,) = found.failures
    assert failure.failure.cause == "memory"


def test_a_forked_kernel_that_takes_too_long_is_ended_and_named(batch, tmp_path):
    found = batch("import time\ntime.sleep(600 * (a == 1))", timeout=20, retries=0)

    assert (found.status.done, found.status.failed) == (2, 1)
    assert found.failures[0].failure.cause == "time"
