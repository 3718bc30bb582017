"""Samples of the prototype's run, and one build for every test that needs products."""

import pickle
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

PROJECT = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "unit" / "samples"


def sample(function: str, name: str) -> Any:
    """An argument of a function, or its result, kept from the prototype's data."""
    path = SAMPLES / function / name
    if path.with_suffix(".parquet").exists():
        return pd.read_parquet(path.with_suffix(".parquet"))
    return pickle.loads(path.with_suffix(".pickle").read_bytes())


def assert_same(actual: Any, expected: Any) -> None:
    """Equal in type and value, whatever it is; floats to nine digits."""
    assert type(actual) is type(expected)
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(actual, expected, rtol=1e-9)
        return
    if isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(actual, expected, rtol=1e-9)
        return
    if isinstance(expected, pd.Index):
        pd.testing.assert_index_equal(actual, expected)
        return
    if isinstance(expected, np.ndarray) and expected.dtype.kind in "fc":
        np.testing.assert_allclose(actual, expected, rtol=1e-9)
        return
    if isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(actual, expected)
        return
    if isinstance(expected, list | tuple):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, dict):
        assert list(actual) == list(expected)
        for key in expected:
            assert_same(actual[key], expected[key])
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-9, nan_ok=True)
    elif type(expected).__eq__ is object.__eq__ and hasattr(expected, "__dict__"):
        assert_same(vars(actual), vars(expected))
    else:
        assert actual == expected


def touched(before: pd.DataFrame, after: pd.DataFrame) -> tuple[int, int]:
    """Rows that a step leaves out, and values that it changes in the rows that it keeps."""
    columns = [name for name in before.columns if name in after.columns]
    rows = before.index.intersection(after.index)
    was, now = before.loc[rows, columns], after.loc[rows, columns]
    changed = (was.astype(object) != now.astype(object)) & ~(was.isna() & now.isna())
    return len(before) - len(rows), int(changed.to_numpy().sum())


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test starts from the same state of the random generators."""
    random.seed(0)
    np.random.seed(0)


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
