"""One batch a folder: a lock that the system takes back when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from poc_graduate.errors import InputError

LOCK = "batch.lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process while the block runs.

    Args:
        folder: The batch's folder.

    Raises:
        InputError: another batch has it.
    """
    path = folder / LOCK
    # Not inherited by what is started from here: a kernel that is left over would keep the folder.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if not _taken(descriptor):
            who = path.read_text(encoding="utf-8", errors="replace").strip()
            raise InputError(
                f"another batch is at work in {folder}{f' ({who})' if who else ''}",
                remedy="wait for it, or stop it; `batch status` shows how far it is",
            )
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        os.ftruncate(descriptor, 0)
        os.pwrite(
            descriptor, f"process {os.getpid()} on {socket.gethostname()}, {since}".encode(), 0
        )
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    """Take the lock; who only looks whether it is held has it for a moment."""
    for pause in (0.02, 0.1, 0.3, 0.0):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(pause)
    return False


def held(folder: Path) -> bool:
    """Whether a batch is at work in a folder."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
