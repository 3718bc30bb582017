"""Where a notebook's cells stand in its JSON text, and the text with other sources in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from poc_graduate.notebook.model import NewCell

_BLANK = re.compile(r"[ \t\n\r]*")
_ESCAPED = re.compile(r"\\u00[89a-fA-F][0-9a-fA-F]|\\u(?!00)[0-9a-fA-F]{4}")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
# A JSON string's characters as they are written; a line ends as a file's may.
_END = r"(?:\\r|\\u000[dD])?(?:\\n|\\u000[aA])|\\r|\\u000[dD]"
_WRITTEN = re.compile(rf"(?P<end>{_END})|\\u[0-9a-fA-F]{{4}}|\\.|[^\\]+", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class Items:
    """Items of a JSON array, with the text between them.

    Attributes:
        text: The whole file.
        start: Where the array's bracket opens.
        end: Behind its closing bracket.
        spans: Start and end of each item.
    """

    text: str
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]

    def raw(self, index: int) -> str:
        """An item as it is written."""
        start, end = self.spans[index]
        return self.text[start:end]

    @property
    def opening(self) -> str:
        """From the bracket to the first item."""
        return self.text[self.start : self.spans[0][0]]

    @property
    def closing(self) -> str:
        """From the last item to behind the bracket."""
        return self.text[self.spans[-1][1] : self.end]

    def between(self, index: int) -> str:
        """From an item to the next."""
        return self.text[self.spans[index][1] : self.spans[index + 1][0]]

    def separator(self) -> str:
        """What stands between items; from how the array opens, where it has only one."""
        return self.between(0) if len(self.spans) > 1 else "," + self.opening[1:]


@dataclass
class CellText:
    """One cell in the text.

    Attributes:
        start: Where its brace opens.
        end: Behind its closing brace.
        keys: Key → start and end of its value.
    """

    start: int
    end: int = 0
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class JsonText:
    """A notebook's text with the places of its cells.

    Attributes:
        text: The whole file.
        major: Format, 3 or 4.
        sheets: Arrays of cells: one in format 4, one a worksheet in format 3.
        cells: All cells.
        record: What the text says.
    """

    text: str
    major: int
    sheets: tuple[Items, ...]
    cells: tuple[CellText, ...]
    record: Mapping[str, Any]

    def source_key(self, cell: CellText) -> str:
        """The key that a cell's source stands under."""
        kind = self.value(cell, "cell_type")
        return "input" if self.major == 3 and kind == "code" else "source"

    def value(self, cell: CellText, key: str) -> Any:
        """What a cell says under a key; None where it does not have it."""
        if key not in cell.keys:
            return None
        start, _ = cell.keys[key]
        return _decoder.raw_decode(self.text, start)[0]


def located(text: str) -> JsonText:
    """Find the cells.

    Args:
        text: JSON of a notebook that was read without fault.
    """
    record = json.loads(text)
    major = record.get("nbformat", 4 if "cells" in record else 3)
    cells: list[CellText] = []
    sheets: list[Items] = []

    def read_cells(at: int) -> int:
        spans: list[tuple[int, int]] = []
        for _, start, done in _array(text, at):
            cell = CellText(start)
            for key, inner, next_ in _object(text, start):
                ends = _skip(text, inner)
                cell.keys[key] = (inner, ends)
                next_(ends)
            cell.end = _end_of(text, start, cell)
            cells.append(cell)
            spans.append((start, cell.end))
            done(cell.end)
        end = _closing(text, spans[-1][1] if spans else at + 1)
        sheets.append(Items(text, at, end, tuple(spans)))
        return end

    def read_sheets(at: int) -> int:
        last = at + 1
        for _, start, done in _array(text, at):
            ends = start + 1
            for key, inner, next_ in _object(text, start):
                ends = read_cells(inner) if key == "cells" else _skip(text, inner)
                next_(ends)
            last = _closing(text, ends)
            done(last)
        return _closing(text, last)

    wanted, reader = ("cells", read_cells) if major == 4 else ("worksheets", read_sheets)
    for key, start, done in _object(text, _BLANK.match(text).end()):  # type: ignore[union-attr]
        if key == wanted:  # of a key that stands twice, the last counts
            cells.clear()
            sheets.clear()
            done(reader(start))
        else:
            done(_skip(text, start))
    return JsonText(text, major, tuple(sheets), tuple(cells), record)


Done = Callable[[int], None]


def _object(text: str, at: int) -> Iterator[tuple[str, int, Done]]:
    """Keys of the object at a position with where the value starts; `done(end)` goes on."""
    yield from _walk(text, at, "}", keyed=True)


def _array(text: str, at: int) -> Iterator[tuple[str, int, Done]]:
    yield from _walk(text, at, "]", keyed=False)


def _walk(text: str, at: int, closing: str, *, keyed: bool) -> Iterator[tuple[str, int, Done]]:
    ends = [at + 1]
    at = _past_blank(text, at + 1)
    while text[at] != closing:
        key = ""
        if keyed:
            key, at = _decoder.raw_decode(text, at)
            at = _past_blank(text, _past_blank(text, at) + 1)
        yield key, at, ends.append
        at = _past_blank(text, ends[-1])
        if text[at] == ",":
            at = _past_blank(text, at + 1)


def _past_blank(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]


def _skip(text: str, at: int) -> int:
    return _decoder.raw_decode(text, at)[1]


def _closing(text: str, at: int) -> int:
    return _past_blank(text, at) + 1


def _end_of(text: str, start: int, cell: CellText) -> int:
    return _closing(text, max((end for _, end in cell.keys.values()), default=start + 1))


def rewritten(
    found: JsonText,
    sources: Mapping[int, str],
    inserted: Sequence[NewCell] = (),
    removed: Iterable[int] = (),
) -> str:
    """The text with other sources, all else as it is.

    Args:
        found: The text.
        sources: Position of a cell, from 1 → its new source.
        inserted: Cells to be put in.
        removed: Positions of cells to be taken out.
    """
    gone = frozenset(removed)
    text, first, parts, at = found.text, 1, list[str](), 0
    for number, sheet in enumerate(found.sheets):
        last_sheet = number == len(found.sheets) - 1
        items: list[tuple[int | None, str]] = []
        for index in range(first, first + len(sheet.spans)):
            items += [(None, _cell(found, new)) for new in inserted if new.before == index]
            if index not in gone:
                items.append((index - first, _with_source(found, index, sources.get(index))))
        first += len(sheet.spans)
        if last_sheet:
            items += [(None, _cell(found, new)) for new in inserted if new.before >= first]
        parts += [text[at : sheet.start], _joined(sheet, items)]
        at = sheet.end
    return "".join([*parts, text[at:]])


def _joined(items: Items, new: Sequence[tuple[int | None, str]]) -> str:
    """The array of other items; what stood between two of them that stay still stands there."""
    if not items.spans or not new:
        return f"[{', '.join(raw for _, raw in new)}]"
    parts = [items.opening]
    for number, (index, raw) in enumerate(new):
        if number:
            before = new[number - 1][0]
            follows = before is not None and index is not None and index == before + 1
            parts.append(items.between(before or 0) if follows else items.separator())
        parts.append(raw)
    return "".join([*parts, items.closing])


def _with_source(found: JsonText, index: int, source: str | None) -> str:
    cell = found.cells[index - 1]
    if source is None:
        return found.text[cell.start : cell.end]
    start, end = cell.keys[found.source_key(cell)]
    old = found.text[start:end]
    new = _list(found, start, end, source) if old[0] == "[" else _string(found, old, source)
    return found.text[cell.start : start] + new + found.text[end : cell.end]


def _string(found: JsonText, old: str, source: str) -> str:
    """A source written as one text."""
    raw: list[str] = []
    line = ""
    for token in _WRITTEN.finditer(old, 1, len(old) - 1):
        line += token[0]
        if token["end"]:
            raw.append(line)
            line = ""
    raw += [line] if line else []
    texts = [json.loads(f'"{one}"') for one in raw]
    return f'"{"".join(line for _, line in _changed(found, raw, texts, source))}"'


def _list(found: JsonText, start: int, end: int, source: str) -> str:
    """A source written as a list of lines."""
    spans = tuple(_spans(found.text, start))
    lines = Items(found.text, start, end, spans)
    raw = [lines.raw(index)[1:-1] for index in range(len(spans))]
    texts = [json.loads(f'"{one}"') for one in raw]
    # Early files of format 3 end no line; see `_join_lines` in nbformat.v3.rwbase.
    bare = found.major == 3 and len(texts) > 1 and not texts[0].endswith(("\n", "\r"))
    if bare:
        texts = [f"{text}\n" for text in texts[:-1]] + texts[-1:]
    changed = _changed(found, raw, texts, source, bare=bare)
    if not spans:
        lines = _any_list(found) or lines
    return _joined(lines, [(index, f'"{line}"') for index, line in changed])


def _spans(text: str, start: int) -> Iterator[tuple[int, int]]:
    for _, at, done in _array(text, start):
        end = _skip(text, at)
        yield at, end
        done(end)


def _any_list(found: JsonText) -> Items | None:
    """A cell's list of lines, for how lists are laid out in this file."""
    for cell in found.cells:
        start, end = cell.keys.get(found.source_key(cell), (0, 0))
        spans = tuple(_spans(found.text, start)) if found.text[start] == "[" and start else ()
        if spans:
            return Items(found.text, start, end, spans)
    return None


def _changed(
    found: JsonText, raw: Sequence[str], texts: Sequence[str], source: str, *, bare: bool = False
) -> Iterator[tuple[int | None, str]]:
    """The new source's lines as JSON; those that were there before, with their index, as they
    were written.
    """
    old = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    new = _LINES.findall(source)
    end = next((text[len(text.rstrip("\r\n")) :] for text in texts), "\n") or "\n"
    if bare and source.endswith("\n"):
        new.append("")
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from enumerate(raw[i1:i2], start=i1)
            continue
        ascii_only = _is_ascii(found.text, raw[i1:i2])
        for line in new[j1:j2]:
            ended = line.removesuffix("\n")
            if not bare and ended != line:
                ended += end
            yield None, _escaped(ended, ascii_only)


def _is_ascii(text: str, lines: Sequence[str]) -> bool:
    """Whether this file, or these lines of it, write other letters as escapes."""
    if any(_ESCAPED.search(line) for line in lines):
        return True
    return text.isascii() and _ESCAPED.search(text) is not None


def _escaped(line: str, ascii_only: bool) -> str:
    written = json.dumps(line, ensure_ascii=ascii_only)[1:-1]
    # A half of a pair cannot be UTF-8.
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", written)


def _cell(found: JsonText, new: NewCell) -> str:
    """A new cell, laid out as the code cells beside it."""
    model = _model(found)
    key = "input" if found.major == 3 else "source"
    values: dict[str, Any] = {"cell_type": "code"}
    values |= {"collapsed": False, "language": "python"} if found.major == 3 else {}
    if found.major == 4:
        values["execution_count"] = None
    if _has_ids(found):
        values["id"] = new.id
    written_as_list = model is None or found.text[model.keys[key][0]] == "["
    values["metadata"] = {"tags": list(new.tags)} if new.tags else {}
    values["outputs"] = []
    values[key] = _LINES.findall(new.source) if written_as_list else new.source
    if found.major == 3:
        values = {name: values[name] for name in sorted(values)}
    if model is not None:
        order = [name for name in model.keys if name in values]
        values = {name: values[name] for name in dict.fromkeys([*order, *values])}
    return _laid_out(found, values)


def _laid_out(found: JsonText, values: Mapping[str, Any]) -> str:
    ascii_only = _is_ascii(found.text, ())
    sheet = next((sheet for sheet in found.sheets if sheet.spans), None)
    gap = sheet.opening[1:] if sheet is not None else ""
    first = found.text[sheet.spans[0][0] :] if sheet is not None else "{"
    inner = _BLANK.match(first, 1)[0]  # type: ignore[index]
    if "\n" not in inner:
        colon = ": " if re.match(r'\{\s*"\w+"\s*:\s', first) else ":"
        comma = ", " if colon == ": " else ","
        return json.dumps(values, ensure_ascii=ascii_only, separators=(comma, colon))
    outer = gap.rpartition("\n")[2] if "\n" in gap else ""
    unit = inner.rpartition("\n")[2].removeprefix(outer) or " "
    end = "\r\n" if "\r\n" in inner else "\n"
    written = json.dumps(values, ensure_ascii=ascii_only, indent=unit)
    return written.replace("\n", end + outer)


def _model(found: JsonText) -> CellText | None:
    key = "input" if found.major == 3 else "source"
    return next(
        (c for c in found.cells if found.value(c, "cell_type") == "code" and key in c.keys), None
    )


def _has_ids(found: JsonText) -> bool:
    minor = found.record.get("nbformat_minor")
    newer = found.major == 4 and isinstance(minor, int) and minor >= 5
    return newer or any("id" in cell.keys for cell in found.cells)
