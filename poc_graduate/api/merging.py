"""Files that are generated into a project which lives on: merged with what the user edited."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.api.files import write_text
from poc_graduate.errors import InputError
from poc_graduate.generate.merge import (
    Content,
    Decision,
    base_from_json,
    base_to_json,
    conflicts_of,
    decide,
    marked_line,
    unified_diff,
)


@dataclass(frozen=True)
class Merged:
    """What a merge did, or would do.

    Attributes:
        decisions: What became of each file, sorted by path.
        conflicts: Paths that somebody has to look at.
        diff: What would change, as `git diff` shows it; empty unless it was asked for.
    """

    decisions: tuple[Decision, ...]
    conflicts: tuple[str, ...]
    diff: str = ""


def merge_into(
    project: Path,
    files: Mapping[str, str],
    *,
    base: str,
    also: str = "",
    ours: Callable[[str], bool],
    dry_run: bool = False,
) -> Merged:
    """Write files into a project, as `git merge` would.

    Args:
        project: Its folder.
        files: Path in the project → text.
        base: Where the project keeps what was written last.
        also: Where it keeps what another command wrote, which may have written some of the files.
        ours: Which of the files that were written last are gone where they are not in `files`.
        dry_run: Change nothing, and show what would change.

    Raises:
        InputError: an earlier conflict is still marked, or a folder is in the way.
    """
    remote = {path: Content.of(text.encode()) for path, text in files.items()}
    others = read_base(project, also) if also else {}
    kept = {path: each for path, each in others.items() if path in remote}
    kept |= read_base(project, base)
    gone = {path for path in kept if ours(path) and path not in others}
    before = {path: each for path, each in kept.items() if path in remote or path in gone}
    local = _local(project, {*before, *remote})
    decisions = decide(before, local, remote)
    if dry_run:
        diff = "".join(_diff(each, local, remote) for each in decisions)
        return Merged(decisions, conflicts_of(decisions), diff)
    for decision in decisions:
        _apply(project, decision, files)
    rest = {path: each for path, each in kept.items() if path not in before}
    (project / base).parent.mkdir(parents=True, exist_ok=True)
    write_text(project / base, base_to_json({**rest, **remote}))
    return Merged(decisions, conflicts_of(decisions))


def read_base(project: Path, kept: str) -> dict[str, Content]:
    """What a command wrote last, by the file in which it keeps that; empty where it never did.

    Raises:
        InputError: that file is damaged.
    """
    path = project / kept
    if not path.is_file():
        return {}
    return base_from_json(path.read_text(encoding="utf-8"), project=project, kept=kept)


def _local(project: Path, paths: set[str]) -> dict[str, Content]:
    """What lies in the folder now."""
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
                    remedy="delete the marks and one of the sides, then try again",
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


def _diff(decision: Decision, local: Mapping[str, Content], remote: Mapping[str, Content]) -> str:
    path, before = decision.path, local.get(decision.path)
    after = {"yours": before, "generated": remote.get(path), "absent": None}.get(
        decision.result, Content.of((decision.text or "").encode())
    )
    return unified_diff(path, before, after)
