"""Zygotes of this process, one for each set of modules that its notebooks import."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile

from poc_graduate.kernels.parent import Parent, end, start

MOST = 4
"""Zygotes at a time; the one that was asked least recently ends first."""

_Key = tuple[int, frozenset[str], tuple[tuple[str, str], ...]]
_started: dict[_Key, tuple[subprocess.Popen[bytes], Parent, str]] = {}


def parent_for(modules: frozenset[str]) -> Parent:
    """A zygote that has imported these and nothing else of a user's; it ends with this process.

    Args:
        modules: What it imports.
    """
    # A process that was forked from this one starts its own: these end with this one.
    key = (os.getpid(), modules, tuple(sorted(os.environ.items())))
    found = _started.pop(key, None)
    if found is not None and found[0].poll() is not None:  # it had nothing to do for too long
        shutil.rmtree(found[2], ignore_errors=True)
        found = None
    if found is None:
        folder = tempfile.mkdtemp(prefix="poc-warm-")
        address = os.path.join(folder, "0")
        found = start(address, modules), Parent(address), folder
    if not _started:
        atexit.register(_end_all)
    _started[key] = found
    own = [one for one in _started if one[0] == os.getpid()]
    for oldest in own[:-MOST]:
        _end(oldest)
    return found[1]


def _end(key: _Key) -> None:
    process, _, folder = _started.pop(key)
    if key[0] == os.getpid():
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _end_all() -> None:
    for key in list(_started):
        _end(key)
