"""A notebook that does not repeat itself is told from a pipeline that computes something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exports.conftest import write_notebook

# Counts its runs where no copy of the folder has it: the first two agree, as two draws may by luck.
LUCKY = """\
import os
with open(os.environ["RUNS_FILE"], "a") as runs:
    runs.write("x")
    drawn = int(runs.tell() > 2)
"""


@pytest.mark.build
def test_two_runs_that_agree_by_luck_are_no_proof_against_the_pipeline(
    tmp_path, tmp_path_factory, poc
):
    counted = tmp_path_factory.mktemp("elsewhere") / "runs.txt"
    (tmp_path / "work").mkdir()
    folder = tmp_path / "work"
    write_notebook(folder, LUCKY, "label = ['cold', 'warm'][drawn]\nsteady = 7", "print(steady)")

    done = poc("export", "story.ipynb", "--output", "project", cwd=folder, RUNS_FILE=str(counted))

    assert done.returncode == 0, done.stderr
    certificate = json.loads(
        Path(folder, "project/graduation/certificate.json").read_text(encoding="utf-8")
    )
    outcomes = {v["name"]: (v["outcome"], v["reason"]) for v in certificate["verdicts"]}
    differ = "two runs of the notebook itself differ"
    assert outcomes["drawn"] == ("not comparable", differ)
    assert outcomes["label"] == ("not comparable", differ)
    assert outcomes["output 1"][0] == "equal"


@pytest.mark.build
def test_what_only_the_pipeline_computes_otherwise_is_refused(tmp_path, poc):
    write_notebook(tmp_path, "inside = 'upstream' in globals()\nprint(inside)")

    done = poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert done.returncode == 3, done.stdout
    assert "story.ipynb, cell 2" in done.stderr
    assert "is not the same in the pipeline" in done.stderr
    assert not (tmp_path / "project").exists()
