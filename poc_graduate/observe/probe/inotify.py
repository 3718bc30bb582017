"""Which files of a folder were opened, as Linux tells it, whoever opened them."""

from __future__ import annotations

import ctypes
import os
import struct
import sys


class Notify:
    """Linux inotify by its three calls; on other systems it notices nothing."""

    CLOSE_WRITE = 0x8
    OPENED_AND_CLOSED = 0x10 | CLOSE_WRITE  # IN_CLOSE_NOWRITE | IN_CLOSE_WRITE
    OVERFLOW = 0x4000
    IS_FOLDER = 0x40000000

    def __init__(self) -> None:
        self.handle = -1
        self.watched: dict[str, int] = {}
        self.paths: dict[int, str] = {}
        if sys.platform != "linux":
            return
        try:
            self.libc = ctypes.CDLL(None, use_errno=True)
            # Closed in children, and reading never waits.
            self.handle = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError):
            self.handle = -1

    def watch(self, folders: set[str], files: list[str]) -> None:
        """Add folders, and files that are links to elsewhere."""
        if self.handle < 0:
            return
        for path in (*sorted(folders), *files):
            if path in self.watched:
                continue
            encoded = os.fsencode(path)
            number = self.libc.inotify_add_watch(self.handle, encoded, self.OPENED_AND_CLOSED)
            if number >= 0:
                self.watched[path] = number
                self.paths[number] = path

    def drain(self) -> dict[str, bool] | None:
        """Paths opened since the last call, and whether the first time was for writing.

        None where the system lost some.
        """
        noticed: dict[str, bool] = {}
        lost = False
        while self.handle >= 0:
            try:
                data = os.read(self.handle, 1 << 18)
            except (BlockingIOError, InterruptedError):
                break
            position = 0
            while position < len(data):
                number, mask, _, length = struct.unpack_from("iIII", data, position)
                name = data[position + 16 : position + 16 + length].split(b"\0")[0]
                position += 16 + length
                lost = lost or bool(mask & self.OVERFLOW)
                folder = self.paths.get(number)
                if folder is None or mask & self.IS_FOLDER:
                    continue
                path = os.path.join(folder, os.fsdecode(name)) if name else folder
                noticed.setdefault(path, bool(mask & self.CLOSE_WRITE))
        return None if lost else noticed
