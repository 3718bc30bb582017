"""One hash for a value, equal wherever an equal value lives.

Two values get the same fingerprint where nothing that a user could observe tells them apart: not
their types, dtypes, order, indexes or attributes, nor which of their parts are the same object.
The process, its hash seed, memory addresses and the module that a notebook's own class has moved
to make no difference.

A value is read (`readers.py`) into a stream of bytes (`walk.py`), and those are hashed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .known import Known
from .memory import Span
from .walk import TooMuch, Walk


class Seen:
    """What reading one value showed.

    Attributes:
        fingerprint: The hash, of the readable part where `opaque` is not empty.
        opaque: Why the whole cannot be compared, or empty.
        reached: Addresses of the mutable objects in it.
        memory: Memory of the arrays in it.
    """

    __slots__ = ("fingerprint", "memory", "opaque", "reached")

    def __init__(
        self,
        fingerprint: str,
        opaque: str = "",
        reached: Iterable[int] = (),
        memory: Iterable[Span] = (),
    ) -> None:
        self.fingerprint = fingerprint
        self.opaque = opaque
        self.reached = frozenset(reached)
        self.memory = tuple(memory)


def look(value: Any, known: Known | None = None) -> Seen:
    """Read a value. Never raises: what cannot be read is said in `opaque`."""
    walk = Walk(known or Known())
    try:
        walk.add(value)
    except (TooMuch, RecursionError, MemoryError) as limit:
        reason = str(limit) if isinstance(limit, TooMuch) else "nested too deeply to compare"
        return Seen("", reason, walk.reached(), walk.memory)
    return Seen(walk.digest(), walk.reason(), walk.reached(), walk.memory)


def fingerprint(value: Any, known: Known | None = None) -> str:
    """The fingerprint alone, empty where the value cannot be compared."""
    seen = look(value, known)
    return "" if seen.opaque else seen.fingerprint
