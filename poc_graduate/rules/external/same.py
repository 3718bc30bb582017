"""Findings of other tools that say what one of ours says: ours stays, it knows more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from poc_graduate.rules.finding import Finding

SAME: dict[str, str] = {
    code: ours
    for ours, codes in {
        "F401": "W0611",
        "POC104": "S105 S106 S107 B105 B106 B107",
        "POC302": "F821 E0602 name-defined",
        "POC309": "ERA001",
        "POC403": "DTZ002 DTZ003 DTZ004 DTZ005 DTZ006 DTZ011 DTZ012",
        "POC402": "NPY002",
        "POC408": "NPY201",
        "POC602": "PD002",
        "POC604": "PD011",
        "POC608": "PLW0177 W0177",
        "POC702": "S113 B113",
        "POC703": "E722 S110 S112 BLE001 SIM105 B110 B112 W0702 W0718",
        "POC704": "T201",
        "POC708": "S301 S302 S307 S506 B301 B302 B307 B506 S614 B614 W0123 PGH001",
        "POC807": "E402 C0413",
        "POC808": "T100 W1515",
        "POC904": "F704 PLE1142",
    }.items()
    for code in codes.split()
}
"""Their code → the code of ours that says the same; F401 is ruff's, flake8's and pylint's."""


def told_once(ours: Sequence[Finding], theirs: Iterable[Finding]) -> tuple[Finding, ...]:
    """Ours, and of theirs those that nobody else says, as a reader meets them."""
    first: dict[tuple[str, int, int], str] = {}
    kept = []
    for one in theirs:
        mark = (SAME.get(one.code, one.code), one.place.cell, one.place.line)
        # A tool may find the same twice in a line, in two places; two tools mean one.
        if first.setdefault(mark, one.tool) == one.tool and not any(_same(one, o) for o in ours):
            kept.append(one)
    return tuple(sorted((*ours, *kept), key=lambda finding: finding.order))


def _same(theirs: Finding, ours: Finding) -> bool:
    return (
        SAME.get(theirs.code) == ours.code
        and theirs.place.cell == ours.place.cell
        and theirs.place.line <= ours.end_line
        and ours.place.line <= theirs.end_line
    )
