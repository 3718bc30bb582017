"""`check --watch`: looks again at notebooks that change, until somebody stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from poc_graduate.rules.survey import Survey

PAUSE = 0.5
"""Seconds between two looks at the file system."""

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Changes:
    """What has become of the notebooks since the last look.

    Attributes:
        there: All that are there now, in order.
        changed: Those that are new or were written.
    """

    there: tuple[Path, ...]
    changed: tuple[Path, ...]


def changes(notebooks: Callable[[], Iterable[Path]], wait: Callable[[], None]) -> Iterator[Changes]:
    """All notebooks first, then what has changed, each time that something has.

    Args:
        notebooks: Those to be watched, asked anew each time: some come and some go.
        wait: Called between two looks.
    """
    seen: dict[Path, Stamp] | None = None
    while True:
        now = {path: stamp for path in notebooks() if (stamp := _stamp(path)) is not None}
        if now != seen:
            before = seen or {}
            yield Changes(tuple(now), tuple(p for p, at in now.items() if before.get(p) != at))
        seen = now
        wait()


def _stamp(path: Path) -> Stamp | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


def watch(
    notebooks: Callable[[], Iterable[Path]],
    look: Callable[[tuple[Path, ...]], Survey],
    report: Callable[[Survey], int],
    *,
    wait: Callable[[], None] = lambda: time.sleep(PAUSE),
) -> int:
    """Report on all notebooks, and again whenever one has changed; the last report's status.

    Args:
        notebooks: Those to be watched.
        look: Checks some of them.
        report: Shows what was found in all of them.
        wait: Called between two looks at the file system.
    """
    from poc_graduate.rules.survey import Survey

    status, survey = 0, Survey()
    try:
        for found in changes(notebooks, wait):
            new = look(found.changed) if found.changed else Survey()
            survey = survey.renewed(new, found.there)
            click.clear()  # does nothing where no terminal is
            status = report(survey)
            count = len(found.there)
            watched = "1 notebook" if count == 1 else f"{count:,} notebooks"
            click.echo(f"Watching {watched}; Ctrl-C ends.", err=True)
    except KeyboardInterrupt:
        click.echo(err=True)
    return status
