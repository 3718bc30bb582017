"""The hook and the snippets: they parse, and what they call is there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from poc_graduate.cli import cli
from poc_graduate.settings import read_settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("in-your-repository.md", "formats.md")]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def _blocks(language):
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        yield from re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def _commands():
    text = "\n".join([*_blocks("yaml"), *_blocks("bash")])
    for line in re.findall(r"poc-graduate check [^\n#]*", text):
        yield shlex.split(line)[1:]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    record = {"metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    for name, source in (("a.ipynb", "df = df.drop([12, 45])"), ("b c.ipynb", "x = 1")):
        text = json.dumps({**record, "cells": [{**cell, "source": source}]})
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder / "a.ipynb"


def test_the_hook_runs_on_the_files_of_a_commit(notebook):
    """As pre-commit calls it: the entry, the user's arguments, the files, in the repository."""
    (hook,) = HOOKS
    program, *entry = shlex.split(hook["entry"])
    assert program == "poc-graduate"

    run = subprocess.run(
        [sys.executable, "-m", "poc_graduate", *entry, "notebooks/a.ipynb",
         "notebooks/b c.ipynb"],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 1
    assert run.stdout.startswith("notebooks/a.ipynb  cell 1, line 1\n")
    assert run.stderr == ""


def test_the_hook_is_installed_from_what_the_package_says():
    (hook,) = HOOKS

    assert {key: hook[key] for key in ("id", "language", "types")} == {
        "id": "poc-graduate-check",
        "language": "python",
        "types": ["jupyter"],
    }
    assert 'poc-graduate = "poc_graduate.cli:main"' in (ROOT / "pyproject.toml").read_text()


def test_the_page_names_the_hook():
    (config,) = (yaml.safe_load(b) for b in _blocks("yaml") if b.startswith("# .pre-commit"))

    (hook,) = config["repos"][0]["hooks"]
    assert hook["id"] == HOOKS[0]["id"]


@pytest.mark.parametrize("block", [*_blocks("yaml")])
def test_snippets_are_yaml(block):
    assert yaml.safe_load(block)


@pytest.mark.process
@pytest.mark.parametrize("arguments", list(_commands()), ids=" ".join)
def test_commands_are_understood(notebook, arguments):
    if "--baseline" in arguments and "--write-baseline" not in arguments:
        CliRunner().invoke(cli, [*arguments, "--write-baseline"], standalone_mode=False)

    run = CliRunner().invoke(cli, arguments, standalone_mode=False)

    assert run.exception is None
    assert run.return_value in (0, 1)


def test_settings_are_understood(tmp_path):
    (block,) = _blocks("toml")
    (tmp_path / "pyproject.toml").write_text(block, encoding="utf-8")

    assert read_settings(tmp_path).exclude == ("archive", "*_in_r.ipynb")
