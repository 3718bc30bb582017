"""Leaks in words and in figures; a figure is only said where one was measured."""

from __future__ import annotations

from poc_graduate.generate import leaks
from poc_graduate.notebook.model import Place
from poc_graduate.rules.finding import Finding, Severity

MEASURED = {
    "tasks": ["features", "train"],
    "task": "train",
    "metric": "accuracy_on_y_test",
    "call": "accuracy_score(task.y_test, task.predicted)",
    "import": "from sklearn.metrics import accuracy_score",
    "higher": True,
    "classes": ["StandardScaler", "PCA"],
    "imports": ["from sklearn.decomposition import PCA"],
    "split_in": ["story.train"],
    "as_shipped": 0.91,
    "closed": 0.84,
    "margin": 0.03,
    "count": 400,
}


def finding(code: str, line: int = 2) -> Finding:
    place = Place("story.ipynb", 4, line, 1, "Features", "c3")
    return Finding(code, "a-name", Severity.RISK, place, line, 9, f"`X` of {code} was seen")


def test_only_leaks_are_taken_and_in_their_order():
    found = leaks.of(
        [finding("POC503", 9), finding("POC511"), finding("POC512", 4), finding("POC501", 3)]
    )

    assert [one.code for one in found] == ["POC501", "POC512", "POC503"]


def test_what_was_not_measured_has_words_and_no_figure():
    told = leaks.section({}, (finding("POC503"), finding("POC501", 5)))

    assert "Cell 4, line 2 (POC503): `X` of POC503 was seen." in told
    assert "Not measured: POC503, POC501;" in told
    assert "as shipped" not in told


def test_both_figures_are_told_and_what_remains_unmeasured():
    told = leaks.section({"leak": MEASURED}, (finding("POC501"), finding("POC503")))

    assert "is 0.91 as shipped and 0.84 where StandardScaler and PCA learn from" in told
    assert "Not measured: POC503;" in told


def test_a_project_without_leaks_says_nothing():
    assert leaks.section({"leak": {}}, ()) == ""
    assert leaks.measured({"leak": {}}, (), "story") is None


def test_the_finding_carries_the_figures_where_it_was_closed():
    _, reference = leaks.measured({"leak": MEASURED}, (finding("POC501"),), "story")

    closed, open_ = leaks.told([finding("POC501"), finding("POC503")], reference)

    assert "measured: `accuracy_on_y_test` is 0.91 as shipped and 0.84" in closed.message
    assert "measured" not in open_.message
