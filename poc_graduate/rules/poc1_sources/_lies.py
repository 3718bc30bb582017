"""Where in its repository a file lies that a notebook looks for in another place."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

from poc_graduate.rules.beside import below, entries, folders_of, root_of
from poc_graduate.rules.files import folder_text
from poc_graduate.rules.poc1_sources._paths import ABSOLUTE, folder_of
from poc_graduate.rules.view import CellView, NotebookView, keyword


def lies_elsewhere(text: str, notebook: NotebookView) -> str:
    """Where a folder above lies, seen from the notebook, where it is not at the end of its path.

    `../../app` of `../app/`; empty where it is there, or nowhere above in the repository.
    """
    path, whole = notebook.notebook.path, folder_of(text)
    tail = re.sub(r"^(\.\./)+", "", whole)
    root = root_of(path)
    if root is None or not tail.strip("./") or not path.is_file() or (path.parent / whole).exists():
        return ""
    if any("chdir" in cell.calls or _goes(cell) for cell in notebook.cells):
        return ""
    here = path.absolute().parent
    if _in_other_case(text, notebook):
        return ""  # where case does not count, it is there
    for folder in folders_of(path):
        if folder != here and folder.is_relative_to(root) and (folder / tail).is_dir():
            return Path(os.path.relpath(folder / tail, here)).as_posix()
    return ""


def other_case(text: str, notebook: NotebookView) -> str:
    """How the folder of a path is called where only the case of its letters differs.

    `../Models` of `../models/a.pkl`; empty where it is there as it is written, or not at all.
    """
    path, whole = notebook.notebook.path, folder_of(text)
    if not path.is_file() or (path.parent / whole).exists():
        return ""
    if any("chdir" in cell.calls or _goes(cell) for cell in notebook.cells):
        return ""
    return _in_other_case(text, notebook)


def _in_other_case(text: str, notebook: NotebookView) -> str:
    here = folder = notebook.notebook.path.absolute().parent
    for part in folder_of(text).split("/"):
        if part in ("", ".", ".."):
            folder = folder.parent if part == ".." else folder
            continue
        called = sorted(one for one in entries(folder) if one.lower() == part.lower())
        if not called:
            return ""
        folder = folder / (part if part in called else called[0])
    return Path(os.path.relpath(folder, here)).as_posix()


def gone_to(line: int, cell: CellView) -> tuple[ast.Call, CellView, str] | None:
    """The one change of folder above a line, where it goes, seen from the notebook's folder.

    None where there is none, or more, or where that was not typed.
    """
    calls = [
        (call, view)
        for view in cell.notebook.cells
        for call in view.calls.get("chdir", ())
        if view.module(call.func) == "os.chdir" and (view.index, call.lineno) < (cell.index, line)
    ]
    if len(calls) != 1 or any(map(_goes, cell.notebook.cells)):
        return None
    (call, view), *_ = calls
    folder = folder_text(given_folder(call), cell.notebook)
    if folder is None or os.path.isabs(folder) or view.statement(call) not in view.body:
        return None
    return call, view, folder


def begins_anew(line: int, cell: CellView) -> bool:
    """Whether the folder has been changed above a line to one that is named from the root.

    Then it is no matter where the process was started. A magic that finds no such folder goes on.
    """
    return any(
        view.module(call.func) == "os.chdir"
        and (view.index, call.lineno) < (cell.index, line)
        and view.statement(call) in view.body
        and (folder := folder_text(given_folder(call), cell.notebook)) is not None
        and ABSOLUTE.match(folder)
        for view in cell.notebook.cells
        for call in view.calls.get("chdir", ())
    )


def given_folder(call: ast.Call) -> ast.expr | None:
    """Where a call of `os.chdir` goes."""
    return call.args[0] if call.args else keyword(call, "path")


def leaves_project(path: str, notebook: NotebookView) -> bool:
    """Whether a path, seen from the notebook's folder, ends outside of its repository."""
    root = root_of(notebook.notebook.path)
    there = Path(os.path.abspath(notebook.notebook.path.absolute().parent / path))
    return root is not None and not there.is_relative_to(root)


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
