"""Runs a project's tests and contracts in forks of a process that has loaded the libraries.

This file is run as a script, in a process of its own, without importing poc_graduate. The first
line of JSON on its standard input lists the libraries. Each other one is a request: for trials of
tests, which are answered by a line for the unchanged project and one for each mutant; or for what
contracts let through, which is answered by one line.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the modules beside this script must not hide those of the same name

import contextlib
import functools
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
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any


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

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.failed: list[str] = []

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


def tests(paths: list[str]) -> dict[str, Any]:
    """Run tests, quietly: which failed, and which passed."""
    import pytest

    seen = Failures()
    said = io.StringIO()
    options = "-q --tb=no --continue-on-collection-errors -p no:cacheprovider -p no:randomly"
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        pytest.main([*paths, *options.split(), "-p", "no:xdist"], plugins=[seen])
    return {"failed": seen.failed, "passed": seen.passed}


def trial(paths: list[str], mutant: dict[str, Any]) -> dict[str, Any]:
    """What the tests say of one mutant."""
    sys.meta_path.insert(0, Mutated(mutant["name"], mutant["path"], mutant["text"]))
    return tests(paths)


def admitted(package: str, tables: list[list[str]]) -> dict[str, str]:
    """Schemas of tables that their contracts do not let through → why."""
    path = Path(__file__).parents[1] / "admitted.py"
    found = importlib.util.spec_from_file_location("admitted", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    refused: dict[str, str] = module.refused(package, tables)
    return refused


def forked(project: str, work: Callable[[], dict[str, Any]], patience: float) -> dict[str, Any]:
    """What some work in a project's folder gives, in a process that it cannot leave changed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setsid()
        _silence()
        os.chdir(project)
        sys.path.insert(0, str(Path(project) / "src"))
        answer = work()
        with os.fdopen(writing, "w") as stream:
            json.dump(answer, stream)
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


def answers(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One for each line that a request is answered with."""
    run = functools.partial(forked, asked["project"])
    if "tables" in asked:
        work = functools.partial(admitted, asked["package"], asked["tables"])
        yield run(work, asked["patience"])
        return
    started = time.monotonic()
    yield run(functools.partial(tests, asked["tests"]), asked["patience"])
    patience = min(asked["patience"], 10 + 5 * (time.monotonic() - started))
    for mutant in asked["mutants"]:
        yield run(functools.partial(trial, asked["tests"], mutant), patience)


def main() -> None:
    """Load, then answer each request."""
    for library in ["pytest", *json.loads(sys.stdin.readline())]:
        with contextlib.suppress(Exception):
            importlib.import_module(library)
    for line in sys.stdin:
        for answer in answers(json.loads(line)):
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
