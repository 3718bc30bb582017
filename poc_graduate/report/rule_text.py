"""A rule as a page and as a record: what it finds, why it bites, what can be done."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import Literal

from poc_graduate.report.findings import as_text
from poc_graduate.rules.examples import NAME, found_in_example
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.run import rule_of

Evidence = Literal["static", "run", "static + run"]
Fixable = Literal["no", "safe", "offered"]
PAGES = "docs/rules"
"""Where pages stand, `docs/rules/POC202.md`."""
_SHOWN = 2
_EVIDENCE: dict[Evidence, str] = {
    "static": "seen in the code",
    "run": "seen in a run (`check --run`)",
    "static + run": "seen in the code, and more of it in a run (`check --run`)",
}
_FIXABLE: dict[Fixable, str] = {
    "no": "no fix",
    "safe": "fixed by `check --fix`",
    "offered": "fix offered: `check --fix {code}`, `--diff` shows it",
}


def rule_page(rule: Rule) -> str:
    """The page as Markdown."""
    parts = rule.sections()
    facts = (
        f"**{rule.severity}**",
        _EVIDENCE[evidence(rule)],
        _FIXABLE[fixable(rule)].format(code=rule.code),
    )
    lines = [
        f"# {rule.code} {rule.name} ({rule.severity})",
        "",
        " · ".join(facts),
        "",
        parts.what,
        "",
        f"**Why it bites:** {parts.why}",
    ]
    if parts.export:
        lines += ["", f"**On export:** {parts.export}"]
    if rule.flagged:
        lines += ["", "## Found"]
        for case in rule.flagged[:_SHOWN]:
            lines += ["", *_fenced(case.plain)]
        first = found_in_example(rule, rule.flagged[0])
        for finding in first[:1]:
            lines += ["", "The first of them is told so:", ""]
            lines += _fenced(as_text(NAME, finding).rstrip("\n"), "text")
    for case in [case for case in rule.flagged if case.after][:1]:
        lines += ["", "## Mended", "", *_fenced(case.plain), "", "becomes", ""]
        lines += _fenced(case.after)
    if rule.ignored:
        lines += ["", "## Not found"]
        for source in _ignored(rule)[:_SHOWN]:
            lines += ["", *_fenced(source)]
    lines += [
        "",
        "## Silenced",
        "",
        f"A line by `# noqa: {rule.code}`, a cell by `# poc: ignore[{rule.code}]`, everywhere by "
        f'`ignore = ["{rule.code}"]` in `[tool.poc_graduate]` of pyproject.toml.',
    ]
    return "\n".join(lines) + "\n"


def _fenced(text: str, language: str = "python") -> list[str]:
    fence = "````" if "```" in text else "```"
    return [fence + language, text, fence]


def _ignored(rule: Rule) -> list[str]:
    return [one.plain if isinstance(one, Flagged) else one for one in rule.ignored]


def evidence(rule: Rule) -> Evidence:
    """What the rule needs to see, by what it defines and what its examples carry."""
    runs = type(rule).check_run is not Rule.check_run or any(case.ran for case in rule.flagged)
    if not runs:
        return "static"
    return "static + run" if any(not case.ran for case in rule.flagged) else "run"


@cache
def fixable(rule: Rule) -> Fixable:
    """Whether an example is mended, and unasked."""
    mended = [case for case in rule.flagged if case.after]
    fixes = [one.fix for case in mended for one in found_in_example(rule, case) if one.fix]
    if not fixes:
        return "no"
    return "safe" if all(fix.safe for fix in fixes) else "offered"


def rule_record(rule: Rule) -> dict[str, object]:
    """The rule for machines, all of its examples with it."""
    parts = rule.sections()
    return {
        "code": rule.code,
        "name": rule.name,
        "family": family_of(rule.code),
        "severity": str(rule.severity),
        "evidence": evidence(rule),
        "fix": fixable(rule),
        "what": parts.what,
        "why": parts.why,
        "on_export": parts.export,
        "page": f"{PAGES}/{rule.code}.md",
        "found": [{"source": case.plain, "mended": case.after} for case in rule.flagged],
        "not_found": _ignored(rule),
    }


def rules_list(rules: Iterable[Rule]) -> str:
    """All rules, a line each, by family."""
    parts = []
    for family, members in _families(rules):
        lines = [f"{one.code}  {one.severity:<8} {one.name}" for one in members]
        parts.append("\n".join([family, *lines]))
    return "\n\n".join(parts) + "\n"


def rules_page(rules: Iterable[Rule]) -> str:
    """All rules as Markdown: a table for each family."""
    lines = ["# Rules", "", "Written by `make docs` from the rules themselves."]
    for family, members in _families(rules):
        lines += ["", f"## {family}", "", "| code | name | severity | evidence | fix |"]
        lines.append("|---|---|---|---|---|")
        for one in members:
            link = f"[{one.code}]({one.code}.md)"
            fix = {"no": ""}.get(fixable(one), fixable(one))
            lines.append(f"| {link} | {one.name} | {one.severity} | {evidence(one)} | {fix} |")
    return "\n".join(lines) + "\n"


def _families(rules: Iterable[Rule]) -> Iterable[tuple[str, list[Rule]]]:
    for prefix, members in groupby(rules, key=lambda rule: rule.code[:4]):
        known = list(members)
        yield f"{prefix} {family_of(known[0].code)}", known


@cache
def family_of(code: str) -> str:
    """What a rule's family is about: the first line of its folder."""
    rule = rule_of(code)
    assert rule is not None, code
    package = type(rule).__module__.rpartition(".")[0]
    doc = sys.modules[package].__doc__ or ""
    return "The check itself" if package.endswith(".rules") else doc.strip().rstrip(".")
