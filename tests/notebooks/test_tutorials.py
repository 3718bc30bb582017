"""The tutorials run from top to bottom, and what they show is so."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def shown(notebook: nbformat.NotebookNode) -> str:
    """All text that the cells left."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs)


@pytest.fixture
def run(monkeypatch):
    """Execute a tutorial in its own folder, without changing the file."""
    scripts = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([scripts, os.environ["PATH"]]))
    monkeypatch.setenv("PLOOMBER_STATS_ENABLED", "false")

    def execute(name: str) -> nbformat.NotebookNode:
        notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
        resources = {"metadata": {"path": str(NOTEBOOKS)}}
        NotebookClient(notebook, timeout=600, resources=resources).execute()
        return notebook

    return execute


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_is_kept_without_outputs(path):
    cells = nbformat.read(path, as_version=4).cells

    assert [cell.id for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


@pytest.mark.build
def test_getting_started(run):
    text = shown(run("getting_started.ipynb"))

    assert "Proved: " in text
    assert "'different'" not in text
    assert "'threshold': 0.3" in text
