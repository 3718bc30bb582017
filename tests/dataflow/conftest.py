"""Notebooks written in place: `notebook(\"\"\"# %% …\"\"\")`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from poc_graduate.dataflow.graph import analyse
from poc_graduate.dataflow.model import Dataflow, Statement
from poc_graduate.notebook.model import Cell, Notebook


def make_notebook(text: str) -> Notebook:
    """A notebook from a percent script; `# %% [markdown]` starts a Markdown cell."""
    cells = []
    for part in re.split(r"(?m)^# %%", text)[1:]:
        first, _, body = part.partition("\n")
        body = body.removesuffix("\n")
        kind = "markdown" if "[markdown]" in first else "code"
        index = len(cells) + 1
        code = body if kind == "code" else ""
        cells.append(Cell(index, f"cell-{index}", kind, body, code))  # type: ignore[arg-type]
    return Notebook(Path("sample.ipynb"), tuple(cells), text=text)


@pytest.fixture
def notebook() -> Callable[[str], Notebook]:
    """Make a notebook from a percent script."""
    return make_notebook


@pytest.fixture
def flow() -> Callable[[str], Dataflow]:
    """Analyse a notebook written as a percent script."""
    return lambda text: analyse(make_notebook(text if "# %%" in text else f"# %%\n{text}"))


@pytest.fixture
def last(flow: Callable[[str], Dataflow]) -> Callable[[str], Statement]:
    """The last statement of a notebook written as a percent script."""
    return lambda text: flow(text).statements[-1]
