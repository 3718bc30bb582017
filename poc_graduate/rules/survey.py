"""What was found in all the notebooks that somebody asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from poc_graduate.errors import GraduateError
from poc_graduate.rules.finding import Finding


@dataclass(frozen=True)
class Checked:
    """One notebook looked at; it carries no source, so that a process may hand it to another.

    Attributes:
        path: The notebook, as it was given or come across.
        findings: What was found, in the order a reader meets it.
        error: Why it could not be looked at; None where it could.
    """

    path: Path
    findings: tuple[Finding, ...] = ()
    error: GraduateError | None = None


@dataclass(frozen=True)
class Survey:
    """All notebooks looked at, in order.

    Attributes:
        checked: One record a notebook.
        failures: Why something else could not be asked: a tool that is not there.
        accepted: How many findings are left out, as a baseline accepts them.
        gone: Notebook, as the baseline names it → how many that it accepts are no longer there.
    """

    checked: tuple[Checked, ...] = ()
    failures: tuple[GraduateError, ...] = ()
    accepted: int = 0
    gone: Mapping[str, int] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[tuple[Path, Finding], ...]:
        """Every finding, with the notebook it is in."""
        return tuple((one.path, finding) for one in self.checked for finding in one.findings)

    @property
    def errors(self) -> tuple[GraduateError, ...]:
        """Why notebooks could not be looked at, or not by everyone who was asked."""
        own = tuple(one.error for one in self.checked if one.error is not None)
        return (*own, *self.failures)

    @property
    def notebooks(self) -> int:
        """How many could be looked at."""
        return sum(one.error is None for one in self.checked)

    def renewed(self, newer: Survey, paths: Iterable[Path]) -> Survey:
        """Of each notebook what was seen last.

        Args:
            newer: A survey of some of the notebooks.
            paths: The notebooks that are there, in order.
        """
        by_path = {one.path: one for one in (*self.checked, *newer.checked)}
        there = tuple(by_path[path] for path in paths if path in by_path)
        return replace(newer, checked=there)
