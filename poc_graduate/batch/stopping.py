"""Ctrl-C: the first lets what is running end, the second ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


class Stop:
    """What the user wants, from `with` to its end.

    Args:
        tell: Called with a sentence when a signal arrives.

    Attributes:
        soon: Nothing more is to be begun.
        at_once: What is running is to be ended.
    """

    def __init__(self, tell: Callable[[str], None] = lambda sentence: None) -> None:
        self.soon = False
        self.at_once = False
        self._tell = tell
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for kind in (signal.SIGINT, signal.SIGTERM):
                self._before[kind] = signal.signal(kind, self._heard)
        return self

    def __exit__(self, *error: object) -> None:
        for kind, handler in self._before.items():
            signal.signal(kind, handler)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.soon:
            self.at_once = True
            self._tell("Stopping at once.")
        else:
            self.soon = True
            self._tell("Stopping when the runs that are under way have ended; again: at once.")
