"""Samples of the prototype's run, and one build for every test that needs products."""

import pickle  # noqa: F401
import random  # noqa: F401
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any  # noqa: F401

import numpy as np  # noqa: F401
import pandas as pd  # noqa: F401
import pytest

PROJECT = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "unit" / "samples"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fresh copy of the project in which every task has run."""
    project = tmp_path_factory.mktemp("built") / PROJECT.name
    leave = shutil.ignore_patterns("products", ".*", "__pycache__", "graduation")
    shutil.copytree(PROJECT, project, ignore=leave)
    ploomber = "from ploomber_cli.cli import cmd_router; cmd_router()"
    result = subprocess.run(
        [sys.executable, "-c", ploomber, "build", "--force"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:]
    return project
