"""Names that are not there yet when a cell reads them, as they are told together."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Missing:
    """A name that is not there yet when it is read.

    Attributes:
        name: The name.
        node: Where it is read, or the function that reads it is called.
        told: In words, what it lacks.
        kind: Why: `nowhere`, `later`, `below` or `deleted`.
    """

    name: str
    node: ast.Name
    told: str
    kind: str = ""


def with_others(first: Missing, found: list[Missing]) -> str:
    """What is told of the first, and how it is with others that the cell lacks."""
    others = {one.name: one for one in found if one.name != first.name}
    alike = sum(one.kind == first.kind for one in others.values())
    told = f"{first.told} (as {alike} more in this cell)" if alike else first.told
    rest = [one for one in others.values() if one.kind != first.kind]
    for kind, ends in _ENDS_OF:
        some = [one for one in rest if one.kind == kind]
        if len(some) == 1:
            told += f", and {some[0].told}"
        elif some:
            told += f", and {len(some)} more are {ends}"
    nowhere = [one for one in rest if one.kind == "nowhere"]
    if nowhere:
        more = f" (as {len(nowhere) - 1} more)" if nowhere[1:] else ""
        told += f", and {nowhere[0].told}{more}"
    return told


_ENDS_OF = (
    ("later", "defined further down"),
    ("deleted", "deleted by then"),
    ("below", "defined further down in this cell"),
)
