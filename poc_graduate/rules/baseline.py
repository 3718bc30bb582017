"""Findings that were there before somebody began to look: accepted, so that new ones are seen."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from poc_graduate.errors import UsageError
from poc_graduate.rules.finding import Finding
from poc_graduate.rules.fingerprint import fingerprints
from poc_graduate.rules.run import chosen, rules
from poc_graduate.rules.survey import Checked, Survey

VERSION = 1
_RENEW = "write it anew with --write-baseline"

LookedFor = Callable[[str], bool]
"""Whether a rule, `POC202` or `ruff:F401`, was run: what was not looked for is not gone."""


def looked_for(select: Iterable[str], ignore: Iterable[str], tools: Iterable[str]) -> LookedFor:
    """What a check with these codes and tools looks for; rules that are no more count, too."""
    codes, known = chosen(select, ignore), {rule.code for rule in rules()}
    asked = frozenset(tools)

    def looked(rule: str) -> bool:
        tool, colon, _ = rule.partition(":")
        return tool in asked if colon else rule in codes or rule not in known

    return looked


@dataclass(frozen=True)
class Baseline:
    """What was accepted.

    Attributes:
        file: Where it is kept; notebooks are named relative to its folder.
        entries: Notebook → its accepted findings, one for each time that it occurs.
    """

    file: Path
    entries: Mapping[str, Counter[str]] = field(default_factory=dict)

    def key(self, notebook: Path) -> str:
        """What a notebook is called in the file."""
        try:
            return Path(os.path.relpath(notebook, self.file.parent)).as_posix()
        except ValueError:  # on another drive
            return notebook.resolve().as_posix()

    def without_accepted(self, survey: Survey, looked_for: LookedFor) -> Survey:
        """The survey without what was accepted, and what was accepted and is no longer there."""
        shown, accepted, gone = [], 0, Counter[str]()
        for one in survey.checked:
            key = self.key(one.path)
            kept, left = self._without(key, one.findings)
            accepted += len(one.findings) - len(kept)
            shown.append(replace(one, findings=kept))
            if one.error is None:
                gone[key] += sum(n for e, n in left.items() if looked_for(_rule(e)))
        seen = {self.key(one.path) for one in survey.checked}
        for key, entries in self.entries.items():
            if key not in seen and not self._exists(key):
                gone[key] += entries.total()
        return replace(survey, checked=tuple(shown), accepted=accepted, gone=dict(+gone))

    def new_in(self, notebook: Path, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Those of a notebook's findings that nobody accepted."""
        return self._without(self.key(notebook), findings)[0]

    def _without(
        self, key: str, findings: Sequence[Finding]
    ) -> tuple[tuple[Finding, ...], Counter[str]]:
        """What nobody accepted, and what was accepted and is not among the findings."""
        left, kept = Counter(self.entries.get(key, ())), []
        for finding, mark in zip(findings, fingerprints(findings), strict=True):
            if left[str(mark)] > 0:
                left[str(mark)] -= 1
            else:
                kept.append(finding)
        return tuple(kept), left

    def renewed(self, survey: Survey, looked_for: LookedFor) -> Baseline:
        """What is to be accepted after a look: notebooks and rules not looked at stay as they are.

        Args:
            survey: Everything that was found, nothing left out.
            looked_for: Which rules were run.
        """
        entries = {key: found for key, found in self.entries.items() if self._exists(key)}
        for one in survey.checked:
            if one.error is None:
                key = self.key(one.path)
                entries[key] = _marks(one) + Counter(
                    {e: n for e, n in entries.get(key, {}).items() if not looked_for(_rule(e))}
                )
        return Baseline(self.file, {key: found for key, found in entries.items() if found})

    def _exists(self, key: str) -> bool:
        return (self.file.parent / key).exists()

    def text(self) -> str:
        """The file: one line a finding, sorted, so that two people's changes merge."""
        notebooks = {key: sorted(found.elements()) for key, found in sorted(self.entries.items())}
        return json.dumps({"version": VERSION, "notebooks": notebooks}, indent=1) + "\n"


def _marks(one: Checked) -> Counter[str]:
    return Counter(map(str, fingerprints(one.findings)))


def _rule(entry: str) -> str:
    return entry.partition(" ")[0]


def read_baseline(file: Path) -> Baseline:
    """What a file says was accepted.

    Raises:
        UsageError: it is not there, or no baseline.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"the baseline {file} does not exist",
            remedy="write it with --write-baseline, which accepts what is found today",
        ) from None
    except OSError as failure:
        raise UsageError(f"the baseline {file} cannot be read: {failure.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"the baseline {file} is damaged", remedy=_RENEW) from None
    version = record.get("version") if isinstance(record, dict) else None
    notebooks = record.get("notebooks") if isinstance(record, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise UsageError(
            f"the baseline {file} was written by a newer poc-graduate", remedy="update poc-graduate"
        )
    if not isinstance(notebooks, dict) or not all(
        isinstance(found, list) and all(isinstance(entry, str) for entry in found)
        for found in notebooks.values()
    ):
        raise UsageError(f"{file} is no baseline", remedy=_RENEW)
    return Baseline(file, {key: Counter(found) for key, found in notebooks.items()})
