"""Tests of the tasks together: what they leave, how long it may take, when they stop."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.generate.code import product_path
from poc_graduate.generate.imports import grouped
from poc_graduate.generate.project import Generated
from poc_graduate.notebook.quiet import Quiet
from poc_graduate.plan.settle import Settled

_FACTOR = 10
_MINUTES = (15, 120, 1440)
_COMPARED = ("pandas.", "numpy.ndarray", "builtins.")
_UNORDERED = ("set", "frozenset", "object")


@dataclass(frozen=True)
class FrameProduct:
    """A frame that a task leaves: its size in the prototype's run."""

    path: str
    rows: int
    columns: list[str]


@dataclass(frozen=True)
class Bad:
    """A data file, and the first task that reads it."""

    path: str
    task: str


@dataclass(frozen=True)
class Pipeline:
    """What fills `tests/integration/test_pipeline.py.jinja`.

    Attributes:
        package: The project's package.
        products: Paths of all products.
        frames: Those that are frames.
        repeated: Those that a second build gives alike.
        tasks: All tasks, in order.
        kernel: Whether each has to run in a kernel of its own: their code needs one, or changes
            the working folder.
        plots: Whether they may draw.
        bad: Files on which a task stops when they are empty.
        asides: Whether such a task may have put rows of another table aside before.
        budget: Seconds for a build from end to end.
        budget_from: Where that comes from.
    """

    package: str
    products: tuple[str, ...]
    frames: tuple[FrameProduct, ...]
    repeated: tuple[str, ...]
    tasks: list[str]
    kernel: bool
    plots: bool
    bad: tuple[Bad, ...]
    asides: bool
    budget: int
    budget_from: str

    @property
    def last(self) -> str:
        """The task that fails before the restart; empty for a single task."""
        return self.tasks[-1] if len(self.tasks) > 1 else ""

    @property
    def before(self) -> str:
        """The tasks that a restart leaves alone, as a set."""
        return "{" + ", ".join(f'"{task}"' for task in self.tasks[:-1]) + "}"

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines of its tests, sorted."""
        helpers = {"Built"}
        lines = ["import pytest"]
        lines += ["import pandas as pd"] if self.frames else []
        if self.repeated:
            helpers |= {"assert_same", "fresh"} | ({"build"} if self.kernel else set())
            lines += ["from pathlib import Path", f"from {self.package}.storage import load"]
        if self.repeated and not self.kernel:
            helpers |= {"as_script"}
            lines += ["import subprocess", "import sys"]
            lines += ["import os"] if self.plots else []
        if self.bad:
            helpers |= {"build", "fresh"}
            lines += ["from pathlib import Path"]
        return grouped([*lines, f"from conftest import {', '.join(helpers)}"], self.package)


def pipeline(
    settled: Settled,
    generated: Generated,
    built: Path,
    facts: RunFacts,
    evidence: Mapping[str, Any],
) -> Pipeline:
    """What the tests of the whole build know.

    Args:
        settled: The plan.
        generated: The project's files, and the tables that its tasks check.
        built: The folder of the build.
        facts: What the prototype's run showed.
        evidence: What `evidence/` found.
    """
    products: list[str] = []
    frames: list[FrameProduct] = []
    repeated: list[str] = []
    for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True):
        products.append(f"products/{stage.name}.ipynb")
        for kept in layout.keeps:
            path = product_path(stage.name, f"{kept.key}.{kept.format}")
            products.append(path)
            if kept.format == "parquet":
                frames.append(_frame(built, path))
            if stage is not settled.plan.stages[-1] and all(
                _repeats(facts, name, stage.cells[-1]) for name in kept.names
            ):
                repeated.append(path)
    tasks = [stage.name for stage in settled.plan.stages]
    files = generated.files
    scripts = [files[f"tasks/{task}.py"] for task in tasks]
    bad = tuple(Bad(path, task) for path, task in evidence.get("stops", ()))
    checking = Counter(one.stage for one in generated.checks)
    seconds, words = _budget(facts.seconds)
    return Pipeline(
        settled.plan.package,
        tuple(products),
        tuple(frames),
        tuple(repeated),
        tasks,
        any(needs_kernel(script) or "os.chdir(" in script for script in scripts),
        "matplotlib" in files["pyproject.toml"],
        bad,
        any(checking[one.task] > 1 for one in bad),
        seconds,
        words,
    )


def needs_kernel(script: str) -> bool:
    """Whether a task's code runs only where Jupyter has prepared its names."""
    if "get_ipython()" in script:
        return True
    try:
        with Quiet():
            compile(script, "<task>", "exec")
    except SyntaxError:  # `await` outside of a function
        return True
    return False


def _repeats(facts: RunFacts, name: str, cell: int) -> bool:
    """Whether two runs of the prototype gave a name the same value, of a kind that compares."""
    known = facts.latest(name, cell)
    if known is None:
        return False
    value = known.values[name]
    plain = value.kind.startswith(_COMPARED) and not value.kind.endswith(_UNORDERED)
    return plain and name not in known.nondeterministic and not value.opaque


def _budget(seconds: float) -> tuple[int, str]:
    """Ten times the prototype's run, rounded up so far that two exports say the same."""
    wanted = math.ceil(seconds * _FACTOR / 60)
    minutes = next((step for step in _MINUTES if step >= wanted), _MINUTES[-1])
    steps = "15 minutes, 2 hours or a day"
    return minutes * 60, f"{_FACTOR} × the prototype's run, rounded up to {steps}"


def _frame(built: Path, path: str) -> FrameProduct:
    import pyarrow.parquet as parquet

    table = parquet.read_schema(built / path)
    rows = parquet.read_metadata(built / path).num_rows
    labels = json.loads((table.metadata or {}).get(b"pandas", b"{}"))
    index = {name for name in labels.get("index_columns", []) if isinstance(name, str)}
    return FrameProduct(path, rows, [name for name in table.names if name not in index])
