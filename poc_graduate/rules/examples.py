"""A rule's examples as notebooks, and what the rule finds in them."""

from __future__ import annotations

import json
from dataclasses import replace

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import read_text
from poc_graduate.rules.finding import Finding
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.run import check
from poc_graduate.rules.unused import UnusedSuppression

NAME, _SCRIPT = "example.ipynb", "example.py"


def example_notebook(case: Flagged) -> Notebook:
    """The notebook that an example stands for, with the outputs and counts that it names."""
    notebook = _read(case.plain)
    cells = notebook.cells
    if case.counts:
        pairs = zip(cells, case.counts, strict=True)
        cells = tuple(replace(cell, execution_count=count) for cell, count in pairs)
    if case.stored:
        kind = "text/html" if case.stored.startswith("<") else "text/plain"
        output = {"output_type": "display_data", "data": {kind: case.stored}, "metadata": {}}
        cells = (*cells[:-1], replace(cells[-1], outputs=(output,)))
    return replace(notebook, cells=cells)


def _read(source: str) -> Notebook:
    if "\n# %% " in source:  # Markdown, tags
        return read_text(f"# %%\n{source}\n", _SCRIPT, keep_broken=True)
    # As JSON: `explain` and SARIF need not wait for jupytext to be loaded.
    cells = [{"cell_type": "code", "source": cell} for cell in source.split("\n# %%\n")]
    return read_text(json.dumps({"cells": cells, "nbformat": 4}), NAME, keep_broken=True)


def found_in_example(rule: Rule, case: Flagged) -> tuple[Finding, ...]:
    """What the rule finds in one of its examples."""
    # A suppression is unused where the rules it names were run.
    codes = None if rule.code == UnusedSuppression.code else frozenset({rule.code})
    facts = RunFacts(case.ran) if case.ran else None
    found = check(example_notebook(case), codes, facts)
    return tuple(finding for finding in found if finding.code == rule.code)
