"""Every example of every rule, and what all rules have in common."""

from __future__ import annotations

import importlib
import re

import pytest

from poc_graduate.errors import InputError
from poc_graduate.notebook.read import read_text
from poc_graduate.rules.examples import found_in_example
from poc_graduate.rules.rule import Flagged
from poc_graduate.rules.run import rules

RULES = rules()
# Files, stored counts and a file's metadata cannot stand in an example.
_NO_EXAMPLES = ("POC001", "POC405", "POC809")
FLAGGED = [(rule, case) for rule in RULES for case in rule.flagged]
IGNORED = [(rule, source) for rule in RULES for source in rule.ignored]


def _marked(source):
    """Cell (from 1), line, column, end line, end column of `«…»`."""
    cells = re.split(r"\n# %%(?: [^\n]*)?\n", source)
    for number, text in enumerate(cells, 1):
        if "«" not in text:
            continue
        before, _, rest = text.partition("«")
        inside, _, _ = rest.partition("»")
        start = before.count("\n") + 1, len(before) - before.rfind("\n")
        end = (
            start[0] + inside.count("\n"),
            (len(inside) - inside.rfind("\n") if "\n" in inside else start[1] + len(inside)),
        )
        return (number, *start, *end)
    raise AssertionError(f"nothing is marked in {source!r}")


def _id(pair):
    rule, example = pair
    return f"{rule.code}-{getattr(example, 'source', example)[:40]!r}"


@pytest.mark.parametrize("pair", FLAGGED, ids=_id)
def test_flagged_examples_are_found_once_and_in_place(pair):
    rule, case = pair
    where = _marked(case.source)

    found = found_in_example(rule, case)

    assert [
        (f.place.cell, f.place.line, f.place.column, f.end_line, f.end_column) for f in found
    ] == [where]
    assert case.says in found[0].message
    assert found[0].code == rule.code


@pytest.mark.parametrize("pair", IGNORED, ids=_id)
def test_ignored_examples_are_not_found(pair):
    rule, example = pair
    case = example if isinstance(example, Flagged) else Flagged(example)

    assert found_in_example(rule, case) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_why_and_what_happens(rule):
    module = importlib.import_module(type(rule).__module__)
    parts = rule.sections()

    assert module.__doc__ == f"{rule.code} {rule.name}."
    assert re.sub(r"(?<!^)(?=[A-Z])", "-", type(rule).__name__).lower() == rule.name
    assert parts.what
    assert parts.why
    assert ";" in rule.message
    assert not re.search(r"\b(should|avoid|consider)\b", rule.message, re.I)
    if rule.code not in _NO_EXAMPLES:
        assert len(rule.flagged) >= 3
        assert len(rule.ignored) >= 3
        folder = module.__name__.split(".")[-2]
        family = f"poc{rule.code[3]}_"
        assert folder.startswith(family) or rule.code in ("POC001", "POC002")


def test_codes_and_names_are_used_once():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_codes_of_the_catalogue_without_a_rule_have_a_reason():
    known = {rule.code for rule in RULES}

    # A notebook of another language has no cells that a rule could look at: reading it ends in
    # one message, which says the language and what to give instead.
    assert "POC905" not in known
    with pytest.raises(InputError, match="is written in Julia") as told:
        read_text(_IN_JULIA, "model.ipynb")
    assert "give a Python notebook" in told.value.remedy


_IN_JULIA = (
    '{"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [],'
    ' "execution_count": null}], "nbformat": 4, "nbformat_minor": 4,'
    ' "metadata": {"kernelspec": {"name": "julia-1.9", "language": "julia"}}}'
)
