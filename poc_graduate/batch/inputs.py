"""What a run rests on, as one fingerprint: the notebook, its modules, files that it reads.

Its parameters are its key already.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from poc_graduate.batch.model import Kind, Parameters, Value
from poc_graduate.batch.workspace import JOURNAL
from poc_graduate.dataflow.graph import analyse
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.scratch import SKIPPED

_MADE = frozenset({"products", "graduation", "tests"})
"""Folders of a project that no task reads its inputs from."""
_TEXTS = frozenset({".md", ".html"})
"""Files of a project that are for people."""
_REMEMBERED = 10_000
_LONGEST = 500
_MODULES = 1_000
_DEEP = 8


_Stamp = tuple[int, int, int]


class Inputs:
    """Fingerprints of the files of one batch; each file is read once, and again where it changes.

    Of a notebook its code counts, not its outputs: it may be open in an editor that saves it.

    Args:
        source: The notebook, or the project's folder.
        kind: Which of both.
        notebook: The notebook.
        left_out: The batch's own folder.
    """

    def __init__(self, source: Path, kind: Kind, notebook: Notebook | None, left_out: Path) -> None:
        self._folder = source if kind == "project" else source.parent
        self._source = source.resolve()
        self._hashes: dict[Path, tuple[_Stamp, str]] = {}
        self._named: dict[str, Path | None] = {}
        files = (
            _of_project(source, left_out)
            if notebook is None
            else [source.resolve(), *_of_notebook(notebook, left_out)]
        )
        self._known = sorted(set(files))
        self._common = self._together(self._known)

    @property
    def files(self) -> list[Path]:
        """Files that all runs rest on."""
        return self._known

    def of(self, parameters: Parameters) -> str:
        """The fingerprint for one run: files that its parameters name belong to it.

        Args:
            parameters: Name → value.
        """
        named = self._files(parameters)
        return self._together(named, self._common) if named else self._common

    def changed(self, parameters: Parameters) -> Path | None:
        """A file that is not what it was when its fingerprint was taken.

        Args:
            parameters: Of a run: files that they name are looked at, too.
        """
        for path in (*self._known, *self._files(parameters)):
            before, known = self._hashes.get(path, (None, ""))
            if before is not None and _stamp(path) != before:
                del self._hashes[path]
                if self._hash(path) != known:
                    return path
        return None

    def _files(self, parameters: Parameters) -> list[Path]:
        return [path for value in parameters.values() if (path := self._file(value)) is not None]

    def _file(self, value: Value) -> Path | None:
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or "\0" in value:
            return None
        if value not in self._named:
            if len(self._named) >= _REMEMBERED:
                self._named.clear()
            path = self._folder / value
            with contextlib.suppress(OSError):
                self._named[value] = path.resolve() if path.is_file() else None
        return self._named.get(value)

    def _together(self, paths: Iterable[Path], before: str = "") -> str:
        found = hashlib.sha256(before.encode())
        for path in paths:
            found.update(f"\n{os.path.relpath(path, self._folder)}\0{self._hash(path)}".encode())
        return found.hexdigest()[:32]

    def _hash(self, path: Path) -> str:
        if path not in self._hashes:
            stamp = _stamp(path)
            try:
                found = _of_cells(path) if path == self._source else _of_bytes(path)
            except OSError:  # gone or not readable: as a run would find it
                found = "unreadable"
            self._hashes[path] = stamp, found
        return self._hashes[path][1]


def _stamp(path: Path) -> _Stamp:
    with contextlib.suppress(OSError):  # gone, which is a change too
        found = path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino
    return -1, -1, -1


def _of_bytes(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_cells(path: Path) -> str:
    """What of a notebook decides how it runs; of a script all of it."""
    try:
        record = json.loads(path.read_bytes())
        cells = [
            (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags"))
            for cell in record["cells"]
            if cell["cell_type"] == "code"
        ]
        kernel = record["metadata"].get("kernelspec", {}).get("name")
    except (ValueError, KeyError, TypeError, AttributeError):  # another format: all of it counts
        return _of_bytes(path)
    return hashlib.sha256(json.dumps([kernel, cells]).encode()).hexdigest()


def _of_project(folder: Path, left_out: Path) -> Iterator[Path]:
    return (path for path in _below(folder, left_out, _MADE) if path.suffix not in _TEXTS)


def _of_notebook(notebook: Notebook, left_out: Path) -> Iterator[Path]:
    """Modules near it, and files that it names in plain text."""
    folder = notebook.path.resolve().parent
    modules = (path for path in _below(folder, left_out, frozenset()) if path.suffix == ".py")
    yield from islice(modules, _MODULES)
    for statement in analyse(notebook).statements:
        for use in statement.files:
            if use.mode in ("read", "append") and use.path:
                with contextlib.suppress(OSError, ValueError):
                    path = (folder / use.path).resolve()
                    if path.is_file():
                        yield path


def _below(folder: Path, left_out: Path, without: frozenset[str]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED
            and not (here == folder and name in without)
            and here / name != left_out
            and not (here / name / JOURNAL).exists()
            and not (here / name / "pyvenv.cfg").exists()
            and len(here.relative_to(folder).parts) < _DEEP
        )
        yield from (here / name for name in sorted(files))
