"""A copy of the notebook's folder to run in: the user's own files are never written to."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from poc_graduate.errors import Refusal
from poc_graduate.notebook.model import Notebook

COPIED_UP_TO = 50 * 1024**2
TOTAL_UP_TO = 2 * 1024**3
FILES_UP_TO = 20_000
PREFIX = "poc-run-"
"""Of scratch copies, which are never copied themselves: a notebook may lie beside them."""

SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
    }
)
LOOKS_UP = re.compile(r"\.\.|\.parent\b|dirname\(|pardir")
STEP_UP = re.compile(r"\.\.(?=[/\\'\"])")

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Budget:
    """How much is copied; larger files, and what comes later, are linked.

    Attributes:
        each: Bytes of one file.
        total: Bytes of all.
        files: How many.
        whole: How many there are before folders are linked as a whole: what a run writes into such
            a folder is written into the user's.
        without: Absolute paths that are left out.
    """

    each: int
    total: int
    files: int
    whole: int
    without: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Scratch:
    """A copy of a notebook's surroundings.

    Attributes:
        root: The folder that was made; everything is below it.
        folder: The notebook's folder in it.
        original: The user's folder that `root` is a copy of.
        stamps: Files of the original → their size and time before the run.
        linked: Those that are too large to copy, and were linked.
    """

    root: Path
    folder: Path
    original: Path
    stamps: dict[Path, Stamp] = field(default_factory=dict)
    linked: set[Path] = field(default_factory=set)

    def as_original(self, path: str) -> str:
        """The user's path for one of the copy; any other as it is."""
        root = str(self.root)
        if path == root or path.startswith(root + os.sep):
            return str(self.original) + path[len(root) :]
        return path

    def made(self) -> Iterator[Path]:
        """Files of the copy that were not there before, or were changed since."""
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name not in SKIPPED)
            for name in sorted(files):
                path = Path(folder, name)
                original = (self.original / path.relative_to(self.root)).resolve()
                if not path.is_symlink() and self.stamps.get(original) != _stamp(path):
                    yield path

    def changed_in_place(self) -> list[Path]:
        """Files of the user's that were linked, and are not as they were."""
        return sorted(path for path in self.linked if _stamp(path) != self.stamps[path])

    def check_originals(self, notebook: Notebook) -> None:
        """Refuse where the run changed a file of the user's.

        Raises:
            Refusal: the file, and what to do.
        """
        for path, before in self.stamps.items():
            if path == _file(notebook) or _stamp(path) == before:
                continue  # the notebook itself may be saved meanwhile
            if path in self.linked:
                raise Refusal(
                    f"{notebook.name} changes {path}, which is too large to copy, in place",
                    remedy="write to another file, so that the input stays as it was",
                )
            raise Refusal(
                f"{path} was changed while {notebook.name} ran",
                remedy="write to it by a path relative to the notebook, not by an absolute one",
            )


@contextlib.contextmanager
def scratch_copy(notebook: Notebook) -> Iterator[Scratch]:
    """A copy of the notebook's folder, gone afterwards.

    The folders above are part of it where the code reaches for them (`../data/x.csv`).
    """
    made = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    try:
        yield copy_surroundings(notebook, made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def copy_surroundings(notebook: Notebook, into: Path, budget: Budget | None = None) -> Scratch:
    """A copy of the notebook's folder, and of those above it that the code reaches for.

    Args:
        notebook: The notebook.
        into: An existing folder.
        budget: How much is copied; what is beyond it is linked.
    """
    folder = notebook.path.resolve().parent
    home = folder / notebook.home
    top = folder if folder != home else _top(notebook, home)
    root = into / (top.name or "root")
    copy = _Copy(budget or Budget(COPIED_UP_TO, TOTAL_UP_TO, FILES_UP_TO, FILES_UP_TO))
    if top == home:
        copy.tree(home, root)
    else:
        copy.above(top, home, root, _text_of(notebook, home))
    (root / home.relative_to(top)).mkdir(parents=True, exist_ok=True)
    return Scratch(root, root / folder.relative_to(top), top, copy.stamps, copy.linked)


def copy_folder(original: Path, into: Path, budget: Budget) -> Scratch:
    """A copy of a folder as it is.

    Args:
        original: The folder.
        into: An existing folder.
        budget: How much is copied; what is beyond it is linked.
    """
    copy = _Copy(budget)
    root = into / (original.name or "root")
    copy.tree(original, root)
    return Scratch(root, root, original, copy.stamps, copy.linked)


def _top(notebook: Notebook, home: Path) -> Path:
    """The highest folder that the code seems to reach for."""
    text = _text_of(notebook, home)
    if not LOOKS_UP.search(text):
        return home
    literals = re.findall(r"(?:\.\.[/\\]+)+", text)
    steps = max([1, *(len(STEP_UP.findall(literal)) for literal in literals)])
    steps = max(steps, *(chain.count(".parent") for chain in _chains(text)))
    top = home
    for _ in range(steps):
        if top.parent == top or (top / ".git").exists() or top == Path.home():
            break
        top = top.parent
    return home if top in (Path(top.anchor), Path(tempfile.gettempdir()).resolve()) else top


def _file(notebook: Notebook) -> Path:
    return (notebook.path.parent / notebook.home / notebook.name).resolve()


def _chains(text: str) -> list[str]:
    return [*re.findall(r"(?:\.parent)+", text), ""]


def _text_of(notebook: Notebook, home: Path) -> str:
    """The notebook's code and that of the modules beside it."""
    parts = [cell.source for cell in notebook.code_cells]
    with contextlib.suppress(OSError):
        for path in sorted(home.glob("*.py"))[:50]:
            parts.append(path.read_text(encoding="utf-8", errors="replace")[:100_000])
    return "\n".join(parts)


class _Copy:
    """Copying with a budget: what is large, or comes late, is linked."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.stamps: dict[Path, Stamp] = {}
        self.linked: set[Path] = set()
        self.bytes = 0
        self.files = 0

    def above(self, top: Path, home: Path, root: Path, text: str) -> None:
        """Copy the notebook's folder and, from those above it, what the code names."""
        root.mkdir(parents=True, exist_ok=True)
        self.tree(home, root / home.relative_to(top))
        folder = home
        while folder != top:
            below, folder = folder, folder.parent
            for entry in sorted(folder.iterdir()):
                named = re.search(rf"\b{re.escape(entry.stem)}\b", text)
                skipped = entry.name in SKIPPED or entry in self.budget.without
                if entry != below and named and not skipped:
                    self.entry(entry, root / entry.relative_to(top))

    def tree(self, source: Path, target: Path) -> None:
        """Copy a folder."""
        target.mkdir(parents=True, exist_ok=True)
        try:
            entries = sorted(source.iterdir(), key=lambda entry: (entry.is_dir(), entry.name))
        except OSError:  # not readable, for the notebook neither
            return
        for entry in entries:  # files first: those beside the notebook matter most
            skipped = entry.name in SKIPPED or entry.name.startswith(PREFIX)
            if not skipped and entry not in self.budget.without:
                self.entry(entry, target / entry.name)

    def entry(self, source: Path, target: Path) -> None:
        """Copy or link one file or folder."""
        if source.is_dir() and not source.is_symlink():
            if self.files > self.budget.whole:
                target.symlink_to(source, target_is_directory=True)
            elif not (source / "pyvenv.cfg").exists():
                self.tree(source, target)
            return
        real = source.resolve()
        if real.is_dir():
            target.symlink_to(real, target_is_directory=True)
            return
        if not real.is_file():
            return
        size = real.stat().st_size
        self.files += 1
        self.stamps[real] = _stamp(real)
        too_much = self.bytes + size > self.budget.total or self.files > self.budget.files
        if size > self.budget.each or too_much:
            target.symlink_to(real)
            self.linked.add(real)
            return
        with contextlib.suppress(OSError):  # unreadable: the notebook cannot read it either
            shutil.copy2(real, target)
            self.bytes += size


def _stamp(path: Path) -> Stamp:
    with contextlib.suppress(OSError):  # gone, which is a change too
        found = path.stat()
        return found.st_size, found.st_mtime_ns
    return -1, -1
