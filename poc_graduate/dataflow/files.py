"""Which files a call names, how it uses them, and a word for each."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Literal, cast

from poc_graduate.dataflow.aliases import Root, Value
from poc_graduate.dataflow.effects import NamedFile
from poc_graduate.dataflow.functions import Arguments
from poc_graduate.dataflow.model import FileUse

_KEYWORDS = (
    "filepath_or_buffer",
    "path",
    "path_or_buf",
    "path_or_buffer",
    "io",
    "file",
    "filename",
    "fname",
    "fp",
    "buf",
    "excel_writer",
    "database",
    "dotenv_path",
    "f",
    "source",
    "name",
    "outfile",
    "save_path",
)
_PLAIN = frozenset(
    (
        "path file filename file_name fname filepath file_path url src source dst target name "
        "infile outfile"
    ).split()
)
_NOISE = re.compile(
    r"(?i)[\s_.-]+(final|new|latest|clean(?=\d)|copy|backup|old|v\d+|version\d*|\(\d+\)|\d{1,2}|"
    r"\d{4}-?\d{2}-?\d{2}|\d{4}-\d{2}|fixed|tmp|temp)(?=$|[\s_.-])"
)


def named_files(
    mode: str, target: str, given: Arguments, receiver: Value | None, node: ast.expr
) -> list[NamedFile]:
    """Files that a call names.

    Args:
        mode: read, write, append, list; `second` before it for the argument after the first;
            `copy` where the first is read and the second written; `opened` for `open`.
        target: The function, or the type of the object.
        given: The call's arguments.
        receiver: The object, where it is a method.
        node: The call.
    """
    if target == "pathlib.Path" and receiver is not None:
        how = _opened(given, 0) if mode == "opened" else mode
        return [NamedFile(how, receiver, node)]
    if mode == "copy":
        return [
            *_argument("read", given, 0, node),
            *_argument("write", given, 1, node, "dst"),
        ]
    if mode == "opened":
        return _argument(_opened(given, 1), given, 0, node)
    if mode.startswith("second "):
        return _argument(mode.removeprefix("second "), given, 1, node)
    if target == "shutil" or not given.everything():
        return []
    return _argument(mode, given, 0, node)


def _opened(given: Arguments, position: int) -> str:
    value, _ = given.get(position, "mode")
    text = value.text if value is not None and value.text is not None else "r"
    if "w" in text or "x" in text:
        return "write"
    return "append" if "a" in text or "+" in text else "read"


def _argument(
    mode: str, given: Arguments, position: int, call: ast.expr, *more: str
) -> list[NamedFile]:
    value, node = given.get(position, *more, *_KEYWORDS)
    if value is None:
        return []
    if value.text is None and value.kind not in ("", "str", "pathlib.Path", "?"):
        return []  # an open file, a connection, a buffer
    if value.text is None and value.kind == "?" and isinstance(node, ast.Call):
        return []
    if value.text in ("", ":memory:"):
        return []
    return [NamedFile(mode, value, node or call)]


def translated(use: NamedFile, given_to: dict[str, Value], given: Arguments) -> NamedFile:
    """A file that a function names, as its caller sees it."""
    root = next(iter(use.path.roots), None)
    if use.path.text is None and len(use.path.roots) == 1 and isinstance(root, Root):
        value = given_to.get(root.name) if root.scope == "parameter" else None
        if value is not None:
            for one, node in zip(given.positional, given.nodes, strict=False):
                if one is value and node is not None:
                    return replace(use, path=value, node=node)
            for key, one in given.keywords.items():
                if one is value and key in given.keyword_nodes:
                    return replace(use, path=value, node=given.keyword_nodes[key])
            return replace(use, path=value)
    return use


def file_use(use: NamedFile, *, statement: ast.stmt, call: ast.expr | None) -> FileUse:
    """The record of a file for the statement that names it.

    Args:
        use: The file.
        statement: The statement.
        call: What stands for files that a called function names: their own node is elsewhere.
    """
    node = use.node
    inside = _within(node, statement)
    if not inside:
        node = call if call is not None else node
    telling = use.path.name.lower().strip("_") not in _PLAIN and len(use.path.name) > 2
    if use.path.name and (telling or not use.path.text):
        role = use.path.name.lower().strip("_")
    else:
        role = _stem_role(use.path.text) if use.path.text else ""
    return FileUse(
        path=use.path.text,
        mode=cast(Literal["read", "write", "append", "list"], use.mode),
        node=node,
        name=use.path.name if inside else "",
        role=role,
    )


def _within(node: ast.expr, statement: ast.stmt) -> bool:
    return any(part is node for part in ast.walk(statement))


def _stem_role(path: str) -> str:
    """A word for a file from its name: `customers_final_v3.csv` → `customers_csv`."""
    last = re.split(r"[/\\]", path.rstrip("/\\"))[-1].partition("?")[0]
    stem, dot, ending = last.rpartition(".")
    if not dot or not stem:
        stem, ending = last, ""
    while (shorter := _NOISE.sub("", stem)) != stem and shorter:
        stem = shorter
    words = re.findall(r"[^\W_]+", stem) + ([ending] if ending.isalnum() else [])
    role = "_".join(word.lower() for word in words)
    return f"file_{role}" if role[:1].isdigit() else role
