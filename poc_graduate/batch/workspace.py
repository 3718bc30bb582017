"""Where an attempt runs: a copy of the notebook's surroundings, so that runs share no file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from poc_graduate.batch.model import Failure, Work
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.scratch import Budget, Scratch, copy_folder, copy_surroundings

JOURNAL = "batch.sqlite"
"""A folder that holds it is a batch's, and is never copied."""
OUTSIDE = "_outside"
"""Below it lies what a run wrote beside or above the notebook's folder."""
_EACH = 16 * 2**20
_TOTAL = 256 * 2**20
_FILES = 2_000
_WHOLE = 50_000


def around_notebook(work: Work, notebook: Notebook, into: Path) -> Scratch:
    """A copy of the folder of a notebook; large files are linked.

    Args:
        work: The attempt.
        notebook: Its notebook.
        into: Where to; it is made.
    """
    into.mkdir(parents=True)
    return copy_surroundings(notebook, into, _budget(work, notebook.path.resolve().parent))


def of_project(work: Work, into: Path) -> Scratch:
    """A copy of a project, without what earlier builds made.

    Args:
        work: The attempt.
        into: Where to; it is made.
    """
    into.mkdir(parents=True)
    folder = Path(work.source)
    return copy_folder(folder, into, _budget(work, folder, folder / "products"))


def _budget(work: Work, folder: Path, *more: Path) -> Budget:
    batches = {path.parent for path in folder.glob(f"*/{JOURNAL}")}
    without = {*batches, *more, *([Path(work.left_out)] if work.left_out else [])}
    return Budget(_EACH, _TOTAL, _FILES, _WHOLE, frozenset(without))


def keep(scratch: Scratch, made: Path) -> Iterator[Path]:
    """Move what a run wrote to where it is kept, and say which files that are.

    Args:
        scratch: Where it ran.
        made: Where it is kept.
    """
    for path in list(scratch.made()):
        if path.is_relative_to(scratch.folder):
            target = made / path.relative_to(scratch.folder)
        else:
            target = made / OUTSIDE / path.relative_to(scratch.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        yield target


def spoilt(scratch: Scratch) -> Failure | None:
    """A failure where a run wrote to a file that all runs read."""
    for path in scratch.changed_in_place():
        return Failure("code", "input changed", f"{path} was changed in place while it ran")
    return None
