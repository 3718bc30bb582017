"""Findings as text with a caret, as records, and as annotations for GitHub."""

from __future__ import annotations

import unicodedata
from collections import Counter

from poc_graduate.report.errors import error_record
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.survey import Survey

SCHEMA = 1
"""Version of the JSON document; it grows when a key changes its meaning or goes."""
_GITHUB = {Severity.BLOCKER: "error", Severity.RISK: "warning", Severity.NOTE: "notice"}


def as_text(path: str, finding: Finding) -> str:
    """One finding: where, the line with what is meant underlined, what was found."""
    at = finding.place
    heading = f" “{at.heading}”" if at.heading else ""
    number = str(at.line)
    lead = " " * len(number)
    return "\n".join(
        [
            f"{path}  cell {at.cell}{heading}, line {at.line}",
            f"  {number} │ {finding.line_text}",
            f"  {lead} │ {_underline(finding)}",
            f"{finding.code} {finding.severity}  {finding.message}",
            "",
        ]
    )


def _underline(finding: Finding) -> str:
    text, start = finding.line_text, finding.place.column - 1
    same_line = finding.end_line == finding.place.line
    end = finding.end_column - 1 if same_line else len(text.rstrip())
    blank = "".join("\t" if char == "\t" else " " * _width(char) for char in text[:start])
    return blank + "^" * max(sum(map(_width, text[start:end])), 1)


def _width(char: str) -> int:
    """Columns of a terminal that a character takes (Unicode Annex 11)."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def summary(survey: Survey) -> str:
    """How many findings of which severity, in one line."""
    found, files = [finding for _, finding in survey.findings], survey.notebooks
    looked = "1 notebook" if files == 1 else f"{files:,} notebooks"
    if not found:
        return f"Nothing found in {looked}."
    counts = Counter(finding.severity for finding in found)
    parts = [f"{counts[s]:,} {s}{'s' if counts[s] > 1 else ''}" for s in Severity if counts[s]]
    return f"{', '.join(parts)} in {looked}."


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
    }


def as_document(survey: Survey) -> dict[str, object]:
    """All findings as one record."""
    return {
        "version": SCHEMA,
        "findings": [as_record(str(path), finding) for path, finding in survey.findings],
        "errors": [error_record(error) for error in survey.errors],
    }


def as_github(path: str, finding: Finding) -> str:
    """One workflow command; a notebook's file has no lines of its cells, so the text says where.

    Source: GitHub Docs, "Workflow commands for GitHub Actions", setting messages.
    """
    at = finding.place
    title = _property(f"{finding.code} {finding.name}")
    text = _escaped(f"cell {at.cell}, line {at.line}: {finding.message}")
    return f"::{_GITHUB[finding.severity]} file={_property(path)},title={title}::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
