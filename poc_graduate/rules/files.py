"""Which files a notebook's calls name, and whether they read or write them."""

from __future__ import annotations

import ast
import posixpath
import sys
from dataclasses import dataclass
from functools import cache, lru_cache

from poc_graduate.dataflow.libraries import library, names
from poc_graduate.dataflow.names import imported_packages, last_name
from poc_graduate.rules.beside import is_a_known_library
from poc_graduate.rules.view import CellView, NotebookView, keyword

_KEYWORDS = (
    "filepath_or_buffer path path_or_buf path_or_buffer io file filename fname excel_writer".split()
)
_ADDS = frozenset({"append", "insert", "extend"})
_OF_A_PATH = frozenset({"read_text", "read_bytes", "write_text", "write_bytes"})


@dataclass(frozen=True)
class FileUse:
    """A call that reads, writes or appends to a file whose name can be told.

    Attributes:
        cell: Where it stands.
        call: The call.
        node: The expression that names the file.
        path: The file, as the notebook names it; folders tidied up.
        how: read, write or append; copy where another file is put in its place.
    """

    cell: CellView
    call: ast.Call
    node: ast.expr
    path: str
    how: str


def put_on_the_path(call: ast.Call, cell: CellView) -> ast.expr | None:
    """What a call adds to `sys.path`; None where it does nothing of the kind."""
    match call:
        case ast.Call(func=ast.Attribute(value=path, attr=how), args=[*_, added]) if how in _ADDS:
            return added if cell.module(path) == "sys.path" else None
    return None


def path_changes(cell: CellView) -> list[tuple[ast.Call, ast.expr]]:
    """Calls of a cell that add to `sys.path`, in order, each with what it adds."""
    calls = cell.calls_of(_ADDS)
    return [(call, added) for call in calls if (added := put_on_the_path(call, cell)) is not None]


def folder_text(node: ast.AST | None, notebook: NotebookView, depth: int = 9) -> str | None:
    """The folder that an expression gives, seen from where the notebook starts, which is its own.

    `../src` of `str(Path('../src').resolve())`, `..` of `os.path.dirname(os.getcwd())`; None where
    its parts were not typed.
    """
    if (text := path_text(node, notebook)) is not None or not depth:
        return text
    match node:
        case ast.Name(id=name):
            return folder_text(notebook.definition(name), notebook, depth - 1)
        case ast.Call(func=ast.Attribute(attr="getcwd" | "cwd"), args=[]):
            return "."
        case ast.Attribute(attr="pardir"):
            return ".."
        case ast.Call(args=[one]) if last_name(node.func) in _SAME:
            return folder_text(one, notebook, depth - 1)
        case ast.Call(func=ast.Attribute(value=of, attr="resolve" | "absolute"), args=[]):
            return folder_text(of, notebook, depth - 1)
        case ast.Call(func=called, args=[first, *others]) if last_name(called) in ("join", "Path"):
            parts = [folder_text(one, notebook, depth - 1) for one in (first, *others)]
            known = [part for part in parts if part is not None]
            return posixpath.join(*known) if len(known) == len(parts) else None
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            above = folder_text(left, notebook, depth - 1)
            below = path_text(right, notebook)
            return None if above is None or below is None else posixpath.join(above, below)
        case ast.Attribute(value=of, attr="parent"):
            return _above(folder_text(of, notebook, depth - 1))
        case ast.Call(args=[one]) if last_name(node.func) == "dirname":
            return _above(folder_text(one, notebook, depth - 1))
    return None


def _above(folder: str | None) -> str | None:
    """The folder that holds one: `..` of `.`, `../..` of `..`."""
    if folder is None:
        return None
    tidy = posixpath.normpath(folder)
    if tidy.split("/")[-1] in (".", ".."):
        return posixpath.normpath(posixpath.join(tidy, ".."))
    return posixpath.dirname(tidy) or "."


_SAME = frozenset({"str", "abspath", "fspath", "realpath", "normpath", "Path"})


def looked_for(cell: CellView) -> list[str]:
    """Modules that a cell imports below its change of `sys.path` and that nobody is known for."""
    changes = path_changes(cell)
    first = min((call.lineno for call, _ in changes), default=0)
    return [
        module
        for node in cell.of(ast.Import, ast.ImportFrom)
        if changes and node.lineno >= first
        for module in imported_packages(node)
        if module not in sys.stdlib_module_names and not is_a_known_library(module)
    ]


@lru_cache(maxsize=1)  # several rules ask one after the other about one notebook
def file_uses(notebook: NotebookView) -> tuple[FileUse, ...]:
    """Files that calls read and write, in the order of the text."""
    found = []
    for cell in notebook.cells:
        here = [
            use
            for name in cell.calls.keys() & _modes().keys()
            for call in cell.calls[name]
            for use in _uses(call, _modes()[name], cell)
        ]
        found += sorted(here, key=lambda use: (use.node.lineno, use.node.col_offset))
    return tuple(found)


def path_text(node: ast.AST | None, notebook: NotebookView, depth: int = 5) -> str | None:
    """The path that an expression gives, where its parts were typed; None where they were not."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if depth:
            return path_text(_always(name, notebook), notebook, depth - 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Div() as how, right=right) if depth:
            first = path_text(left, notebook, depth - 1)
            second = path_text(right, notebook, depth - 1)
            if first is None or second is None:
                return None
            return first + second if isinstance(how, ast.Add) else posixpath.join(first, second)
        case ast.Call(
            func=ast.Attribute(attr="join" | "Path") | ast.Name(id="Path" | "join"), args=[_, *_]
        ) if depth:
            parts = [path_text(one, notebook, depth - 1) for one in node.args]
            known = [part for part in parts if part is not None]
            return posixpath.join(*known) if len(known) == len(parts) else None
        case ast.JoinedStr(values=values) if depth:
            text = ""
            for one in values:
                inner = one.value if isinstance(one, ast.FormattedValue) else one
                part = path_text(inner, notebook, depth - 1)
                if part is None:
                    return None
                text += part
            return text
    return None


def _always(name: str, notebook: NotebookView) -> ast.expr | None:
    """What a name is assigned: once, or the same text each time."""
    values = notebook.assigned.get(name, ())
    if len(values) < 2:
        return notebook.definition(name)
    texts = {one.value if isinstance(one, ast.Constant) else None for one in values}
    return values[0] if len(texts) == 1 and all(isinstance(text, str) for text in texts) else None


def places(call: ast.Call) -> list[tuple[str, ast.expr]]:
    """What a call is given for a file's name, each with how it is used: read, write, append, copy.

    Empty where the call is of no function that the libraries' tables know to use files.
    """
    modes = _modes().get(last_name(call.func))
    return _places(modes, _named(call), call) if modes is not None else []


def _named(call: ast.Call) -> list[ast.expr]:
    given = [*call.args[:2]]
    named = next((v for v in (keyword(call, word) for word in _KEYWORDS) if v is not None), None)
    return [named] if named is not None and not given else given


def _uses(call: ast.Call, modes: frozenset[str], cell: CellView) -> list[FileUse]:
    given = _named(call)
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in _OF_A_PATH
        and (text := path_text(call.func.value, cell.notebook)) is not None
    ):
        how = "read" if call.func.attr.startswith("read") else "write"
        return [FileUse(cell, call, call.func.value, posixpath.normpath(text), how)]
    found = []
    for how, node in _places(modes, given, call):
        text = path_text(node, cell.notebook)
        if text and "://" not in text and "\n" not in text:
            path = posixpath.normpath(text.replace("\\", "/"))
            found.append(FileUse(cell, call, node, path, how))
    return found


def _places(
    modes: frozenset[str], given: list[ast.expr], call: ast.Call
) -> list[tuple[str, ast.expr]]:
    if "copy" in modes and len(given) == 2:
        return [("read", given[0]), ("copy", given[1])]
    if not given:
        return []
    if "opened" in modes:
        return [(_opened(call), given[0])]
    for how in ("read", "write", "append"):
        if how in modes:
            if f"second {how}" not in modes:
                return [(how, given[0])]
            return [(how, one) for one in given]  # whichever of the two is a text
    return [(mode.removeprefix("second "), given[1]) for mode in modes
            if mode.startswith("second ") and len(given) == 2]  # fmt: skip


def _opened(call: ast.Call) -> str:
    mode = call.args[1] if len(call.args) > 1 else keyword(call, "mode")
    if mode is None:
        return "read"
    if not (isinstance(mode, ast.Constant) and isinstance(mode.value, str)):
        return "append"  # nobody knows
    if "a" in mode.value or "+" in mode.value:
        return "append"
    return "write" if "w" in mode.value or "x" in mode.value else "read"


@cache
def _modes() -> dict[str, frozenset[str]]:
    """Last name of a function or method → how the libraries' tables say that it uses its path."""
    found: dict[str, set[str]] = {}
    for name in names():
        known = library(name)
        for group in (*known.functions.values(), *known.types.values()):
            for member, what in group.members.items():
                if what.files and what.files != "list":
                    found.setdefault(member, set()).add(what.files)
    for word in ("connect", "mkdir", "makedirs", "touch"):
        found.pop(word, None)
    return {name: frozenset(modes) for name, modes in found.items()}
