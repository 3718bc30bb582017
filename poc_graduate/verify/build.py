"""Build a project with plain Ploomber in a scratch copy, every task watched by the probe."""

from __future__ import annotations

import json
import math
import re
import select
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.errors import GraduateError, KernelError
from poc_graduate.observe.kernel import ATTEMPTS, PORT_TAKEN
from poc_graduate.observe.replay import RECORDS, CellRecord, probe_environment, read_records
from poc_graduate.observe.script import Script

_COLD: Mapping[str, list[list[str]]] = {}
_GLANCE = 0.1
"""Seconds between two looks at what a build has made."""


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


class Ploomber(Script):
    """Ploomber in a process of its own, which loads while others work.

    Args:
        scratch: An empty folder, for the records of the probe and for what Ploomber says.
        package: Name of the generated package.
        secrets: Environment variables that hold what the notebook's secrets were.
    """

    def __init__(
        self, scratch: Path, package: str, secrets: Mapping[str, str] | None = None
    ) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.watched = scratch / "probe"
        self.said = scratch / "said.txt"
        environment = {
            **probe_environment(self.watched, package),
            **(secrets or {}),
            "PLOOMBER_STATS_ENABLED": "false",
            "PYTHONHASHSEED": "31",
        }
        script = Path(__file__).with_name("standby.py")
        sockets = (str(scratch / "zygotes"),)
        super().__init__(script, environment, arguments=sockets, answers=True)

    def __enter__(self) -> Ploomber:
        super().__enter__()
        return self

    def build(
        self,
        folder: Path,
        timeout: float | None,
        chains: Mapping[str, list[list[str]]],
        meanwhile: Callable[[], None],
    ) -> tuple[int, str]:
        """Run `ploomber build --force` in a folder: its exit status and what it said.

        Args:
            folder: A project.
            timeout: Seconds that it may take.
            chains: Task → modules that its kernel may have imported already (`warm.chains`).
            meanwhile: Called again and again until it has ended.

        Raises:
            GraduateError: Ploomber is not installed, or did not end in time.
        """
        assert self.process.stdout is not None
        for path in (self.watched / RECORDS).glob("*"):
            path.unlink()
        self.said.unlink(missing_ok=True)
        self.ask({"folder": str(folder), "said": str(self.said), "chains": dict(chains)})
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while not select.select([self.process.stdout], [], [], _GLANCE)[0]:
            if time.monotonic() > deadline:
                raise GraduateError(
                    f"the pipeline did not end within {timeout:.0f} s", remedy="raise --timeout"
                )
            meanwhile()
        status = self.process.stdout.readline().strip()
        if not status:
            _, said = self.process.communicate()
            raise GraduateError(
                f"Ploomber does not start: {_tail(said, lines=1)}",
                remedy=f"check that `{Path(sys.executable).with_name('ploomber')} --version` works",
            )
        return int(status), self.said.read_text(encoding="utf-8", errors="replace")


def build(
    folder: Path,
    *,
    ploomber: Ploomber,
    stages: tuple[str, ...],
    timeout: float | None = None,
    chains: Mapping[str, list[list[str]]] = _COLD,
    meanwhile: Callable[[], None] = lambda: None,
) -> Built:
    """Run `ploomber build --force` in `folder` and collect what happened.

    Args:
        folder: The project, a scratch copy.
        ploomber: Who builds.
        stages: Its tasks.
        timeout: Seconds that it may take.
        chains: Task → modules that its kernel may have imported already (`warm.chains`); by
            default every kernel is a process of its own from its first instruction.
        meanwhile: Called again and again while it goes on.

    Raises:
        GraduateError: Ploomber is not installed, or did not end in time.
    """
    start = time.monotonic()
    for _ in range(ATTEMPTS):
        status, said = ploomber.build(folder, timeout, chains, meanwhile)
        if not status or PORT_TAKEN not in said:
            break
    try:
        kernels = read_records(ploomber.watched)
    except KernelError:
        if not status:
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
    if status and not failed:
        match = re.search(r"Error building task '([^']+)'", said)
        failed = match.group(1) if match else stages[0]
    if not status:
        failed = ""
    return Built(folder, tasks, failed, _tail(said) if failed else "", time.monotonic() - start)


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
