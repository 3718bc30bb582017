"""How near a notebook is to a pipeline: findings, what an export would do, what stays unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Protocol

from poc_graduate.errors import Refusal
from poc_graduate.plan.model import Plan
from poc_graduate.report.errors import error_sentence
from poc_graduate.report.flags import MARKS, STYLE
from poc_graduate.rules.finding import Finding, Severity

_MOST = 5


class _Readiness(Protocol):
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def plan(self) -> Plan | None: ...
    @property
    def refusal(self) -> Refusal | None: ...


def readiness_text(found: _Readiness) -> str:
    """A few lines for a terminal."""
    return "\n".join(
        f"{title:<10} {line}" if number == 0 else f"{'':<10} {line}"
        for title, lines in _parts(found)
        for number, line in enumerate(lines)
    )


def readiness_html(found: _Readiness) -> str:
    """The same as a small table."""
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left;vertical-align:top">{escape(title)}</th>'
        f'<td style="text-align:left">{"<br>".join(map(escape, lines))}</td></tr>'
        for title, lines in _parts(found)
    )
    return f'{STYLE}<div class="pocg"><table>{rows}</table></div>'


def _parts(found: _Readiness) -> list[tuple[str, list[str]]]:
    parts = [("Flags", _flags(found.findings))]
    if found.refusal is not None:
        return [*parts, ("Export", ["would be refused:", error_sentence(found.refusal)])]
    plan = found.plan
    assert plan is not None
    names = [stage.name for stage in plan.stages]
    tasks = "1 task" if len(names) == 1 else f"{len(names)} tasks"
    parts.append(("Export", [f"{tasks}: {' → '.join(names)}"]))
    if plan.parameters:
        parts.append(("Parameters", [", ".join(p.name for p in plan.parameters)]))
    for title, kind in (("Merged", "merged"), ("Stays", "inline")):
        texts = [f"cell {note.cell}: {note.text}" for note in plan.notes if note.kind == kind]
        if texts:
            more = [f"and {len(texts) - _MOST} more"] if len(texts) > _MOST else []
            parts.append((title, [*texts[:_MOST], *more]))
    parts.append(("Unproven", ["nothing was run; `%graduate export` runs it and compares"]))
    return parts


def _flags(found: Sequence[Finding]) -> list[str]:
    if not found:
        return ["none"]
    counts = Counter(one.severity for one in found)
    first = " · ".join(
        f"{MARKS[s]} {counts[s]} {s}{'s' if counts[s] > 1 else ''}" for s in Severity if counts[s]
    )
    worst = [one for one in found if one.severity is Severity.BLOCKER]
    lines = [f"cell {one.place.cell}: {one.message}  [{one.code}]" for one in worst[:_MOST]]
    more = [f"and {len(worst) - _MOST} more"] if len(worst) > _MOST else []
    return [first, *lines, *more]
