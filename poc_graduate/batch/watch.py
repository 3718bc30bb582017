"""Limits of one attempt: how long it may take, how much memory its processes may hold."""

from __future__ import annotations

import contextlib
import threading
import time

import psutil

from poc_graduate.batch.model import Failure
from poc_graduate.kernels.forked import running

LOOK_EVERY = 0.5
GRACE = 0.2


class Watch:
    """Looks at all processes below this one, from `with` to its end, and ends them at a limit.

    Resident memory is summed, not address space limited (RLIMIT_AS): Arrow, BLAS and threads
    reserve many times what they use. What several processes share counts for each of them.

    Args:
        timeout: Seconds; None for no limit.
        memory: Bytes; None for no limit.

    Attributes:
        verdict: Which limit was broken.
        peak: The most bytes that were seen.
    """

    def __init__(self, *, timeout: float | None, memory: int | None) -> None:
        self.verdict: Failure | None = None
        self.peak = 0
        self._timeout = timeout
        self._memory = memory
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="poc-watch", daemon=True)

    def __enter__(self) -> Watch:
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self._pause()):
            held = held_below()
            self.peak = max(self.peak, held)
            if self.verdict is None:
                self.verdict = self._broken(held)
            if self.verdict is not None:  # again and again: a new kernel may be on its way
                end_below()

    def _pause(self) -> float:
        if self.verdict is not None:
            return GRACE
        if self._timeout is None:
            return LOOK_EVERY
        left = self._timeout - (time.monotonic() - self._started)
        return min(LOOK_EVERY, max(left, 0.01))

    def _broken(self, held: int) -> Failure | None:
        if self._memory is not None and held > self._memory:
            text = f"{held / 2**20:,.0f} MB held, {self._memory / 2**20:,.0f} MB allowed"
            return Failure("memory", "too much memory", text)
        if self._timeout is not None and time.monotonic() - self._started > self._timeout:
            return Failure("time", "too slow", f"not done within {self._timeout:g} s")
        return None


def held_below() -> int:
    """Resident bytes of all processes below this one, forked kernels included."""
    total = 0
    for process in _below():
        with contextlib.suppress(psutil.Error):  # it has just ended
            total += process.memory_info().rss
    return total


def end_below() -> None:
    """Kill all processes below this one."""
    for process in _below():
        with contextlib.suppress(psutil.Error):
            process.kill()


def _below() -> list[psutil.Process]:
    found: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        found += psutil.Process().children(recursive=True)
    for kernel in running():  # which was forked for this process by another
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(kernel)
            found += [process, *process.children(recursive=True)]
    return found
