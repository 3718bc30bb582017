"""`build`: a project's tasks that are not up to date, by Ploomber with warm kernels."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.api.files import write_text
from poc_graduate.errors import InputError
from poc_graduate.pipelines.build import Built
from poc_graduate.pipelines.build import build as build_pipeline
from poc_graduate.pipelines.record import RECORD, done, taken, unchanged
from poc_graduate.pipelines.watched import PIPELINE, watched

if TYPE_CHECKING:
    from poc_graduate.api.exporting import Progress


def build(project: Path, *, force: bool = False, progress: Progress | None = None) -> Built:
    """Build a project: what plain `ploomber build` makes, sooner.

    Where nothing has changed since the last build by this function, Ploomber is not even asked.

    Args:
        project: Folder of a project that was exported.
        force: Run all tasks.
        progress: Called with what is going on, how much is done, and of how much.

    Returns:
        Which tasks ran.

    Raises:
        TaskFailed: a task failed; the next build goes on with it.
        InputError: this is no project, or Ploomber cannot read it.
    """
    start = time.monotonic()
    project = Path(project)
    if not (project / PIPELINE).is_file():
        raise InputError(
            f"{project} holds no {PIPELINE}", remedy="give the folder of an exported project"
        )
    project = project.resolve()
    files = watched(project)
    if files is not None and not force and unchanged(project, files):
        return Built((), len(files.tasks), time.monotonic() - start)
    before = taken(project, files) if files is not None and files.plain else None
    (project / RECORD).unlink(missing_ok=True)
    built = build_pipeline(project, files, force=force, progress=progress)
    if files is not None and before is not None and (project / RECORD).parent.is_dir():
        write_text(project / RECORD, done(project, before, files))
    return built
