"""Fixtures for what runs notebooks: made from text, in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from poc_graduate.notebook.model import Cell, Notebook


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kernel: starts a kernel")


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Notebook]:
    """Makes a notebook from percent-separated cells; `# %% tags` gives tags."""

    def make(text: str, *, folder: str = "", kernel: str = "python3") -> Notebook:
        home = tmp_path / folder
        home.mkdir(parents=True, exist_ok=True)
        path = home / "prototype.ipynb"
        path.write_text("{}")
        cells = []
        for part in text.split("# %%")[1:]:
            tags, _, source = part.partition("\n")
            index, source = len(cells) + 1, source.strip("\n")
            cells.append(
                Cell(index, f"cell-{index}", "code", source, source, tags=frozenset(tags.split()))
            )
        return Notebook(path, tuple(cells), kernel=kernel)

    return make
