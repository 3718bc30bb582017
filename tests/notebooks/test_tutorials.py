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
def test_from_prototype_to_pipeline(run):
    text = shown(run("from-prototype-to-pipeline.ipynb"))

    assert "Proved: " in text
    assert "'different'" not in text
    assert "'threshold': 0.3" in text


@pytest.mark.kernel
def test_flags_live(run):
    cells = [cell for cell in run("flags-live.ipynb").cells if cell.cell_type == "code"]
    said = [shown(nbformat.v4.new_notebook(cells=[cell])) for cell in cells]

    assert "POC102" in said[1]
    assert "rows [3, 7] are dropped by hand" in said[2]
    assert "loses 115 of 2,623 rows" in said[4]
    assert "POC" not in said[5]
    assert "POC2" not in said[6]  # silenced
    assert "# POC202" in said[7]


@pytest.mark.kernel
def test_reading_a_certificate(run):
    text = shown(run("reading-a-certificate.ipynb"))

    assert "'equal': " in text
    assert "'different'" not in text
