"""What decides about the magics of a cell and stands in the other cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from poc_graduate.notebook.known_magics import BROUGHT, LINE_MAGICS

_SETS_ITSELF_UP = (3, 9)
"""The matplotlib whose inline backend needs no magic."""
_FIRST_WORD = re.compile(r"[A-Za-z_]\w*(?![\w.])")


@dataclass(frozen=True)
class Surroundings:
    """What decides about a cell and stands in the others.

    Attributes:
        extensions: Extensions that only serve the screen, and that a magic which stays needs.
        free: Line magics whose names the notebook uses for nothing else: a cell of one line may
            call them without `%` (IPython's automagic).
        inline: Whether `%matplotlib inline` decides what is shown, with the matplotlib that is
            installed: before 3.9 a kernel's first figure is shown as text alone without it.
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
    inline = "matplotlib" in text and _waits_for_the_magic()
    return Surroundings(used, frozenset(free), inline)


def _waits_for_the_magic() -> bool:
    """Whether the installed matplotlib leaves it to the magic to set up the inline backend.

    Where nothing else did, that happens when the first figure loads the backend. Before 3.9 pyplot
    then finds a module that is not yet loaded to its end, and puts it off until the cell is over.
    """
    try:
        installed = version("matplotlib")
    except PackageNotFoundError:
        return False
    return tuple(int(part) for part in re.findall(r"\d+", installed)[:2]) < _SETS_ITSELF_UP


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
