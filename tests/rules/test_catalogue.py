"""Every example of every rule, and what all rules have in common."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace

import pytest

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.errors import InputError
from poc_graduate.notebook.read import read_text
from poc_graduate.rules.rule import Flagged
from poc_graduate.rules.run import check, rules

RULES = rules()
# Files, stored counts and a file's metadata cannot stand in an example.
_NO_EXAMPLES = ("POC001", "POC405", "POC809")
FLAGGED = [(rule, case) for rule in RULES for case in rule.flagged]
IGNORED = [(rule, source) for rule in RULES for source in rule.ignored]


def _notebook(source, stored="", counts=()):
    notebook = read_text("# %%\n" + source + "\n", "example.py", keep_broken=True)
    if counts:
        pairs = zip(notebook.cells, counts, strict=True)
        cells = tuple(replace(cell, execution_count=count) for cell, count in pairs)
        notebook = replace(notebook, cells=cells)
    if not stored:
        return notebook
    kind = "text/html" if stored.startswith("<") else "text/plain"
    output = {"output_type": "display_data", "data": {kind: stored}, "metadata": {}}
    *before, last = notebook.cells
    return replace(notebook, cells=(*before, replace(last, outputs=(output,))))


def _marked(source):
    """Cell (from 1), line, column, end line, end column of `«…»`, and the text without marks."""
    cells = source.split("\n# %%\n")
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
        return (number, *start, *end), source.replace("«", "").replace("»", "")
    raise AssertionError(f"nothing is marked in {source!r}")


def _facts(example):
    ran = getattr(example, "ran", ())
    return RunFacts(ran) if ran else None


def _run_for(rule):
    """A suppression is unused where the rules it names were run."""
    return None if rule.code == "POC001" else frozenset({rule.code})


def _id(pair):
    rule, example = pair
    return f"{rule.code}-{getattr(example, 'source', example)[:40]!r}"


@pytest.mark.parametrize("pair", FLAGGED, ids=_id)
def test_flagged_examples_are_found_once_and_in_place(pair):
    rule, case = pair
    where, source = _marked(case.source)

    all_found = check(_notebook(source, case.stored, case.counts), _run_for(rule), _facts(case))
    found = [f for f in all_found if f.code == rule.code]

    assert [
        (f.place.cell, f.place.line, f.place.column, f.end_line, f.end_column) for f in found
    ] == [where]
    assert case.says in found[0].message
    assert found[0].code == rule.code


@pytest.mark.parametrize("pair", IGNORED, ids=_id)
def test_ignored_examples_are_not_found(pair):
    rule, example = pair
    source = example.plain if isinstance(example, Flagged) else example

    stored, counts = getattr(example, "stored", ""), getattr(example, "counts", ())
    found = check(_notebook(source, stored, counts), _run_for(rule), _facts(example))

    assert [f for f in found if f.code == rule.code] == []


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
