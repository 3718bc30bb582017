"""Passwords, tokens and keys that stand in cells, and how they are shown."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from poc_graduate.rules.finding import Finding, Fix, Span
from poc_graduate.rules.outputs import texts
from poc_graduate.rules.parsed import Parsed
from poc_graduate.rules.personal import masked
from poc_graduate.rules.view import CellView

# Formats as their issuers document them: AWS, GitHub, Slack, Google, Stripe, OpenAI, private keys.
_KNOWN = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{22,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[\w-]{35}|\bsk_live_[A-Za-z0-9]{16,}"
    r"|\bsk-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
# What Kaggle gives to be put into `kaggle.json`.
_KAGGLE = re.compile(r"\"username\": ?\"[^\"]+\", ?\"key\": ?\"([0-9a-f]{32})\"")
_IN_URL = re.compile(r"^\w[\w+.-]*://[^\s:/@]+:(?P<password>[^\s@/{}<>]+)@")
_NAME = re.compile(
    r"(?i)(^|_)(password|passwd|pwd|secret|token|api_?key|access_?key|auth_?key|private_?key)s?$"
)
_PLACEHOLDER = re.compile(
    r"(?i)^$|^<.*>$|^\W*$|^(x+|\*+|\.+)$|your|(change|replace).?me|paste|insert|_here$|placeholder|example|dummy|secret$|"
    r"^password$|^token$|^none$|^todo|^test$|\$\{|%s|^env"
)
_WORD_FOR_ONE = frozenset("key apikey token secret password passwd pwd".split())
_PASSWORD = re.compile(r"(?i)password|passwd|pwd")
_DEFAULTS = frozenset("postgres mysql root admin guest public default neo4j rabbitmq".split())
"""Words that servers are delivered with, and everybody knows."""
_SHORTEST = 6
_QUOTED = re.compile(r"""(['"])((?:\\.|(?!\1).)*)\1""", re.DOTALL)


@dataclass(frozen=True)
class Secret:
    """A text that gives something away.

    Attributes:
        node: The literal it stands in.
        what: What it is, for the message.
        text: The secret itself: for comparing and masking, never to be shown.
        name: The variable, argument or key that it is given to; empty where none is.
    """

    node: ast.Constant
    what: str
    text: str
    name: str = ""

    @property
    def variable(self) -> str:
        """Name for an environment variable: `API_KEY` for what is bound or given to `api_key`."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name)
        made = re.sub(r"\W+", "_", words).strip("_").upper()
        if made and not made[0].isdigit():
            return made
        return "CONNECTION_URL" if "://" in str(self.node.value) else "ACCESS_KEY"


def secrets(cell: CellView) -> Iterator[Secret]:
    """Secrets in a cell's literals."""
    yield from cell.whole.once(_secrets)  # whoever gets the file reads all of it


def _secrets(cell: Parsed) -> tuple[Secret, ...]:
    keys = cell.once(_keys)
    found = []
    for node, text in cell.texts:
        if isinstance(node, ast.Constant) and len(text) >= _SHORTEST:
            name = keys.get(node) or _bound_to(node, cell)
            what, secret = _secret(text, name, logs_in=_logs_in(node, name, cell))
            if what:
                found.append(Secret(node, what, secret, name))
    return tuple(found)


@dataclass(frozen=True)
class Commented:
    """A secret in a line that is switched off: it gives as much away.

    Attributes:
        span: Where it stands.
        what: What it is, for the message.
        text: The secret itself, never to be shown.
    """

    span: Span
    what: str
    text: str


def commented(cell: CellView) -> tuple[Commented, ...]:
    """Secrets in the comments of a cell, by the formats and names that tell them in its code."""
    return _commented(cell.cell.source) if "#" in cell.cell.source else ()


@lru_cache(maxsize=1024)  # asked by the rule, and by who shows what all rules found
def _commented(source: str) -> tuple[Commented, ...]:
    found: list[Commented] = []
    for number, line in enumerate(source.split("\n"), 1):
        if not line.lstrip().startswith("#"):
            continue
        for match in _KNOWN.finditer(line):
            span = _span(number, match.start(), match.end())
            found.append(Commented(span, "an access key", match[0]))
        for match in _GIVEN.finditer(line):
            name, text = match["name"] or "", match["text"]
            what, secret = _secret(text, name, logs_in=False)
            if what and not _KNOWN.search(text):
                span = _span(number, match.start("text") - 1, match.end("text") + 1)
                found.append(Commented(span, what, secret))
    return tuple(found)


def _span(line: int, start: int, end: int) -> Span:
    return Span(line, start + 1, line, end + 1)


# Bounded: a comment may be a picture in one line.
_GIVEN = re.compile(
    r"""(?:\b(?P<name>\w{1,60})['"]?\s{0,9}[=:,(]\s{0,9})?(['"])(?P<text>[^'"\s]{6,200})\2"""
)


def _keys(cell: Parsed) -> dict[ast.AST, str]:
    """Value of a dictionary → its key, where that is a text."""
    return {
        value: key.value
        for node in cell.of(ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def shown_secret(cell: CellView) -> str:
    """An access key that stands in a cell's stored output: as a service writes it, or Kaggle's."""
    for text in texts(cell.cell):
        if match := _KNOWN.search(text):
            return match[0]
        if match := _KAGGLE.search(text):
            return match[1]
    return ""


def without_secrets(found: Iterable[Finding], cells: Iterable[CellView]) -> Iterator[Finding]:
    """The findings, no secret of the notebook and no datum about a person in any of them."""
    told = list(found)
    hidden = _hidden(cells) if told else []
    for finding in told:
        text, message = finding.line_text, finding.message
        for secret in hidden:
            # As wide as it was, so that what follows is underlined where it stands.
            text = text.replace(secret, "•" * len(secret))
            message = message.replace(secret, "•••")
        text, message = masked(text), masked(message)
        fix = finding.fix if not _carries(finding.fix, hidden) else None
        yield replace(finding, line_text=text, message=message, fix=fix)


def _hidden(cells: Iterable[CellView]) -> list[str]:
    """What must not be shown: secrets, and what they are written with, where that is another text:
    with escapes, or in several parts.
    """
    found = []
    for cell in cells:
        found += [one.text for one in commented(cell)]
        for secret in secrets(cell):
            found.append(secret.text)
            if secret.text not in cell.cell.source:
                written = ast.get_source_segment(cell.cell.code, secret.node) or ""
                found += [part for _, part in _QUOTED.findall(written) if len(part) > 3]
    return found


def _carries(fix: Fix | None, hidden: Iterable[str]) -> bool:
    """Whether a fix would write a secret, or data about a person, into another place."""
    if fix is None:
        return False
    written = [fix.title, *(e.text for e in fix.edits), *(f.text for f in fix.files)]
    written += [cell.source for cell in fix.cells]
    if any(secret in text for secret in hidden for text in written):
        return True
    return any(masked(text) != text for text in written)


def hidden_in(text: str, cells: Iterable[CellView]) -> str:
    """A text to be shown: the notebook's secrets, and data about people, masked."""
    for secret in _hidden(cells):
        text = text.replace(secret, "•••")
    return masked(text)


def mask(secret: str) -> str:
    """The first characters, no more than tell which one it is."""
    return f"{secret[:2]}•••" if len(secret) >= 12 else "•••"


def _secret(text: str, name: str, *, logs_in: bool) -> tuple[str, str]:
    """What a text gives away, and the secret itself; two empty texts where it is none.

    Args:
        text: What stands in a literal.
        name: What it is bound or given to.
        logs_in: A call takes it for a password: a plain word may be one.
    """
    if match := _KNOWN.search(text):
        return "an access key", match[0]
    match_url = _IN_URL.match(text)
    if match_url and not _is_placeholder(match_url["password"]):
        return "a password in an address", match_url["password"]
    if _NAME.search(name) and not _is_placeholder(text) and _looks_random(text):
        return f"the value of `{name}`", text
    if logs_in and not _is_placeholder(text) and text.isalpha() and text.lower() not in _DEFAULTS:
        return f"the value of `{name}`", text
    return "", ""


def _is_placeholder(text: str) -> bool:
    """Whether it says what belongs there: `xxxx`, `<token>`, `API_KEY`, `tu-api-key`."""
    words = re.split(r"[\W_]+", text.lower())
    says_so = all(map(str.isalpha, words)) and not _WORD_FOR_ONE.isdisjoint(words)
    return says_so or _PLACEHOLDER.search(text) is not None


def _bound_to(node: ast.Constant, cell: Parsed) -> str:
    match cell.parents.get(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.Assign(targets=[ast.Attribute(attr=name)]):
            return name
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(name)))]):
            return name
        case ast.keyword(arg=str(name)):
            return name
        case ast.arguments() as taken:
            return _default_of(node, taken)
    return ""


def _logs_in(node: ast.Constant, name: str, cell: Parsed) -> bool:
    """Whether it is given as a password in this cell: `connect(password='…')`, `password=name`."""
    if isinstance(cell.parents.get(node), ast.keyword):
        return _PASSWORD.fullmatch(name) is not None
    return bool(name) and any(
        word.arg is not None
        and _PASSWORD.fullmatch(word.arg)
        and isinstance(word.value, ast.Name)
        and word.value.id == name
        for word in cell.of(ast.keyword)
    )


def _default_of(node: ast.Constant, taken: ast.arguments) -> str:
    """The argument whose default it is."""
    plain = [*taken.posonlyargs, *taken.args]
    pairs = [*zip(plain[len(plain) - len(taken.defaults) :], taken.defaults, strict=True)]
    named = [(a, d) for a, d in zip(taken.kwonlyargs, taken.kw_defaults, strict=True) if d]
    return next((a.arg for a, default in [*pairs, *named] if default is node), "")


def _looks_random(text: str) -> bool:
    """No words between blanks; letters mixed with digits or signs, at 2.5 bits a character."""
    if any(c.isspace() for c in text) or text.startswith("[") or text.isalpha() or text.isdigit():
        return False
    counts = Counter(text)
    entropy = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    return entropy >= 2.5
