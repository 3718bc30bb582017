"""What a run left goes to its place by one rename: a path never holds half of it."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from poc_graduate.batch.journal import Journal
from poc_graduate.batch.records import State

UNFINISHED = ".unfinished"
DONE = "runs"
FAILED = "failed"


def publish(folder: Path, made: str, path: str, state: State) -> None:
    """Put a run's folder where it belongs; what it left there before goes.

    Args:
        folder: The batch's folder.
        made: What the attempt collected; empty where it left nothing.
        path: Name of the run's folder.
        state: done or failed.
    """
    if state == "done":
        _remove(folder, folder / FAILED / path)
    if not made or not Path(made).is_dir():
        return
    target = folder / (DONE if state == "done" else FAILED) / path
    target.parent.mkdir(exist_ok=True)
    _synced(Path(made))
    _remove(folder, target)
    Path(made).rename(target)
    _sync(target.parent)
    shutil.rmtree(Path(made).parent, ignore_errors=True)


def finish(folder: Path, journal: Journal) -> None:
    """Rename what an earlier session had written down and not renamed, and clear what is left.

    Args:
        folder: The batch's folder, locked by this process.
        journal: Its journal.
    """
    staged = journal.staged()
    for _, path, state, made in staged:
        publish(folder, made, path, state)
    journal.published([key for key, *_ in staged])
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)


def _remove(folder: Path, path: Path) -> None:
    """Take a folder away at once, and delete it then."""
    if not path.is_dir():
        return
    aside = folder / UNFINISHED / f"old-{uuid.uuid4().hex}"
    path.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def _synced(folder: Path) -> None:
    """Files are on disk before they get their name, or a power failure would leave empty ones."""
    for place, _, files in os.walk(folder):
        for name in files:
            _sync(Path(place, name))
        _sync(Path(place))


def _sync(path: Path) -> None:
    try:
        # A pipe that a run left has nobody at its other end.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:  # the run made it so; the system writes it some time
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
