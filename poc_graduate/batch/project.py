"""One attempt at a project: Ploomber builds a copy of it whose `env.yaml` has the parameters."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from poc_graduate.batch.failures import cause_of, from_cells
from poc_graduate.batch.metrics import entries
from poc_graduate.batch.model import Failure, Parameters, Value, Work
from poc_graduate.batch.workspace import keep, of_project, spoilt
from poc_graduate.errors import InputError

ENV = "env.yaml"
PRODUCTS = "products"
SAID = "build.log"
# As the command `ploomber` does; without a grammar that jsonschema compiles for a second.
_PLOOMBER = (
    "import sys; sys.modules.setdefault('rfc3987_syntax', None); sys.path[:1] = []\n"
    "from ploomber_cli.cli import cmd_router; cmd_router()"
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_RAISED = re.compile(
    r"^(?:[\w.]+\.)?([A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit))(?:: (.*))?$"
)
_TASK = re.compile(r"^(?:-+ )?\w+: (\S+) -> ", re.MULTILINE)

Ran = tuple[Failure | None, dict[str, Value]]


def run(work: Work, folder: Path, made: Path) -> Ran:
    """Build the project with its parameters in a copy of its folder.

    Args:
        work: The attempt.
        folder: Where it may run; it does not exist yet.
        made: Where what it leaves is collected.

    Returns:
        Why it failed, or None; and its metrics.
    """
    scratch = of_project(work, folder)
    set_parameters(scratch.folder / ENV, work.parameters)
    said = made / SAID
    before = Path(work.earlier, PRODUCTS) if work.earlier else None
    if before is not None and before.is_dir():
        shutil.copytree(before, scratch.folder / PRODUCTS, dirs_exist_ok=True)
        status = build(scratch.folder, said)  # at the task that failed: the others are up to date
    else:
        status = build(scratch.folder, said, "--force")
    failure = _failure(scratch.folder, said) if status else spoilt(scratch)
    if failure is None:
        said.unlink()
    files = list(keep(scratch, made))
    return failure, entries(files, made)


def set_parameters(path: Path, parameters: Parameters) -> None:
    """Write parameters into an `env.yaml`; the types stay what they are.

    Args:
        path: The file.
        parameters: Name → value.
    """
    import yaml

    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(record, dict):
        raise InputError(f"{path.name} holds no parameters")
    text = yaml.safe_dump({**record, **parameters}, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def build(folder: Path, said: Path, *options: str) -> int:
    """Run Ploomber in a folder; its exit status.

    Args:
        folder: A copy of a project.
        said: File for what it prints.
        options: Of `ploomber build`.
    """
    environment = {**os.environ, "PLOOMBER_STATS_ENABLED": "false"}
    with open(said, "wb") as log:
        return subprocess.run(
            [sys.executable, "-c", _PLOOMBER, "build", *options],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def _failure(folder: Path, said: Path) -> Failure:
    text = _COLOURS.sub("", said.read_text(encoding="utf-8", errors="replace"))
    found = _TASK.search(text)
    task = found[1] if found else ""
    executed = folder / "products" / f"{task}.ipynb"
    if task and executed.is_file():
        shown = from_cells(json.loads(executed.read_text(encoding="utf-8"))["cells"])
        if shown is not None:
            return Failure(
                shown.cause, shown.error, shown.message, shown.cell, shown.line, task, shown.source
            )
    raised = [match for line in text.splitlines() if (match := _RAISED.match(line.strip()))]
    # Ploomber repeats the error of a task inside errors of its own.
    ours = ("DAGBuildError", "TaskBuildError", "PapermillExecutionError")
    of_code = [match for match in raised if match[1] not in ours]
    if not of_code:
        return Failure("setup", "Ploomber failed", _last(text), task=task)
    name, message = of_code[0][1], of_code[0][2] or ""
    return Failure(cause_of(name, message), name, message, task=task)


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
