"""What passes between planner, executors and journal: frozen, and plain as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Value = None | bool | int | float | str | list[Any] | dict[str, Any]
Parameters = Mapping[str, Value]
Kind = Literal["notebook", "project"]

Cause = Literal[
    "code",  # the notebook raised
    "network",  # it raised what a slow network or a locked file makes it raise
    "kernel died",
    "worker lost",
    "memory",  # more than --memory
    "time",  # longer than --timeout
    "disk full",
    "stopped",  # by the user
    "setup",  # nothing of the notebook had run yet
]
MAY_PASS: frozenset[Cause] = frozenset({"network", "kernel died", "worker lost"})
"""Causes after which the same run may go well later; what the notebook itself says is none."""


@dataclass(frozen=True)
class Failure:
    """Why a run did not end well.

    Attributes:
        cause: The kind of reason; it decides whether the run is tried again.
        error: Name of the exception, or a short word for it.
        message: What was said, first line.
        cell: Position among the notebook's cells, from 1; 0 where no cell is known.
        line: Line in that cell, from 1; 0 where it is not known.
        task: Name of the project's task; empty for a notebook.
        source: Text of that line.
    """

    cause: Cause
    error: str = ""
    message: str = ""
    cell: int = 0
    line: int = 0
    task: str = ""
    source: str = ""

    @property
    def may_pass(self) -> bool:
        """Whether trying again makes sense."""
        return self.cause in MAY_PASS

    @property
    def place(self) -> str:
        """`task train, cell 4, line 2`, as far as it is known."""
        parts = [f"task {self.task}" if self.task else "", f"cell {self.cell}" if self.cell else ""]
        parts.append(f"line {self.line}" if self.line else "")
        return ", ".join(filter(None, parts))

    def __str__(self) -> str:
        what = ": ".join(filter(None, (self.error, self.message))) or self.cause
        return f"{self.place}: {what}" if self.place else what


@dataclass(frozen=True)
class Work:
    """One attempt at one run: all that whoever executes it has to know.

    Attributes:
        run: Key of the run in the journal.
        attempt: 1 for the first.
        kind: A notebook, or a project that Ploomber builds.
        source: Absolute path of the notebook or of the project's folder.
        parameters: Name → value; what is not named keeps its default.
        folder: Absolute path of a folder that does not exist yet and belongs to this attempt.
        left_out: Absolute path of the batch's own folder, which may lie beside the notebook.
        timeout: Seconds that it may take; None for no limit.
        memory: Bytes that its processes may hold together; None for no limit.
        engine: Papermill's engine; None for its default.
        options: Keyword arguments of `papermill.execute_notebook`, plain as JSON.
        earlier: Folder of what a failed attempt left, whose inputs were the same: a project is
            built on from there. Empty for none.
    """

    run: str
    attempt: int
    kind: Kind
    source: str
    parameters: Parameters
    folder: str
    left_out: str = ""
    timeout: float | None = None
    memory: int | None = None
    engine: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    earlier: str = ""

    def to_record(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Work:
        """The same again."""
        return cls(**record)


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        run: Key of the run.
        attempt: Which attempt.
        made: Folder with the executed notebook and what else the run wrote, to be published by
            one rename; empty where there is nothing to keep.
        failure: None where all went well.
        metrics: Scraps, and the entries of JSON files that the run wrote.
        started: Seconds since the epoch.
        seconds: How long it took.
        peak: The most bytes that its processes held at once, as far as was looked at.
        worker: Who did it, for people.
    """

    run: str
    attempt: int
    made: str = ""
    failure: Failure | None = None
    metrics: Mapping[str, Value] = field(default_factory=dict)
    started: float = 0.0
    seconds: float = 0.0
    peak: int = 0
    worker: str = ""

    def to_record(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Outcome:
        """The same again."""
        failure = record.get("failure")
        return cls(**{**record, "failure": Failure(**failure) if failure else None})
