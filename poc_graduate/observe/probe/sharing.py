"""Which names reach the same mutable object, or overlapping memory."""

from __future__ import annotations

import contextlib
import sys
import weakref
from collections.abc import Mapping
from typing import Any

from .fingerprint import Known, Naming, Seen

Span = tuple[int, int, bool, bool, str]


class Owners:
    """Tells objects of the notebook from those that belong to a library's module.

    A module's own object (a default, a registry) exists in every process; two names that hold
    it share nothing that has to cross from one process to another.
    """

    def __init__(self) -> None:
        self._cleared: dict[int, Any] = {}

    def of_modules(self, shared: Mapping[int, Any], naming: Naming) -> set[int]:
        """Those of the objects (address → object) that are attributes of library modules."""
        unknown = {
            address
            for address, value in shared.items()
            if address not in self._cleared or self._cleared[address]() is not value
        }
        if not unknown:
            return set()
        found: set[int] = set()
        libraries = {type(shared[a]).__module__.partition(".")[0] for a in unknown}
        users = getattr(sys.modules.get("__main__"), "__dict__", None)
        for name, module in list(sys.modules.items()):
            attributes = getattr(module, "__dict__", None)
            if name.partition(".")[0] not in libraries or naming.local(name):
                continue
            # multiprocessing knows `__main__` by a second name.
            if isinstance(attributes, dict) and attributes is not users:
                found.update(unknown.intersection(map(id, list(attributes.values()))))
        for address in unknown - found:
            with contextlib.suppress(TypeError):  # no weak references to this one: ask again
                self._cleared[address] = weakref.ref(shared[address])
        return found


def groups(
    seen: Mapping[str, Seen], known: Known, owners: Owners, *, copy_on_write: bool
) -> list[list[str]]:
    """Groups of two or more names that share mutable state, sorted.

    Args:
        seen: What reading each name's value showed.
        known: What was met on the way.
        owners: Tells the notebook's objects from those of libraries.
        copy_on_write: Frames over the same memory do not share state (pandas 3).
    """
    parent: dict[str, str] = {name: name for name in seen}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    holders: dict[int, list[str]] = {}
    for name, found in seen.items():
        for address in found.reached:
            holders.setdefault(address, []).append(name)
    common = {address: names for address, names in holders.items() if len(names) > 1}
    of_libraries = {a: known.instances[a] for a in common if a in known.instances}
    for address in owners.of_modules(of_libraries, known.naming):
        del common[address]
    for names in common.values():
        for name in names[1:]:
            parent[root(name)] = root(names[0])
    for one, other in _overlapping(seen, copy_on_write=copy_on_write):
        parent[root(one)] = root(other)

    found_groups: dict[str, list[str]] = {}
    for name in seen:
        found_groups.setdefault(root(name), []).append(name)
    return sorted(sorted(group) for group in found_groups.values() if len(group) > 1)


def _overlapping(seen: Mapping[str, Seen], *, copy_on_write: bool) -> list[tuple[str, str]]:
    spans: list[Span] = sorted(
        (start, stop, writeable, frame, name)
        for name, found in seen.items()
        for start, stop, writeable, frame in found.memory
    )
    pairs: list[tuple[str, str]] = []
    open_spans: list[Span] = []
    for span in spans:
        start, _, writeable, frame, name = span
        open_spans = [earlier for earlier in open_spans if earlier[1] > start]
        for _, _, may_write, in_frame, other in open_spans:
            if other == name:
                continue
            if frame and in_frame:
                shared = not copy_on_write
            elif frame or in_frame:
                shared = may_write if frame else writeable
            else:
                shared = writeable or may_write
            if shared:
                pairs.append((name, other))
        open_spans.append(span)
    return pairs


def copy_on_write() -> bool:
    """True where two frames over the same memory never show each other's changes."""
    pandas: Any | None = sys.modules.get("pandas")
    if pandas is None:
        return True
    version = str(getattr(pandas, "__version__", "3"))
    if int(version.split(".")[0]) >= 3:
        return True
    try:
        return pandas.options.mode.copy_on_write is True
    except Exception:  # before 1.5 there is no such option, and no copy on write
        return False
