"""A cell that is no Python is found, and hides no other."""

from __future__ import annotations

import json

import pytest

from poc_graduate.errors import InputError
from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check
from poc_graduate.rules.view import NotebookView
from tests.notebook.records import code, record

DROP = "df = df.drop([12, 45])"


def _read(*sources, **more):
    return read_text(json.dumps(record(*map(code, sources))), "nb.ipynb", **more)


def test_the_other_cells_are_still_checked():
    found = check(_read("x = 1 +", DROP, "def f(:\n  pass", keep_broken=True))

    broken = [(f.place.cell, f.place.line) for f in found if f.code == "POC002"]
    assert broken == [(1, 1), (3, 1)]
    assert [f.place.cell for f in found if f.code == "POC202"] == [2]


def test_a_magic_before_the_fault_does_not_move_its_place():
    (found,) = check(_read("%time y = 1\nx = (1 +* 2)", keep_broken=True), frozenset({"POC002"}))

    assert (found.place.line, found.place.column) == (2, 9)
    assert found.line_text == "x = (1 +* 2)"


def test_everything_else_refuses_the_notebook():
    with pytest.raises(InputError, match="cell 2, line 1: the cell is not valid Python"):
        _read("x = 1", "x = 1 +")


def test_rules_know_that_a_cell_is_unknown():
    whole = NotebookView(_read("x = 1", keep_broken=True))
    torn = NotebookView(_read("x = 1", "y = x +", keep_broken=True))

    assert whole.complete
    assert whole.names.all_known
    assert not torn.complete
    assert torn.names.is_used_elsewhere("x", 0)


def test_it_is_silenced_like_any_other():
    tagged = record(code("x = 1 +", metadata={"tags": ["poc-ignore"]}))

    def codes(notebook):
        return {f.code for f in check(notebook)} & {"POC001", "POC002"}

    assert codes(read_text(json.dumps(tagged), "nb.ipynb", keep_broken=True)) == set()
    assert codes(_read("x = (1 +* 2)  # noqa: POC002", keep_broken=True)) == set()
    # nobody knows what a comment would silence in a cell that cannot be looked at
    assert codes(_read("x = (1 +* 2)\ny = 1  # noqa: POC101", keep_broken=True)) == {"POC002"}
