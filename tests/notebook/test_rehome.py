"""A notebook run from a folder above its own keeps its places."""

from __future__ import annotations

import json

from poc_graduate.notebook.read import read
from poc_graduate.notebook.rehome import rehomed


def _notebook(folder, *cells):
    folder.mkdir(parents=True)
    written = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [],
         "execution_count": None, "source": cell}
        for n, cell in enumerate(cells)
    ]  # fmt: skip
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    record = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": written}
    path = folder / "story.ipynb"
    path.write_text(json.dumps(record))
    return read(path)


def test_it_lies_above_and_enters_its_own_folder_first(tmp_path):
    notebook = _notebook(tmp_path / "project" / "work" / "deep", "x = 1\n%pwd", "y = x")

    other = rehomed(notebook, 2)

    assert other.path == tmp_path / "project" / "story.ipynb"
    assert other.home == "work/deep"
    assert other.cells[0].code.splitlines()[:3] == ["import os", "", 'os.chdir("work/deep")']
    assert other.cells[1] == notebook.cells[1]


def test_places_count_the_lines_that_the_user_wrote(tmp_path):
    notebook = _notebook(tmp_path / "project" / "work", "x = 1\n%pwd", "y = x")

    other = rehomed(notebook, 1)

    line = other.cells[0].code.splitlines().index("x = 1") + 1
    assert other.place(1, line).line == 1
    assert other.cells[0].magics[0].line == line + 1
    assert other.place(2, 1).line == 1


def test_a_first_cell_that_is_one_magic_stays(tmp_path):
    notebook = _notebook(tmp_path / "project" / "work", "%%time\nx = 1")

    assert rehomed(notebook, 1) is None


def test_there_is_no_folder_above_the_highest(tmp_path):
    notebook = _notebook(tmp_path / "project", "x = 1")

    assert rehomed(notebook, len(tmp_path.parents) + 5) is None


def test_a_folder_with_quotes_in_its_name_is_entered(tmp_path):
    notebook = _notebook(tmp_path / "project" / 'Ada\'s "old" work', "x = 1")

    lines = rehomed(notebook, 1).cells[0].code.splitlines()

    assert eval(lines[2].removeprefix("os.chdir")) == 'Ada\'s "old" work'


def test_a_cell_that_has_to_begin_with_a_future_import_stays(tmp_path):
    notebook = _notebook(tmp_path / "project" / "work", "from __future__ import annotations")

    assert rehomed(notebook, 1) is None
