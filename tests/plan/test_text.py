"""The plan as text: readable, given back unchanged, and refused with a line where it cannot be."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.errors import InputError
from poc_graduate.plan.edits import PlanEdits, from_yaml, parameter_changes
from poc_graduate.plan.model import Load, Note, Parameter, Plan, Product, Stage
from poc_graduate.plan.text import to_yaml

PLAN = Plan(
    notebook="churn.ipynb",
    package="churn",
    stages=(
        Stage(
            "load",
            "Load: the # data",
            (2, 3),
            products=(Product("df", ("df",), "parquet"),),
            reads=("data/customers.csv",),
        ),
        Stage(
            "train",
            "Train",
            (5, 6, 8),
            loads=(Load("load", "df", ("df",)),),
            products=(Product("a_and_b", ("a", "b"), "pickle", "they share\nmemory"),),
        ),
        Stage("report", "Report", (9,), writes=("out/report.txt",)),
    ),
    parameters=(
        Parameter("test_size", 0.2, 5, 3, "size"),
        Parameter("seed", 42, 5, 3, "seed"),
        Parameter("path", "data/customers.csv", 2, 1, "path", moved_from="C:\\x\n# y.csv"),
    ),
    notes=(
        Note("merged", 6, 2, "`gen` is a generator"),
        Note("input", 0, 0, "the kernel of the notebook is not installed"),
    ),
    proved=True,
)

TEXT = """\
notebook: churn.ipynb
stages:
  - name: load
    cells: [2, 3]
  - name: train
    cells: [5, 6]
parameters:
  seed: {cell: 5, line: 3, value: 42}
"""


def test_an_unedited_plan_comes_back_as_it_was() -> None:
    edits = from_yaml(to_yaml(PLAN), name="plan.yaml", plan=PLAN)

    assert edits.stages == tuple((s.name, s.title, s.cells) for s in PLAN.stages)
    assert edits.parameters == {p.name: (p.cell, p.line, p.value) for p in PLAN.parameters}
    assert edits.crossing == {}
    assert parameter_changes(edits, PLAN.parameters) == (frozenset(), {})


def test_the_text_says_what_crosses_and_why() -> None:
    text = to_yaml(PLAN)

    assert "    # hands on a, b together as pickle: they share memory\n" in text
    assert "    # merged: cell 6, line 2: `gen` is a generator\n" in text
    assert "# input: the kernel of the notebook is not installed\n" in text
    assert "    # takes df from load\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_parameter_stands_on_one_line_whatever_its_value() -> None:
    value = "first\nsecond\u2028" + "long " * 60
    plan = Plan("n.ipynb", "n", PLAN.stages, (Parameter("query", value, 2, 1),))

    (line,) = (line for line in to_yaml(plan).split("\n") if "query" in line)

    assert line.startswith('  query: {cell: 2, line: 1, value: "first\\nsecond\\L')
    assert line.endswith("}  # variable")


def test_what_is_handed_on_is_decided_by_taking_a_comment_away() -> None:
    text = to_yaml(PLAN).replace("# keeps: [a, b]", "keeps: [a]")

    assert from_yaml(text, name="plan.yaml", plan=PLAN).crossing == {"train": ("a",)}


def test_a_cut_is_moved_without_touching_what_is_handed_on() -> None:
    text = to_yaml(PLAN).replace("[2, 3]", "[2, 3, 5]").replace("[5, 6, 8]", "[6, 8]")

    edits = from_yaml(text, name="plan.yaml", plan=PLAN)

    assert [cells for _, _, cells in edits.stages] == [(2, 3, 5), (6, 8), (9,)]
    assert edits.crossing == {}


def test_two_parameters_of_one_line_are_told_apart() -> None:
    text = to_yaml(PLAN).replace("  seed: {", "  random_seed: {")
    text = "\n".join(line for line in text.splitlines() if "test_size" not in line)

    edits = from_yaml(text, name="plan.yaml")

    assert parameter_changes(edits, PLAN.parameters) == (
        frozenset({"test_size"}),
        {"seed": "random_seed"},
    )


def test_two_parameters_can_swap_their_names() -> None:
    text = to_yaml(PLAN)
    text = text.replace("seed: {", "tmp: {").replace("test_size: {", "seed: {")
    text = text.replace("tmp: {", "test_size: {")

    edits = from_yaml(text, name="plan.yaml")

    assert parameter_changes(edits, PLAN.parameters) == (
        frozenset(),
        {"test_size": "seed", "seed": "test_size"},
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("value: 42", "value: 43", r"plan.yaml, line \d+: `seed` is 43 here and 42 in the noteb"),
        ("seed: {cell: 5", "sed: {cell: 4", r"line \d+: no literal of cell 4, line 3 .* `seed`\?"),
    ],
)
def test_a_parameter_that_would_change_the_result_is_refused(
    old: str, new: str, sentence: str
) -> None:
    edits = from_yaml(to_yaml(PLAN).replace(old, new), name="plan.yaml")

    with pytest.raises(InputError, match=sentence):
        parameter_changes(edits, PLAN.parameters)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("cells: [5, 6]", "cells: [5, 6", "line 7: this is not valid YAML: "),
        ("stages:", "stagess:", "line 3: the plan has no `stagess` (did you mean `stages`? th"),
        ("    cells: [2, 3]", "    cell: [2, 3]", "line 4: a stage has no `cell` (did you mean `c"),
        ("    cells: [2, 3]\n", "", "line 3: a stage lacks `cells`"),
        ("name: train", "name: load", "line 5: a stage is called `load` already (line 3)"),
        ("name: train", "name: 2nd-try", "line 5: `2nd-try` is no name for a stage"),
        ("name: train", "name: class", "line 5: `class` is no name for a stage"),
        ("name: train", "name: no", "line 5: name should be text (`no` in quotes), not `no`"),
        ("[5, 6]", "five", "line 6: the cells of `train` should be a list, not `five`"),
        ("[5, 6]", "[]", "line 6: the cells of `train`: the list is empty"),
        ("[5, 6]", "[5, six]", "line 6: a cell is a number from 1, not `six`"),
        ("[5, 6]", "[5, true]", "line 6: a cell is a number from 1, not `true`"),
        ("[5, 6]", "[3, 5, 6]", "line 6: cell 3 is listed twice"),
        ("[5, 6]", "[6, 5]", "line 6: cell 5 comes after cell 6. Keep the notebook's order"),
        ("[5, 6]", "[5, 6, 7]", "line 6: cell 7 is no code cell (there are: 2, 3, 5, 6)"),
        ("[5, 6]", "[6]", "line 3: cell 5 is in no stage. List every code cell"),
        ("line: 3, ", "", "line 8: parameter `seed` lacks `line`"),
        ("line: 3", "line: 0", "line 8: a line is a number from 1, not `0`"),
        ("line: 3", "lines: 3", "line 8: parameter `seed` has no `lines` (did you mean `line`?"),
        ("  seed", "  se-ed", "line 8: `se-ed` is no name for a parameter"),
        ("value: 42", "value: !python 1", "line 8: this value cannot be read"),
        ("{cell: 5, line: 3, value: 42}", "42", "line 8: parameter `seed` should be `name: valu"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_with_its_line(
    old: str, new: str, sentence: str
) -> None:
    assert old in TEXT
    plan = from_cells((2, 3), (5, 6))

    with pytest.raises(InputError, match=re.escape(f"my.yaml, {sentence}")):
        from_yaml(TEXT.replace(old, new, 1), name="my.yaml", plan=plan)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the plan is empty"),
        ("# only a comment\n", "the plan is empty"),
        ("- a\n", "the plan should be `name: value` lines, not a list"),
        ("stages: []\n", "stages: the list is empty"),
        ("stages: {load: [1]}\n", "stages should be a list, not a mapping"),
        (f"{TEXT}  seed: {{}}\n", "`seed` stands here twice (line 8)"),
        ("a: b: c\n", "this is not valid YAML"),
        ("stages: *nothing\n", "this is not valid YAML"),
        ("\x00", "this is not valid YAML"),
        ("stages:\n- {name: a, cells: [1], keeps: [x, x]}\n", "`x` is listed twice"),
        ("stages:\n- {name: a, cells: [1], keeps: [df.x]}\n", "`df.x` is no name of a variable"),
    ],
)
def test_a_broken_plan_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        from_yaml(text, name="plan.yaml")


def test_nothing_need_be_a_parameter() -> None:
    text = TEXT.replace("  seed: {cell: 5, line: 3, value: 42}\n", "")

    assert from_yaml(text, name="plan.yaml").parameters == {}


def from_cells(*cells: tuple[int, ...]) -> Plan:
    stages = tuple(Stage(f"s{i}", f"S{i}", each) for i, each in enumerate(cells))
    return Plan("nb.ipynb", "nb", stages)


_NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name not in {"as", "if", "in", "is", "or", "for", "def", "del", "not", "and"}
)
_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(name=_NAMES, title=st.text(max_size=60), value=_VALUES, why=st.text(max_size=200))
def test_any_name_value_and_reason_survives(name: str, title: str, value: Any, why: str) -> None:
    plan = Plan(
        f"{title}.ipynb",
        "p",
        (Stage(name, title, (1,), products=(Product("x", ("x",), "pickle", why),)),),
        (Parameter(name, value, 1, 1, "path", moved_from=why),),
        notes=(Note("merged", 1, 1, why), Note("input", 0, 0, title)),
    )

    text = to_yaml(plan)

    edits = from_yaml(text, name="plan.yaml", plan=plan)
    assert edits.stages == ((name, title, (1,)),)
    assert edits.parameters == {name: (1, 1, value)}
    assert parameter_changes(edits, plan.parameters) == (frozenset(), {})
    assert yaml.safe_load(text)["notebook"] == plan.notebook


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    outcome: PlanEdits | InputError
    try:
        outcome = from_yaml(text, name="plan.yaml")
    except InputError as refused:
        outcome = refused

    assert isinstance(outcome, PlanEdits) or str(outcome).startswith("plan.yaml, line ")
