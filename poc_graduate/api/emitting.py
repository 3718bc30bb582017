"""The verb that hands a project to an engine: read it, render, merge with what the user edited."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.api.files import write_text
from poc_graduate.errors import InputError

if TYPE_CHECKING:
    from poc_graduate.generate.merge import Content, Decision

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
    from poc_graduate.generate.engines.emit import ENGINES, emitted, of_engine
    from poc_graduate.generate.engines.lock import lock
    from poc_graduate.generate.engines.options import read_options
    from poc_graduate.generate.engines.pipeline import read_pipeline
    from poc_graduate.generate.merge import (
        Content,
        base_from_json,
        base_to_json,
        conflicts_of,
        decide,
    )

    if engine not in ENGINES:
        raise InputError(f"no engine {engine}", remedy=f"name one of {', '.join(ENGINES)}")
    project = Path(project)
    pipeline = read_pipeline(project)
    chosen = read_options(project, options or {})
    if engine == "argo":
        _refuse_missing(image=chosen.image, volume=chosen.volume or chosen.products)
    files = emitted(engine, pipeline, chosen)
    if engine == "argo":
        files["deploy/argo/requirements.lock"] = lock(project)
    remote = {path: Content.of(text.encode()) for path, text in files.items()}
    kept: dict[str, Content] = {}
    if (project / BASE).is_file():
        text = (project / BASE).read_text(encoding="utf-8")
        kept = base_from_json(text, project=project, kept=BASE)
    base = {path: each for path, each in kept.items() if path in remote or of_engine(engine, path)}
    local = _local(project, {*base, *remote})
    decisions = decide(base, local, remote)
    for decision in decisions:
        _apply(project, decision, files)
    others = {path: each for path, each in kept.items() if path not in base}
    write_text(project / BASE, base_to_json({**others, **remote}))
    return Emitted(project, engine, decisions, conflicts_of(decisions))


def _refuse_missing(**needed: str) -> None:
    for name, value in needed.items():
        if not value:
            raise InputError(
                f"Argo needs the {name}",
                remedy=f"give it by --{name}, or as `{name}:` in deploy/deploy.yaml",
            )


def _local(project: Path, paths: set[str]) -> dict[str, Content]:
    """What lies in the folder now."""
    from poc_graduate.generate.merge import Content, marked_line

    found = {}
    for path in sorted(paths):
        file = project / path
        if file.is_dir():
            raise InputError(f"{file} is a folder, and a file is to be there", remedy="rename it")
        if file.is_file():
            found[path] = Content.of_file(file)
            if line := marked_line(found[path].text or ""):
                raise InputError(
                    f"{file}, line {line}: an earlier conflict is still marked",
                    remedy="delete the marks and one of the sides, then emit again",
                )
    return found


def _apply(project: Path, decision: Decision, files: Mapping[str, str]) -> None:
    target = project / decision.path
    if decision.result == "absent":
        target.unlink(missing_ok=True)
        return
    text = {"generated": files.get(decision.path), "merged": decision.text}.get(decision.result)
    if decision.beside == "generated":
        text, target = files[decision.path], target.with_name(f"{target.name}.generated")
    if text is None:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode if target.exists() else None
    write_text(target, text)
    if mode is not None:
        os.chmod(target, mode)
