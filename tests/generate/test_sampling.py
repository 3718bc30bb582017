"""What is called on a few rows, to make unit tests, changes nothing beyond the project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from poc_graduate.generate import sampling
from poc_graduate.observe.script import Script

DOUBLED = "def doubled(xs):\n    return [2 * x for x in xs]\n"


def sampled(folder: Path, *cells: str, start: str = "", module: str = DOUBLED) -> dict[str, object]:
    """What is known after a stage with these cells, the first of which may call `doubled`."""
    built = folder / "built"
    (built / "src" / "story").mkdir(parents=True)
    (built / "src" / "story" / "__init__.py").touch()
    (built / "src" / "story" / "work.py").write_text(module)
    call = {"function": "doubled", "arguments": ["xs"], "cleans": False}
    texts = [f"{start}\nxs = [1, 2]\nfrom story.work import doubled", "ys = doubled(xs)", *cells]
    stage = {
        "name": "work",
        "upstream": {},
        "before": ["del resources_"],
        "loaded": [],
        "cells": [{"text": text, "call": call if i == 1 else None} for i, text in enumerate(texts)],
    }
    clean = folder / "clean"
    clean.mkdir()
    spec = {
        "package": "story",
        "modules": ["work"],
        "parameters": {},
        "stages": [stage],
        "clean": str(clean),
        "writes": [],
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    (folder / "tmp").mkdir()
    asked = {
        "folder": str(built),
        "spec": str(folder / "spec.json"),
        "output": str(folder / "samples"),
        "temporary": str(folder / "tmp"),
    }
    done = subprocess.run(
        [sys.executable, "-P", sampling.__file__],
        input=f'["json.decoder.JSONDecoder", "not_there"]\n{json.dumps(asked)}\n',
        env={"HOME": str(folder / "home"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    known: dict[str, object] = json.loads((folder / "samples" / "cases.json").read_text())
    return known


def test_a_function_is_called_and_its_result_kept(tmp_path: Path) -> None:
    assert sampled(tmp_path)["made"] == {"doubled": {"xs": "[1, 2]"}}


@pytest.mark.parametrize(
    "cell",
    [
        "open({outside!r}, 'w').write('sampled')",
        "import os; os.remove({outside!r})",
        "import shutil; shutil.copy('src/story/work.py', {outside!r})",
        "import pathlib; pathlib.Path({outside!r}).write_text('sampled')",
        "import sqlite3; sqlite3.connect({outside!r}).execute('create table t (a)')",
        "import os; os.system('rm ' + {outside!r})",
        "import subprocess; subprocess.run(['rm', {outside!r}])",
        "import os; os.rename({outside!r}, 'here.csv')",
    ],
)
def test_a_file_outside_of_the_project_stays_as_it_was(tmp_path: Path, cell: str) -> None:
    outside = tmp_path / "report.csv"
    outside.write_text("all rows")

    sampled(tmp_path, cell.format(outside=str(outside)))

    assert outside.read_text() == "all rows"


def test_files_inside_the_project_are_written_as_ever(tmp_path: Path) -> None:
    sampled(tmp_path, "open('report.csv', 'w').write('sampled')")

    assert (tmp_path / "built" / "report.csv").read_text() == "sampled"


def test_what_needs_a_file_that_the_pipeline_writes_has_no_unit_test(tmp_path: Path) -> None:
    body = "def doubled(xs):\n    return [2 * x for x in xs] + [open('made.txt').read()]\n"

    known = sampled(tmp_path, start="open('made.txt', 'w').write('1')", module=body)

    assert known["made"] == {}
    assert "FileNotFoundError" in str(known["skipped"])


def test_modules_beside_the_script_hide_no_others(tmp_path: Path) -> None:
    """`code` is a module of Python's, and one of those beside the script."""
    environment = {"HOME": str(tmp_path), "PATH": ""}
    script = tmp_path / "story.py"
    script.write_text("import sys\nimport code\nprint(code.__file__, sys.stdin.readline())")
    (tmp_path / "code.py").touch()

    with Script(script, environment, answers=True) as process:
        process.ask("hello")
        assert process.process.stdout is not None
        said = process.process.stdout.readline()

    assert str(tmp_path) not in said
    assert said.endswith(' "hello"\n')
