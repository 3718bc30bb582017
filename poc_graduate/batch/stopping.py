"""Ctrl-C: the first lets what is running end, the second ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

_SOON = "Stopping when the runs that are under way have ended; Ctrl-C again ends them."
_AT_ONCE = "Stopping at once."


class Stop:
    """What the user wants, from `with` to its end.

    Args:
        tell: Called by `say` with a sentence for each signal that has arrived.

    Attributes:
        soon: Nothing more is to be begun.
        at_once: What is running is to be ended.
    """

    def __init__(self, tell: Callable[[str], None] = lambda sentence: None) -> None:
        self.soon = False
        self.at_once = False
        self._tell = tell
        self._told = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for kind in (signal.SIGINT, signal.SIGTERM):
                self._before[kind] = signal.signal(kind, self._heard)
        return self

    def __exit__(self, *error: object) -> None:
        for kind, handler in self._before.items():
            signal.signal(kind, handler)

    def say(self) -> None:
        """Tell the user what was understood, once; a handler of signals must not print."""
        heard = self.soon + self.at_once
        if heard > self._told:
            self._told = heard
            self._tell(_AT_ONCE if self.at_once else _SOON)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.at_once = self.soon
        self.soon = True
