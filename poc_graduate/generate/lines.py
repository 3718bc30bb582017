"""Two edits of one text, merged line by line as git does.

The method is diff3 (Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007): where a
stretch of the base stands in both edits it is kept, and between two such stretches the side that
changed something wins, or both are shown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

YOURS, MIDDLE, GENERATED = "<<<<<<< yours", "=======", ">>>>>>> generated"


@dataclass(frozen=True)
class _Match:
    """A stretch of lines that stands in two texts: where in each, and how long it is."""

    base: int
    other: int
    length: int

    @property
    def end(self) -> int:
        return self.base + self.length


def merged(base: str, local: str, remote: str) -> tuple[str, int]:
    """Merge two edits of one text line by line, as git does.

    Returns:
        The text, and how many places of it are in conflict and marked.
    """
    texts = lines_of(base), lines_of(local), lines_of(remote)
    lines: list[str] = []
    conflicts = 0
    done = 0, 0, 0
    for start, stop in _in_all_three(*texts):
        between = [text[a:b] for text, a, b in zip(texts, done, start, strict=True)]
        chosen, conflict = _chosen(*between)
        lines += [*chosen, *texts[0][start[0] : stop[0]]]
        conflicts += conflict
        done = stop
    # A last line without its newline may have come to stand in the middle.
    return "".join([*_ended(lines[:-1]), *lines[-1:]]), conflicts


def lines_of(text: str) -> list[str]:
    """The lines, each with its newline."""
    # Not splitlines: it also splits at form feeds and U+2028, which editors and git do not.
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _chosen(base: list[str], yours: list[str], generated: list[str]) -> tuple[list[str], bool]:
    """What becomes of a stretch that is not the same in all three, and whether both claim it."""
    if yours in (generated, base):
        return generated, False
    if generated == base:
        return yours, False
    # Lines that both sides start or end with are no part of a conflict, as in git.
    start, end = _common_ends(yours, generated)
    before, after = yours[:start], yours[len(yours) - end :]
    yours, generated = yours[start : len(yours) - end], generated[start : len(generated) - end]
    marked = [f"{YOURS}\n", *yours, f"{MIDDLE}\n", *generated, f"{GENERATED}\n"]
    return [*before, *marked, *after], True


_Place = tuple[int, int, int]


def _in_all_three(
    base: list[str], local: list[str], remote: list[str]
) -> Iterator[tuple[_Place, _Place]]:
    """Stretches that stand in all three texts, in order: where they start and where they stop.

    The last one is empty and stands at the end of all three.
    """
    mine, theirs = _matches(base, local), _matches(base, remote)
    one = other = 0
    while one < len(mine) and other < len(theirs):
        a, b = mine[one], theirs[other]
        start, stop = max(a.base, b.base), min(a.end, b.end)
        if start < stop:
            here = start, start - a.base + a.other, start - b.base + b.other
            length = stop - start
            yield here, (here[0] + length, here[1] + length, here[2] + length)
        if a.end < b.end:
            one += 1
        else:
            other += 1
    end = len(base), len(local), len(remote)
    yield end, end


def _matches(base: Sequence[str], other: Sequence[str]) -> list[_Match]:
    """Which lines of two texts match: all at both ends, as git does, between them difflib's.

    Without the ends difflib may align repeated lines one repetition too far; and it takes the
    frequent lines of long files for noise unless told not to.
    """
    start, end = _common_ends(base, other)
    middle = difflib.SequenceMatcher(
        None, base[start : len(base) - end], other[start : len(other) - end], autojunk=False
    )
    found = [_Match(0, 0, start)]
    found += [_Match(i + start, j + start, size) for i, j, size in middle.get_matching_blocks()]
    found += [_Match(len(base) - end, len(other) - end, end)]
    return [match for match in found if match.length]


def _common_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many lines both start with, and how many of the rest both end with."""
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return start, end


def _ended(lines: Iterable[str]) -> Iterator[str]:
    return (line if line.endswith("\n") else f"{line}\n" for line in lines)
