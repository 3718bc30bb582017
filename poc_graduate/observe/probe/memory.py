"""When two arrays in the same memory show each other's changes."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple


class Span(NamedTuple):
    """The memory of one array.

    Attributes:
        start: Its first address.
        stop: The address after its last.
        writeable: Whether it may be changed through this array.
        frame: Whether it belongs to a pandas object.
    """

    start: int
    stop: int
    writeable: bool
    frame: bool


def state_is_shared(one: Span, other: Span, *, frames_share: bool) -> bool:
    """True where a change through one shows in the other.

    Args:
        one: An array's memory.
        other: Another's.
        frames_share: Whether two pandas objects do so at all.
    """
    if one.start >= other.stop or other.start >= one.stop:
        return False
    if one.frame and other.frame:
        return frames_share
    if one.frame or other.frame:
        # A read-only view (`df.values`) is common; it would see a change of the frame in place,
        # and the cell that makes one is seen to change both.
        return other.writeable if one.frame else one.writeable
    return one.writeable or other.writeable


def frames_share() -> bool:
    """False under copy on write (pandas 3): frames never show each other's changes."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None:
        return False
    if int(str(getattr(pandas, "__version__", "3")).split(".")[0]) >= 3:
        return False
    try:
        return pandas.options.mode.copy_on_write is not True
    except Exception:  # before 1.5 there is no such option, and no copy on write
        return True
