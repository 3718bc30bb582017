"""Findings as text with a caret, as records, and as annotations for GitHub."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from poc_graduate.report.errors import error_record
from poc_graduate.rules.finding import OURS, Finding, Fix, Severity
from poc_graduate.rules.survey import Survey

SCHEMA = 1
"""Version of the JSON document; it grows when a key changes its meaning or goes."""
_LONGEST, _BEFORE = 200, 40
"""Characters of a line shown, and how many of them stand before the place."""
_GITHUB = {Severity.BLOCKER: "error", Severity.RISK: "warning", Severity.NOTE: "notice"}


def as_text(path: str, finding: Finding) -> str:
    """One finding: where, the line with what is meant underlined, what was found."""
    at = finding.place
    heading = f" “{at.heading}”" if at.heading else ""
    number = str(at.line)
    lead = " " * len(number)
    text, start, end = _window(finding)
    lines = [
        f"{path}  cell {at.cell}{heading}, line {at.line}",
        f"  {number} │ {text}",
        f"  {lead} │ {_underline(text, start, end)}",
        f"{finding.code} {finding.severity}  {finding.message}{_by(finding)}",
    ]
    if finding.fix is not None:
        # Below the severity, so that the eye finds it.
        word = " " * len(finding.code) + " " + "fix".ljust(len(finding.severity))
        lines.append(f"{word}  {fix_text(finding)}")
    return "\n".join([*lines, ""])


def _by(finding: Finding) -> str:
    """Who else found it."""
    return "" if finding.tool == OURS else f" ({finding.tool})"


def fix_text(finding: Finding) -> str:
    """What a fix changes and how to ask for it; empty where there is none."""
    if finding.fix is None:
        return ""
    asked = "check --fix" if finding.fix.safe else f"check --fix {finding.code}"
    return f"{' '.join(finding.fix.title.split())}   ({asked})"


def _window(finding: Finding) -> tuple[str, int, int]:
    """The line, or what stands around the place in a long one, and what is underlined there."""
    text, start = finding.line_text, finding.place.column - 1
    same_line = finding.end_line == finding.place.line
    end = finding.end_column - 1 if same_line else len(text.rstrip())
    if len(text) <= _LONGEST:
        return text, start, end
    first = max(start - _BEFORE, 0)
    last = min(len(text), first + _LONGEST)
    head, tail = "… " * (first > 0), " …" * (last < len(text))
    shown = head + text[first:last] + tail
    return shown, start - first + len(head), min(end, last) - first + len(head)


def _underline(text: str, start: int, end: int) -> str:
    blank = "".join("\t" if char == "\t" else " " * _width(char) for char in text[:start])
    return blank + "^" * max(sum(map(_width, text[start:end])), 1)


def _width(char: str) -> int:
    """Columns of a terminal that a character takes (Unicode Annex 11)."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def summary(survey: Survey) -> str:
    """How many findings of which severity, in one line; what a baseline left out, in the next."""
    files = survey.notebooks
    looked = "1 notebook" if files == 1 else f"{files:,} notebooks"
    nothing = "Nothing new found" if survey.accepted else "Nothing found"
    told = f"{as_counts(f for _, f in survey.findings) or nothing} in {looked}"
    if survey.accepted:
        told += f"; {survey.accepted:,} accepted before"
    lines = [f"{told}."]
    if gone := sum(survey.gone.values()):
        verb, them = ("finding is", "it") if gone == 1 else ("findings are", "them")
        lines.append(f"{gone:,} accepted {verb} no longer there; --write-baseline drops {them}.")
    return "\n".join(lines)


def as_counts(found: Iterable[Finding]) -> str:
    """`2 blockers, 1 note`; empty for nothing."""
    counts = Counter(finding.severity for finding in found)
    return ", ".join(
        f"{counts[s]:,} {s}{'s' if counts[s] > 1 else ''}" for s in Severity if counts[s]
    )


def as_record(path: str, finding: Finding) -> dict[str, object]:
    """One finding for machines."""
    at = finding.place
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "path": path,
        "cell": at.cell,
        "cell_id": at.cell_id,
        "heading": at.heading,
        "line": at.line,
        "column": at.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "message": finding.message,
        "why": finding.why,
        "on_export": finding.on_export,
        "tool": finding.tool,
        "link": finding.link,
        "fix": fix_record(finding.fix),
    }


def fix_record(fix: Fix | None) -> dict[str, object] | None:
    """A fix for machines: edits in characters, lines and columns from 1, the end behind."""
    if fix is None:
        return None
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [{"cell": e.cell, **vars(e.span), "text": e.text} for e in fix.edits],
        "files": [{"path": f.path, "text": f.text} for f in fix.files],
        "cells": [
            {"before": c.before, "source": c.source, "tags": list(c.tags)} for c in fix.cells
        ],
        "removed": list(fix.removed),
    }


def as_document(survey: Survey) -> dict[str, object]:
    """All findings as one record."""
    return {
        "version": SCHEMA,
        "findings": [as_record(str(path), finding) for path, finding in survey.findings],
        "errors": [error_record(error) for error in survey.errors],
        "accepted": survey.accepted,
        "gone": dict(survey.gone),
    }


def as_github(path: str, finding: Finding, region: Mapping[str, int]) -> str:
    """One workflow command; the text names the cell, as people do not count lines of the file.

    Source: GitHub Docs, "Workflow commands for GitHub Actions", setting messages.

    Args:
        path: The notebook.
        finding: What was found.
        region: Where that is in the file, as SARIF says it.
    """
    at = finding.place
    values = {
        "file": path,
        "line": region["startLine"],
        "endLine": region.get("endLine", region["startLine"]),
        "title": f"{finding.code} {finding.name}".rstrip(),
    }
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in values.items())
    text = _escaped(f"cell {at.cell}, line {at.line}: {finding.message}")
    return f"::{_GITHUB[finding.severity]} {properties}::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
