"""Runs what others wrote: quietly, on copies of files, kept from the rest of the machine."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from .replay import quiet


def attempt(action: Callable[[], object]) -> str:
    """Run quietly; the reason where it failed. User code may raise anything at all."""
    try:
        with quiet():
            action()
    except BaseException as failure:
        if isinstance(failure, KeyboardInterrupt):
            raise
        return f"{type(failure).__name__}: {failure}"[:200]
    return ""


def stay_below(*folders: str) -> None:
    """Refuse what would reach beyond the given folders: what runs here runs on a few rows only."""
    allowed = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
    home = os.path.expanduser("~")
    allowed += tuple(os.path.join(home, name, "") for name in (".cache", ".config"))

    def inside(path: Any) -> bool:
        if isinstance(path, int) or path is None:
            return True
        return os.path.realpath(os.fsdecode(path)).startswith(("/dev/", *allowed))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = set("wax+") & set(mode or "") or (flags or 0) & (os.O_WRONLY | os.O_RDWR)
            refused = bool(writes) and not inside(path)
        elif event == "subprocess.Popen":
            # Workers of joblib and the like are Python too, and run functions, not cells.
            refused = os.path.realpath(str(arguments[0])) != os.path.realpath(sys.executable)
        elif event in _CHANGES:
            refused = not all(inside(path) for path in arguments[: _CHANGES[event]])
        else:
            refused = event in _REACHES_OUT
        if refused:
            raise PermissionError(f"{event} reaches beyond the project")

    sys.addaudithook(watch)


# Audit events (docs.python.org, "Audit events table") → how many of their arguments are paths.
_CHANGES = {
    "os.remove": 1, "os.rename": 2, "os.rmdir": 1, "os.mkdir": 1, "os.truncate": 1,
    "os.link": 2, "os.symlink": 2, "shutil.rmtree": 1, "shutil.move": 2, "sqlite3.connect": 1,
}  # fmt: skip
_REACHES_OUT = frozenset({"socket.connect", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})


def keeper(paths: list[str]) -> Callable[[], None]:
    """Keep files of the built project aside; calling the result brings them back."""
    aside = tempfile.mkdtemp()
    kept = {path: os.path.join(aside, str(i)) for i, path in enumerate(paths)}
    for path, copied in kept.items():
        if os.path.isfile(path):
            shutil.copyfile(path, copied)

    def restore() -> None:
        for path, copied in kept.items():
            if os.path.isfile(copied):
                shutil.copyfile(copied, path)

    return restore


def preload(names: list[str]) -> None:
    """Import libraries while there is time: `sklearn.svm.SVC` is a class in `sklearn.svm`."""
    for name in names:
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            module = ".".join(parts[:length])
            if not attempt(lambda m=module: importlib.import_module(m)):  # type: ignore[misc]
                break
