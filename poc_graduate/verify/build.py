"""Build a project with plain Ploomber in a scratch copy, every task watched by the probe."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.errors import GraduateError, KernelError
from poc_graduate.observe.kernel import ATTEMPTS, PORT_TAKEN
from poc_graduate.observe.replay import CellRecord, probe_environment, read_records


@dataclass(frozen=True)
class TaskRun:
    """What one task did.

    Attributes:
        name: Task name.
        cells: Source and outputs of each code cell of its executed notebook, in order, the
            injected parameters included.
        records: What the probe saw after each of them.
    """

    name: str
    cells: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    records: tuple[CellRecord, ...]


@dataclass(frozen=True)
class Built:
    """A build.

    Attributes:
        folder: The scratch copy that was built.
        tasks: Tasks that ran, by name.
        failed: Task that failed; empty where all passed.
        error: Last lines of the error.
        seconds: Wall time.
    """

    folder: Path
    tasks: Mapping[str, TaskRun]
    failed: str = ""
    error: str = ""
    seconds: float = 0.0


def build(
    folder: Path, *, package: str, stages: tuple[str, ...], timeout: float | None = None
) -> Built:
    """Run `ploomber build --force` in `folder` and collect what happened.

    Raises:
        GraduateError: Ploomber is not installed, or did not end in time.
    """
    watched = folder.parent / f"{folder.name}-probe"
    start = time.monotonic()
    for attempt in range(ATTEMPTS):
        done = _ploomber(folder, watched, package, timeout)
        said = done.stdout + done.stderr
        if not done.returncode or PORT_TAKEN not in said or attempt == ATTEMPTS - 1:
            break
    try:
        kernels = read_records(watched)
    except KernelError:
        if not done.returncode:
            raise
        kernels = []  # Ploomber refused the tasks before it ran any
    records = {
        task: tuple(found)
        for found in kernels
        if (task := _task_of(found, folder, stages)) is not None
    }
    tasks: dict[str, TaskRun] = {}
    failed = ""
    for stage in stages:
        path = folder / "products" / f"{stage}.ipynb"
        if not path.exists():
            failed = failed or stage
            continue
        tasks[stage] = TaskRun(stage, _executed(path), records.get(stage, ()))
    if done.returncode and not failed:
        match = re.search(r"Error building task '([^']+)'", said)
        failed = match.group(1) if match else stages[0]
    if not done.returncode:
        failed = ""
    return Built(folder, tasks, failed, _tail(said) if failed else "", time.monotonic() - start)


def _ploomber(
    folder: Path, watched: Path, package: str, timeout: float | None
) -> subprocess.CompletedProcess[str]:
    shutil.rmtree(watched, ignore_errors=True)
    watched.mkdir()
    environment = {
        **probe_environment(watched, package),
        "PLOOMBER_STATS_ENABLED": "false",
        "PYTHONHASHSEED": "31",
    }
    try:
        return subprocess.run(
            [sys.executable, "-c", _PLOOMBER, "build", "--force"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise GraduateError(
            f"the pipeline did not end within {slow.timeout:.0f} s", remedy="raise --timeout"
        ) from None


# The stub saves Ploomber a second at each start (jsonschema compiles a grammar that nobody uses).
_PLOOMBER = (
    "import sys; sys.modules['rfc3987_syntax'] = None; "
    "from ploomber_cli.cli import cmd_router; sys.argv[0] = 'ploomber'; cmd_router()"
)


def _task_of(records: list[CellRecord], folder: Path, stages: tuple[str, ...]) -> str | None:
    """The task of a kernel process: its injected parameters name its notebook."""
    for record in records:
        match = re.search(r'^product = .*?/products/(\w+)\.ipynb"', record.source, re.MULTILINE)
        if match and match.group(1) in stages and str(folder) in match.group(0):
            return match.group(1)
    return None


def _executed(path: Path) -> tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = cell["source"]
            text = source if isinstance(source, str) else "".join(source)
            cells.append((text, tuple(cell.get("outputs", ()))))
    return tuple(cells)


def _tail(said: str, lines: int = 60) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", said)
    kept = [line for line in text.splitlines() if line.strip() and "it/s]" not in line]
    return "\n".join(kept[-lines:])
