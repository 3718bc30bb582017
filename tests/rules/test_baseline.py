"""What stays accepted while a notebook is edited, and what does not."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from poc_graduate.errors import UsageError
from poc_graduate.notebook.read import read_text
from poc_graduate.rules.baseline import Baseline, looked_for, read_baseline
from poc_graduate.rules.run import check, chosen
from poc_graduate.rules.survey import Checked, Survey

DROP, EDIT = "df = df.drop([12, 45])", "df.loc[17, 'age'] = 42"
EVERYTHING = looked_for((), (), ())
ONLY = ("POC201", "POC202")


@pytest.fixture
def looked(tmp_path):
    """Checks cells, as the notebook of a name."""

    def look(*cells, name="a.ipynb", **choice):
        path = tmp_path / "notebooks" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        notebook = read_text("".join(f"# %%\n{cell}\n" for cell in cells), "a.py")
        codes = chosen(choice.get("select", ONLY))
        return Survey((Checked(path, check(notebook, codes)),))

    return look


@pytest.fixture
def accepted(tmp_path):
    def accept(survey, before=None, looks=EVERYTHING):
        return (before or Baseline(tmp_path / "baseline.json")).renewed(survey, looks)

    return accept


def _new(baseline, survey, looks=EVERYTHING):
    left = baseline.without_accepted(survey, looks)
    return [finding.code for _, finding in left.findings], left.accepted, dict(left.gone)


def test_what_was_accepted_is_left_out(looked, accepted):
    survey = looked(DROP, EDIT)

    assert _new(accepted(survey), survey) == ([], 2, {})


def test_moved_cells_and_new_lines_change_nothing(looked, accepted):
    baseline = accepted(looked(DROP, EDIT))

    moved = looked("x = 1", EDIT, "import os\n" + DROP.replace("df.drop(", "df.drop( "))
    spaced = looked(EDIT, "    ".join(["if x:\n", DROP]))

    assert _new(baseline, spaced) == ([], 2, {})
    assert _new(baseline, moved)[0] == ["POC202"]  # the line was edited within a word


def test_the_same_line_once_more_is_new(looked, accepted):
    baseline = accepted(looked(DROP))

    assert _new(baseline, looked(DROP, DROP)) == (["POC202"], 1, {})


def test_what_is_no_longer_there_is_told_and_dropped(looked, accepted, tmp_path):
    baseline = accepted(looked(DROP, EDIT))

    survey = looked(DROP)

    assert _new(baseline, survey) == ([], 1, {"notebooks/a.ipynb": 1})
    renewed = accepted(survey, baseline)
    assert renewed.entries["notebooks/a.ipynb"].total() == 1


def test_a_notebook_that_was_not_looked_at_keeps_its_entries(looked, accepted, tmp_path):
    baseline = accepted(looked(DROP, name="b.ipynb"), accepted(looked(DROP)))
    assert set(baseline.entries) == {"notebooks/a.ipynb", "notebooks/b.ipynb"}

    again = accepted(looked("x = 1"), baseline)

    assert set(again.entries) == {"notebooks/b.ipynb"}
    assert _new(baseline, looked(DROP)) == ([], 1, {})


def test_a_notebook_that_was_deleted_is_gone(looked, accepted, tmp_path):
    baseline = accepted(looked(DROP, name="b.ipynb"), accepted(looked(DROP)))
    (tmp_path / "notebooks" / "b.ipynb").unlink()

    assert _new(baseline, looked(DROP)) == ([], 1, {"notebooks/b.ipynb": 1})
    assert set(accepted(looked(DROP), baseline).entries) == {"notebooks/a.ipynb"}


def test_rules_that_were_not_run_keep_their_entries(looked, accepted):
    baseline = accepted(looked(DROP, EDIT))
    some = looked_for(("POC202",), (), ())

    survey = looked("x = 1", select=("POC202",))

    assert _new(baseline, survey, some)[2] == {"notebooks/a.ipynb": 1}
    renewed = accepted(survey, baseline, some)
    assert [entry[:6] for entry in renewed.entries["notebooks/a.ipynb"]] == ["POC201"]


def test_other_tools_are_looked_for_only_when_asked():
    assert not looked_for((), (), ())("ruff:F401")
    assert looked_for((), (), ("ruff",))("ruff:F401")


def test_the_file_can_be_read_again_and_holds_no_source(looked, accepted, tmp_path):
    secret = "q8Zt3LmP0sVw71Ax"
    survey = looked(f"api_key = '{secret}'; {DROP}", select=("POC1", "POC2"))
    baseline = accepted(survey)

    baseline.file.write_text(baseline.text())

    assert read_baseline(baseline.file) == baseline
    assert baseline.entries["notebooks/a.ipynb"].total() == 2
    assert secret not in baseline.text()
    assert "drop" not in baseline.text()


def test_equal_findings_give_an_equal_file(looked, accepted):
    assert accepted(looked(DROP, EDIT)).text() == accepted(looked(EDIT, DROP)).text()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, "does not exist"),
        ("{", "is damaged"),
        ("[]", "is no baseline"),
        ('{"version": 1}', "is no baseline"),
        ('{"version": 1, "notebooks": {"a": [1]}}', "is no baseline"),
        ('{"version": 99, "notebooks": {}}', "newer poc-graduate"),
    ],
)
def test_another_file_is_refused(tmp_path, text, found):
    file = tmp_path / "baseline.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(UsageError, match=found):
        read_baseline(file)


def test_entries_are_counted(tmp_path):
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps({"version": 1, "notebooks": {"a": ["x 1", "x 1"]}}))

    assert read_baseline(file).entries == {"a": Counter({"x 1": 2})}
