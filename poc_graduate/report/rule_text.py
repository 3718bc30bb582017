"""A rule as a page and as a record: what it finds, why it bites, what happens on export."""

from __future__ import annotations

import sys
from functools import cache

from poc_graduate.rules.rule import Rule
from poc_graduate.rules.run import rule_of

_SHOWN = 2


def rule_page(rule: Rule) -> str:
    """The page as Markdown."""
    parts = rule.sections()
    lines = [
        f"# {rule.code} {rule.name} ({rule.severity})",
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
            lines += ["", "```python", case.plain, "```"]
    if rule.ignored:
        lines += ["", "## Not found"]
        for example in rule.ignored[:_SHOWN]:
            source = example if isinstance(example, str) else example.plain
            lines += ["", "```python", source, "```"]
    return "\n".join(lines) + "\n"


def rule_record(rule: Rule) -> dict[str, str]:
    """The rule for machines, without its examples."""
    parts = rule.sections()
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "what": parts.what,
        "why": parts.why,
        "on_export": parts.export,
    }


@cache
def family_of(code: str) -> str:
    """What a rule's family is about: the first line of its folder."""
    rule = rule_of(code)
    assert rule is not None, code
    package = type(rule).__module__.rpartition(".")[0]
    doc = sys.modules[package].__doc__ or ""
    return "Suppressions" if package.endswith(".rules") else doc.strip().rstrip(".")
