"""Where runs execute: what a batch asks of local processes, and of whatever else takes work."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from poc_graduate.batch.model import Outcome, Work


class Executor(Protocol):
    """Takes attempts and gives back how they ended, in any order.

    The batch never has more than `slots` attempts outside. Each attempt that was submitted comes
    back from `collect` exactly once, whatever happens to who was working on it: a lost worker is
    an outcome with a failure of cause `worker lost`, and the batch decides whether to try again.
    An executor that tries again by itself must give the second try a folder of its own
    (`dataclasses.replace(work, folder=…)`), for the first may still be writing.

    What runs an attempt is `execute.execute(work)`, in any process that sees the same files.
    """

    @property
    def slots(self) -> int:
        """How many attempts may be outside at once; it may change while the batch goes on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything that it started."""

    def submit(self, work: Work) -> None:
        """Take an attempt; returns at once."""

    def collect(self, timeout: float) -> list[Outcome]:
        """What has ended since the last call; waits at most `timeout` seconds for the first."""

    def kill(self) -> None:
        """End what is going on at once; `collect` gives it back as `stopped`."""
