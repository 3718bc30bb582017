"""Which of a project's tests ran, when, with what outcome, and on which files.

The record lies in the project and is written by us alone; it holds hashes of the files that the
tests spoke about, so that it is known when it is out of date.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from poc_graduate.errors import GraduateError, InputError

RECORD = "graduation/tests-ran.json"
_FORMAT = 1
_OF_PEOPLE = frozenset({".md", ".html", ".txt", ".pdf", ".ics"})
_LEFT_OUT = frozenset(
    {"products", "graduation", "build", "dist", "__pycache__", "node_modules", "var", "venv"}
)
"""What is made, and what is the state of a machine."""
_TOLD = (0, 1)
"""Statuses of pytest where all passed, and where some failed."""

How = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Ran:
    """A run of a project's tests.

    Attributes:
        when: Moment of its end, UTC.
        outcomes: `path::name` of each test, without the values of its parameters → how it ended:
            failed where any of its cases failed, skipped where all were.
        files: Path in the project → SHA-256, of the files that the project consists of.
        papers: The same of files for people that tests speak about.
        skipped: Test that was skipped → why.
    """

    when: datetime
    outcomes: Mapping[str, How] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """As it is kept in the project; the same run gives the same text."""
        record = {
            "format": _FORMAT,
            "when": self.when.isoformat(timespec="seconds"),
            "outcomes": dict(sorted(self.outcomes.items())),
            "files": dict(sorted(self.files.items())),
            "papers": dict(sorted(self.papers.items())),
            "skipped": dict(sorted(self.skipped.items())),
        }
        return json.dumps(record, indent=1) + "\n"


def kept(project: Path) -> Ran | None:
    """The last run that was written down; None without one.

    Raises:
        InputError: the record cannot be read.
    """
    path = project / RECORD
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != _FORMAT:
            raise ValueError(f"format {record['format']}")
        when = datetime.fromisoformat(record["when"])
        return Ran(
            when,
            dict(record["outcomes"]),
            dict(record["files"]),
            # Records of before knew neither.
            dict(record.get("papers", {})),
            dict(record.get("skipped", {})),
        )
    except (OSError, ValueError, KeyError, TypeError) as damaged:
        raise InputError(
            f"{path} cannot be read: {damaged}", remedy="delete it, and run the tests again"
        ) from None


def run(project: Path, papers: Iterable[str] = (), *, timeout: float | None = None) -> Ran:
    """Run all tests of a project by its own pytest settings, in a process of their own.

    Args:
        project: Its folder.
        papers: Files for people that tests speak about.
        timeout: Seconds that all of them may take.

    Raises:
        InputError: pytest found no tests, or could not begin.
        GraduateError: they took too long.
    """
    with tempfile.TemporaryDirectory(prefix="poc-graduate-score-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-p", "no:cacheprovider",
            "-o", "junit_family=xunit1",
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=project, env={**os.environ, "PLOOMBER_STATS_ENABLED": "false"},
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise GraduateError(
                f"the tests of {project} did not end within {timeout:g} seconds",
                remedy="allow more time with --timeout",
            ) from None
        if done.returncode not in _TOLD or not report.is_file():
            last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:]
            raise InputError(
                f"the tests of {project} did not run: {' '.join(last) or 'pytest says nothing'}",
                remedy=f'pip install -e "{project}[test]", and see what pytest says there',
            )
        outcomes, skipped = _outcomes(report)
    spoken = {path: sha256(project / path) for path in papers if (project / path).is_file()}
    return Ran(datetime.now(UTC), outcomes, fingerprints(project, spoken), spoken, skipped)


def _outcomes(report: Path) -> tuple[dict[str, How], dict[str, str]]:
    found: dict[str, set[How]] = {}
    why: dict[str, str] = {}
    # pytest has just written it: no stranger's XML.
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("name", "").partition("[")[0]
        how: How = "passed"
        if case.find("failure") is not None or case.find("error") is not None:
            how = "failed"
        test = f"{case.get('file', '')}::{name}"
        skip = case.find("skipped")
        if how == "passed" and skip is not None:
            how = "skipped"
            why.setdefault(test, " ".join((skip.get("message") or "").split()))
        found.setdefault(test, set()).add(how)
    outcomes: dict[str, How] = {
        test: "failed" if "failed" in how else "passed" if "passed" in how else "skipped"
        for test, how in found.items()
    }
    return outcomes, {test: why[test] for test, how in outcomes.items() if how == "skipped"}


def fingerprints(project: Path, apart: Container[str] = ()) -> dict[str, str]:
    """SHA-256 of each file that a project consists of; what is made or for people to read is not.

    Args:
        project: Its folder.
        apart: Files that only their own questions rest on.
    """
    found = {path.relative_to(project).as_posix(): path for path in _files(project)}
    return {name: sha256(path) for name, path in found.items() if name not in apart}


def sha256(path: Path) -> str:
    """Of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _LEFT_OUT or path.suffix in _OF_PEOPLE:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        elif path.is_file():
            yield path
