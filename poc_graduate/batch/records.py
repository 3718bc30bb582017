"""A run as the journal holds it: planned, waiting to be begun, and whatever became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from poc_graduate.batch.model import Failure, Parameters, Value

State = Literal["planned", "running", "done", "failed"]


@dataclass(frozen=True)
class Planned:
    """A run of the grid, as it is to be written down.

    Attributes:
        key: What it is known by.
        number: Position in the grid, from 1.
        parameters: Name → value.
        path: Name of its folder.
        inputs: Fingerprint of what it rests on.
    """

    key: str
    number: int
    parameters: Parameters
    path: str
    inputs: str


@dataclass(frozen=True)
class Waiting:
    """A run that is to be begun.

    Attributes:
        number: Position in the grid, from 1.
        key: What it is known by.
        parameters: Name → value.
        path: Name of its folder.
        earlier: Whether a failed attempt with the same inputs left something there.
    """

    number: int
    key: str
    parameters: Parameters
    path: str
    earlier: bool

    SELECT: ClassVar[str] = "SELECT number, key, parameters, path, earlier FROM runs"

    @classmethod
    def of(cls, row: Sequence[Any]) -> Waiting:
        """From what SELECT finds."""
        number, key, parameters, path, earlier = row
        return cls(number, key, json.loads(parameters), path, bool(earlier))


@dataclass(frozen=True)
class Row:
    """A run as the journal knows it."""

    key: str
    number: int
    parameters: dict[str, Value]
    path: str
    state: State
    attempts: int
    started: float | None
    seconds: float | None
    peak: int | None
    failure: Failure | None
    metrics: dict[str, Value]

    SELECT: ClassVar[str] = (
        "SELECT key, number, parameters, path, state, attempts, started, seconds, peak, failure, "
        "metrics FROM runs"
    )

    @classmethod
    def of(cls, row: Sequence[Any]) -> Row:
        """From what SELECT finds."""
        key, number, given, path, state, attempts, started, seconds, peak, failure, metrics = row
        return cls(
            key,
            number,
            json.loads(given),
            path,
            state,
            attempts,
            started,
            seconds,
            peak,
            Failure(**json.loads(failure)) if failure else None,
            json.loads(metrics) if metrics else {},
        )

    @property
    def folder(self) -> str:
        """Where its files are, relative to the batch's folder; empty where there are none."""
        if self.state in ("done", "failed"):
            return f"{'runs' if self.state == 'done' else 'failed'}/{self.path}"
        return ""
