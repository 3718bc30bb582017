"""What decides about the magics of a cell and stands in the other cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from poc_graduate.notebook.known_magics import BROUGHT, LINE_MAGICS

_FIRST_WORD = re.compile(r"[A-Za-z_]\w*(?![\w.])")


@dataclass(frozen=True)
class Surroundings:
    """What decides about a cell and stands in the others.

    Attributes:
        extensions: Extensions that only serve the screen, and that a magic which stays needs.
        free: Line magics whose names the notebook uses for nothing else: a cell of one line may
            call them without `%` (IPython's automagic).
        inline: Whether some cell sets how figures are shown inline. Before matplotlib 3.10 the
            first figure after that is shown as text alone, unless `%matplotlib inline` follows.
    """

    extensions: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    inline: bool = False


def surroundings(sources: Iterable[str]) -> Surroundings:
    """Look through all code cells of a notebook.

    Args:
        sources: The cells as the user wrote them.
    """
    cells = tuple(sources)
    runs = {
        name: frozenset({extension})
        for extension in ("line_profiler", "memory_profiler")
        for name in BROUGHT[extension].split()
    }
    text = "\n".join(cells)
    used = frozenset[str]().union(
        *(runs[name] for name in re.findall(rf"%({'|'.join(runs)})\b", text))
    )
    words = {word[0] for cell in cells if (word := automagic(cell)) and word[0] in LINE_MAGICS}
    starred = bool(words) and re.search(r"import\s*\*|%pylab", text) is not None
    free = () if starred else (w for w in words if _other_uses(w, cells) == 0)
    inline = re.search(r"%config\s+InlineBackend\.", text) is not None
    return Surroundings(used, frozenset(free), inline)


def _other_uses(name: str, cells: tuple[str, ...]) -> int:
    word = re.compile(rf"(?<![%\w.]){name}\b")
    return sum(
        word.search(cell) is not None
        for cell in cells
        if name in cell and (automagic(cell) or ("",))[0] != name
    )


def automagic(source: str) -> tuple[str, str] | None:
    """First word and rest of a cell of one line, which IPython also takes for a magic."""
    line = source.lstrip().removesuffix("\n")
    word = _FIRST_WORD.match(line) if "\n" not in line else None
    if word is None or re.match(r"\s*=[^=]", line[word.end() :]):
        return None
    return word[0], line[word.end() :].strip()
