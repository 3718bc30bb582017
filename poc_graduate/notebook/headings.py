"""Headings of Markdown cells, as a reader sees them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_QUOTE = re.compile(r"(?: {0,3}>[ \t]?)+")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_BLOCK = re.compile(
    r" *([-*+](\s|$)|[>|]|\d+[.)]\s|</?(h[1-6r]|div|p|center|br|img|table)\b)", re.I
)
_HIDDEN = re.compile(r"<!--.*?(-->|\Z)|\$\$.*?(\$\$|\Z)", re.DOTALL)
_UNDERLINED = re.compile(r"^ *[=-]", re.MULTILINE)
_TAG = re.compile(r"<(/?)h([1-6])\b[^<>]*>", re.IGNORECASE)
_MARKS = re.compile(r"[<\[`*_~{\\&\ud800-\udfff]")
_LONGEST = 500
"""Characters; a longer line is no heading, and not worth the regular expressions."""


def headings(source: str) -> Iterator[tuple[str, int]]:
    """Text and level of the headings of a Markdown cell, in order.

    Args:
        source: The cell's source.

    Returns:
        Text without marks, and level from 1 to 6; ATX and underlined ones (CommonMark 0.31,
        sections 4.2 and 4.3), and HTML's `<h1>` to `<h6>`; those with `#` in a block quote, too.
    """
    text = _HIDDEN.sub(_blanked, source) if "<!--" in source or "$$" in source else source
    if "#" not in text and "<h" not in text.lower() and not _UNDERLINED.search(text):
        return
    paragraph, fence, found = list[str](), "", list[tuple[int, str, int]]()
    lines = text.split("\n")
    fenced_in_quote = False
    for number, line in enumerate(lines):
        quote = _QUOTE.match(line)
        inner = line[quote.end() :] if quote else line
        if fence and fenced_in_quote and not quote:
            fence = ""  # the quote is over, and what was open in it
        mark = _FENCE.match(inner if not fence or fenced_in_quote else line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
            lines[number] = ""
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence, paragraph, lines[number] = mark[1], [], ""
            fenced_in_quote = quote is not None
        elif len(line) > _LONGEST:
            paragraph = []
        elif atx := _ATX.fullmatch(inner):
            found.append((number, re.sub(r"(^|[ \t])#+[ \t]*$", "", atx[2]), len(atx[1])))
            paragraph = []
        elif paragraph and (under := _UNDERLINE.fullmatch(line)):
            found.append((number, " ".join(paragraph), 1 if under[1][0] == "=" else 2))
            paragraph = []
        elif _BLOCK.match(line) or not line.strip() or (not paragraph and line.startswith("    ")):
            paragraph = []
        else:
            paragraph.append(line.strip())
    found += _html_headings("\n".join(lines))
    for _, title, level in sorted(found, key=lambda each: each[0]):
        if plain := _plain(title):
            yield plain, level


def _blanked(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _html_headings(text: str) -> Iterator[tuple[int, str, int]]:
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(text):
        if not tag[1]:
            opened = tag
        elif opened and opened[2] == tag[2]:
            title = text[opened.end() : tag.start()]
            yield text.count("\n", 0, opened.start()), title[:_LONGEST], int(tag[2])
            opened = None


def _plain(title: str) -> str:
    """A heading without Markdown and HTML marks; numbers and names_with_underscores stay."""
    if not _MARKS.search(title):
        return " ".join(title.split()).rstrip(": ")
    title = re.sub(r"<[^<>]+>", "", title)
    title = re.sub(r"!?\[([^\[\]]*)\](\([^()]*\)|\[[^\[\]]*\])", r"\1", title)
    title = re.sub(r"!?\[([^\[\]]*)\](\([^()]*\)|\[[^\[\]]*\])", r"\1", title)  # linked images
    title = re.sub(r"(`+)(.+?)\1", r"\2", title)
    title = re.sub(r"(\*{1,3}|~~)(?=\S)(.+?)(?<=\S)\1", r"\2", title)
    title = re.sub(r"(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", title)
    title = re.sub(r"\s*\{#[\w:.-]+\}\s*$", "", title)
    title = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", title)
    title = html.unescape(title).encode("utf-8", "replace").decode()
    return " ".join(title.split()).rstrip(": ")
