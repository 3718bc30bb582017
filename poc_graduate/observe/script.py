"""A script of ours in a process of its own, which is asked in lines of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class Script:
    """The process, from `with` to its end; whatever it has started ends with it.

    Args:
        path: The script, which imports nothing of this package.
        arguments: Of its command line.
        environment: All of its variables.
        answers: Whether what it prints is read; else it goes nowhere.
    """

    def __init__(
        self,
        path: Path,
        environment: Mapping[str, str],
        *,
        arguments: tuple[str, ...] = (),
        answers: bool,
    ) -> None:
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.output = subprocess.PIPE if answers else subprocess.DEVNULL

    def __enter__(self) -> Script:
        # -P: the modules beside the script must not hide those of the same name elsewhere.
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(self.path), *self.arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=self.output,
            stderr=self.output,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def ask(self, what: object) -> None:
        """Write one line of JSON; a process that has ended is noticed by its silence."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(what), file=self.process.stdin, flush=True)
