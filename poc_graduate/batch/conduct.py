"""A batch as it goes on: hands out attempts, writes down how they end, decides what is next."""

from __future__ import annotations

import heapq
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from poc_graduate.batch.executor import Executor
from poc_graduate.batch.journal import Journal
from poc_graduate.batch.model import Cause, Failure, Kind, Outcome, Parameters, Work
from poc_graduate.batch.publish import FAILED, UNFINISHED, publish
from poc_graduate.batch.records import State, Waiting
from poc_graduate.batch.stopping import Stop

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
_LOOK = 0.5
_AHEAD = 500
"""Planned runs that are held in memory at once."""
_AGAIN: frozenset[Cause] = frozenset({"stopped", "disk full"})
"""The run is not to blame: it stays planned."""


@dataclass(frozen=True)
class Orders:
    """How runs are to be executed.

    Attributes:
        kind: A notebook or a project.
        source: Its absolute path.
        retries: How often a run is tried again whose failure may pass.
        timeout: Seconds that one run may take.
        memory: Bytes that one run may hold.
        fail_fast: Nothing is begun once a run has failed.
        engine: Papermill's engine.
        options: Keyword arguments of `papermill.execute_notebook`.
    """

    kind: Kind
    source: Path
    retries: int = 2
    timeout: float | None = None
    memory: int | None = None
    fail_fast: bool = False
    engine: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """How far a batch is.

    Attributes:
        planned: Runs of the grid.
        done: Those that went well, in earlier sessions too.
        failed: Those that did not.
        running: How many are being executed.
        ended: How many ended in this session.
        seconds: How long this session has gone on.
    """

    planned: int
    done: int
    failed: int
    running: int
    ended: int
    seconds: float

    @property
    def rate(self) -> float:
        """Runs a minute in this session."""
        return 60 * self.ended / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all are ended, at this rate; None before anything is known."""
        missing = self.planned - self.done - self.failed
        return 60 * missing / self.rate if self.rate else None


Watcher = Callable[[Standing], None]


class Conductor:
    """One session of a batch.

    Args:
        folder: The batch's folder, locked by this process.
        journal: Its journal, the session begun.
        orders: How runs are to be executed.
        executor: Where.
        stop: Says when the user has had enough.
        watcher: Told how far it is.
        changed: Says which file that a run rests on is not what it was when the batch began.

    Attributes:
        spoilt: That file, where the batch ended for its sake.
        full: What the run said that found the disk full.
    """

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        orders: Orders,
        executor: Executor,
        stop: Stop,
        watcher: Watcher,
        changed: Callable[[Parameters], Path | None] = lambda parameters: None,
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._orders = orders
        self._executor = executor
        self._stop = stop
        self._watcher = watcher
        self._changed = changed
        self.spoilt: Path | None = None
        self.full = ""
        self._outside: dict[str, Parameters] = {}
        self._later: list[tuple[float, str]] = []
        self._tries: dict[str, int] = {}
        self._kept: dict[str, str] = {}
        self._queue: list[Waiting] = []
        self._position = 0
        self._halted = ""
        counts = journal.counts()
        self._planned = sum(counts.values())
        self._done, self._failed, self._ended = counts.get("done", 0), 0, 0
        self._started = time.monotonic()

    def run(self) -> str:
        """Until all runs have ended, or nothing more is to be begun.

        Returns:
            `all done`, `some failed`, `failed fast`, `disk full`, `inputs changed` or `stopped`.
        """
        while True:
            self._stop.say()
            if self._stop.at_once:
                self._halted = "stopped"
                self._executor.kill()
            elif self._stop.soon:
                self._halted = self._halted or "stopped"
            if not self._halted:
                self._hand_out()
            if not self._outside and (self._halted or not self._anything_left()):
                break
            for outcome in self._executor.collect(self._pause()):
                if outcome.run in self._outside:
                    self._take(outcome)
            self._watcher(self.standing())
        if self._halted:
            return self._halted
        return "some failed" if self._failed else "all done"

    def standing(self) -> Standing:
        """How far it is."""
        seconds = time.monotonic() - self._started
        running = len(self._outside)
        return Standing(self._planned, self._done, self._failed, running, self._ended, seconds)

    def _anything_left(self) -> bool:
        return bool(self._later) or self._next() is not None

    def _next(self) -> Waiting | None:
        """The planned run that comes next, without taking it."""
        if not self._queue:
            self._queue = self._journal.waiting(self._position, _AHEAD)[::-1]
            if self._queue:
                self._position = self._queue[0].number
        return self._queue[-1] if self._queue else None

    def _hand_out(self) -> None:
        while len(self._outside) < self._executor.slots:
            if self._later and self._later[0][0] <= time.monotonic():
                run = self._journal.one(heapq.heappop(self._later)[1])
            elif (following := self._next()) is not None:
                run = following
                self._queue.pop()
            else:
                return
            attempt = self._journal.begun(run.key)
            self._tries[run.key] = self._tries.get(run.key, 0) + 1
            self._outside[run.key] = run.parameters
            self._executor.submit(self._work(run, attempt))

    def _work(self, run: Waiting, attempt: int) -> Work:
        orders = self._orders
        earlier = self._kept.pop(run.key, "")
        if run.earlier and not earlier:
            earlier = str(self._folder / FAILED / run.path)
        return Work(
            run=run.key,
            attempt=attempt,
            kind=orders.kind,
            source=str(orders.source),
            parameters=run.parameters,
            folder=str(self._attempt(run.key, attempt)),
            left_out=str(self._folder),
            timeout=orders.timeout,
            memory=orders.memory,
            engine=orders.engine,
            options=orders.options,
            earlier=earlier,
        )

    def _attempt(self, key: str, attempt: int) -> Path:
        return self._folder / UNFINISHED / f"{key}-{attempt}"

    def _pause(self) -> float:
        if not self._later or len(self._outside) >= self._executor.slots:
            return _LOOK
        return min(_LOOK, max(self._later[0][0] - time.monotonic(), 0.01))

    def _take(self, outcome: Outcome) -> None:
        """Write down how an attempt ended, publish what it left, decide what comes next."""
        self.spoilt = self._changed(self._outside.pop(outcome.run)) or self.spoilt
        if self.spoilt is not None:
            # What it computed may rest on the file as it was, as it is, or on half of it.
            text = f"{self.spoilt.name} was changed while the batch was at work"
            outcome = replace(outcome, failure=Failure("stopped", "input changed", text))
        failure = outcome.failure
        if failure is None:
            state: State = "done"
        elif failure.cause in _AGAIN or self._tries_again(outcome, failure):
            state = "planned"
        else:
            state = "failed"
        path = self._journal.ended(outcome, state)
        if state != "planned":
            publish(self._folder, outcome.made, path, state)
            self._journal.published([outcome.run])
            self._tries.pop(outcome.run, None)
            self._ended += 1
        elif outcome.made and self._orders.kind == "project":
            kept = self._folder / UNFINISHED / f"{outcome.run}-{outcome.attempt}-kept"
            Path(outcome.made).rename(kept)
            self._kept[outcome.run] = str(kept)
        shutil.rmtree(self._attempt(outcome.run, outcome.attempt), ignore_errors=True)
        self._done += state == "done"
        self._failed += state == "failed"
        if self.spoilt is not None:
            self._halted = "inputs changed"
        elif failure is not None and failure.cause == "disk full":
            self._halted, self.full = "disk full", str(failure)
        elif state == "failed" and self._orders.fail_fast:
            self._halted = self._halted or "failed fast"

    def _tries_again(self, outcome: Outcome, failure: Failure) -> bool:
        """Whether the run is tried again, in this session or, where it ends, in the next."""
        tries = self._tries.get(outcome.run, 1)
        if not failure.may_pass or tries > self._orders.retries:
            return False
        pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
        heapq.heappush(self._later, (time.monotonic() + pause, outcome.run))
        return True
