"""The verb that hands a project to an engine: read it, render, merge with what the user edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.errors import InputError

if TYPE_CHECKING:
    from poc_graduate.generate.merge import Decision

BASE = "deploy/.emitted.json"


@dataclass(frozen=True)
class Emitted:
    """What an emit did.

    Attributes:
        project: Its folder.
        engine: The engine.
        decisions: What became of each file, sorted by path.
        conflicts: Paths that somebody has to look at.
    """

    project: Path
    engine: str
    decisions: tuple[Decision, ...]
    conflicts: tuple[str, ...]


def emit(engine: str, project: Path, options: Mapping[str, Any] | None = None) -> Emitted:
    """Write the files by which an engine runs an exported project.

    Args:
        engine: airflow, argo, dask or github-actions.
        project: Folder of the project.
        options: Above deploy/deploy.yaml, by the names that it has.

    Raises:
        InputError: the project or an option cannot be used; nothing was changed.
    """
    from poc_graduate.api.merging import merge_into, read_base
    from poc_graduate.api.operating import BASE as OPERATED
    from poc_graduate.generate.engines.emit import ENGINES, emitted, of_engine
    from poc_graduate.generate.engines.lock import lock
    from poc_graduate.generate.engines.options import read_options
    from poc_graduate.generate.engines.pipeline import read_pipeline

    if engine not in ENGINES:
        raise InputError(f"no engine {engine}", remedy=f"name one of {', '.join(ENGINES)}")
    project = Path(project)
    pipeline = read_pipeline(project)
    operated = read_base(project, OPERATED)
    if any(of_engine(engine, path) for path in operated):
        raise InputError(
            f"{engine} of {project} is written by `poc-graduate operate`",
            remedy=f"change `pipeline` or `{engine}` in operate.yaml, then operate again",
        )
    chosen = read_options(project, options or {})
    if engine == "argo":
        _refuse_missing(image=chosen.image, volume=chosen.volume or chosen.products)
    files = emitted(engine, pipeline, chosen, operated=bool(operated))
    if engine == "argo":
        files["deploy/argo/requirements.lock"] = lock(project)
    done = merge_into(project, files, base=BASE, ours=lambda path: of_engine(engine, path))
    return Emitted(project, engine, done.decisions, done.conflicts)


def emitted_before(project: Path) -> list[str]:
    """Engines whose files in a project are those that `emit` wrote."""
    from poc_graduate.api.merging import read_base
    from poc_graduate.generate.engines.emit import ENGINES, of_engine

    written = read_base(project, BASE)
    return [
        engine
        for engine in ENGINES
        if any(of_engine(engine, path) and (project / path).is_file() for path in written)
    ]


def _refuse_missing(**needed: str) -> None:
    for name, value in needed.items():
        if not value:
            raise InputError(
                f"Argo needs the {name}",
                remedy=f"give it by --{name}, or as `{name}:` in deploy/deploy.yaml",
            )
