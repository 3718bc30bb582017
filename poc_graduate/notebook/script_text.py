"""Where a notebook's code cells stand in a percent script or in Markdown, and the text edited."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from poc_graduate.notebook.model import NewCell, Notebook

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_MARK = re.compile(r"# ?(%%|<codecell>|In\[)")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_OPTION = re.compile(r"(:[\w-]+:|---$|#\|)")


@dataclass(frozen=True)
class Range:
    """Lines of the text, from 0, the end behind the last.

    Attributes:
        mark: The line that begins the cell; the first line of its code where none does.
        start: First line of its code.
        end: Behind the last line of its code.
    """

    mark: int
    start: int
    end: int


class NotFound(Exception):
    """A cell's lines do not stand in the text as they were read."""


def rewritten(
    text: str,
    notebook: Notebook,
    sources: Mapping[int, str],
    inserted: Sequence[NewCell] = (),
    removed: Iterable[int] = (),
) -> str:
    """The text with other sources, all else as it is.

    Args:
        text: The file's text, line ends as they are.
        notebook: What was read from it.
        sources: Position of a code cell, from 1 → its new source.
        inserted: Cells to be put in.
        removed: Positions of code cells to be taken out.

    Raises:
        NotFound: a cell cannot be found in the text.
    """
    lines: list[str] = _LINE.findall(text)
    places = _located([line.rstrip("\r\n") for line in lines], notebook)
    end = next((line[len(line.rstrip("\r\n")) :] for line in lines), "") or "\n"
    changes: list[tuple[int, int, list[str]]] = []
    for index, source in sources.items():
        if index not in places:
            raise NotFound
        changes += _line_changes(lines, places[index], source, end)
    for index in removed:
        if index not in places:
            raise NotFound
        changes.append((*_whole(lines, places[index]), []))
    for new in inserted:
        at, cell = _cell(lines, notebook, places, new)
        changes.append((at, at, [line + end for line in cell]))
    for start, stop, new_lines in sorted(changes, key=lambda change: change[:2], reverse=True):
        if start == len(lines) and start and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += end
        lines[start:stop] = new_lines
    return "".join(lines)


def _located(lines: Sequence[str], notebook: Notebook) -> dict[int, Range]:
    """Position of a code cell → its lines."""
    found: dict[int, Range] = {}
    at = 0
    for cell in notebook.code_cells:
        source = cell.source.split("\n")
        fitting = (n for n in range(at, len(lines) - len(source) + 1) if _stands(source, lines, n))
        starts = [n for n in fitting if (mark := _mark(lines, n)) < n or mark == 0]
        if not starts:
            raise NotFound
        start = starts[0]
        at = start + len(source)
        found[cell.index] = Range(_mark(lines, start), start, at)
    return found


def _stands(source: Sequence[str], lines: Sequence[str], at: int) -> bool:
    """Whether a source stands at a line; scripts hold magics as comments."""
    cell_magic = source[0].startswith("%%")
    return all(
        line == own or (line in (f"# {own}", f"#{own}") and (cell_magic or _is_magic(own)))
        for own, line in zip(source, lines[at : at + len(source)], strict=True)
    )


def _is_magic(line: str) -> bool:
    return line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?")


def _mark(lines: Sequence[str], start: int) -> int:
    """The line above that begins the cell; `start` where something else stands there."""
    line = start - 1
    while line >= 0 and (not lines[line].strip() or _OPTION.match(lines[line])):
        line -= 1
    if line < 0:
        return 0
    return line if _MARK.match(lines[line]) or _FENCE.match(lines[line]) else start


def _line_changes(
    lines: Sequence[str], place: Range, source: str, end: str
) -> list[tuple[int, int, list[str]]]:
    old = [line.rstrip("\r\n") for line in lines[place.start : place.end]]
    new = source.split("\n") if source else []
    # Magics stand there as comments: what was kept is kept as it is written.
    plain = [_uncommented(line, new) for line in old]
    changes = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, plain, new, autojunk=False).get_opcodes():
        if tag != "equal":
            written = [line + end for line in new[j1:j2]]
            last = place.start + i2 == len(lines) and not lines[-1].endswith(("\n", "\r"))
            if written and last:
                written[-1] = written[-1].removesuffix(end)
            changes.append((place.start + i1, place.start + i2, written))
    return changes


def _uncommented(line: str, new: Sequence[str]) -> str:
    for start in ("# ", "#"):
        bare = line.removeprefix(start)
        if line.startswith(start) and _is_magic(bare) and bare in new:
            return bare
    return line


def _whole(lines: Sequence[str], place: Range) -> tuple[int, int]:
    """A cell with its mark and the blank lines below it."""
    end = place.end
    if end < len(lines) and _FENCE.match(lines[place.mark]):
        end += 1  # the closing fence
    while end < len(lines) and not lines[end].strip():
        end += 1
    return place.mark, end


def _cell(
    lines: Sequence[str], notebook: Notebook, places: Mapping[int, Range], new: NewCell
) -> tuple[int, list[str]]:
    """Where a new cell goes, and its lines, with marks such as the cell beside it has."""
    beside, after = places.get(new.before), places.get(new.before - 1)
    if beside is not None and beside.mark < beside.start:
        place, at = beside, beside.mark
    elif after is not None and after.mark < after.start:
        place, at = after, _whole(lines, after)[1]
    else:
        raise NotFound
    mark = lines[place.mark].rstrip("\r\n")
    source = new.source.split("\n")
    if fence := _FENCE.match(mark):
        body = [*_fence(mark, new.tags), *source, fence[1], ""]
    else:
        tags = f" tags={json.dumps(list(new.tags))}" if new.tags else ""
        sign = _MARK.match(mark)
        if sign is None or sign[1] != "%%":
            raise NotFound
        body = [f"{sign[0]}{tags}", *source, ""]
    loose = at > 0 and lines[at - 1].strip() and at == len(lines)
    return at, ["", *body[:-1]] if loose else body


def _fence(mark: str, tags: Sequence[str]) -> list[str]:
    opened = re.match(r"\s*(?:```+|~~~+) *\{?[\w-]+", mark)
    start = opened[0] if opened else "```python"
    if "{code-cell" in mark:
        return [mark.rstrip(), *([f":tags: [{', '.join(tags)}]", ""] if tags else [])]
    if "{" in mark:
        listed = ", ".join(f'"{tag}"' for tag in tags)
        return [f"{start} tags=c({listed})}}" if tags else f"{start}}}"]
    return [f"{start} tags={json.dumps(list(tags))}" if tags else start]
