"""What was generated to operate a project, in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from poc_graduate.generate.merge import Action, Decision
from poc_graduate.generate.operating.forms import Unstated


class _Operated(Protocol):
    @property
    def project(self) -> Path: ...
    @property
    def decisions(self) -> Sequence[Decision]: ...
    @property
    def conflicts(self) -> Sequence[str]: ...
    @property
    def left_out(self) -> Mapping[str, str]: ...
    @property
    def unstated(self) -> Sequence[Unstated]: ...


def operated_lines(done: _Operated) -> list[str]:
    """Each file and what became of it, what does not apply, what is asked for, what is next."""
    return [*file_lines(done), *(f"left out: {one}" for one in left_out(done)), *_after(done)]


def file_lines(done: _Operated) -> list[str]:
    """Each file, and what became of it."""
    return [f"{each.action.replace('_', ' ')}: {each.path}" for each in done.decisions]


def left_out(done: _Operated) -> list[str]:
    """Each part that does not apply, and why."""
    return [f"{part}: {why}" for part, why in done.left_out.items()]


def summary(done: _Operated) -> str:
    """How many files became what."""
    counts = Counter(each.action for each in done.decisions)
    words: dict[Action, str] = {
             "add": "new", "take_new": "renewed", "merge": "merged with your edits",
             "keep_local": "left as you edited them", "delete": "deleted",
             "conflict": "in conflict with your edits", "unchanged": "unchanged"}  # fmt: skip
    files = [f"{counts[action]} {word}" for action, word in words.items() if counts[action]]
    return f"files: {', '.join(files)}"


def asked_for(done: _Operated) -> list[str]:
    """How many lines of each form are empty."""
    counts = Counter(one.path for one in done.unstated)
    return [f"{count} lines of {path}" for path, count in counts.items()]


def _after(done: _Operated) -> Iterator[str]:
    for one in asked_for(done):
        yield f"asked of people: {one}"
    yield f"Next: {done.project / 'docs' / 'operating.md'}"
