"""Where in its repository a file lies that a notebook looks for in another place."""

from __future__ import annotations

import os
import re
from pathlib import Path

from poc_graduate.rules.beside import below, entries, folders_of, root_of
from poc_graduate.rules.poc1_sources._paths import folder_of
from poc_graduate.rules.view import CellView, NotebookView


def lies_elsewhere(text: str, notebook: NotebookView) -> str:
    """Where a folder above lies, seen from the notebook, where it is not at the end of its path.

    `../../app` of `../app/`; empty where it is there, or nowhere above.
    """
    path, whole = notebook.notebook.path, folder_of(text)
    tail = re.sub(r"^(\.\./)+", "", whole)
    if not tail.strip("./") or not path.is_file() or (path.parent / whole).exists():
        return ""
    if any("chdir" in cell.calls or _goes(cell) for cell in notebook.cells):
        return ""
    here = path.absolute().parent
    for folder in folders_of(path):
        if folder != here and (folder / tail).is_dir():
            return Path(os.path.relpath(folder / tail, here)).as_posix()
    return ""


def part_of_project(text: str, notebook: NotebookView) -> str:
    """What an absolute path is called in the repository: `models` of `D:\\churn\\models`.

    It holds the repository's folder by name, or its end is there: of a folder at the top, which may
    be called as others are, below one that the repository is called after. Empty where it is
    elsewhere.
    """
    root = root_of(notebook.notebook.path)
    if root is None:
        return ""
    parts = [part for part in text.replace("\\", "/").split("/") if part]
    called = _words(root.name)
    for at in range(1, len(parts)):
        tail, above = "/".join(parts[at:]), _words(parts[at - 1])
        telling = len(above) > 1  # one word is many a folder's name
        is_named = above == called or (
            telling and f"-{'-'.join(above)}-" in f"-{'-'.join(called)}-"
        )
        there = (root / tail).exists() and (is_named or at < len(parts) - 1)
        # What a notebook writes need not be there, but its folder is.
        there |= telling and is_named and "/" in tail and (root / tail).parent.is_dir()
        if there or (telling and above == called):
            return tail
    return ""


def _words(name: str) -> list[str]:
    """Of a folder's name, without the branch that a downloaded copy ends with."""
    return re.findall(r"[a-z0-9]+", re.sub(r"-(main|master)$", "", name.lower()))


def same_name(text: str, notebook: NotebookView) -> str:
    """Where a file called as the end of a path lies, as it is seen from the notebook.

    One beside the notebook or above it comes before one in another folder; of several there, nobody
    knows which is meant. Empty where there is none.
    """
    path = notebook.notebook.path
    name = text.replace("\\", "/").rpartition("/")[2]
    if "." not in name.strip(".") or not path.is_file():
        return ""
    found = [folder for folder in folders_of(path) if name in entries(folder)][:1]
    if not found and (root := root_of(path)) is not None:
        found = [folder for folder in below(root) if name in entries(folder)]
    if len(found) != 1 or not (found[0] / name).is_file():
        return ""
    return _from_here(found[0] / name, notebook)


def in_project(own: str, notebook: NotebookView) -> str:
    """What lies in the repository under a path, as it is seen from the notebook; empty else."""
    root = root_of(notebook.notebook.path) if own else None
    there = root / own if root is not None else None
    return _from_here(there, notebook) if there is not None and there.exists() else ""


def _from_here(there: Path, notebook: NotebookView) -> str:
    here = notebook.notebook.path.absolute().parent
    return Path(os.path.relpath(there, here)).as_posix()


def _goes(cell: CellView) -> bool:
    return any(magic.name == "cd" for magic in cell.cell.magics)
