"""A cell raised: where, what was said, and what the user can do about it."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from poc_graduate.dataflow.distributions import DISTRIBUTIONS, distribution
from poc_graduate.errors import CellFailed
from poc_graduate.notebook.model import Cell, Notebook

_WANTED = re.compile(
    r"[Ii]mport (\w+)[`'] failed|optional dependency '(\w+)'|pip install ([\w-]+)(?=[`'.\s]|$)"
)
_RESOURCE = re.compile(r"nltk\.download\('(\w+)'\)")
_NETWORK = frozenset({"URLError", "gaierror", "ConnectionError", "ConnectTimeout", "SSLError"})
_UNREACHED = re.compile(r"Name or service not known|Max retries exceeded|Temporary failure in name")
_UNKNOWN_TO_RELEASE = re.compile(
    r"module '[\w.]+' has no attribute|got an unexpected keyword argument|"
    r"object has no attribute '(append|ix|iteritems|as_matrix|sort|get_feature_names)'"
)

ALWAYS = "make the notebook run from top to bottom (Restart and run all), then try again"


def cell_failed(
    notebook: Notebook, cell: Cell, error: Mapping[str, Any], said: Mapping[str, Any]
) -> CellFailed:
    """The error for a cell that raised.

    Args:
        notebook: Searched for what is missing.
        cell: The cell.
        error: The kernel's reply.
        said: What the probe wrote: line, file, module.
    """
    name, text = str(error.get("ename", "")), str(error.get("evalue", ""))
    lines = cell.source.count("\n") + 1
    line = min(max(1, int(said.get("line") or 1)), lines)
    # A line of stars frames what some libraries say.
    first = next((said for said in text.splitlines() if re.search(r"\w", said)), "").strip()
    found = f"{name}: {first}" if first else name
    return CellFailed(
        found,
        remedy=_remedy(notebook, cell, name, text, said),
        place=notebook.place(cell.index, line),
    )


def shows_error(notebook: Notebook, cell: Cell, error: Mapping[str, Any]) -> CellFailed:
    """The error for a cell that goes on, but displays one: as where an object cannot be shown.

    Papermill, which runs the tasks, takes each displayed error for a failed cell.

    Args:
        notebook: For the place.
        cell: The cell.
        error: The output, as nbformat has it.
    """
    first = str(error.get("evalue", "")).strip().partition("\n")[0]
    return CellFailed(
        f"the cell displays an error and goes on: {error.get('ename', 'Error')}: {first}",
        remedy="mend what it shows, or take it out: a pipeline stops at a displayed error",
        place=notebook.place(cell.index),
    )


def _remedy(notebook: Notebook, cell: Cell, name: str, text: str, said: Mapping[str, Any]) -> str:
    if name == "StdinNotImplementedError":
        return "nobody is there to answer: assign the value to a variable; it becomes a parameter"
    if name in ("ModuleNotFoundError", "ImportError"):
        if wanted := _WANTED.search(text):
            module = next(filter(None, wanted.groups()))
            return f"pip install {distribution(module)}"
        module = str(said.get("module") or "").partition(".")[0] or _quoted(text)
        return (
            _missing_module(notebook, module)
            if name == "ModuleNotFoundError"
            else (f"check the installed version of {module}" if module else ALWAYS)
        )
    if resource := _RESOURCE.search(text):
        return (
            f"run once, in the environment of the kernel: python -m nltk.downloader {resource[1]}"
        )
    if name in _NETWORK or _UNREACHED.search(text):
        return "connect this machine to the network, or read a copy of what is fetched there"
    if _UNKNOWN_TO_RELEASE.search(text):
        return (
            "where it worked before, another release of the library was installed: install that "
            "one, or write what there is now (poc-graduate check --select POC408 names much of it)"
        )
    if name == "FileNotFoundError" or "No such file" in text:
        path = str(said.get("file") or _quoted(text))
        if path.startswith("/"):
            return f"put the file at {path}, or read it by a path relative to the notebook"
        windows = PureWindowsPath(path)
        if windows.drive:
            return f"put {windows.name} beside the notebook and read it as {windows.name!r}"
        if "\\" in path and os.sep == "/":
            return f"write {windows.as_posix()!r}: only Windows separates folders by a backslash"
        folder = notebook.path.resolve().parent
        if path.startswith(".."):
            return f"put the file at {os.path.normpath(folder / path)}"
        return f"put {path} into {folder}" if path else ALWAYS
    if name in ("NameError", "UnboundLocalError"):
        return _missing_name(notebook, cell, str(said.get("module") or _quoted(text)))
    if name == "SyntaxError":
        return "correct the cell"
    if name == "UsageError" and "magic" in text and "not found" in text:
        return "load the extension that has it in a cell above (%load_ext …), or write it in Python"
    return ALWAYS


def _quoted(text: str) -> str:
    found = re.search(r"'([^']+)'", text)
    return found.group(1) if found else ""


def _missing_module(notebook: Notebook, module: str) -> str:
    beside = [
        path
        for path in (notebook.path.resolve().parent.rglob(f"{module}.py"))
        if "site-packages" not in path.parts
    ]
    if beside:
        where = beside[0].relative_to(notebook.path.resolve().parent)
        return f"{where} is there, but not on the import path: add its folder to sys.path"
    if not module:
        return ALWAYS
    install = f"pip install {distribution(module)}"
    if module in DISTRIBUTIONS:
        return install
    # Whatever somebody has uploaded under the name of a file that is missing is not installed.
    return f"{install}; or, where {module} is code of your own, put it beside the notebook"


def _missing_name(notebook: Notebook, cell: Cell, name: str) -> str:
    later = [c.index for c in notebook.code_cells if c.index > cell.index and _binds(c, name)]
    if later:
        return f"cell {later[0]} defines {name!r}: move it above this one"
    earlier = [c.index for c in notebook.code_cells if c.index < cell.index and _binds(c, name)]
    if earlier:
        return f"cell {earlier[-1]} seems to define {name!r}; it does not when run from the top"
    return f"no cell defines {name!r}: define it, or delete what uses it"


def _binds(cell: Cell, name: str) -> bool:
    try:
        tree = ast.parse(cell.code or cell.source)
    except SyntaxError:
        return bool(re.search(rf"^\s*{re.escape(name)}\s*=(?!=)", cell.source, re.MULTILINE))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found, ctx=ast.Store()) if found == name:
                return True
            case ast.FunctionDef(name=found) | ast.ClassDef(name=found) if found == name:
                return True
            case ast.AsyncFunctionDef(name=found) if found == name:
                return True
            case ast.alias(name=found, asname=known) if name == (known or found.partition(".")[0]):
                return True
            case _:
                continue
    return False
