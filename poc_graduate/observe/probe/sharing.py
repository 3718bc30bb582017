"""Which names reach the same mutable object, or overlapping memory."""

from __future__ import annotations

import contextlib
import sys
import weakref
from collections.abc import Mapping
from typing import Any

from .fingerprint import Seen
from .known import Known
from .memory import Span, frames_share, state_is_shared
from .naming import Naming


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


def groups(seen: Mapping[str, Seen], known: Known, owners: Owners) -> list[list[str]]:
    """Groups of two or more names that share mutable state, sorted.

    Args:
        seen: What reading each name's value showed.
        known: What was met on the way.
        owners: Tells the notebook's objects from those of libraries.
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
    for one, other in _overlapping(seen):
        parent[root(one)] = root(other)

    found_groups: dict[str, list[str]] = {}
    for name in seen:
        found_groups.setdefault(root(name), []).append(name)
    return sorted(sorted(group) for group in found_groups.values() if len(group) > 1)


def _overlapping(seen: Mapping[str, Seen]) -> list[tuple[str, str]]:
    """Pairs of names whose arrays show each other's changes."""
    shares = frames_share()
    spans = sorted((span, name) for name, found in seen.items() for span in found.memory)
    pairs: list[tuple[str, str]] = []
    open_spans: list[tuple[Span, str]] = []
    for span, name in spans:
        open_spans = [earlier for earlier in open_spans if earlier[0].stop > span.start]
        for other, its_name in open_spans:
            if its_name != name and state_is_shared(span, other, frames_share=shares):
                pairs.append((name, its_name))
        open_spans.append((span, name))
    return pairs
