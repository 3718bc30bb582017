"""Which names reach the same mutable object, or overlapping memory."""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

from .fingerprint import Naming, Seen

Span = Tuple[int, int, bool, bool, str]


def groups(
    seen: Mapping[str, Seen], values: Mapping[str, Any], naming: Naming, *, copy_on_write: bool
) -> List[List[str]]:
    """Groups of two or more names that share mutable state, sorted.

    Args:
        seen: What reading each name's value showed.
        values: The values.
        naming: Tells the notebook's own modules from libraries.
        copy_on_write: Frames over the same memory do not share state (pandas 3).
    """
    parent: Dict[str, str] = {name: name for name in seen}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    holders: Dict[int, List[str]] = {}
    for name, found in seen.items():
        for address in found.reached:
            holders.setdefault(address, []).append(name)
    common = {address: names for address, names in holders.items() if len(names) > 1}
    if common:
        for address in owned_by_modules(set(common), naming):
            del common[address]
    for names in common.values():
        for name in names[1:]:
            parent[root(name)] = root(names[0])
    for one, other in _overlapping(seen, copy_on_write=copy_on_write):
        parent[root(one)] = root(other)

    found_groups: Dict[str, List[str]] = {}
    for name in seen:
        found_groups.setdefault(root(name), []).append(name)
    return sorted(sorted(group) for group in found_groups.values() if len(group) > 1)


def owned_by_modules(addresses: Set[int], naming: Naming) -> Set[int]:
    """Those addresses that are attributes of library modules: every process has its own."""
    found: Set[int] = set()
    for name, module in list(sys.modules.items()):
        if naming.local(name):
            continue
        try:
            attributes = list(vars(module).values())
        except TypeError:
            continue
        found.update(addresses.intersection(map(id, attributes)))
    return found


def _overlapping(seen: Mapping[str, Seen], *, copy_on_write: bool) -> List[Tuple[str, str]]:
    spans: List[Span] = sorted(
        (start, stop, writeable, frame, name)
        for name, found in seen.items()
        for start, stop, writeable, frame in found.memory
    )
    pairs: List[Tuple[str, str]] = []
    open_spans: List[Span] = []
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
    pandas: Optional[Any] = sys.modules.get("pandas")
    if pandas is None:
        return True
    version = str(getattr(pandas, "__version__", "3"))
    if int(version.split(".")[0]) >= 3:
        return True
    try:
        return pandas.options.mode.copy_on_write is True
    except Exception:  # before 1.5 there is no such option, and no copy on write
        return False
