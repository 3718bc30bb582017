"""Reading pages in tests: what is in them, and whether their colours can be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from poc_graduate.report import pages

_VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Texts, ids, links; complains about tags that do not close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [v or "" for k, v in attrs if k in ("href", "src", "srcset", "action")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] != "style":
            self.texts.append((self.open[-1], data.strip()))

    def text(self) -> str:
        return " ".join(" ".join(text for _, text in self.texts).split())


def themes(*names: str) -> Iterator[dict[str, str]]:
    """The colours of style sheets by name: in the light, in the dark."""
    folder = Path(pages.__file__).parent / "templates"
    colours = r"--([\w-]+): (#[0-9a-f]{6});"
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for name in names:
        css = (folder / name).read_text(encoding="utf-8").split("@media print")[0]
        first, _, second = css.partition("@media (prefers-color-scheme: dark)")
        light |= dict(re.findall(colours, first))
        dark |= dict(re.findall(colours, second))
    yield light
    yield dark


def contrast(one: str, other: str) -> float:
    """As WCAG 2.1 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
