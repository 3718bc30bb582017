"""`poc-graduate check` on many notebooks: what is looked for, settings, processes."""

from __future__ import annotations

import json
import os

import pytest

from poc_graduate import api
from poc_graduate.notebook.find import notebooks_among

DROP = "df = df.drop([12, 45])"


def _names(paths, root):
    return [str(found.path.relative_to(root)) for found in notebooks_among(paths)]


def test_scripts_and_markdown_are_notebooks_where_their_head_shows_it(tmp_path):
    texts = {
        "plain.py": "import os\n",
        "cells.py": '"""Doc."""\n\n# %%\nx = 1\n',
        "header.py": "# ---\n# jupyter:\n#   jupytext:\n#     x: 1\n# ---\nx = 1\n",
        "README.md": "# Title\n\n```python\nx = 1\n```\n",
        "post.md": "---\ntitle: jupyter\n---\n```python\nx = 1\n```\n",
        "book.md": "---\njupytext:\n  x: 1\n---\n```python\nx = 1\n```\n",
        "c.ipynb": "{}",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.py")
    wanted = ["book.md", "c.ipynb", "cells.py", "header.py"]

    assert _names([tmp_path], tmp_path) == wanted
    assert _names([tmp_path / "*.py"], tmp_path) == ["cells.py", "header.py"]
    # what somebody names is taken as it is, once
    named = [tmp_path / "plain.py", tmp_path / "plain.py"]
    assert _names(named, tmp_path) == ["plain.py"]


def test_settings_are_those_above_each_notebook(poc, prototype, tmp_path, monkeypatch):
    for folder in ("a", "b/deep"):
        (tmp_path / folder).mkdir(parents=True)
        prototype(DROP, "breakpoint()", name=f"{folder}/nb.ipynb")
    (tmp_path / "a" / "pyproject.toml").write_text(
        '[tool.poc_graduate]\nselect = ["POC202"]\n', encoding="utf-8"
    )
    (tmp_path / "b" / "pyproject.toml").write_text(
        '[tool.poc_graduate]\nselect = ["POC8"]\n', encoding="utf-8"
    )
    (tmp_path / "b/deep/pyproject.toml").write_text("[tool.ruff]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "a")

    answer = poc("check", tmp_path, "--format", "json")

    assert [f["code"] for f in json.loads(answer.out)["findings"]] == ["POC202", "POC808"]


@pytest.mark.parametrize(
    "setting",
    ['select = ["POC209", "PCO202"]', 'per-file-ignores = {"*" = ["PCO202"]}', 'ignore=["PCO202"]'],
)
def test_a_misspelt_code_in_the_settings_is_bad_use(poc, prototype, tmp_path, setting):
    setting = setting.replace("POC209", "POC2")
    (tmp_path / "pyproject.toml").write_text(f"[tool.poc_graduate]\n{setting}\n", encoding="utf-8")

    answer = poc("check", prototype(DROP))

    assert answer.status == 2
    assert answer.err.count("\n") == 1
    assert "no rule's code begins with 'PCO202'. Did you mean `POC202`?" in answer.err


def test_a_rules_name_gets_its_code_suggested(poc, prototype):
    answer = poc("check", prototype(DROP), "--select", "row-by-label-drop")

    assert answer.status == 2
    assert "Did you mean `POC202`?" in answer.err


def test_processes_change_nothing(poc, prototype, tmp_path):
    for number in range(40):
        broken = "x = (" if number % 7 == 3 else "x = 1"
        prototype(DROP, broken, f"y = {number}", name=f"nb{number:02}.ipynb")
    (tmp_path / "nb11.ipynb").write_text('{"cells": [', encoding="utf-8")
    (tmp_path / "nb12.ipynb").write_text(json.dumps({"cells": [], "nbformat": 4}))

    alone = poc("check", tmp_path, "--jobs", "1", "--format", "json")
    together = poc("check", tmp_path, "--jobs", "3", "--format", "json")

    assert alone.status == together.status == 2
    assert alone.out == together.out
    assert alone.err == together.err
    assert "nb11.ipynb is not valid JSON" in together.err
    assert len(json.loads(together.out)["findings"]) >= 38


def test_an_editor_gets_what_the_file_would(prototype):
    notebook = prototype(DROP, "breakpoint()")
    text = notebook.read_text(encoding="utf-8")

    assert api.check_text(text, notebook, select=["POC2"]) == api.check(notebook, select=["POC2"])
    edited = api.check_text(text.replace("45", "46, 47"), notebook, select=["POC2"])
    assert "46, 47" in edited[0].message
