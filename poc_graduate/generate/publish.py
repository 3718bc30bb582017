"""Publish a project by one rename; what is not ours is never touched, what is the user's is kept.

The new folder is put together beside the old one and exchanged for it in one step, so that a
process killed at any moment leaves either the old folder or the new one. Files of the user are
hard-linked into the new folder, not moved: until the exchange they also lie where they were.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from poc_graduate.errors import InputError
from poc_graduate.generate.merge import (
    BASE,
    Content,
    Decision,
    base_from_json,
    base_to_json,
    conflicts_of,
    decide,
    marked_line,
    unified_diff,
)
from poc_graduate.generate.staging import Seen, Staging, readable_errors, recover, seen

LARGEST_COPY = 100_000_000


@dataclass(frozen=True)
class Published:
    """What publishing did, or would do.

    Attributes:
        project: The folder, links resolved.
        decisions: What became of each generated file, sorted by path.
        conflicts: Paths that somebody has to look at.
        diff: With `dry_run`, what would change, as `git diff` shows it.
        notes: What else the user should know, one sentence each.
    """

    project: Path
    decisions: tuple[Decision, ...] = ()
    conflicts: tuple[str, ...] = ()
    diff: str = ""
    notes: tuple[str, ...] = ()


def check_target(to: Path, *, notebook: Path) -> None:
    """Say early, before anything runs, that a folder cannot take the project.

    Args:
        to: Where the project shall be.
        notebook: The notebook, whose own folder is never taken.

    Raises:
        InputError: with what is wrong with the folder and what to do.
    """
    target = _resolved(to)
    if target == Path(notebook).resolve().parent:
        raise InputError(
            f"the output folder {to} is the folder of the notebook itself",
            remedy=f"name a folder in it, such as {target / 'pipeline'}",
        )
    base = _base_of(target, to)
    if base is not None:
        _refuse_open_conflicts(target, base)
    # The project is put together beside the folder, so it is the parent that is written to.
    above = next(folder for folder in target.parents if folder.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        raise InputError(
            f"no permission to write in {above}", remedy="name a folder in a place of your own"
        )


def publish(files: Mapping[str, bytes], inputs: Mapping[str, Path], *, to: Path) -> Published:
    """Write a project into a new or empty folder, or merge it into an earlier export.

    Args:
        files: Path in the project → content.
        inputs: Path in the project → data file to bring along.
        to: The folder.

    Raises:
        InputError: the folder cannot take it; nothing was changed.
    """
    return republish(files, inputs, to=to)


def republish(
    files: Mapping[str, bytes],
    inputs: Mapping[str, Path],
    *,
    to: Path,
    dry_run: bool = False,
) -> Published:
    """Merge a project into its folder and publish the result by one rename.

    Args:
        files: Path in the project → content.
        inputs: Path in the project → data file to bring along; large ones are linked.
        to: A new or empty folder, or an earlier export.
        dry_run: Change nothing, and show what would change.

    Raises:
        InputError: the folder cannot take it; nothing was changed.
    """
    target = _resolved(to)
    with readable_errors(target):
        if not dry_run:
            recover(target)
        base = _base_of(target, to)
        remote = {path: Content.of(data) for path, data in files.items()}
        remote |= {path: _input_content(path, source) for path, source in inputs.items()}
        _refuse_strange_paths(remote)
        if base is None:
            local: dict[str, Content] = {}
            looked: dict[str, Seen] = {}
            decisions = decide({}, {}, remote)
        else:
            _refuse_open_conflicts(target, base)
            local, looked = _local(target, base, remote, inputs)
            linked = {path for path in {*base, *remote} if _behind_link(target, path)}
            decisions = tuple(
                _not_through_link(decision, linked) for decision in decide(base, local, remote)
            )
        conflicts = conflicts_of(decisions)
        if dry_run:
            diff = "".join(_diff(decision, local, remote) for decision in decisions)
            return Published(target, decisions, conflicts, diff)
        with Staging(target, exchange=base is not None, seen=looked) as staging:
            notes = _fill(staging, decisions, files, inputs, remote)
            late = staging.commit()
        conflicts += tuple(path for path in late if path not in conflicts)
        if staging.stood_inside:
            notes += (
                f"shells that stand in {target} still see the old folder: type `cd .` in them",
            )
        return Published(target, decisions, conflicts, notes=notes)


def _resolved(to: Path) -> Path:
    try:
        target = Path(to).resolve()
    except (OSError, RuntimeError) as unreadable:
        raise InputError(f"the output folder {to} cannot be reached: {unreadable}") from None
    for part in (target, *target.parents):
        if part.exists() and not part.is_dir():
            raise InputError(f"{part} is a file", remedy="name a folder")
    return target


def _base_of(target: Path, to: Path) -> dict[str, Content] | None:
    """What the last export wrote; None for a folder that is new or empty."""
    if not target.exists():
        return None
    if os.path.ismount(target):
        raise InputError(
            f"the output folder {to} is a mount point, which no rename can replace",
            remedy="name a folder in it",
        )
    try:
        if not any(target.iterdir()):
            return None
    except PermissionError:
        raise InputError(f"no permission to read {to}", remedy="name another folder") from None
    kept = target / BASE
    if not kept.is_file():
        raise InputError(
            f"the output folder {to} exists and was not written by poc-graduate",
            remedy="name a new folder; nothing in this one was touched",
        )
    try:
        text = kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as damaged:
        raise InputError(f"{kept} cannot be read: {damaged}") from None
    return base_from_json(text, project=target)


def _refuse_open_conflicts(target: Path, base: Mapping[str, Content]) -> None:
    for path in sorted(base):
        file = target / path
        if base[path].text is None or not file.is_file():
            continue
        line = marked_line(Content.of_file(file).text or "")
        if line:
            raise InputError(
                f"{file}, line {line}: a conflict of an earlier export is still marked",
                remedy=f"settle it (delete the marks and one of the sides in {path}), then export",
            )


def _refuse_strange_paths(remote: Mapping[str, Content]) -> None:
    for path in remote:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts or path == BASE:
            raise ValueError(f"no path in a project: {path!r}")


def _input_content(path: str, source: Path) -> Content:
    if not source.is_file():
        raise InputError(
            f"the input file {source} is not there any more",
            remedy="put it back, or export again",
        )
    size = source.stat().st_size
    if size > LARGEST_COPY:
        # It will be linked: hashing gigabytes would tell nothing that the link does not.
        return Content(f"linked, {size} bytes")
    return Content.of_file(source, mergeable=False)


def _local(
    target: Path,
    base: Mapping[str, Content],
    remote: Mapping[str, Content],
    inputs: Mapping[str, Path],
) -> tuple[dict[str, Content], dict[str, Seen]]:
    found: dict[str, Content] = {}
    looked: dict[str, Seen] = {}
    for path in sorted({*base, *remote}):
        file = target / path
        if os.path.lexists(file):
            looked[path] = seen(file.lstat())
        for parent in PurePosixPath(path).parents:
            if (target / parent).exists() and not (target / parent).is_dir() and path in remote:
                raise InputError(
                    f"{target / parent} is a file, and the export needs a folder of that name",
                    remedy="rename it, then export again",
                )
        if file.is_dir():
            if path in remote:
                raise InputError(
                    f"{file} is a folder, and the export needs a file of that name",
                    remedy="rename it, then export again",
                )
        elif file.is_symlink() and path in inputs and _same_file(file, inputs[path]):
            found[path] = remote[path]
        elif file.exists():
            found[path] = Content.of_file(file, mergeable=path not in inputs)
        elif file.is_symlink():
            found[path] = Content(f"broken link to {os.readlink(file)}")
    return found, looked


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _behind_link(target: Path, path: str) -> str:
    """The folder on the way to a file that the user replaced by a link; empty where none."""
    for parent in PurePosixPath(path).parents:
        if str(parent) != "." and (target / parent).is_symlink():
            return str(parent)
    return ""


def _not_through_link(decision: Decision, linked: set[str]) -> Decision:
    if decision.path not in linked or decision.action in ("unchanged", "keep_local"):
        return decision
    quiet = decision.action == "delete"
    return replace(
        decision,
        action="keep_local" if quiet else "conflict",
        result="yours",
        text=None,
        conflicts=0,
        beside="",
        why="its folder is a link of yours: nothing is written through it",
    )


def _fill(
    staging: Staging,
    decisions: tuple[Decision, ...],
    files: Mapping[str, bytes],
    inputs: Mapping[str, Path],
    remote: Mapping[str, Content],
) -> tuple[str, ...]:
    """Write what is new, then bring along everything else that lies in the folder."""
    notes: list[str] = []

    def generated(path: str, name: str) -> None:
        if path in files:
            staging.write(name, files[path])
        elif inputs[path].stat().st_size > LARGEST_COPY:
            staging.link(name, inputs[path].resolve())
            size = inputs[path].stat().st_size / 1e9
            notes.append(f"{name} ({size:.1f} GB) is a link to {inputs[path]}, not a copy")
        else:
            staging.copy(name, inputs[path])

    for decision in decisions:
        path = decision.path
        if decision.beside == "yours":
            staging.keep_as(path, staging.free_name(path, "yours"))
        elif decision.beside == "generated":
            generated(path, staging.free_name(path, "generated"))
        if decision.result == "generated":
            generated(path, path)
        elif decision.result == "merged":
            staging.write(path, (decision.text or "").encode())
        elif decision.result == "absent":
            staging.leave_out(path)
    staging.write(BASE, base_to_json(remote).encode())
    staging.carry_over()
    return tuple(notes)


def _diff(decision: Decision, local: Mapping[str, Content], remote: Mapping[str, Content]) -> str:
    path = decision.path
    before = local.get(path)
    match decision.result:
        case "yours":
            after = before
        case "generated":
            after = remote[path]
        case "merged":
            after = Content.of((decision.text or "").encode())
        case "absent":
            after = None
    diff = unified_diff(path, before, after)
    if decision.beside == "generated":
        diff += unified_diff(f"{path}.generated", None, remote[path])
    elif decision.beside == "yours":
        diff += unified_diff(f"{path}.yours", None, before)
    return diff


__all__ = ["Published", "check_target", "publish", "republish"]
