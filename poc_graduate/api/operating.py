"""The verb that gives a project what it needs to be operated: read it, render, merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.errors import InputError

if TYPE_CHECKING:
    from poc_graduate.generate.merge import Decision
    from poc_graduate.generate.operating.forms import Unstated
    from poc_graduate.generate.operating.part import Project
    from poc_graduate.generate.operating.questions import Asked, Question

BASE = "graduation/operated.json"
ANSWERS = "the answers"
"""What is named where one of them is wrong."""
Ask = Callable[["Question"], Any]
"""A question → the answer, of its kind."""
Answers = Mapping[str, Mapping[str, Any]]
"""Name of a part → choice → value."""


@dataclass(frozen=True)
class Operated:
    """What was generated, or would be.

    Attributes:
        project: Its folder.
        decisions: What became of each file, sorted by path.
        conflicts: Paths that somebody has to look at.
        left_out: Part that does not apply → why.
        unstated: What its forms ask people for, by name.
        diff: With `dry_run`, what would change.
    """

    project: Path
    decisions: tuple[Decision, ...]
    conflicts: tuple[str, ...]
    left_out: Mapping[str, str]
    unstated: tuple[Unstated, ...] = ()
    diff: str = ""


@dataclass(frozen=True)
class Choices:
    """What can be chosen for a project, and what is still asked of people.

    Attributes:
        parts: Every part with its choices, those that do not apply included.
        operated: Whether it was generated before.
        unstated: What its forms ask people for, by name.
    """

    parts: tuple[Asked, ...]
    operated: bool
    unstated: tuple[Unstated, ...]


def operating_choices(project: Path, answers: Answers | None = None) -> Choices:
    """What `operate` asks of a project; nothing is changed.

    Args:
        project: Folder of an exported project.
        answers: Choices that somebody makes; the others are the project's own, or defaults.

    Raises:
        InputError: the project, its operate.yaml or an answer cannot be used.
    """
    from poc_graduate.generate.operating.forms import unstated
    from poc_graduate.generate.operating.parts import PARTS, forms
    from poc_graduate.generate.operating.questions import asked

    described = _described(Path(project), None, answers)
    return Choices(
        asked(described, PARTS),
        (Path(project) / BASE).is_file(),
        unstated(Path(project), forms(described)),
    )


def operate(
    project: Path,
    choices: Path | None = None,
    *,
    answers: Answers | None = None,
    ask: Ask | None = None,
    dry_run: bool = False,
) -> Operated:
    """Generate what a project and its model need to be operated, part by part.

    Args:
        project: Folder of an exported project.
        choices: File with choices; by default the project's own operate.yaml, where it has one.
        answers: Choices that go before those of the file.
        ask: Asks what the dialog asks; None for the choices as they are.
        dry_run: Change nothing, and show what would change.

    Raises:
        InputError: the project or a choice cannot be used; nothing was changed.
    """
    from poc_graduate.api.emitting import BASE as EMITTED
    from poc_graduate.api.merging import merge_into
    from poc_graduate.generate.operating.choices import PATH, read_choices
    from poc_graduate.generate.operating.forms import unstated
    from poc_graduate.generate.operating.parts import (
        PARTS,
        forms,
        generated,
        left_out,
        with_extra,
    )

    project = Path(project)
    described = _described(project, choices, answers)
    if ask is not None:
        described = _answered(described, ask)
    files = generated(described)
    # What was read is what holds: it is written, not merged, and left alone where it says the same.
    text, own = files.pop(PATH), project / PATH
    if own.is_file() and read_choices(own, PARTS) == described.choices:
        text = own.read_text(encoding="utf-8")
    done = merge_into(
        project, files, base=BASE, also=EMITTED, ours=lambda path: True, dry_run=dry_run
    )
    own_files = {PATH: text, **_extra(project, described, with_extra)}
    rewritten = [_write(project, path, new, dry_run=dry_run) for path, new in own_files.items()]
    decisions = (*done.decisions, *(decision for decision, _ in rewritten))
    diff = done.diff + "".join(each for _, each in rewritten)
    return Operated(
        project,
        tuple(sorted(decisions, key=lambda each: each.path)),
        done.conflicts,
        left_out(described),
        unstated(project, forms(described)),
        diff if dry_run else "",
    )


def _described(project: Path, choices: Path | None, answers: Answers | None) -> Project:
    """A project with what is chosen for it."""
    from poc_graduate.generate.engines.pipeline import read_pipeline
    from poc_graduate.generate.operating.choices import PATH, read_choices, with_answers
    from poc_graduate.generate.operating.model import served
    from poc_graduate.generate.operating.part import Project
    from poc_graduate.generate.operating.parts import PARTS

    pipeline = read_pipeline(project)
    own = project / PATH
    chosen = read_choices(choices or (own if own.is_file() else None), PARTS)
    model, why = served(project, pipeline.name)
    modules = tuple(
        each.relative_to(project).as_posix() for each in sorted(project.glob("src/**/*.py"))
    )
    choices_made = with_answers(chosen, answers or {}, PARTS, ANSWERS)
    pins, unwritten = _engines(project)
    return Project(pipeline, model, why, choices_made, modules, lock=pins, unwritten=unwritten)


def _engines(project: Path) -> tuple[str, dict[str, str]]:
    """Releases for Argo's image; engine → why its files are not ours to write, or cannot be."""
    from poc_graduate.api.emitting import emitted_before
    from poc_graduate.generate.engines.lock import lock

    pins = ""
    unwritten = {
        engine: f"`poc-graduate emit {engine}` wrote it: delete `deploy/{engine}/` first"
        for engine in emitted_before(project)
    }
    try:
        pins = lock(project)
    except InputError as unknown:
        unwritten.setdefault("argo", f"{unknown}; {unknown.remedy}")
    return pins, unwritten


def _answered(described: Project, ask: Ask) -> Project:
    """The same with what a dialog was told."""
    from poc_graduate.generate.operating.choices import with_answers
    from poc_graduate.generate.operating.parts import PARTS
    from poc_graduate.generate.operating.questions import asked

    told = {
        part.name: {each.name: ask(each) for each in part.questions if each.dialog}
        for part in asked(described, PARTS)
        if not part.left_out
    }
    return replace(described, choices=with_answers(described.choices, told, PARTS, ANSWERS))


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
