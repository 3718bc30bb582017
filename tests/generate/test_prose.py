"""What becomes of the author's text between the cells."""

from __future__ import annotations

import pytest

from poc_graduate.generate.prose import ScriptCell, prose, without_void
from poc_graduate.notebook.model import Cell


def told(*cells: tuple[int, str]) -> list[str]:
    """What is left of a script, by its cells' positions in the notebook."""
    made = [
        ScriptCell("# %% [markdown]", f"# {text}", at)
        if text.startswith("#") or " " in text
        else ScriptCell("# %%", text, at)
        for at, text in cells
    ]
    return [cell.text.removeprefix("# ") for cell in without_void(made)]


def test_a_picture_that_is_attached_to_a_cell_is_named_with_its_place():
    cell = Cell(7, "c7", "markdown", "See\n\n![the map](attachment:map.png)\n")

    assert (
        prose(cell, "plan.ipynb") == "# See\n#\n# (Picture `map.png`: see cell 7 of `plan.ipynb`.)"
    )


def test_pictures_at_an_address_stay():
    cell = Cell(7, "c7", "markdown", "![logo](https://example.org/logo.png)")

    assert prose(cell, "plan.ipynb") == "# ![logo](https://example.org/logo.png)"


@pytest.mark.parametrize(
    ("cells", "left"),
    [
        # what stood below cell 1 and 3 went to the package
        ([(1, "# Libraries"), (3, "# Functions"), (5, "# Load"), (6, "x")], ["# Load", "x"]),
        ([(1, "# Load"), (2, "x"), (3, "## Helpers")], ["# Load", "x"]),
        # sections within sections, texts, and code stay with their headings
        ([(1, "# All"), (3, "## Load"), (4, "x")], ["# All", "## Load", "x"]),
        ([(1, "# All"), (3, "some words"), (5, "# Load"), (6, "x")],
         ["# All", "some words", "# Load", "x"]),
        ([(1, "# Load"), (3, "x")], ["# Load", "x"]),
        # the author's own void is the author's
        ([(1, "# Part one"), (2, "# Load"), (3, "x")], ["# Part one", "# Load", "x"]),
    ],
)  # fmt: skip
def test_a_heading_goes_where_nothing_is_left_below_it(cells, left):
    assert told(*cells) == left
