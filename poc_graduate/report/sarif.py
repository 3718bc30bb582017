"""A survey as SARIF 2.1.0, which code scanners of forges and editors read.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; which of its
properties GitHub shows: GitHub Docs, "SARIF support for code scanning".
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from poc_graduate.notebook.lines import FilePlaces, file_places
from poc_graduate.report.errors import error_sentence
from poc_graduate.report.rule_text import rule_page
from poc_graduate.rules.finding import OURS, Finding, Fix, Severity, Span
from poc_graduate.rules.fingerprint import Fingerprint, fingerprints
from poc_graduate.rules.run import rule_of
from poc_graduate.rules.survey import Survey

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {Severity.BLOCKER: "error", Severity.RISK: "warning", Severity.NOTE: "note"}
_ROOT = "%SRCROOT%"
Record = dict[str, Any]


def as_sarif(survey: Survey) -> str:
    """The document: one run a tool, ours first."""
    results: dict[str, list[tuple[Finding, Record]]] = {OURS: []}
    for one in survey.checked:
        if not one.findings:
            continue
        places = Places(one.path)
        for finding, mark in zip(one.findings, fingerprints(one.findings), strict=True):
            results.setdefault(finding.tool, []).append((finding, places.result(finding, mark)))
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [_run(tool, found, survey) for tool, found in results.items()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _run(tool: str, found: Iterable[tuple[Finding, Record]], survey: Survey) -> Record:
    rules: dict[str, Record] = {}
    results = []
    for finding, result in found:
        if finding.code not in rules:
            rules[finding.code] = _rule(finding)
        result["ruleIndex"] = list(rules).index(finding.code)
        results.append(result)
    driver: Record = {"name": tool, "rules": list(rules.values())}
    if tool == OURS:
        driver["semanticVersion"] = version(OURS)
    run: Record = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}
    if tool == OURS:
        told = [{"level": "error", "message": {"text": error_sentence(e)}} for e in survey.errors]
        invocation: Record = {"executionSuccessful": not told}
        if told:
            invocation["toolExecutionNotifications"] = told
        run["invocations"] = [invocation]
    run["results"] = results
    return run


def _rule(finding: Finding) -> Record:
    rule = rule_of(finding.code) if finding.tool == OURS else None
    if rule is None:
        told: Record = {"id": finding.code}
        if finding.name:
            told["name"] = finding.name
        return told | ({"helpUri": finding.link} if finding.link else {})
    doc = rule.sections()
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": doc.what},
        "fullDescription": {"text": f"{doc.what} Why it bites: {doc.why}"},
        "help": {"text": f"{doc.what}\n\nWhy it bites: {doc.why}", "markdown": rule_page(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["notebook", f"{rule.code[:4]}xx"], "precision": "high"},
    }


class Places:
    """Where a notebook's findings stand in its file.

    Args:
        path: The notebook.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _in_file(self) -> FilePlaces:
        return file_places(self._path)

    @property
    def uri(self) -> str:
        """Relative to the folder that `check` runs in, which is the repository's in CI."""
        try:
            path = Path(os.path.relpath(self._path)).as_posix()
        except ValueError:  # on another drive
            return self._path.resolve().as_uri()
        return quote(path)

    def region(self, cell: int, span: Span) -> Record:
        """Lines and columns of the file; without columns where its lines are not the cell's."""
        start = self._in_file.of(cell, span.line, span.column)
        end = self._in_file.of(cell, span.end_line, span.end_column)
        if start is None:
            return {"startLine": self._in_file.first_line(cell)}
        region = {"startLine": start.line, "startColumn": start.column}
        if end is not None:
            region |= {"endLine": end.line, "endColumn": end.column}
        return region

    def of(self, finding: Finding) -> Record:
        """The region of a finding."""
        at = finding.place
        return self.region(at.cell, Span(at.line, at.column, finding.end_line, finding.end_column))

    def result(self, finding: Finding, mark: Fingerprint) -> Record:
        """One finding; `primaryLocationLineHash` is the only fingerprint that GitHub reads."""
        at = finding.place
        span = Span(at.line, at.column, finding.end_line, finding.end_column)
        told: Record = {
            "ruleId": finding.code,
            "level": LEVELS[finding.severity],
            "message": {"text": f"cell {at.cell}, line {at.line}: {finding.message}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": self.uri, "uriBaseId": _ROOT},
                        "region": self.of(finding),
                    },
                    "logicalLocations": [
                        {
                            "name": f"cell {at.cell}",
                            "fullyQualifiedName": f"cell {at.cell}, line {at.line}",
                            "kind": "cell",
                            "properties": {"cellId": at.cell_id, **vars(span), "cell": at.cell},
                        }
                    ],
                }
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": f"{mark.digest}:{mark.occurrence}",
                "pocGraduate/v1": f"{mark} {mark.occurrence}",
            },
        }
        if finding.fix is not None:
            told["properties"] = {"fix": finding.fix.title, "fixIsSafe": finding.fix.safe}
            replacements = list(self._replacements(finding.fix))
            whole = finding.fix.files or finding.fix.cells or finding.fix.removed
            if None not in replacements and not whole:  # what else it changes, SARIF cannot say
                change = {
                    "artifactLocation": {"uri": self.uri, "uriBaseId": _ROOT},
                    "replacements": replacements,
                }
                fix = {"description": {"text": finding.fix.title}, "artifactChanges": [change]}
                told["fixes"] = [fix]
        return told

    def _replacements(self, fix: Fix) -> Iterator[Record | None]:
        """The edits as the file is written; None for one that its layout does not allow."""
        for edit in fix.edits:
            region = self.region(edit.cell, edit.span)
            text = self._in_file.written(edit.cell, edit.span.line, edit.text)
            if "endColumn" not in region or text is None:
                yield None
            else:
                yield {"deletedRegion": region, "insertedContent": {"text": text}}
