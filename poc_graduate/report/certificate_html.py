"""The certificate as one page: what was compared, how, and with what verdict; nothing loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from poc_graduate.plan.flow import cells_text, shown_title
from poc_graduate.plan.model import Note, Parameter, Plan
from poc_graduate.plan.text import handed_on
from poc_graduate.report.certificate_text import (
    MEANING,
    SUBJECTS,
    by_reason,
    counted,
    headline,
    remainder,
)
from poc_graduate.report.pages import style, template
from poc_graduate.verify.certificate import Certificate, Outcome, Subject, Verdict

_LONGEST = 1_200
"""Characters of a value shown; the certificate's JSON has no more than a short form either."""

_NOTES = {
    "merged": "Cells kept together",
    "inline": "Code that stays in its task",
    "moved": "Definitions that moved to the package",
    "input": "Inputs",
    "changed": "Changes to the code",
    "unproven": "Not proved",
    "left out": "Tests left out",
    "untried": "Tests not tried",
    "leak": "Leaks, and what the score owes to them",
}


@dataclass(frozen=True)
class Row:
    """One verdict, ready to be shown.

    Attributes:
        verdict: The verdict.
        word: equal, different, or not compared.
        method: Letter under which it is said how it was compared.
        notebook: The notebook's value in three parts, of which the middle differs.
        pipeline: The pipeline's value, in the same way.
    """

    verdict: Verdict
    word: str
    method: str
    notebook: tuple[str, str, str]
    pipeline: tuple[str, str, str]


@dataclass(frozen=True)
class StageRows:
    """The verdicts of one stage.

    Attributes:
        anchor: For links within the page.
        name: Task name.
        title: Its heading, where that says more than the name.
        cells: Its cells, in words.
        summary: How many are equal, different, not compared, in words.
        equal: Whether nothing in it differs.
        handed: Names that it hands to later stages → in which form and why.
        rows: Differences first, then in the notebook's order.
    """

    anchor: str
    name: str
    title: str
    cells: str
    summary: str
    equal: bool
    handed: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Method:
    """How a kind of thing was compared; `letter` is what the tables below refer to."""

    letter: str
    subject: str
    meaning: str
    how: str
    equal: int
    different: int
    apart: int


@dataclass(frozen=True)
class ParameterRow:
    """A parameter with its default and where it came from."""

    parameter: Parameter
    default: str
    used_by: str


@dataclass(frozen=True)
class Page:
    """All that fills the template.

    Attributes:
        state: equal, different or nothing: colours and sign of the headline.
        headline: The verdict in one sentence.
        remainder: How many could not be compared, in words; empty for none.
        certificate: The certificate.
        plan: The plan.
        drawing: The pipeline as SVG.
        methods: What was compared and how.
        different: All differences.
        apart: Reason → what could not be compared for it.
        stages: Verdicts by stage.
        notes: Why the plan is so: title → notes.
        parameters: With defaults and origin.
        contracts: Whether a page with contracts stands beside this one.
    """

    state: str
    headline: str
    remainder: str
    certificate: Certificate
    plan: Plan
    drawing: str
    methods: tuple[Method, ...]
    different: tuple[Row, ...]
    apart: dict[str, tuple[Row, ...]]
    stages: tuple[StageRows, ...]
    notes: dict[str, tuple[Note, ...]]
    parameters: tuple[ParameterRow, ...]
    contracts: bool


def render(certificate: Certificate, plan: Plan, *, drawing: str, contracts: bool = False) -> str:
    """The page; the same records give the same bytes.

    Args:
        certificate: What was compared.
        plan: The plan of the project that it is about.
        drawing: The plan as SVG, from `drawing.draw`.
        contracts: Whether a page with contracts stands beside this one.
    """
    state = "equal" if certificate.equal else "different"
    if not certificate.count("equal") + certificate.count("different"):
        state = "nothing"
    methods = tuple(_methods(certificate.verdicts))
    letters = {(method.subject, method.how): method.letter for method in methods}

    def rows(verdicts: Iterable[Verdict]) -> tuple[Row, ...]:
        return tuple(_row(v, letters[SUBJECTS[v.subject][1], v.how]) for v in verdicts)

    apart = by_reason(v for v in certificate.verdicts if v.outcome == "not comparable")
    page = Page(
        state=state,
        headline=headline(certificate),
        remainder=remainder(certificate),
        certificate=certificate,
        plan=plan,
        drawing=drawing,
        contracts=contracts,
        methods=methods,
        different=rows(v for v in certificate.verdicts if v.outcome == "different"),
        apart={reason: rows(verdicts) for reason, verdicts in apart.items()},
        stages=tuple(_stages(certificate, plan, rows)),
        notes=_notes(plan.notes),
        parameters=tuple(_parameters(plan)),
    )
    return str(_template().render(page=page, style=_style(), icons=_ICONS))


def _row(verdict: Verdict, method: str) -> Row:
    word = "not compared" if verdict.outcome == "not comparable" else verdict.outcome
    sides = _clipped(verdict.notebook), _clipped(verdict.pipeline)
    if verdict.outcome == "different":
        return Row(verdict, word, method, *_difference(*sides))
    return Row(verdict, word, method, (sides[0], "", ""), (sides[1], "", ""))


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _difference(one: str, other: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """What two texts have in common at their start and end, and what differs between."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return (
        (one[:start], one[start : len(one) - end], one[len(one) - end :]),
        (other[:start], other[start : len(other) - end], other[len(other) - end :]),
    )


def _methods(verdicts: Iterable[Verdict]) -> Iterable[Method]:
    groups: dict[tuple[Subject, str], list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault((verdict.subject, verdict.how), []).append(verdict)
    order = list(SUBJECTS)
    groups = dict(sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])))
    for number, ((subject, how), found) in enumerate(groups.items()):
        yield Method(
            chr(ord("A") + number) if number < 26 else str(number + 1),
            SUBJECTS[subject][1],
            MEANING[subject],
            how,
            *(_count(found, outcome) for outcome in ("equal", "different", "not comparable")),
        )


def _count(verdicts: Iterable[Verdict], outcome: str) -> int:
    return sum(verdict.outcome == outcome for verdict in verdicts)


def _stages(
    certificate: Certificate, plan: Plan, rows: Callable[[Iterable[Verdict]], tuple[Row, ...]]
) -> Iterable[StageRows]:
    known = {stage.name: stage for stage in plan.stages}
    others = dict.fromkeys(v.stage for v in certificate.verdicts if v.stage not in known)
    for number, name in enumerate([*known, *others], 1):
        verdicts = [v for v in certificate.verdicts if v.stage == name]
        stage = known.get(name)
        yield StageRows(
            anchor=f"stage-{number}",
            name=name or "no stage",
            title="" if stage is None else shown_title(stage),
            cells="" if stage is None else cells_text(stage.cells),
            summary=_summary(verdicts),
            equal=not _count(verdicts, "different"),
            handed=() if stage is None else tuple(map(handed_on, stage.products)),
            # A stable sort keeps the notebook's order within each outcome.
            rows=rows(sorted(verdicts, key=lambda v: _URGENCY[v.outcome])),
        )


_URGENCY: dict[Outcome, int] = {"different": 0, "not comparable": 1, "equal": 2}


def _summary(verdicts: list[Verdict]) -> str:
    parts = [
        f"{number:,} {word}"
        for outcome, word in (
            ("different", "different"),
            ("not comparable", "not compared"),
            ("equal", "equal"),
        )
        if (number := _count(verdicts, outcome))
    ]
    return ", ".join(parts) or "nothing to compare"


def _notes(notes: Iterable[Note]) -> dict[str, tuple[Note, ...]]:
    groups: dict[str, list[Note]] = {kind: [] for kind in _NOTES}
    for note in notes:
        groups.setdefault(note.kind, []).append(note)
    return {
        _NOTES.get(kind, kind.capitalize()): tuple(found) for kind, found in groups.items() if found
    }


def _parameters(plan: Plan) -> Iterable[ParameterRow]:
    for parameter in plan.parameters:
        users = [stage.name for stage in plan.stages if parameter.name in stage.parameters]
        yield ParameterRow(parameter, repr(parameter.value), ", ".join(users))


# Shapes, so that no verdict is told by its colour alone.
_ICONS = {
    "equal": '<path d="M3 8.5 6.5 12 13 4.5"/>',
    "different": '<path d="M4 4 12 12M12 4 4 12"/>',
    "nothing": '<path d="M3.5 8H12.5"/>',
    "not comparable": '<path d="M3.5 8H12.5"/>',
}


@cache
def _template() -> Any:
    return template("certificate.html.jinja", counted=counted)


@cache
def _style() -> str:
    return style("page.css", "certificate.css")
