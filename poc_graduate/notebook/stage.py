"""What a `%%stage` line says: the stage that a cell belongs to, and its parameters."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from poc_graduate.notebook.model import Cell

USE = "%%stage NAME [--params a,b]"


@dataclass(frozen=True)
class StageMark:
    """What a cell says about its place in the pipeline.

    Attributes:
        title: The stage's name as it was typed.
        parameters: Names of the cell that are to be parameters.
    """

    title: str
    parameters: tuple[str, ...] = ()


def parse(arguments: str) -> StageMark:
    """Read what follows `%%stage`.

    Args:
        arguments: The rest of the line.

    Raises:
        ValueError: it names no stage, or holds something else; the message says what.
    """
    try:
        words = shlex.split(arguments)
    except ValueError:
        raise ValueError(f"a quote is left open in `%%stage {arguments}`") from None
    titles, parameters = list[str](), list[str]()
    while words:
        word = words.pop(0)
        option, given, value = word.partition("=")
        if option in ("--params", "-p"):
            if not given:
                value = words.pop(0) if words else ""
            found = [name for name in re.split(r"[,\s]+", value) if name]
            wrong = next((name for name in found if not name.isidentifier()), None)
            if not found or wrong is not None:
                raise ValueError(f"{wrong!r} is no name" if wrong else "--params names nothing")
            parameters += found
        elif word.startswith("-"):
            raise ValueError(f"there is no option {word}; it is {USE}")
        else:
            titles.append(word)
    title = " ".join(titles)
    if not re.search(r"[^\W\d_]", title):
        raise ValueError(f"a stage needs a name: {USE}")
    return StageMark(title, tuple(dict.fromkeys(parameters)))


def mark_of(cell: Cell) -> StageMark | None:
    """What a cell says; None where it says nothing."""
    for magic in cell.magics:
        if magic.name == "stage" and magic.kind == "cell" and magic.dropped:
            return parse(magic.arguments)
    return None
