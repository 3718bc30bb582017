"""Runs on a Dask cluster: one of processes on this machine, or whatever a scheduler leads."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from poc_graduate.batch.model import Failure, Outcome, Work
from poc_graduate.batch.pool import Pool
from poc_graduate.errors import CutShort, InputError

_PATIENCE = 30.0
_LOOK = 1.0
"""Seconds for which it is believed how many workers there are."""


class Dask:
    """An executor (`batch.executor`) whose attempts are tasks of Dask.

    Each thread of a worker has a process of ours, as a batch on one machine has: it runs one
    attempt after the other, can be ended without the worker, and ends with it. A worker that is
    lost is told to the batch, which tries the run again; what the lost one still writes lies in a
    folder that nobody looks at.

    Args:
        folder: The batch's folder, which all workers see under the same path.
        address: Of a scheduler; None for processes on this machine.
        workers: How many of those.
    """

    def __init__(self, folder: Path, address: str | None, workers: int) -> None:
        self._folder = folder
        self._address = address
        self._workers = workers
        self._batch = uuid4().hex
        self._outside: dict[Any, Work] = {}
        self._stopped: list[Outcome] = []
        self._threads, self._looked = 0, 0.0
        self._opened = contextlib.ExitStack()
        self._client: Any = None

    @property
    def slots(self) -> int:
        """How many threads the cluster has now: workers come and go."""
        if time.monotonic() - self._looked > _LOOK:
            with self._scheduler():
                self._threads = sum(self._client.nthreads().values())
            self._looked = time.monotonic()
        return self._threads

    def __enter__(self) -> Dask:
        """Start the cluster, or connect to it.

        Raises:
            InputError: there is none, or its workers see another file system.
        """
        import dask
        from distributed import Client, LocalCluster

        with contextlib.ExitStack() as opened:
            own = {
                # How often a run whose worker is lost is tried again is the batch's business.
                "distributed.scheduler.allowed-failures": 0,
                # It would set how many threads BLAS has, here and there: sums come out otherwise.
                "distributed.nanny.pre-spawn-environ": {},
            }
            opened.callback(_put_back, dict(os.environ))
            opened.enter_context(dask.config.set(own))
            where: Any = self._address
            if where is None:
                where = opened.enter_context(
                    LocalCluster(
                        n_workers=self._workers,
                        threads_per_worker=1,
                        dashboard_address=None,
                        memory_limit=0,  # --memory counts for what runs below them
                        silence_logs="CRITICAL",
                    )
                )
            try:
                self._client = opened.enter_context(
                    Client(where, timeout=_PATIENCE, set_as_default=False)
                )
                self._client.wait_for_workers(1, timeout=_PATIENCE)
                seen = self._client.run(_sees, str(self._folder), self._address is None)
            except (OSError, TimeoutError) as error:
                raise InputError(
                    f"no workers of Dask answer at {self._address or 'this machine'}: {error}",
                    remedy="start a scheduler and workers, or leave the address out",
                ) from None
            except ModuleNotFoundError as error:
                raise InputError(
                    f"a worker of {self._address} does not have {error.name}",
                    remedy="install there what is installed here",
                ) from None
            self._refuse(seen)
            self._opened = opened.pop_all()
        return self

    def _refuse(self, seen: dict[str, tuple[str, bool]]) -> None:
        own = version("poc-graduate")
        for worker, (other, there) in seen.items():
            if other != own:
                raise InputError(
                    f"worker {worker} has poc-graduate {other}, not {own}",
                    remedy="install there what is installed here",
                )
            if not there:
                raise InputError(
                    f"worker {worker} does not see {self._folder}",
                    remedy="put notebook and output on a file system that all workers share",
                )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what is going on; a scheduler that was there before stays."""
        with contextlib.suppress(Exception):  # it may be gone
            self._client.run(_end, self._batch, on_error="ignore")
        self._opened.close()

    def submit(self, work: Work) -> None:
        """Take an attempt; returns at once."""
        key = f"{work.run}-{work.attempt}-{self._batch[:8]}"
        with self._scheduler():
            future = self._client.submit(
                _execute, work.to_record(), self._batch, key=key, pure=False
            )
        self._outside[future] = work

    def collect(self, timeout: float) -> list[Outcome]:
        """What has ended since the last call; waits at most `timeout` seconds for the first."""
        from distributed import wait

        found, self._stopped = self._stopped, []
        if not self._outside:
            if not found:
                time.sleep(timeout)
            return found
        first = {"timeout": 0 if found else timeout, "return_when": "FIRST_COMPLETED"}
        with self._scheduler(), self._client.as_current(), contextlib.suppress(TimeoutError):
            wait(list(self._outside), **first)
        for future in [one for one in self._outside if one.done()]:
            found.append(self._outcome(future, self._outside.pop(future)))
        return found

    def kill(self) -> None:
        """End what is going on at once; `collect` gives it back as stopped."""
        failure = Failure("stopped", "stopped", "by the user")
        for work in self._outside.values():
            self._stopped.append(Outcome(work.run, work.attempt, failure=failure))
        with contextlib.suppress(OSError, TimeoutError):
            self._client.cancel(list(self._outside))
            self._client.run(_end, self._batch, on_error="ignore")
        self._outside.clear()

    def _outcome(self, future: Any, work: Work) -> Outcome:
        if future.status == "finished":
            return Outcome.from_record(future.result())
        self._looked = 0.0
        said = str(future.exception() if future.status == "error" else future.status)
        text = said.splitlines()[0][:200] if said else ""
        failure = Failure("worker lost", "the worker died", text)
        return Outcome(work.run, work.attempt, failure=failure, started=time.time())

    @contextlib.contextmanager
    def _scheduler(self) -> Iterator[None]:
        """Say it in a sentence where the scheduler is gone."""
        try:
            yield
            gone = self._client.status not in ("running", "connecting")
        except OSError:
            gone = True
        if gone:
            raise CutShort(
                f"the scheduler at {self._address or 'this machine'} is gone",
                remedy="call `batch` again with --resume: what is done stays done",
            )


_pools: dict[tuple[str, int], Pool] = {}


def _put_back(variables: dict[str, str]) -> None:
    """Take out of the environment what starting workers has left in it."""
    for name in os.environ.keys() - variables.keys():
        del os.environ[name]
    os.environ.update(variables)


def _sees(folder: str, embedded: bool) -> tuple[str, bool]:
    """What a worker has; of an embedded one, too, that a Ctrl-C is for the batch."""
    if embedded:
        _leave_the_terminal()
    return version("poc-graduate"), Path(folder).is_dir()


def _leave_the_terminal() -> None:
    with contextlib.suppress(OSError):  # it leads a group already
        os.setpgid(0, 0)


def _execute(record: dict[str, Any], batch: str) -> dict[str, Any]:
    """Run an attempt in a process that belongs to this thread of the worker."""
    work = Work.from_record(record)
    key = batch, threading.get_ident()
    if key not in _pools:
        _pools[key] = Pool(1, Path(tempfile.mkdtemp(prefix="poc-dask-")))
    # Dask may have given it to another worker as well, of which it believed that it was gone.
    _pools[key].submit(replace(work, folder=f"{work.folder}-{uuid4().hex[:8]}"))
    found: list[Outcome] = []
    while not found:
        found = _pools[key].collect(1.0)
    return found[0].to_record()


def _end(batch: str) -> None:
    """End the processes of a batch on this worker."""
    for key in [one for one in _pools if one[0] == batch]:
        _pools.pop(key).__exit__(None, None, None)
