"""Build a project with Ploomber in a process of its own, and say what happened."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.errors import InputError, TaskFailed
from poc_graduate.kernels.imports import chained, leading
from poc_graduate.pipelines.watched import PIPELINE, Watched

_SCRIPT = Path(__file__).with_name("process.py")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_BEGINS = re.compile(r"Building task '([^']+)': +\d+%\S* +(\d+)/(\d+)")
_REPORTED = re.compile(r"^(\S+) +(True|False) +[\d.]+ +\S+$", re.MULTILINE)
_TASK = re.compile(r"Error (?:building|when executing) task ['\"]([^'\"]+)['\"]")
_CELL = re.compile(r'Exception encountered at "In \[(\d+)\]":')
_ERROR = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Warning|Exit|Stop\w*)\b.*$")
_CHUNK = 1 << 12


@dataclass(frozen=True)
class Built:
    """A build.

    Attributes:
        ran: Tasks that ran, in order; none where nothing had changed.
        current: How many were up to date.
        seconds: Wall time.
    """

    ran: tuple[str, ...]
    current: int
    seconds: float


def build(
    project: Path,
    files: Watched | None,
    *,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Built:
    """Run the tasks that are not up to date, each in a kernel that has its libraries already.

    Args:
        project: Folder of a project.
        files: Of that project; None where only Ploomber can read it.
        force: Run all of them.
        progress: Called when a task begins.

    Raises:
        TaskFailed: a task failed; those before it are done, and are not run again.
        InputError: Ploomber cannot read the project.
    """
    start = time.monotonic()
    chains = warm_chains(project, files) if files is not None else {}
    options = ["--force"] if force else []
    plain = files is not None and files.plain
    given = [json.dumps(chains), json.dumps(plain), *options]
    command = [sys.executable, "-P", str(_SCRIPT), *given]
    said = ""
    with subprocess.Popen(
        command, cwd=project, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        handle = process.stdout.fileno()
        while chunk := os.read(handle, _CHUNK):
            text = chunk.decode("utf-8", errors="replace")
            said += text
            if progress is not None and (begun := _BEGINS.findall(text)):
                progress(f"task {begun[-1][0]}", int(begun[-1][1]), int(begun[-1][2]))
    said = _COLOURS.sub("", said)
    if process.returncode:
        raise _failure(project, said)
    rows = _REPORTED.findall(said)
    ran = tuple(name for name, done in rows if done == "True")
    return Built(ran, len(rows) - len(ran), time.monotonic() - start)


def warm_chains(project: Path, files: Watched) -> Mapping[str, list[list[str]]]:
    """Task → what its kernel may have imported before it begins.

    Args:
        project: Folder of a project.
        files: Of that project.
    """
    try:
        texts = {
            os.path.relpath(path, project): path.read_text(encoding="utf-8")
            for path in files.inputs
            if path.suffix == ".py"
        }
        return chained(
            {name: leading(texts, os.path.relpath(p, project)) for name, p in files.tasks.items()}
        )
    except (OSError, ValueError, SyntaxError):
        return {}  # the kernel tells what is wrong with a file


def _failure(project: Path, said: str) -> TaskFailed | InputError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    named = _TASK.findall(said)
    if not named:
        told = [line for line in lines if _ERROR.match(line)] or lines or ["it said nothing"]
        return InputError(
            f"Ploomber cannot build {project}: {told[-1]}", remedy=f"check its {PIPELINE}"
        )
    task = named[-1]
    cell = _CELL.search(said)
    behind = said[cell.end() :] if cell else said
    end = _TASK.search(behind)
    where = f"task {task}, In [{cell.group(1)}]" if cell else f"task {task}"
    return TaskFailed(
        f"{where}: {_raised((behind[: end.start()] if end else behind).splitlines())}",
        remedy=f"see products/{task}.ipynb; the next build goes on with this task",
    )


def _raised(lines: list[str]) -> str:
    """The last error in them, with the indented lines of its message."""
    found = [
        number
        for number, line in enumerate(lines)
        if _ERROR.match(line) and "Traceback" not in line and "TaskBuildError" not in line
    ]
    if not found:
        return "it failed"
    further = itertools.takewhile(lambda line: line.startswith("  "), lines[found[-1] + 1 :])
    return "\n".join([lines[found[-1]], *further])
