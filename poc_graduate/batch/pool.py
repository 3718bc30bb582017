"""Local processes that execute attempts: the executor of a batch on one machine."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil

from poc_graduate.batch.model import Cause, Failure, Outcome, Work

RENEW_AFTER = 200
"""Attempts, after which a worker is replaced: what libraries leave behind in it goes with it."""
GRACE = 30.0
"""Seconds that a worker has to report a run that took too long, before it is ended itself."""
WORKER = (sys.executable, "-m", "poc_graduate.batch.worker")


class _Worker:
    """One process, and what it is working on."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self.log = log
        with open(log, "wb") as said:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,  # a Ctrl-C is for the batch, which tells its workers
            )
        self.work: Work | None = None
        self.since = 0.0
        self.done = 0
        self.rest = b""

    @property
    def answers(self) -> IO[bytes]:
        """What it prints."""
        assert self.process.stdout is not None
        return self.process.stdout

    def give(self, work: Work) -> None:
        """Hand it an attempt; one that has died is noticed when it is listened to."""
        assert self.process.stdin is not None
        self.work, self.since = work, time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(work.to_record()).encode() + b"\n")
            self.process.stdin.flush()

    def overdue(self) -> bool:
        """Whether it should have reported by now."""
        limit = self.work.timeout if self.work is not None else None
        return limit is not None and time.monotonic() - self.since > limit + GRACE

    def end(self) -> None:
        """Kill it and all that it started."""
        below: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            below = psutil.Process(self.process.pid).children(recursive=True)
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for process in below:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


class Pool:
    """Workers on this machine, each a process that lives as long as the batch.

    Args:
        workers: How many.
        logs: An existing folder, for what they print.
        command: What starts one.
    """

    def __init__(self, workers: int, logs: Path, command: Sequence[str] = WORKER) -> None:
        self._most = workers
        self._logs = logs
        self._command = command
        self._idle: deque[_Worker] = deque()
        self._busy: dict[int, _Worker] = {}
        self._started = 0
        self._lost: list[Outcome] = []

    @property
    def slots(self) -> int:
        """How many attempts may be outside at once."""
        return self._most

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.end()
        self._idle.clear()
        self._busy.clear()

    def submit(self, work: Work) -> None:
        """Take an attempt; returns at once."""
        worker = self._living() or self._new()
        worker.give(work)
        self._busy[worker.answers.fileno()] = worker

    def collect(self, timeout: float) -> list[Outcome]:
        """What has ended since the last call; waits at most `timeout` seconds for the first."""
        found, self._lost = self._lost, []
        if not self._busy:
            if not found:
                time.sleep(timeout)
            return found
        ready, _, _ = select.select(list(self._busy), [], [], 0 if found else timeout)
        for number in ready:
            found += self._heard(number)
        for number, worker in list(self._busy.items()):
            if worker.overdue():
                assert worker.work is not None
                text = f"not done within {worker.work.timeout:g} s, and not to be stopped"
                found.append(self._lose(number, "time", "too slow", text))
        return found

    def kill(self) -> None:
        """End what is going on at once; `collect` gives it back as stopped."""
        for number in list(self._busy):
            self._lost.append(self._lose(number, "stopped", "stopped", "by the user"))

    def _living(self) -> _Worker | None:
        """One that has nothing to do; one that died meanwhile is cleared away."""
        while self._idle:
            worker = self._idle.popleft()
            if worker.process.poll() is None:
                return worker
            worker.end()
        return None

    def _new(self) -> _Worker:
        self._started += 1
        return _Worker(self._command, self._logs / f"worker-{self._started}.log")

    def _heard(self, number: int) -> list[Outcome]:
        worker = self._busy[number]
        data = os.read(number, 1 << 20)
        if not data:
            return [self._lose(number, "worker lost", "the worker died", _said(worker))]
        worker.rest += data
        if not worker.rest.endswith(b"\n"):
            return []
        outcome = Outcome.from_record(json.loads(worker.rest))
        del self._busy[number]
        worker.work, worker.rest = None, b""
        worker.done += 1
        if worker.done < RENEW_AFTER:
            self._idle.append(worker)
        else:
            worker.end()
        return [outcome]

    def _lose(self, number: int, cause: Cause, error: str, text: str) -> Outcome:
        worker = self._busy.pop(number)
        worker.end()
        assert worker.work is not None
        seconds = time.monotonic() - worker.since
        lost = Outcome(worker.work.run, worker.work.attempt, started=time.time() - seconds)
        who = f"process {worker.process.pid}"
        return replace(lost, failure=Failure(cause, error, text), seconds=seconds, worker=who)


def _said(worker: _Worker) -> str:
    """How it ended, and its last words."""
    status = worker.process.wait()
    how = f"signal {-status}" if status < 0 else f"status {status}"
    lines = worker.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = f", saying {lines[-1].strip()[:200]!r}" if lines and status > 0 else ""
    return f"it ended by {how}{last}"
