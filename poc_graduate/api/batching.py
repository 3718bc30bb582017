"""The verb batch: one notebook or project, run once for each of many parameters."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate import __version__
from poc_graduate.errors import CutShort, InputError

if TYPE_CHECKING:
    from poc_graduate.api.exporting import Progress
    from poc_graduate.batch.conduct import Standing
    from poc_graduate.batch.declared import Parameters
    from poc_graduate.batch.executor import Executor
    from poc_graduate.batch.grid import Grid
    from poc_graduate.batch.inputs import Inputs
    from poc_graduate.batch.journal import Journal
    from poc_graduate.batch.model import Kind
    from poc_graduate.batch.records import Planned
    from poc_graduate.batch.summary import Status, Summary
    from poc_graduate.kernels.parent import Warm
    from poc_graduate.notebook.model import Notebook

_NAMED = ("papermill", "ploomber", "ipykernel", "numpy", "pandas", "pyarrow", "scikit-learn")
_IDLE = 86_400.0
DASK = "dask"
_OURS = frozenset({"batch.lock", ".unfinished"})
"""What a batch that was cut off before it planned anything may leave."""


def batch(
    source: str | Path,
    *,
    grid: str | Path,
    to: str | Path,
    workers: int | None = None,
    on: str | None = None,
    resume: bool = False,
    retries: int = 2,
    timeout: float | None = None,
    memory: int | None = None,
    fail_fast: bool = False,
    warm: bool = True,
    engine: str | None = None,
    options: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
) -> Summary:
    """Run a notebook by papermill, or build a project by Ploomber, for each run of a grid.

    Args:
        source: A notebook with a cell tagged `parameters`, or the folder of a project.
        grid: A YAML file; see docs/batch.md.
        to: Folder of the batch: a new one, or with `resume` that of an earlier one.
        workers: Processes; as many as there are processors by default.
        on: `dask` for workers of Dask on this machine, or the address of a scheduler
            (`tcp://host:8786`), whose workers see the same files; this machine by default.
        resume: Do what is not done, or rests on inputs that have changed since.
        retries: How often a run is tried again whose failure may pass.
        timeout: Seconds that one run may take.
        memory: Bytes that one run's processes may hold.
        fail_fast: Begin nothing more once a run has failed.
        warm: Fork a notebook's kernels from a process that has imported its libraries, where that
            shows nothing else than fresh ones; see docs/warm-kernels.md.
        engine: Papermill's engine, in place of that.
        options: Further keyword arguments of `papermill.execute_notebook`.
        executor: Where runs are executed, in place of local workers.
        progress: Called with how far it is.
        tell: Called with sentences for the user.

    Returns:
        What came of it: counts, failures by cause, the slowest runs.

    Raises:
        InputError: the notebook, grid or folder cannot be used; nothing has been started then.
        CutShort: the disk is full, or the notebook was changed meanwhile; what is done stays done.
    """
    _need_papermill()
    _need_dask(on)
    from poc_graduate.batch.conduct import Conductor, Orders
    from poc_graduate.batch.journal import Journal
    from poc_graduate.batch.lock import locked
    from poc_graduate.batch.publish import UNFINISHED, finish
    from poc_graduate.batch.results import write_results
    from poc_graduate.batch.stopping import Stop
    from poc_graduate.batch.summary import summary_of

    path, folder = Path(source).resolve(), Path(to).resolve()
    kind, notebook, runs = _what(path, Path(grid))
    _refuse_folder(folder, resume=resume)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        _refuse_folder(folder, resume=resume)
        with _room(folder), Journal(folder, write=True) as journal:
            _refuse_other(journal, path, kind)
            finish(folder, journal)
            about = {"source": str(path), "kind": kind, "grid": Path(grid).name}
            about["varied"] = "\n".join(runs.varied)
            journal.begin(versions(), socket.gethostname(), os.getpid(), **about)
            inputs = _inputs(path, kind, notebook, folder)
            journal.plan(_planned(runs, inputs), _there(folder) if executor is None else _always)
            (folder / UNFINISHED).mkdir(exist_ok=True)
            pool = executor or _executor(on, folder, workers or processors())
            forks = notebook if warm and engine is None and executor is None else None
            with Stop(tell) as stop, _kernels(forks, on) as kernels, pool:
                orders = Orders(
                    kind, path, retries, timeout, memory, fail_fast,
                    engine or kernels.engine, {**kernels.options, **(options or {})},
                )  # fmt: skip
                watcher = _watcher(progress)
                conductor = Conductor(folder, journal, orders, pool, stop, watcher, inputs.changed)
                how = conductor.run()
            if how == "disk full":
                raise _full(folder, conductor.full)
            finish(folder, journal)
            journal.end(how)
            write_results(folder, journal)
            if conductor.spoilt is not None:
                raise CutShort(
                    f"{conductor.spoilt} was changed while the batch was at work",
                    remedy="call `batch` again with --resume: what rests on it is done again",
                )
            return summary_of(Path(to), journal, at_work=False)


def _executor(on: str | None, folder: Path, workers: int) -> Executor:
    if on is None:
        from poc_graduate.batch.pool import Pool
        from poc_graduate.batch.publish import UNFINISHED

        return Pool(workers, folder / UNFINISHED)
    from poc_graduate.batch.on_dask import Dask

    return Dask(folder, None if on == DASK else on, workers)


def batch_status(folder: str | Path) -> Status:
    """How far a batch is, whoever is at work on it.

    Raises:
        InputError: the folder holds no batch.
    """
    from poc_graduate.batch.summary import status

    return status(Path(folder))


def batch_summary(folder: str | Path) -> Summary:
    """What came of a batch so far.

    Raises:
        InputError: the folder holds no batch.
    """
    from poc_graduate.batch.summary import summary

    return summary(Path(folder))


def batch_page(folder: str | Path, *, metrics: Sequence[str] = ()) -> str:
    """A batch as one page of HTML, with links relative to its folder.

    Args:
        folder: Its folder.
        metrics: Only these; by default the first few that are numbers.

    Raises:
        InputError: the folder holds no batch, or no run has such a metric.
    """
    from poc_graduate.batch.grouped import axes
    from poc_graduate.batch.grouped import metrics as over_grid
    from poc_graduate.batch.journal import Journal
    from poc_graduate.report.batch_html import batch_html

    found = batch_summary(folder)
    with Journal(Path(folder)) as journal:
        varied = journal.about("varied").split("\n")
        over = axes(journal.rows(), varied)
        drawn = over_grid(journal.rows("done"), over, metrics)
        missing = [name for name in metrics if name not in {one.name for one in drawn}]
        known = over_grid(journal.rows("done"), over) if missing else []
    if missing:
        there = ", ".join(one.name for one in known)
        raise InputError(
            f"no run has a number called {missing[0]!r}",
            remedy=f"there are {there}" if there else "runs record them by scraps or metrics.json",
        )
    return batch_html(found, over, drawn)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Of what runs notebooks here."""
    found = {"python": platform.python_version(), "poc-graduate": __version__}
    for name in _NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _what(path: Path, grid: Path) -> tuple[Kind, Notebook | None, Grid]:
    """What is to be run: everything about it is checked here."""
    from poc_graduate.batch import declared
    from poc_graduate.batch.grid import read_grid
    from poc_graduate.notebook.read import read

    notebook, known = None, None
    if path.is_dir():
        known = declared.of_project(path)
    else:
        notebook = read(path)
        known = declared.of_notebook(notebook)
    runs = read_grid(grid, _types(known))
    declared.check(runs, known, path.name)
    return ("project" if notebook is None else "notebook"), notebook, runs


def _types(known: Parameters) -> dict[str, str]:
    return {name: one.type for name, one in known.items()}


def _refuse_folder(folder: Path, *, resume: bool) -> None:
    from poc_graduate.batch.workspace import JOURNAL

    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"{folder} is a file", remedy="give a folder that does not exist yet")
    if (folder / JOURNAL).exists():
        if not resume and not _empty(folder):
            raise InputError(
                f"{folder} holds a batch already",
                remedy="go on with it by --resume, or give a new folder",
            )
    elif any(entry.name not in _OURS for entry in folder.iterdir()):
        raise InputError(f"{folder} is not empty", remedy="give a new folder")


def _empty(folder: Path) -> bool:
    """Whether a batch was cut off before it had planned anything."""
    from poc_graduate.batch.journal import Journal

    try:
        with Journal(folder) as journal:
            return not journal.counts()
    except InputError:  # it has no tables yet; a damaged one is refused when it is opened
        return True


def _refuse_other(journal: Journal, path: Path, kind: Kind) -> None:
    before = journal.about("source")
    if before and (Path(before).name, journal.about("kind")) != (path.name, kind):
        raise InputError(
            f"the folder holds a batch of {Path(before).name}, not of {path.name}",
            remedy="give a new folder",
        )


def _inputs(path: Path, kind: Kind, notebook: Notebook | None, folder: Path) -> Inputs:
    from poc_graduate.batch.inputs import Inputs

    return Inputs(path, kind, notebook, folder)


def _planned(runs: Grid, inputs: Inputs) -> Iterator[Planned]:
    from poc_graduate.batch.naming import key_of, name_of
    from poc_graduate.batch.records import Planned

    varied = runs.varied
    for number, parameters in enumerate(runs, 1):
        name = name_of({one: parameters[one] for one in varied})
        yield Planned(key_of(parameters), number, parameters, name, inputs.of(parameters))


@contextlib.contextmanager
def _room(folder: Path) -> Iterator[None]:
    """Say it in a sentence where the disk is full for the batch itself, too."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" not in str(error):
            raise
        raise _full(folder) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _full(folder) from None


def _full(folder: Path, said: str = "") -> CutShort:
    where = f"of {folder}" + (f", or of what a run wrote to ({said})" if said else "")
    return CutShort(
        f"no space is left on the disk {where}",
        remedy="make room, then call `batch` again with --resume: what is done stays done",
    )


def _there(folder: Path) -> Callable[[str], bool]:
    """Whether the folder of a run that is done is still there."""
    from poc_graduate.batch.publish import DONE

    runs = folder / DONE
    found = set(os.listdir(runs)) if runs.is_dir() else set()
    return found.__contains__


def _always(path: str) -> bool:
    """Another executor may leave nothing on this machine."""
    return True


@contextlib.contextmanager
def _kernels(notebook: Notebook | None, on: str | None) -> Iterator[Warm]:
    """What papermill is given, so that kernels of a notebook are forks; nothing without one."""
    from poc_graduate.batch.execute import OBSERVED
    from poc_graduate.kernels.imports import of_cells
    from poc_graduate.kernels.parent import ENGINE, Warm, warm_parent

    if notebook is None or on is not None:
        # On other machines each worker has a parent of its own, which learns from the notebook.
        yield Warm(None if notebook is None else ENGINE, {})
        return
    modules = of_cells(cell.source for cell in notebook.code_cells)
    with warm_parent(modules, idle=_IDLE, variables={OBSERVED: "1"}) as warm:
        yield warm


def _watcher(progress: Progress | None) -> Callable[[Standing], None]:
    def watch(at: Standing) -> None:
        if progress is not None:
            progress(said(at), at.done + at.failed, at.planned)

    return watch


def said(at: Standing) -> str:
    """`12 of 40 runs, 1 failed, 34 a minute, ends 14:05`."""
    parts = [f"{at.done + at.failed:,} of {at.planned:,} runs"]
    if at.failed:
        parts.append(f"{at.failed:,} failed")
    if at.left is not None:
        parts.append(f"{at.rate:,.0f} a minute")
        form = "%H:%M" if at.left < 20 * 3600 else "%d %b %H:%M"
        parts.append(f"ends {time.strftime(form, time.localtime(time.time() + at.left))}")
    return ", ".join(parts)


def _need_dask(on: str | None) -> None:
    from importlib.util import find_spec

    if on is None:
        return
    if on != DASK and "://" not in on:
        raise InputError(
            f"a batch does not run on {on!r}",
            remedy=f"write {DASK}, or the address of a scheduler, such as tcp://host:8786",
        )
    if find_spec("distributed") is None:
        raise InputError("Dask is not installed", remedy="run `pip install 'poc-graduate[dask]'`")


def _need_papermill() -> None:
    from importlib.util import find_spec

    for name in ("papermill", "psutil", "pyarrow"):
        if name not in sys.modules and find_spec(name) is None:
            raise InputError(
                f"a batch needs {name}", remedy="run `pip install 'poc-graduate[export]'`"
            )
