"""What checks of batches found, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from poc_graduate.contracts.model import Finding, Report
from poc_graduate.report.certificate_text import counted

_SHOWN = 12
"""Rules broken by single rows that are shown; the others are counted."""


def contract_text(reports: Sequence[Report]) -> str:
    """All reports as text."""
    return "\n".join(line for report in reports for line in _lines(report)) + "\n"


def verdict(report: Report) -> str:
    """What came out, in a sentence."""
    aside = len(report.quarantine)
    rows = f"{report.rows:,} rows"
    odd = f"; {counted(aside, ('row', 'rows'))} to put aside" if aside else ""
    stops = sum(f.severity == "stop" for f in report.findings)
    warns = sum(f.severity == "warn" for f in report.findings)
    warned = f"; {counted(warns, ('warning', 'warnings'))}" if warns else ""
    if report.holds:
        return f"holds ({rows}{warned}{odd})"
    return f"broken: {counted(stops, ('violation', 'violations'))} ({rows}{warned}{odd})"


def where(finding: Finding) -> str:
    """The column, or that it is the whole table."""
    return finding.column or "the table"


def rows_text(finding: Finding) -> str:
    """How many rows, and the first of them."""
    if not finding.rows or not finding.first:
        return ""
    more = ", …" if finding.rows > len(finding.first) else ""
    return f"{counted(finding.rows, ('row', 'rows'))}: {', '.join(map(str, finding.first))}{more}"


def record(reports: Sequence[Report]) -> dict[str, Any]:
    """All reports for machines."""
    return {
        "holds": all(report.holds for report in reports),
        "batches": [
            {
                "batch": report.batch,
                "rows": report.rows,
                "holds": report.holds,
                "findings": [asdict(finding) for finding in report.findings],
                "quarantine": [
                    {"row": row, "reasons": list(reasons)}
                    for row, reasons in report.quarantine.items()
                ],
            }
            for report in reports
        ],
    }


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.batch}: {verdict(report)}"
    single = [f for f in report.findings if f.severity == "row"]
    for finding in report.findings:
        if finding.severity == "row" and finding in single[_SHOWN:]:
            continue
        yield f"  {finding.severity:<4}  {where(finding)}  [{finding.rule}]  {finding.says}"
        rows = rows_text(finding)
        bounds = f"found {finding.found}; seen {finding.seen}; allowed {finding.allowed}"
        yield f"        {bounds}{'; ' if rows else ''}{rows}"
    if len(single) > _SHOWN:
        yield f"  and {len(single) - _SHOWN} more rules that single rows break"
