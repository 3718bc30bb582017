"""The verb that gives a project what it needs to be operated: read it, render, merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.errors import InputError

if TYPE_CHECKING:
    from poc_graduate.generate.merge import Decision

BASE = "graduation/operated.json"
Ask = Callable[[str, Any], Any]
"""A question, and its default → the answer, of the default's type."""


@dataclass(frozen=True)
class Operated:
    """What was generated, or would be.

    Attributes:
        project: Its folder.
        decisions: What became of each file, sorted by path.
        conflicts: Paths that somebody has to look at.
        left_out: Part that does not apply → why.
        diff: With `dry_run`, what would change.
    """

    project: Path
    decisions: tuple[Decision, ...]
    conflicts: tuple[str, ...]
    left_out: Mapping[str, str]
    diff: str = ""


def operate(
    project: Path, choices: Path | None = None, *, ask: Ask | None = None, dry_run: bool = False
) -> Operated:
    """Generate what updates a project's model by a process, and serves it.

    Args:
        project: Folder of an exported project.
        choices: File with choices; by default the project's own operate.yaml, where it has one.
        ask: Asks what the dialog asks; None for the choices as they are.
        dry_run: Change nothing, and show what would change.

    Raises:
        InputError: the project or a choice cannot be used; nothing was changed.
    """
    from poc_graduate.api.merging import merge_into
    from poc_graduate.generate.engines.pipeline import read_pipeline
    from poc_graduate.generate.operating.choices import PATH, read_choices, with_answers
    from poc_graduate.generate.operating.model import served
    from poc_graduate.generate.operating.part import Project
    from poc_graduate.generate.operating.parts import PARTS, generated, left_out, with_extra

    project = Path(project)
    pipeline = read_pipeline(project)
    own = project / PATH
    chosen = read_choices(choices or (own if own.is_file() else None), PARTS)
    model, why = served(project, pipeline.name)
    modules = tuple(
        each.relative_to(project).as_posix() for each in sorted(project.glob("src/**/*.py"))
    )
    described = Project(pipeline, model, why, chosen, modules)
    if ask is not None:
        answers = {
            (part.name, each.name): ask(
                each.metadata["asks"], getattr(chosen[part.name], each.name)
            )
            for part in PARTS
            if not part.needs(described)
            for each in fields(part.options)
            if each.metadata["dialog"]
        }
        described = replace(described, choices=with_answers(chosen, answers))
    files = generated(described)
    # What was read is what holds: it is written, not merged, and left alone where it says the same.
    text = files.pop(PATH)
    if own.is_file() and read_choices(own, PARTS) == described.choices:
        text = own.read_text(encoding="utf-8")
    done = merge_into(project, files, base=BASE, ours=lambda path: True, dry_run=dry_run)
    own_files = {PATH: text, **_extra(project, described, with_extra)}
    rewritten = [_write(project, path, new, dry_run=dry_run) for path, new in own_files.items()]
    decisions = (*done.decisions, *(decision for decision, _ in rewritten))
    diff = done.diff + "".join(each for _, each in rewritten)
    return Operated(
        project,
        tuple(sorted(decisions, key=lambda each: each.path)),
        done.conflicts,
        left_out(described),
        diff if dry_run else "",
    )


def _extra(project: Path, described: Any, with_extra: Callable[[str, Any], str]) -> dict[str, str]:
    """pyproject.toml is the export's and the user's: only the extra in it is ours."""
    path = project / "pyproject.toml"
    if not path.is_file():
        return {}
    try:
        return {"pyproject.toml": with_extra(path.read_text(encoding="utf-8"), described)}
    except (OSError, UnicodeDecodeError) as unreadable:
        raise InputError(f"{path} cannot be read: {unreadable}") from None


def _write(project: Path, path: str, text: str, *, dry_run: bool) -> tuple[Decision, str]:
    from poc_graduate.api.files import write_text
    from poc_graduate.generate.merge import Content, Decision, unified_diff

    target = project / path
    before = Content.of_file(target) if target.is_file() else None
    after = Content.of(text.encode())
    if before == after:
        return Decision(path, "unchanged", "yours"), ""
    if not dry_run:
        write_text(target, text)
    action = Decision(path, "add" if before is None else "take_new", "generated")
    return action, unified_diff(path, before, after)
