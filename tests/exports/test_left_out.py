"""What a pipeline has no use for is left out, and its words are no difference."""

from __future__ import annotations

import json

import pytest

from tests.exports.conftest import write_notebook


@pytest.mark.build
def test_installing_listing_and_timing_are_left_out(tmp_path, poc):
    write_notebook(
        tmp_path,
        "!pip install pandas\n%load_ext autoreload\nimport pandas as pd",
        "%load_ext autoreload",
        "%%time\nsold = pd.Series(range(40), name='sold')\nsold.describe()",
        "%whos\ntotal = sold.sum()\nprint(total)",
    )

    done = poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "project/graduation/certificate.json").read_text())
    shown = [v for v in record["verdicts"] if v["subject"] == "output"]
    assert [v["outcome"] for v in shown] == ["equal", "equal"]
    tasks = "".join(path.read_text() for path in (tmp_path / "project/tasks").glob("*.py"))
    assert not any(word in tasks for word in ("pip", "whos", "autoreload", "time"))
