"""The only writer of notebooks: other sources in the text, every other byte as it was."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from poc_graduate.errors import GraduateError, InputError
from poc_graduate.notebook import json_text, script_text
from poc_graduate.notebook.model import Cell, NewCell, Notebook
from poc_graduate.notebook.read import read_text

_BOM = "\ufeff"


@dataclass(frozen=True)
class Changes:
    """What is to be another in a notebook.

    Attributes:
        sources: Position of a code cell, from 1 → its new source.
        inserted: Cells to be put in; positions are those of the cells as they are.
        removed: Positions of code cells to be taken out.
    """

    sources: Mapping[int, str] = field(default_factory=dict)
    inserted: tuple[NewCell, ...] = ()
    removed: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sources or self.inserted or self.removed)


def changed(notebook: Notebook, changes: Changes) -> Notebook:
    """The notebook as it would be read once the changes are written. Nothing is written.

    Args:
        notebook: What was read.
        changes: What is to be another.

    Raises:
        InputError: the changes cannot be written without touching something else, or what they
            give cannot be read.
    """
    text = changed_text(notebook.text, notebook, changes)
    return _verified(text, notebook, changes)


def changed_text(text: str, notebook: Notebook, changes: Changes) -> str:
    """The file's text with the changes in it; what they do not touch is as it was, to the byte.

    Args:
        text: The file's text, line ends as they are, a byte order mark left away.
        notebook: What was read from it.
        changes: What is to be another.

    Raises:
        InputError: a cell that is to change cannot be found in the text.
    """
    sources = {
        index: source
        for index, source in changes.sources.items()
        if source != notebook.cell(index).source
    }
    if not (sources or changes.inserted or changes.removed):
        return text
    inserted = tuple(_named(new, notebook) for new in changes.inserted)
    try:
        if notebook.path.suffix.lower() == ".ipynb":
            found = json_text.located(text)
            return json_text.rewritten(found, sources, inserted, changes.removed)
        return script_text.rewritten(text, notebook, sources, inserted, changes.removed)
    except (script_text.NotFound, KeyError, IndexError):
        raise InputError(
            f"{notebook.name} cannot be changed: its cells stand in it in another form than they "
            "are read",
            remedy="make the change by hand",
        ) from None


def write(notebook: Notebook, *steps: Changes) -> Notebook:
    """Write changes into the notebook's file, by one rename.

    Args:
        notebook: What was read.
        steps: What is to be another; each speaks of the cells as the one before left them.

    Returns:
        The notebook as it stands in the file now.

    Raises:
        InputError: the file has changed since it was read, cannot be written, or would not be
            what was asked for; it is then as it was.
    """
    target = Path(os.path.realpath(notebook.path))  # a link stays a link
    try:
        before = target.stat()
        data = target.read_bytes()
        text = data.decode("utf-8")
    except OSError as failure:
        raise InputError(f"{notebook.path} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError:
        raise _has_changed(notebook) from None
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    if _plain(text) != notebook.text:
        raise _has_changed(notebook)
    new, result = text, notebook
    for changes in steps:
        new = changed_text(new, result, changes)
        result = _verified(_plain(new), result, changes)
    if new == text:
        return notebook
    if not before.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(
        target, os.W_OK
    ):
        raise InputError(f"{notebook.path} is read-only", remedy="make it writable")
    _replace(target, (mark + new).encode("utf-8"), before, notebook)
    return result


def write_beside(path: Path, text: str) -> None:
    """Write a file that a fix puts beside the notebook, by one rename.

    Raises:
        InputError: it cannot be written; it is then as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            _filled(file.fileno(), text.encode("utf-8"))
        temporary.replace(path)
    except OSError as failure:
        raise InputError(
            f"{path} cannot be written: {failure.strerror}", remedy="make its folder writable"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _replace(target: Path, data: bytes, before: os.stat_result, notebook: Notebook) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _filled(handle, data)
        finally:
            os.close(handle)
        os.chmod(temporary, stat.S_IMODE(before.st_mode))
        now = target.stat()
        if (now.st_mtime_ns, now.st_size, now.st_ino) != (
            before.st_mtime_ns, before.st_size, before.st_ino,
        ):  # fmt: skip
            raise _has_changed(notebook)
        os.replace(temporary, target)
    except OSError as failure:
        raise InputError(
            f"{notebook.path} cannot be written: {failure.strerror}; it is as it was",
            remedy="make room, or make its folder writable",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _filled(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _has_changed(notebook: Notebook) -> InputError:
    return InputError(
        f"{notebook.path} has changed since it was read; nothing was written",
        remedy="save it where it is open, and run the command again",
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named(new: NewCell, notebook: Notebook) -> NewCell:
    """With an id made of what the cell holds: the same fix gives the same bytes."""
    if new.id:
        return new
    taken = {cell.id for cell in notebook.cells}
    digest = hashlib.sha256(new.source.encode("utf-8", "surrogatepass")).hexdigest()
    free = (digest[at : at + 8] for at in range(len(digest) - 8))
    return NewCell(new.before, new.source, new.tags, next(i for i in free if i not in taken))


def _verified(text: str, notebook: Notebook, changes: Changes) -> Notebook:
    """The notebook that a text holds, where it is the one that was asked for."""
    try:
        result = read_text(text, notebook.path)
    except GraduateError as failure:
        raise InputError(
            f"{notebook.name} cannot be changed: {failure.found}", place=failure.place
        ) from None
    wanted: list[tuple[object, ...]] = []
    for index in range(1, len(notebook.cells) + 2):
        for new in changes.inserted:
            if new.before == index:
                wanted.append(("code", new.source, frozenset(new.tags), None))
        if index <= len(notebook.cells) and index not in changes.removed:
            cell = notebook.cell(index)
            source = changes.sources.get(index, cell.source)
            wanted.append((*_content(cell, source), _rest(cell)))
    same = len(wanted) == len(result.cells) and all(
        (*_content(cell, cell.source), _rest(cell))[: len(one)] == one
        for one, cell in zip(wanted, result.cells, strict=True)
    )
    if not same or not _same_record(text, notebook, changes):
        raise InputError(
            f"{notebook.name} cannot be changed without touching something else",
            remedy="make the change by hand",
        )
    return result


def _content(cell: Cell, source: str) -> tuple[object, ...]:
    return cell.kind, source, cell.tags, cell.execution_count


def _rest(cell: Cell) -> str:
    # How many lines stand between cells jupytext writes down here, too.
    said = {key: value for key, value in cell.metadata.items() if not key.startswith("lines_to_")}
    return json.dumps(said, sort_keys=True, default=str)


def _same_record(text: str, notebook: Notebook, changes: Changes) -> bool:
    """Whether all that is neither a source nor a new cell says what it said, in the same order."""
    if notebook.path.suffix.lower() != ".ipynb":
        return True
    moved = changes if changes.inserted or changes.removed else Changes()
    after = _without(text, frozenset(), moved)
    return after == _without(notebook.text, changes.removed, Changes(), loose=bool(moved))


def _without(text: str, removed: frozenset[int], added: Changes, *, loose: bool = False) -> str:
    """The record's text, sources left away, cells of some positions too."""
    found = json_text.located(text)
    skipped = set(removed)
    for number, new in enumerate(sorted(added.inserted, key=lambda one: one.before)):
        skipped.add(new.before + number - sum(gone < new.before for gone in added.removed))
    parts, at = list[str](), 0
    for index, cell in enumerate(found.cells, start=1):
        start, end = cell.keys.get(found.source_key(cell), (cell.start, cell.start))
        if index in skipped:
            start, end = cell.start, cell.end
        parts.append(text[at:start])
        at = end
    rest = "".join([*parts, text[at:]])
    # A cell that comes or goes takes a comma with it and the blanks before the next.
    return "".join(rest.split()).replace(",", "") if loose or added else rest
