"""`%%stage` lines decide about cuts, names and parameters."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from poc_graduate.dataflow.facts import Stored
from poc_graduate.dataflow.graph import analyse
from poc_graduate.errors import Refusal
from poc_graduate.notebook.known_magics import refuse_unknown
from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.read import read_text
from poc_graduate.notebook.stage import StageMark, parse
from poc_graduate.plan.model import Plan
from poc_graduate.plan.settle import settle, without_run


def notebook(*cells: str):
    record = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells],
    }
    return read_text(json.dumps(record), Path("story.ipynb"))


def plan(*cells: str) -> Plan:
    flow = analyse(notebook(*cells))
    return settle(flow, without_run(flow), package="story", proved=False).plan


STORY = (
    "import math",
    "%%stage 'Load the data' --params rows\nrows = 7\nxs = [n for n in range(rows)]",
    "ys = [x + 1 for x in xs]",
    "%%stage fit\nlimit = 3\nbest = max(ys)",
    "%%stage fit\nbest + limit",
    "%%stage show\nprint(best)",
)


def test_the_names_say_where_it_is_cut():
    stages = plan(*STORY).stages

    assert [(s.name, s.title, s.cells) for s in stages] == [
        ("load_data", "Load the data", (1, 2, 3)),
        ("fit", "fit", (4, 5)),
        ("show", "show", (6,)),
    ]


def test_what_params_lists_becomes_a_parameter_and_nothing_else_does():
    made = plan("x = 1\nprint(x)", "%%stage a --params rate, depth".replace(", ", ",")
                + "\nrate = 0.5\ndepth = 3\nother = 4\nprint(rate, depth, other)")  # fmt: skip

    assert [p.name for p in made.parameters if p.cell == 2] == ["rate", "depth"]


def test_a_parameter_that_cannot_be_had_is_said():
    made = plan("%%stage a --params total\ntotal = sum(range(3))\nprint(total)")

    assert [note.text for note in made.notes] == [
        "`total` is no parameter: no cell binds it to a plain value"
    ]


def test_where_no_cut_is_possible_the_stages_merge_and_the_plan_says_why():
    flow = analyse(
        notebook("%%stage make\nn = sum(range(3))\nprint(n)", "%%stage use\nprint(n + 1)")
    )
    facts = without_run(flow)
    first = replace(facts.cells[0], stored={"n": Stored("", "it is open")})

    made = settle(flow, replace(facts, cells=(first, *facts.cells[1:])), package="story").plan

    assert [stage.name for stage in made.stages] == ["make"]
    assert any("it is open" in note.text for note in made.notes)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("train", StageMark("train")),
        ("Train the model -p seed", StageMark("Train the model", ("seed",))),
        ("'Train it' --params=a,b,a", StageMark("Train it", ("a", "b"))),
    ],
)
def test_a_line_is_read(line, mark):
    assert parse(line) == mark


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "needs a name"),
        ("12", "needs a name"),
        ("a --params", "names nothing"),
        ("a --params 1x", "'1x' is no name"),
        ("a --seed 3", "no option --seed"),
        ("'a", "left open"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(line, says):
    read = notebook("x = 1", f"%%stage {line}\nx")

    with pytest.raises(Refusal, match=says) as refusal:
        refuse_unknown(read)

    assert refusal.value.place is not None
    assert refusal.value.place.cell == 2


@pytest.mark.parametrize("body", ["x = 1\nx", "%%time\nx = 1", "%%capture out\nprint(1)", "!ls"])
def test_the_mark_goes_and_lines_stay(body):
    code, magics = translate(f"%%stage a\n{body}")

    assert code.count("\n") == body.count("\n") + 1
    assert code.removeprefix("\n") == translate(body)[0]
    assert magics[0].dropped


def test_a_cell_that_was_only_mended_does_nothing():
    code, (magic,) = translate("%%graduate fix\nx = 1\ny = 2")

    assert (code.strip(), code.count("\n"), magic.dropped) == ("", 2, True)
