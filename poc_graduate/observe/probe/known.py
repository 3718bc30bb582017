"""What the reading of values remembers from one value to the next."""

from __future__ import annotations

from typing import Any

from .naming import Naming
from .readers import ATOMS, Leaf, Reader

NAN = float("nan")


class Known:
    """What is remembered from one value to the next.

    Attributes:
        naming: How types are named.
        digests: (size, quick hash, how) of a large buffer → its digest. Equal content is common
            (a column that no cell touched, the same column in two frames), and the quick hash
            costs a fifth of the digest.
        instances: Address → instance of a library's class, of all that was met.
        kept: Objects that were made while reading, kept until `forget`, so that their addresses
            are not given to others meanwhile.
    """

    def __init__(self, naming: Naming | None = None) -> None:
        self.naming = naming or Naming()
        self.digests: dict[tuple[Any, ...], bytes] = {}
        self.instances: dict[int, Any] = {}
        self.kept: list[Any] = []
        self.leaves: dict[type, Leaf | None] = {}
        self.readers: dict[type, tuple[Reader, type | None]] = {}
        self.forget()

    def forget(self) -> None:
        """Let go of everything that belongs to the user."""
        self.instances.clear()
        self.kept.clear()
        self.readers.clear()
        self.leaves.clear()
        self.leaves.update(dict.fromkeys(ATOMS, _itself))
        self.leaves[float] = _float
        if len(self.digests) > 100_000:
            self.digests.clear()


def _itself(value: Any) -> Any:
    return value


def _float(value: Any) -> Any:
    return NAN if value != value else value
