"""Places in the file: what stands there, read from the file's text, is the cell's own text."""

from __future__ import annotations

import json

import pytest

from poc_graduate.notebook.lines import FilePlace, FilePlaces
from poc_graduate.notebook.read import read_text

SOURCES = [
    "x = 1\n",
    'name = "Zoë \\\\ 数"; y = "😀"; z = 2\n\nif x:\n\tlast = "\\\\n"',
    "",
    "a\nb\n",
]


def _record(sources):
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s}
        for s in sources
    ]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}


def _lines(source):
    return source.splitlines(keepends=True)


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [1, 4, "\t"])
def test_every_character_is_found_in_the_file(ascii_only, indent):
    record = _record([_lines(source) for source in SOURCES])
    text = json.dumps(record, indent=indent, ensure_ascii=ascii_only)
    notebook = read_text(text, "a.ipynb")
    places = FilePlaces(notebook)
    in_file = text.split("\n")

    for cell in notebook.cells:
        for number, line in enumerate(cell.source.splitlines(), start=1):
            for column, character in enumerate(line, start=1):
                at = places.of(cell.index, number, column)
                behind = places.of(cell.index, number, column + 1)
                written = in_file[at.line - 1][at.column - 1 : behind.column - 1]
                assert json.loads(f'"{written}"') == character


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\ny = 2\n",  # one string for two lines
        ["x = 1\ny", " = 2\n"],  # lines of the list are not those of the cell
    ],
)
def test_another_layout_has_no_places(source):
    places = FilePlaces(read_text(json.dumps(_record([source]), indent=1), "a.ipynb"))

    assert places.of(1, 1, 1) is None


def test_a_file_in_one_line_has_no_places():
    places = FilePlaces(read_text(json.dumps(_record([["x = 1\n", "y = 2"]])), "a.ipynb"))

    assert places.of(1, 2, 1) is None


def test_a_line_that_is_not_there_has_no_place():
    places = FilePlaces(read_text(json.dumps(_record([["x = 1"]]), indent=1), "a.ipynb"))

    assert places.of(1, 2, 1) is None


def test_lines_of_a_script_are_those_of_the_file():
    script = "# %% [markdown]\n# Text\n\n# %%\nx = 1\n# %matplotlib inline\n\n# %%\nx = 1\n"
    places = FilePlaces(read_text(script, "a.py"))

    assert places.of(2, 1, 5) == FilePlace(5, 5)
    assert places.of(2, 2, 1) == FilePlace(6, 3)
    assert places.of(3, 1, 1) == FilePlace(9, 1)


def test_lines_of_a_markdown_notebook_are_those_of_the_file():
    text = (
        "---\njupyter:\n  jupytext:\n    formats: md\n---\n\n# T\n\n```python\nx = 1\ny = 2\n```\n"
    )
    places = FilePlaces(read_text(text, "a.md"))

    assert places.of(2, 2, 1) == FilePlace(11, 1)
