"""Many notebooks checked, on all cores where that is worth it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.dataflow.kept import from_json, kept
from poc_graduate.errors import GraduateError, InputError, NoCode
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import read
from poc_graduate.rules.parsed import forget_cells
from poc_graduate.rules.run import check, rules
from poc_graduate.rules.survey import Checked

Progress = Callable[[str, int, int], None]
_WORTH_IT = 12
"""Notebooks for each process; to start one takes as long as to check some."""
_CHUNK = 16
_SELDOM = 200_000
"""Objects between two rounds of the cyclic collector: what a very long notebook is made of."""


@dataclass(frozen=True)
class Job:
    """One notebook to check.

    Attributes:
        path: Its file.
        codes: Rules to run.
        named: Somebody named this very file; one of text only that was come across is no notebook.
        facts: What an earlier run showed; by default what the last one left.
    """

    path: Path
    codes: frozenset[str]
    named: bool = True
    facts: Path | None = None


def cores() -> int:
    """Cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_many(
    jobs: Sequence[Job], *, processes: int = 1, progress: Progress | None = None
) -> tuple[Checked, ...]:
    """Look at notebooks, in their order; one that cannot be read hides no other.

    Args:
        jobs: The notebooks.
        processes: At most so many; fewer where there is little to do.
        progress: Called with a notebook's name, how many are done and of how many.

    Returns:
        One record a notebook; none for one of text only that was come across.
    """
    rules()  # before processes are made of this one
    processes = min(processes, -(-len(jobs) // _WORTH_IT))
    with _seldom_collected():
        if processes <= 1:
            found = _one_by_one(jobs, progress)
        else:
            found = _at_once(jobs, processes, progress)
    return tuple(one for one in found if one is not None)


def _one_by_one(jobs: Sequence[Job], progress: Progress | None) -> list[Checked | None]:
    found = []
    for number, job in enumerate(jobs):
        if progress is not None:
            progress(job.path.name, number, len(jobs))
        found.append(_look(job))
        if len(jobs) > _WORTH_IT:  # of a few, an editor or `--watch` may ask again
            forget_cells()
    return found


def _at_once(
    jobs: Sequence[Job], processes: int, progress: Progress | None
) -> list[Checked | None]:
    size = max(1, min(_CHUNK, len(jobs) // (4 * processes)))
    found: list[list[Checked | None]] = [[] for _ in range(0, len(jobs), size)]
    # A fork starts at once, but copies the locks that other threads hold.
    forks = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forks else "spawn")
    pool = ProcessPoolExecutor(processes, context, _begin)
    try:
        waiting = {
            pool.submit(_look_at_all, jobs[number * size : (number + 1) * size]): number
            for number in range(len(found))
        }
        done = 0
        for future in as_completed(waiting):
            number = waiting[future]
            found[number] = future.result()
            done += len(found[number])
            if progress is not None:
                progress(jobs[number * size].path.name, done, len(jobs))
    except BrokenProcessPool:
        raise GraduateError(
            "a process that checked notebooks was ended from outside, perhaps for want of memory",
            remedy="use `--jobs 1`",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [one for chunk in found for one in chunk]


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    gc.set_threshold(_SELDOM)
    gc.freeze()
    rules()


def _look_at_all(jobs: Sequence[Job]) -> list[Checked | None]:
    found = []
    for job in jobs:
        found.append(_look(job))
        forget_cells()
    return found


def _look(job: Job) -> Checked | None:
    name = job.path.name
    try:
        notebook = read(job.path, keep_broken=True)
        return Checked(job.path, check(notebook, job.codes, facts_of(notebook, job.facts)))
    except NoCode:
        # Text only: nothing to flag, and no reason to stop a commit that holds it.
        return Checked(job.path) if job.named else None
    except GraduateError as failure:
        return Checked(job.path, error=failure)
    except (RecursionError, MemoryError):
        error = InputError(f"{name} is nested too deeply to be looked at", remedy="split its cells")
    except Exception as defect:
        if os.environ.get("POC_GRADUATE_DEBUG"):
            raise
        error = InputError(
            f"{name} cannot be looked at for a defect of poc-graduate: "
            f"{type(defect).__name__}: {defect}",
            remedy="report it, please, with what POC_GRADUATE_DEBUG=1 shows",
        )
    return Checked(job.path, error=error)


def facts_of(notebook: Notebook, path: Path | None = None) -> RunFacts | None:
    """What a run of a notebook showed.

    Args:
        notebook: What was read.
        path: A record that `export` wrote; by default what the last observed run left.

    Raises:
        InputError: the record cannot be read, or is about other code.
    """
    if path is None:
        return kept(notebook)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise InputError(f"the facts {path} cannot be read: {unreadable}") from None
    facts = from_json(text, notebook, name=Path(path).name)
    if facts is None:
        raise InputError(
            f"{Path(path).name} is about other code than {notebook.name} holds now",
            remedy="run the notebook again with `poc-graduate export --facts FILE`",
        )
    return facts


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """With the cyclic collector held back: it would walk over the same trees again and again."""
    before = gc.get_threshold()
    gc.set_threshold(max(_SELDOM, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
