"""A kernel that is another process's child, as `jupyter_client` knows `subprocess.Popen`."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess

LOST = 1
"""Exit status of a kernel whose zygote has ended first: ipykernel's own, where its parent ends."""

_running: set[int] = set()


def running() -> frozenset[int]:
    """Processes of the forked kernels that this process has asked for and that have not ended.

    They are no children of this process: whoever measures or ends what it started asks here, too.
    """
    return frozenset(_running)


class Forked:
    """The process, from its start to its exit status.

    Args:
        asked: Where its zygote tells how it ended.
        pid: Its number.
        handle: Its file descriptor, by which it is signalled for certain.
    """

    stdin = stdout = stderr = None

    def __init__(self, asked: socket.socket, pid: int, handle: int) -> None:
        self.asked = asked
        self.pid = pid
        self.handle = handle
        self.returncode: int | None = None
        _running.add(pid)

    @classmethod
    def ended(cls, status: int) -> Forked:
        """One that has ended before it opened its ports; what it printed says why."""
        asked, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            other.send(json.dumps({"status": status}).encode())
        return cls(asked, 0, -1)

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        if self.returncode is None and self._ended(0):
            self._finish()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, when it has ended.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        if self.returncode is None and not self._ended(timeout):
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        status = self.poll()
        assert status is not None
        return status

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> bool:
        return bool(select.select([self.asked], [], [], timeout)[0])

    def _finish(self) -> None:
        message = b""
        with contextlib.suppress(OSError):
            message = self.asked.recv(64)
        self.asked.close()
        if not message:  # the zygote is gone, and the kernel ends with it, or is made to
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            select.select([self.handle], [], [])
        if self.handle >= 0:
            os.close(self.handle)
        self.returncode = json.loads(message)["status"] if message else LOST
        _running.discard(self.pid)
