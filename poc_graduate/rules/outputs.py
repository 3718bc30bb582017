"""Stored outputs as rules look at them: their texts and tables, no more than a bounded part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any

from poc_graduate.notebook.model import Cell

LONGEST, LONGEST_TEXT = 40_000, 10_000
"""Characters of one cell's tables, and of its texts, that are looked at."""
_ROW = re.compile(r"<tr[\s>].*?</tr>", re.S | re.I)
_FIELD = re.compile(r"<t([hd])[^>]*>(.*?)</t\1>", re.S | re.I)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class StoredTable:
    """A table that pandas drew.

    Attributes:
        html: Its text.
    """

    html: str

    @cached_property
    def height(self) -> int:
        """Lines below the head, at most; more heads count too."""
        return max(self.html.count("<tr") - 1, 0)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Texts of its first line, without the corner."""
        first = _ROW.search(self.html)
        texts = (text for _, text in _fields(first[0])[1:]) if first else ()
        return tuple(text for text in texts if text != "...")  # where it was cut

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Texts of the first field of each line that has values."""
        rows = [_fields(row) for row in _ROW.findall(self.html)[1:]]
        labels = (row[0][1] for row in rows if any(kind in "dD" for kind, _ in row))
        return tuple(label for label in labels if label != "...")

    def values(self, column: str) -> tuple[str, ...]:
        """Texts of the fields below a column's head, empty ones left out."""
        first = _ROW.search(self.html)
        heads = [text for _, text in _fields(first[0])] if first else []
        if column not in heads:
            return ()
        at = heads.index(column)
        rows = (_fields(row) for row in _ROW.findall(self.html)[1:])
        texts = (row[at][1] for row in rows if len(row) == len(heads))
        return tuple(text for text in texts if text not in ("", "..."))


def _fields(row: str) -> list[tuple[str, str]]:
    return [(kind, _plain(text)) for kind, text in _FIELD.findall(row)]


def texts(cell: Cell) -> Iterator[str]:
    """Printed and displayed text of a cell, without markup; errors left out."""
    return texts_of(cell.outputs)


def texts_of(outputs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The same of outputs, stored or of a run."""
    left = LONGEST_TEXT
    for output in outputs:
        if left <= 0:
            return
        data = output.get("data")
        if output.get("output_type") == "stream":
            text = _joined(output.get("text"))
        elif isinstance(data, Mapping):
            text = _joined(data.get("text/plain")) or _TAG.sub(" ", _html(data, left))
        else:
            continue
        yield text[:left]
        left -= len(text)


def tables(cell: Cell) -> Iterator[StoredTable]:
    """Tables of frames that a cell shows."""
    left = LONGEST
    for output in cell.outputs:
        data = output.get("data")
        if left <= 0 or not isinstance(data, Mapping) or "text/html" not in data:
            continue
        html = _html(data, left)
        left -= len(html)
        if 'class="dataframe' in html:
            yield StoredTable(html)


def _plain(text: str) -> str:
    return unescape(_TAG.sub("", text)).strip()


def _html(data: Mapping[str, Any], longest: int) -> str:
    return _joined(data.get("text/html"))[:longest]


def _joined(text: object) -> str:
    """nbformat stores a text as one string or as its lines."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return ""
