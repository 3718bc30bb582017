"""Runs a project's tests over mutants, each in a fork of a process that has loaded the libraries.

This file is run as a script, in a process of its own, in a copy of the project, without importing
poc_graduate. It reads one JSON record on its standard input and writes one line of JSON for each
mutant on its standard output.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the modules beside this script must not hide those of the same name

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import select
import signal
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """One module whose text is not what its file says."""

    def __init__(self, module: str, path: str, text: str) -> None:
        self.module, self.path, self.text = module, path, text

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        """The module's spec; None for every other one."""
        if name != self.module:
            return None
        spec = importlib.machinery.ModuleSpec(name, self, origin=self.path)
        spec.has_location = True
        return spec

    def get_source(self, fullname: str) -> str:
        """The text with the mistake in it."""
        return self.text


class Failures:
    """Pytest plugin: which tests ran, and which of them failed."""

    def __init__(self, seed: int | None = None) -> None:
        self.passed: list[str] = []
        self.failed: list[str] = []
        self.seed = seed

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest after each part of a test."""
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.when == "call":
            self.passed.append(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        """Called by pytest where a file could not be read: each of its tests fails."""
        if report.failed:
            self.failed.append(report.nodeid)


def tests(folder: str) -> Failures:
    """Run the tests below a folder, quietly."""
    seen = Failures()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        pytest.main([folder, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"], plugins=[seen])
    return seen


def trial(folder: str, mutant: dict[str, Any], patience: float) -> dict[str, Any]:
    """What the tests say of one mutant."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setsid()
        _silence()
        sys.meta_path.insert(0, Mutated(mutant["name"], mutant["path"], mutant["text"]))
        seen = tests(folder)
        with os.fdopen(writing, "w") as answer:
            json.dump({"failed": seen.failed, "passed": seen.passed}, answer)
        os._exit(0)
    os.close(writing)
    text = _read(reading, patience)
    if text is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        return dict(json.loads(text or ""))
    except ValueError:  # it did not end in time, or ended the process
        return {"failed": [], "passed": [], "ended": "too late" if text is None else "crashed"}


def _read(reading: int, patience: float) -> str | None:
    """What the child wrote; None where it does not end in time."""
    parts: list[bytes] = []
    deadline = time.monotonic() + patience
    with os.fdopen(reading, "rb") as stream:
        while True:
            ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return None
            part = os.read(stream.fileno(), 65536)
            if not part:
                return b"".join(parts).decode("utf-8", "replace")
            parts.append(part)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def main() -> None:
    """Answer each mutant, the first line being what the tests say of the unchanged project."""
    order = json.load(sys.stdin)
    os.chdir(order["project"])
    sys.path.insert(0, str(Path(order["project"]) / "src"))
    for library in order["libraries"]:
        with contextlib.suppress(Exception):
            importlib.import_module(library)
    started = time.monotonic()
    unchanged = {"name": "", "path": "", "text": ""}
    print(json.dumps(trial(order["tests"], unchanged, order["patience"])), flush=True)
    patience = min(order["patience"], 10 + 5 * (time.monotonic() - started))
    for mutant in order["mutants"]:
        print(json.dumps(trial(order["tests"], mutant, patience)), flush=True)


if __name__ == "__main__":
    main()
