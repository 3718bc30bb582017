"""What is called on a few rows, to make unit tests, changes nothing beyond the project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.generate import sampling
from poc_graduate.observe.script import Script

DOUBLED = "def doubled(xs):\n    return [2 * x for x in xs]\n"


def sampled(folder: Path, *cells: str, start: str = "", module: str = DOUBLED) -> dict[str, Any]:
    """What is known after a stage with these cells, the first of which may call `doubled`."""
    built = folder / "built"
    (built / "src" / "story").mkdir(parents=True)
    (built / "src" / "story" / "__init__.py").touch()
    (built / "src" / "story" / "work.py").write_text(module)
    call = {"function": "doubled", "arguments": ["xs"], "cleans": False}
    texts = [f"xs = [1, 2]\n{start}\nfrom story.work import doubled", "ys = doubled(xs)", *cells]
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
    known: dict[str, Any] = json.loads((folder / "samples" / "cases.json").read_text())
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


FRAME = "import pandas as pd\nxs = pd.DataFrame({'key': [1, 1, 2], 'a': [None, 3.0, 4.0]})"


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("xs.drop_duplicates('key')", {"unique": ["key"], "twice": True, "rows": False}),
        ("xs.dropna()", {"complete": ["a"], "subset": True, "twice": True}),
        ("xs.assign(b=xs['a'] * 2)", {"rows": True, "by_row": True, "unchanged": ["xs"]}),
        ("xs.assign(a=xs['a'] + 1)", {"rows": True, "twice": False}),
        ("xs.assign(b=range(len(xs)))", {"rows": True, "by_row": False}),
    ],
)
def test_properties_are_those_that_held_on_the_sample(
    tmp_path: Path, body: str, held: dict[str, object]
) -> None:
    known = sampled(tmp_path, start=FRAME, module=f"def doubled(xs):\n    return {body}\n")

    found = known["properties"]["doubled"]
    assert {name: found[name] for name in held} == held


def test_a_change_of_an_argument_that_is_not_given_back_is_kept(tmp_path: Path) -> None:
    body = "def doubled(xs):\n    xs['b'] = 1\n    return len(xs)\n"

    known = sampled(tmp_path, start=FRAME, module=body)

    assert known["properties"]["doubled"]["after"] == ["xs"]
    assert list((tmp_path / "samples" / "doubled").glob("xs_after.*"))


def test_a_function_of_one_number_is_called_where_its_answer_turns(tmp_path: Path) -> None:
    body = "def band(n):\n    return 'new' if n < 12 else 'old'\n"
    body += "def doubled(xs):\n    return [band(n) for n in xs]\n"

    known = sampled(tmp_path, start="xs = [1, 40]", module=body)

    assert known["own"]["band"] == [
        [["1"], "'new'"],
        [["11"], "'new'"],
        [["12"], "'old'"],
        [["40"], "'old'"],
    ]
