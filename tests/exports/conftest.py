"""Notebooks in a folder of their own, exported by the command line as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def write_notebook(folder: Path, *cells: str, name: str = "story.ipynb") -> Path:
    """A notebook with a heading before each cell."""
    written = []
    for number, cell in enumerate(cells):
        title = {"cell_type": "markdown", "id": f"t{number}", "metadata": {}}
        written.append({**title, "source": f"## Part {'abcdefgh'[number]}"})
        code = {"cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": []}
        written.append({**code, "execution_count": None, "source": cell})
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    record = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": written}
    path = folder / name
    path.write_text(json.dumps(record))
    return path


@pytest.fixture
def poc() -> Run:
    """Run `poc-graduate` in a process of its own."""

    def run(*arguments: object, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "poc_graduate", *map(str, arguments)]
        path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        return subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": path, "PLOOMBER_STATS_ENABLED": "false", **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
