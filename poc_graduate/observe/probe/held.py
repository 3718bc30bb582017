"""What is remembered of the user's names from one cell to the next."""

from __future__ import annotations

import ast
import re
import sys
import weakref
from typing import Any

from .fingerprint import Seen
from .readers import ATOMS

SMALL = 1_000


class Held:
    """What is remembered of a name between cells, without keeping its value alive."""

    __slots__ = ("atom", "identity", "reference", "seen", "told")

    def __init__(self, value: Any, seen: Seen, told: list[str]) -> None:
        self.identity = id(value)
        self.seen = seen
        self.told = told
        self.reference: Any = None
        # Small immutable values are kept, so that their addresses can be trusted.
        self.atom = value if type(value) in ATOMS and sys.getsizeof(value) < SMALL else None
        if type(value) not in ATOMS:
            try:
                self.reference = weakref.ref(value)
            except TypeError:
                self.reference = None

    def same(self, value: Any) -> bool | None:
        """Whether this is the object held before; None where only its address says so."""
        if self.identity != id(value):
            return False
        if self.reference is not None:
            return self.reference() is value
        if self.atom is not None or value is None:
            return self.atom is value
        return None


def assigned_names(source: str) -> set[str]:
    """Names that a cell binds by plain assignment, for objects that only have an address."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # IPython syntax: any name may be bound
        return set(re.findall(r"\b(\w+)\s*=(?!=)", source))
    augmented = {id(n.target) for n in ast.walk(tree) if isinstance(n, ast.AugAssign)}
    found = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Store)
        and id(node) not in augmented
    }
    return found
