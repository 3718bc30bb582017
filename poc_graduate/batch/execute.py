"""One attempt at one run, from an empty folder to what is kept of it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

from poc_graduate.batch.failures import from_exception
from poc_graduate.batch.model import Outcome, Work
from poc_graduate.batch.watch import Watch

MADE = "made"
"""Folder of an attempt in which that is collected which will be published."""
OBSERVED = "POC_OBSERVED"
"""Where it is set, our own magics do nothing."""
WORK = "work"
"""Folder of an attempt in which it runs."""


def execute(work: Work) -> Outcome:
    """Run a notebook by papermill, or build a project by Ploomber, and collect what it left.

    The kernel is a process of its own; this one may go on to the next attempt. Whatever happens
    is in the outcome: nothing is raised but what ends this process.

    Args:
        work: What to run, with which parameters, within which limits.
    """
    # jsonschema compiles a grammar for a second; it does without where this is absent.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # A notebook that holds `%graduate batch` must not begin the next batch.
    os.environ[OBSERVED] = "1"
    from poc_graduate.batch import notebook, project

    run = notebook.run if work.kind == "notebook" else project.run
    folder = Path(work.folder)
    started, clock = time.time(), time.monotonic()
    outcome = Outcome(work.run, work.attempt, started=started, worker=f"process {os.getpid()}")
    with Watch(timeout=work.timeout, memory=work.memory) as watch:
        try:
            (folder / MADE).mkdir(parents=True)
            failure, metrics = run(work, folder / WORK, folder / MADE)
            outcome = replace(outcome, failure=failure, metrics=metrics)
        except Exception as error:  # a run of thousands must not end the others
            outcome = replace(outcome, failure=from_exception(error))
    if watch.verdict is not None:
        outcome = replace(outcome, failure=watch.verdict)
    if outcome.failure and not outcome.failure.place and work.kind == "notebook":
        cell = notebook.reached(work, folder / MADE)
        outcome = replace(outcome, failure=replace(outcome.failure, cell=cell))
    shutil.rmtree(folder / WORK, ignore_errors=True)
    made = str(folder / MADE) if _holds_something(folder / MADE) else ""
    seconds = time.monotonic() - clock
    return replace(outcome, made=made, seconds=seconds, peak=watch.peak)


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
