"""What `%%stage` says arrives in the project, without our extension in any kernel."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.exports.conftest import write_notebook

pytestmark = pytest.mark.build


def test_names_cuts_and_parameters_arrive(tmp_path, poc):
    write_notebook(
        tmp_path,
        "%load_ext poc_graduate\n%graduate live on",
        "%%stage 'Load rows' --params rows\nrows = 7\nnumbers = [n * n for n in range(rows)]",
        "numbers.append(1)",
        "%%stage sum up\ntotal = sum(numbers)",
        "%%stage sum up\nprint(total)",
    )

    done = poc("export", "story.ipynb", "--output", "project", "--format", "json", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["stages"], told["proved"]) == (["load_rows", "sum_up"], True)
    assert yaml.safe_load((tmp_path / "project" / "env.yaml").read_text())["rows"] == 7
    texts = [file.read_text() for file in (tmp_path / "project" / "tasks").glob("*.py")]
    assert not any("%%stage" in text or "load_ext" in text for text in texts)
