"""What came of a batch, in figures: counts, failures by cause, the slowest runs."""

from __future__ import annotations

import heapq
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poc_graduate.batch.journal import Journal
from poc_graduate.batch.lock import held
from poc_graduate.batch.model import Cause, Failure
from poc_graduate.batch.records import Row

_NONE: Mapping[str, Any] = {"number": 0, "started": 0.0, "ended": 0.0, "ending": ""}
_SHOWN = 10
"""Runs that are named of each kind."""


@dataclass(frozen=True)
class Status:
    """How far a batch is.

    Attributes:
        folder: Its folder.
        source: The notebook or project.
        kind: notebook or project.
        at_work: Whether a process is at it now.
        ending: How the last session ended; empty where it is going on or was cut off.
        planned: Runs of the grid.
        done: Those that went well.
        failed: Those that did not.
        running: Those that are under way, or were when the batch was cut off.
        rate: Attempts a minute in the last session.
        left: Seconds until the end at this rate; None where nothing is at work.
    """

    folder: Path
    source: str
    kind: str
    at_work: bool
    ending: str
    planned: int
    done: int
    failed: int
    running: int
    rate: float
    left: float | None

    @property
    def waiting(self) -> int:
        """Runs that have not begun, or are to be done again."""
        return self.planned - self.done - self.failed - self.running


@dataclass(frozen=True)
class Group:
    """Runs that failed in the same place for the same reason.

    Attributes:
        failure: Of the first of them.
        count: How many there are.
        messages: How many different messages they have.
        runs: The first of them.
    """

    failure: Failure
    count: int
    messages: int
    runs: tuple[Row, ...]


@dataclass(frozen=True)
class Summary:
    """What came of a batch.

    Attributes:
        status: How far it is.
        failures: Groups of runs that failed, the largest first.
        slowest: Runs that took longest.
        versions: Of what ran the notebooks, in the last session.
        grid: Name of the grid's file.
    """

    status: Status
    failures: tuple[Group, ...]
    slowest: tuple[Row, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    grid: str = ""

    @property
    def all_done(self) -> bool:
        """Whether each run of the grid went well."""
        return self.status.done == self.status.planned


def status(folder: Path) -> Status:
    """How far a batch is; reads no more than counts.

    Args:
        folder: Its folder.

    Raises:
        InputError: it holds no batch.
    """
    with Journal(folder) as journal:
        return status_of(folder, journal, at_work=held(folder))


def status_of(folder: Path, journal: Journal, *, at_work: bool) -> Status:
    """The same, of an open journal."""
    counts = journal.counts()
    sessions = journal.sessions()
    last: dict[str, Any] = sessions[-1] if sessions else dict(_NONE)
    until = time.time() if at_work else last["ended"] or last["started"]
    seconds = max(until - last["started"], 1e-6)
    ended = journal.ended_in(last["number"])
    rate = 60 * ended / seconds if ended and seconds > 0.01 else 0.0
    planned = sum(counts.values())
    missing = planned - counts.get("done", 0) - counts.get("failed", 0)
    return Status(
        folder,
        journal.about("source"),
        journal.about("kind"),
        at_work,
        "" if at_work else last["ending"] or "",
        planned,
        counts.get("done", 0),
        counts.get("failed", 0),
        counts.get("running", 0),
        rate,
        60 * missing / rate if rate and at_work else None,
    )


def summary(folder: Path) -> Summary:
    """What came of a batch.

    Args:
        folder: Its folder.

    Raises:
        InputError: it holds no batch.
    """
    with Journal(folder) as journal:
        return summary_of(folder, journal, at_work=held(folder))


def summary_of(folder: Path, journal: Journal, *, at_work: bool) -> Summary:
    """The same, of an open journal; its own batch says that it is no longer at work."""
    slowest = heapq.nlargest(_SHOWN, journal.rows("done"), key=lambda row: row.seconds or 0)
    sessions = journal.sessions()
    return Summary(
        status_of(folder, journal, at_work=at_work),
        _failures(journal),
        tuple(slowest),
        json.loads(sessions[-1]["versions"]) if sessions else {},
        journal.about("grid"),
    )


_Place = tuple[Cause, str, str, int, int]


def _failures(journal: Journal) -> tuple[Group, ...]:
    first: dict[_Place, list[Row]] = {}
    counts: dict[_Place, int] = {}
    messages: dict[_Place, set[str]] = {}
    for row in journal.rows("failed"):
        if row.failure is None:
            continue
        one = row.failure
        place = one.cause, one.error, one.task, one.cell, one.line
        counts[place] = counts.get(place, 0) + 1
        messages.setdefault(place, set()).add(one.message)
        if len(first.setdefault(place, [])) < _SHOWN:
            first[place].append(row)
    groups = []
    for place in sorted(counts, key=lambda place: (-counts[place], place)):
        failure = first[place][0].failure
        assert failure is not None
        groups.append(Group(failure, counts[place], len(messages[place]), tuple(first[place])))
    return tuple(groups)
