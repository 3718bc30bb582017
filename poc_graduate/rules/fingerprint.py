"""What tells one finding from another while cells move and lines come and go elsewhere."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from poc_graduate.rules.finding import OURS, Finding

_DIGITS = 16


@dataclass(frozen=True)
class Fingerprint:
    """One finding among those of its notebook.

    Attributes:
        rule: `POC202`, or `ruff:F401` where another tool found it.
        digest: Of the line's text, blanks made equal and secrets masked: nothing can be read
            from it.
        occurrence: Which one of those with the same rule and text, from 1.
    """

    rule: str
    digest: str
    occurrence: int

    def __str__(self) -> str:
        return f"{self.rule} {self.digest}"


def fingerprints(findings: Iterable[Finding]) -> Iterator[Fingerprint]:
    """One for each of a notebook's findings, which come in order."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        rule = rule_key(finding)
        text = f"{rule}\n{' '.join(finding.line_text.split())}"
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
        seen[rule, digest] += 1
        yield Fingerprint(rule, digest, seen[rule, digest])


def rule_key(finding: Finding) -> str:
    """`POC202`, or `ruff:F401` where another tool found it."""
    return finding.code if finding.tool == OURS else f"{finding.tool}:{finding.code}"
