"""The certificate: what was compared between notebook and pipeline, how, and with what verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["equal", "different", "not comparable"]
Subject = Literal["value", "output", "file", "state"]


@dataclass(frozen=True)
class Verdict:
    """One thing compared.

    Attributes:
        subject: value (a variable after a cell), output (something displayed), file (written),
            or state (options, environment, random generators).
        name: Variable, `output 2`, file path, or component of state.
        cell: Position of the notebook's cell among all cells, from 1.
        stage: Task that computes it.
        outcome: equal, different, or not comparable.
        how: How it was compared, one phrase.
        notebook: Short form of the notebook's value.
        pipeline: Short form of the pipeline's value.
        reason: Why it differs or cannot be compared; empty where equal.
        boundary: True where it crosses from one task to another.
    """

    subject: Subject
    name: str
    cell: int
    stage: str
    outcome: Outcome
    how: str
    notebook: str = ""
    pipeline: str = ""
    reason: str = ""
    boundary: bool = False


@dataclass(frozen=True)
class Trials:
    """What a project's tests noticed of mistakes put into its functions and its data.

    Attributes:
        tried: Mistakes that were shown to the tests.
        killed: Those that a test noticed.
        kills: Test → how many of them it noticed. Tests that build are shown only what the unit
            tests let through, and stop at the first that fails.
        survivors: Mistakes that no test noticed, in words.
        untried: Mistakes that the unit tests let through and that no other test was shown, for
            want of time; they are among the tried, and count as not noticed.
        idle: Unit tests that noticed none, although some were made in their function.
        runs: Runs of the unchanged project.
        failures: What failed in them: test, and in how many runs.
        data: Mistake put into the data → the first test that noticed it; empty where none did.
    """

    tried: int
    killed: int
    kills: Mapping[str, int]
    survivors: tuple[str, ...]
    untried: int
    idle: tuple[str, ...]
    runs: int
    failures: Mapping[str, int]
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of the mistakes that were noticed; 1 where there was none to make."""
        return self.killed / self.tried if self.tried else 1.0


@dataclass(frozen=True)
class Certificate:
    """All verdicts of one verification.

    Attributes:
        notebook: File name of the notebook.
        notebook_sha256: Hash of its text.
        project: Name of the project.
        verdicts: In the notebook's order.
        python: Version of the interpreter on both sides.
        packages: Distribution → version of what the notebook imported.
        kernel_note: Said where the kernel was not the notebook's own.
        files_sha256: Project file → hash of what was built, so that an edit after the proof shows.
        trials: What the project's tests were shown, and noticed; None where nobody asked.
    """

    notebook: str
    notebook_sha256: str
    project: str
    verdicts: tuple[Verdict, ...]
    python: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    kernel_note: str = ""
    files_sha256: dict[str, str] = field(default_factory=dict)
    trials: Trials | None = None

    @property
    def equal(self) -> bool:
        """True where nothing that could be compared differs."""
        return all(verdict.outcome != "different" for verdict in self.verdicts)

    def count(self, outcome: Outcome) -> int:
        """How many verdicts have this outcome."""
        return sum(verdict.outcome == outcome for verdict in self.verdicts)

    def to_json(self) -> str:
        """The certificate as indented JSON with a stable order."""
        record: dict[str, Any] = asdict(self)
        record["equal"] = self.equal
        record["schema"] = 1
        if self.trials is None:
            del record["trials"]
        return json.dumps(record, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """Read back what `to_json` wrote."""
        record = json.loads(text)
        record.pop("equal", None)
        record.pop("schema", None)
        record["verdicts"] = tuple(Verdict(**verdict) for verdict in record["verdicts"])
        if record.get("trials"):
            told = record["trials"]
            lists = {name: tuple(told[name]) for name in ("survivors", "idle")}
            record["trials"] = Trials(**{**told, **lists})
        return cls(**record)
