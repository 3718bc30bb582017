"""A survey as one page: what was found, in the notebooks where it stands; nothing loaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from poc_graduate.notebook.model import Cell
from poc_graduate.notebook.read import read
from poc_graduate.report.errors import error_sentence
from poc_graduate.report.findings import as_counts, fix_text, summary
from poc_graduate.report.pages import style, template
from poc_graduate.report.rule_text import family_of
from poc_graduate.rules.finding import OURS, Finding, Severity
from poc_graduate.rules.masking import masked_sources
from poc_graduate.rules.run import rule_of
from poc_graduate.rules.survey import Checked, Survey

_LONGEST = 600
"""Characters of a line shown."""
_MOST = 400
"""Lines of a cell shown; a finding behind them is shown all the same."""
_TEXT = 24
"""Lines of a Markdown cell shown."""
_NEAR = 8
"""Lines underlined below which a finding stands under the last; under the first else."""
_CUT = " … "
_HEADING = re.compile(r"#{1,6}\s+(.*)")


@dataclass(frozen=True)
class Shown:
    """One finding.

    Attributes:
        anchor: For links within the page.
        finding: What was found.
        where: `cell 4, line 2`.
        notebook: Its path.
        fix: What would mend it, and how to ask for it; empty for none.
        rule: Anchor of what is said about its rule.
    """

    anchor: str
    finding: Finding
    where: str
    notebook: str
    fix: str
    rule: str


@dataclass(frozen=True)
class Part:
    """A piece of a line; `mark` is the severity of what is underlined there, or empty."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Line:
    """A line of code with what was found in it; `number` 0 stands for lines left out."""

    number: int
    parts: tuple[Part, ...]
    found: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Block:
    """One cell.

    Attributes:
        anchor: For links within the page.
        cell: Position among all cells, from 1.
        kind: code, markdown or raw.
        text: Lines of a cell that is no code; `heading` is the mark of those that are headings.
        lines: The lines of a code cell.
        found: How many findings are in it.
        gist: Its first line of code, for a cell that is folded.
    """

    anchor: str
    cell: int
    kind: str
    text: tuple[Part, ...] = ()
    lines: tuple[Line, ...] = ()
    found: int = 0
    gist: str = ""


@dataclass(frozen=True)
class NotebookPart:
    """One notebook; `blocks` are its cells, `error` says why there are none."""

    anchor: str
    path: str
    counts: str
    found: tuple[Shown, ...] = ()
    blocks: tuple[Block, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class RulePart:
    """What is said about a rule, and where it found something."""

    anchor: str
    code: str
    name: str
    severity: str
    what: str
    why: str
    export: str
    link: str
    found: tuple[Shown, ...]


@dataclass(frozen=True)
class FamilyPart:
    """A family of rules: how many findings of which severity, and which rules."""

    title: str
    counts: tuple[int, ...]
    rules: tuple[RulePart, ...]


@dataclass(frozen=True)
class Page:
    """All that fills the template.

    Attributes:
        state: The worst severity found; clean for none.
        headline: What was found in one sentence.
        under: What a baseline left out; empty for nothing.
        severities: Names of the columns of `families`.
        totals: How many findings of each severity.
        families: Families that something was found of.
        notebooks: Notebooks with findings or errors.
        clean: Notebooks in which nothing was found.
        exported: It says of each finding what the export did about it.
    """

    state: str
    headline: str
    under: str
    severities: tuple[str, ...]
    totals: tuple[int, ...]
    families: tuple[FamilyPart, ...]
    notebooks: tuple[NotebookPart, ...]
    clean: tuple[str, ...]
    exported: bool


def as_html(survey: Survey, *, exported: bool = False) -> str:
    """The page; the same findings in the same notebooks give the same bytes.

    Args:
        survey: What was found.
        exported: Say of each finding what the export did about it, or that it remains.
    """
    headline, *under = summary(survey).split("\n")
    if exported and survey.findings:
        done = sum(bool(finding.outcome) for _, finding in survey.findings)
        under.append(f"{done} dealt with by the export, {len(survey.findings) - done} remain.")
    numbers = iter(range(1, 1 + len(survey.findings)))
    told = [one for one in survey.checked if one.findings or one.error is not None]
    notebooks = tuple(_notebook(f"nb-{n}", one, numbers) for n, one in enumerate(told, start=1))
    found = [shown for notebook in notebooks for shown in notebook.found]
    worst = [s for s in Severity if any(shown.finding.severity == s for shown in found)]
    page = Page(
        state=str(worst[0]) if worst else "risk" if survey.errors else "clean",
        headline=headline.rstrip("."),
        under=" ".join(under),
        severities=tuple(Severity),
        totals=_by_severity(found),
        families=tuple(_families(found)),
        notebooks=notebooks,
        clean=tuple(str(o.path) for o in survey.checked if not o.findings and o.error is None),
        exported=exported,
    )
    return str(_template().render(page=page, style=_style(), icons=_ICONS))


def _notebook(anchor: str, one: Checked, numbers: Iterator[int]) -> NotebookPart:
    if one.error is not None:
        return NotebookPart(anchor, str(one.path), "not looked at", error=error_sentence(one.error))
    found = tuple(
        Shown(
            f"f{next(numbers)}",
            finding,
            f"cell {finding.place.cell}, line {finding.place.line}",
            str(one.path),
            fix_text(finding),
            _rule_anchor(finding),
        )
        for finding in one.findings
    )
    notebook = read(one.path, keep_broken=True)
    sources = masked_sources(notebook)
    cells = [replace(cell, source=sources[cell.index]) for cell in notebook.cells]
    blocks = tuple(
        _block(f"{anchor}-cell-{cell.index}", cell, [s for s in found if _in(s, cell)])
        for cell in cells
        if cell.source.strip()
    )
    return NotebookPart(anchor, str(one.path), as_counts(one.findings), found, blocks)


def _in(shown: Shown, cell: Cell) -> bool:
    return shown.finding.place.cell == cell.index


def _block(anchor: str, cell: Cell, found: list[Shown]) -> Block:
    lines = cell.source.rstrip().split("\n")
    shown = tuple(_lines(lines, found))
    if cell.kind != "code":
        text = tuple(map(_prose, [*lines[:_TEXT], "…"] if len(lines) > _TEXT else lines))
        return Block(anchor, cell.index, cell.kind, text, shown if found else (), len(found))
    gist = next((line for line in lines if line.strip() and not line.startswith("#")), lines[0])
    return Block(anchor, cell.index, "code", (), shown, len(found), _clipped(gist)[:90])


def _lines(lines: list[str], found: list[Shown]) -> Iterator[Line]:
    gap = False
    for number, text in enumerate(lines, start=1):
        here = tuple(s for s in found if min(_below(s.finding), len(lines)) == number)
        marked = any(s.finding.place.line <= number <= s.finding.end_line for s in found)
        if number <= _MOST or here or marked:
            yield Line(number, _parts(text, number, found), here)
            gap = False
        elif not gap:
            yield Line(0, (Part("…"),))
            gap = True


def _below(finding: Finding) -> int:
    """The line that a finding stands under: a short range is not torn apart."""
    near = finding.end_line - finding.place.line <= _NEAR
    return finding.end_line if near else finding.place.line


def _prose(line: str) -> Part:
    heading = _HEADING.match(line)
    return Part(_clipped(heading[1]), "heading") if heading else Part(_clipped(line))


def _parts(text: str, number: int, found: Iterable[Shown]) -> tuple[Part, ...]:
    """A line cut where underlining begins and ends; the worst severity shows."""
    spans = [
        (start, end, s.finding.severity)
        for s in found
        if s.finding.place.line <= number <= s.finding.end_line
        for start, end in [_span(text, number, s.finding)]
        if start < end
    ]
    last = min(max([_LONGEST, *(end for _, end, _ in spans)]), 4 * _LONGEST)
    cuts = sorted({0, min(len(text), last), *(min(c, last) for s in spans for c in s[:2])})
    order = list(Severity)
    parts = []
    for start, end in pairwise(cuts):
        over = [severity for a, b, severity in spans if a < end and start < b]
        parts.append(Part(text[start:end], str(min(over, key=order.index)) if over else ""))
    return (*parts, Part(_CUT)) if len(text) > last else tuple(parts)


def _span(text: str, number: int, finding: Finding) -> tuple[int, int]:
    first, last = number == finding.place.line, number == finding.end_line
    start = finding.place.column - 1 if first else len(text) - len(text.lstrip())
    end = finding.end_column - 1 if last else len(text.rstrip())
    return start, min(max(end, start + 1), len(text))


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + _CUT


def _rule_anchor(finding: Finding) -> str:
    known = f"{finding.tool}-{finding.code}" if finding.tool != OURS else finding.code
    return "rule-" + "".join(char if char.isalnum() else "-" for char in known)


def _families(found: list[Shown]) -> Iterator[FamilyPart]:
    titles: dict[str, list[Shown]] = {}
    for shown in sorted(found, key=lambda s: (s.finding.tool != OURS, s.finding.tool, s.rule)):
        one = shown.finding
        title = family_of(one.code) if one.tool == OURS else f"Found by {one.tool}"
        titles.setdefault(title, []).append(shown)
    for title, those in titles.items():
        rules: dict[str, list[Shown]] = {}
        for shown in those:
            rules.setdefault(shown.rule, []).append(shown)
        parts = tuple(_rule(anchor, by_rule) for anchor, by_rule in rules.items())
        yield FamilyPart(title, _by_severity(those), parts)


def _rule(anchor: str, found: list[Shown]) -> RulePart:
    one = found[0].finding
    rule = rule_of(one.code) if one.tool == OURS else None
    doc = rule.sections() if rule is not None else None
    return RulePart(
        anchor,
        one.code,
        one.name,
        str(min((s.finding.severity for s in found), key=list(Severity).index)),
        doc.what if doc else "",
        doc.why if doc else one.why,
        doc.export if doc else one.on_export,
        one.link if one.link.startswith("https://") else "",
        tuple(found),
    )


def _by_severity(found: Iterable[Shown]) -> tuple[int, ...]:
    counts = Counter(shown.finding.severity for shown in found)
    return tuple(counts[severity] for severity in Severity)


# Shapes, so that no severity is told by its colour alone.
_ICONS = {
    "blocker": '<path d="M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2zM8 4.8v3.8M8 11v.2"/>',
    "risk": '<path d="M8 1.8 14.8 13.8H1.2zM8 6.2v3.6M8 11.6v.2"/>',
    "note": '<path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 7.4v3.8M8 4.8v.2"/>',
    "clean": '<path d="M3 8.5 6.5 12 13 4.5"/>',
}


@cache
def _template() -> Any:
    return template("findings.html.jinja")


@cache
def _style() -> str:
    return style("page.css", "findings.css")
