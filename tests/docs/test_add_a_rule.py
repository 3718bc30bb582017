"""The steps of docs/add-a-rule.md, taken as they stand."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.process
def test_the_rule_of_the_page_works_as_it_stands(tmp_path):
    page = (ROOT / "docs" / "add-a-rule.md").read_text(encoding="utf-8")
    path = re.search(r"`(poc_graduate/rules/\w+/\w+\.py)`", page)[1]
    source = textwrap.dedent(re.search(r"```python\n(.*?)\n *```", page, re.DOTALL)[1])
    shutil.copytree(
        ROOT / "poc_graduate",
        tmp_path / "poc_graduate",
    )
    (tmp_path / "tests").mkdir()
    shutil.copytree(ROOT / "tests" / "rules", tmp_path / "tests" / "rules")
    (tmp_path / path).write_text(source, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "tests/rules", "-k", "POC699"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert "7 passed" in run.stdout
