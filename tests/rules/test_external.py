"""Other tools' findings: in the right cell and line, once, no secret in them, nothing written."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from poc_graduate import api
from poc_graduate.notebook.read import read
from poc_graduate.rules.external import nbqa, process, ruff, survey
from poc_graduate.rules.external.reported import ToolFailed, findings_in
from poc_graduate.rules.external.same import SAME, told_once
from poc_graduate.rules.finding import OURS, Severity
from poc_graduate.rules.run import rules
from poc_graduate.rules.survey import Checked, Survey

SECRET = "w7Kd2RxQ9bNz4Ty1"
CELLS = (
    ("markdown", "# Title"),
    ("code", f"import os\n%matplotlib inline\npassword = '{SECRET}'"),
    ("code", "%%bash\necho hi"),
    ("markdown", "text"),
    ("code", "def f(x):\n    return x\ntry:\n    f( 'b' )\nexcept:\n    pass\nprint(undefined)"),
    ("code", ""),
    ("code", "!ls\nx = 'ü' + f('ü'); y = other\nbreakpoint()"),
    ("code", "# poc: ignore\nprint(nowhere)"),
)


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> Path:
    cells = [
        {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in CELLS
    ]
    record = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path = tmp_path / "a b.ipynb"
    path.write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.ruff.lint]\nselect = ["E", "F", "S", "T"]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return path


def _asked(path: Path, *tools: str) -> Survey:
    return api.with_tools(api.check_all([path]), tools)


def _places(found: Survey, tool: str) -> list[tuple[str, int, int, str]]:
    return [
        (one.code, one.place.cell, one.place.line, _underlined(path, one))
        for path, one in found.findings
        if one.tool == tool
    ]


def _underlined(path, one):
    line = read(path).cell(one.place.cell).source.split("\n")[one.place.line - 1]
    return line[one.place.column - 1 : one.end_column - 1]


def test_ruff_finds_in_cells_what_we_do_not(notebook):
    found = _asked(notebook, "ruff")

    assert _places(found, "ruff") == [
        ("F401", 2, 1, "os"),
        ("T201", 5, 7, "print"),
        ("E702", 7, 2, ";"),
    ]
    assert {"POC104", "POC302", "POC703", "POC808"} <= {one.code for _, one in found.findings}
    assert found.errors == ()


@pytest.mark.process
def test_flake8_finds_through_nbqa_the_lines_that_were_written(notebook):
    before = notebook.read_bytes()

    found = _asked(notebook, "ruff", "flake8")

    assert _places(found, "flake8") == [  # without F401 and E702, which ruff has told
        ("E201", 5, 4, " "),
        ("E202", 5, 4, " "),
    ]
    assert notebook.read_bytes() == before
    assert sorted(p.name for p in notebook.parent.iterdir()) == ["a b.ipynb", "pyproject.toml"]
    assert [one.code for _, one in found.findings].count("F401") == 1


def test_findings_come_in_the_order_of_the_notebook_with_links(notebook):
    found = _asked(notebook, "ruff").checked[0].findings

    assert list(found) == sorted(found, key=lambda one: one.order)
    (unused,) = [one for one in found if one.code == "F401"]
    assert unused.link == "https://docs.astral.sh/ruff/rules/unused-import"
    assert unused.severity is Severity.NOTE


SAID = {
    "mypy": [
        ('a.ipynb:cell_3:2:12: error: Incompatible return (got "str")  [return-value]',
         ("return-value", 5, 2, 12, Severity.RISK)),
        ("a.ipynb:cell_3:7: error: Name is not defined  [name-defined]",
         ("name-defined", 5, 7, 1, Severity.RISK)),
        ("a.ipynb:cell_1:1:1: note: See https://x", None),
    ],
    "pylint": [
        ("a.ipynb:cell_1:0:0: C0114: Missing module docstring (missing-module-docstring)",
         ("C0114", 2, 1, 1, Severity.NOTE)),
        ("a.ipynb:cell_5:2:26: E0602: Undefined variable 'other' (undefined-variable)",
         ("E0602", 7, 2, 25, Severity.RISK)),
        ("************* Module a", None),
    ],
    "bandit": [
        (f"a.ipynb:cell_1:3:11: B105 Possible hardcoded password: '{SECRET}'",
         ("B105", 2, 3, 12, Severity.RISK)),
    ],
    "flake8": [
        ("a.ipynb:cell_3:3:1: E305 expected 2 blank lines after class", None),
        ("a.ipynb:cell_9:3:1: E501 too long", None),
        ("other.ipynb:cell_1:3:1: E501 too long", None),
    ],
    "vulture": [
        ("a.ipynb:cell_3:1: unused function 'f' (60% confidence)",
         ("vulture", 5, 1, 1, Severity.NOTE)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "line", "expected"),
    [(tool, line, expected) for tool, said in SAID.items() for line, expected in said],
)
def test_lines_of_tools_are_understood(notebook, tool, line, expected):
    line = re.sub(r"^a\.ipynb", str(notebook), line)

    reported = [
        one for one in nbqa._parsed(tool, line, {notebook.resolve(): read(notebook)}) if one
    ]

    found = [
        (one.code, one.place.cell, one.place.line, one.place.column, one.severity)
        for one in findings_in(read(notebook), reported)
    ]
    assert found == ([expected] if expected else [])


def test_no_secret_stands_in_what_a_tool_says(notebook):
    line = f"{notebook}:cell_1:3:11: B105 Possible hardcoded password: '{SECRET}'"
    reported = nbqa._parsed("bandit", line, {notebook.resolve(): read(notebook)})

    (one,) = findings_in(read(notebook), filter(None, reported))

    assert SECRET not in repr(one)


@pytest.mark.process
@pytest.mark.parametrize("tool", ["flake8", "ruff", "bandit"])
def test_what_ours_say_is_not_said_again(notebook, tool):
    ours = api.check(notebook)
    theirs = [one for one in ours if one.code == "POC703"]
    same = [_as_theirs(one, tool, "E722") for one in theirs]
    elsewhere = [_as_theirs(one, tool, "E999") for one in theirs]

    assert told_once(ours, same) == ours
    assert len(told_once(ours, elsewhere)) == len(ours) + 1


def _as_theirs(one, tool, code):
    from dataclasses import replace

    return replace(one, code=code, tool=tool)


def test_the_table_names_rules_of_ours():
    families = {rule.code[:4] for rule in rules()}

    assert {ours[:4] for ours in SAME.values() if ours.startswith("POC")} <= families


@pytest.mark.parametrize(
    ("tool", "told"),
    [
        ("nosuchtool", "nosuchtool is not installed beside poc-graduate. `pip install"),
        ("black", "black changes notebooks, and `check` does not. Run `nbqa black` yourself"),
    ],
)
def test_a_tool_that_cannot_be_asked_hides_nothing(notebook, tool, told):
    found = _asked(notebook, tool, "ruff")

    (error,) = found.errors
    assert str(error).startswith(told)
    assert error.exit_status == 2
    assert {one.tool for _, one in found.findings} == {OURS, "ruff"}


def test_a_tool_that_fails_says_why_in_one_line(notebook, monkeypatch):
    (notebook.parent / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["ZZZ"]\n')

    (error,) = _asked(notebook, "ruff").errors

    assert str(error).startswith("ruff failed: ")
    assert "ZZZ" in str(error)
    assert "\n" not in str(error)


@pytest.mark.process
def test_a_module_beside_the_notebook_is_not_taken_for_the_tool(notebook):
    trap = notebook.parent / "ran"
    for name in ("ruff", "nbqa", "flake8", "autopep8", "json"):
        Path(f"{name}.py").write_text(f"open({str(trap)!r}, 'w')", encoding="utf-8")

    _asked(notebook, "ruff", "flake8")

    assert not trap.exists()


def test_only_notebooks_that_could_be_read_are_handed_on(notebook, monkeypatch):
    asked = []
    monkeypatch.setattr(survey, "ruff", lambda paths: asked.extend(paths) or [])
    bad = Path("bad.ipynb")
    bad.write_text("{", encoding="utf-8")
    script = Path("script.py")
    script.write_text("# %%\nx = 1\n", encoding="utf-8")

    api.with_tools(api.check_all([notebook, bad, script]), ["ruff"])

    assert asked == [notebook]


def test_a_program_that_is_missing_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruff", None)

    with pytest.raises(ToolFailed, match=r"poc-graduate\[lint\]"):
        list(ruff.ruff([Path("a.ipynb")]))
    assert process.need("json") is None
    assert Checked(Path("a")).findings == ()
