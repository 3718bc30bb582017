"""Whether anything that was read from a file comes into what is written to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from poc_graduate.dataflow.bindings import StatementNames
from poc_graduate.dataflow.names import last_name
from poc_graduate.dataflow.rows import root
from poc_graduate.rules.files import FileUse
from poc_graduate.rules.view import CellView, NotebookView


@dataclass
class _Carriers:
    """Names and files that hold something of what was read."""

    files: set[str]
    names: set[str] = field(default_factory=set)
    into: set[str] = field(default_factory=set)
    """Names of the file as it is written: what comes into them is written, too."""


def is_carried(read: FileUse, write: FileUse, uses: tuple[FileUse, ...]) -> bool:
    """Whether something of a file that was read is written to it again, changed.

    Results that are kept in a file, read for a plot, then computed anew and written, are not; nor
    is an object that goes back as it was loaded. Where that cannot be told, it is.
    """
    notebook = read.cell.notebook
    last = _top(write)
    at: dict[ast.stmt, list[FileUse]] = {}
    for use in uses:
        at.setdefault(_top(use), []).append(use)
    inner = _inner(notebook)
    carriers = _Carriers(files={read.path})
    begun = False
    for cell, node, names in _statements(notebook):
        begun |= node is _top(read)
        if not begun:
            continue
        if names is None or (node is last and node is _top(read)):
            return True
        here = _closed(names.reads | names.reads_later, inner)
        reading = any(use.how == "read" and use.path in carriers.files for use in at.get(node, ()))
        holding = here & carriers.names
        if node is last or here & carriers.into:
            if holding or reading:
                return not _goes_back(node, holding, read, notebook)
            carriers.into |= names.defines | names.may_define
        if holding or reading:
            carriers.names |= names.defines | names.may_define | _changed(node, cell, inner)
            carriers.files |= {use.path for use in at.get(node, ()) if use.how != "read"}
        else:
            carriers.names -= names.defines
    return False


def _statements(
    notebook: NotebookView,
) -> Iterator[tuple[CellView, ast.stmt, StatementNames | None]]:
    """Top-level statements with their names; None where a cell may bind and read any."""
    for cell in notebook.cells:
        known = not cell.names.anything
        for node, names in zip(cell.body, cell.names.statements, strict=False):
            yield cell, node, names if known else None


def _top(use: FileUse) -> ast.stmt:
    node: ast.AST = use.call
    while (above := use.cell.parent(node)) is not None and above is not use.cell.parsed.tree:
        node = above
    assert isinstance(node, ast.stmt)
    return node


@lru_cache(maxsize=1)  # asked for one pair of a read and a write after the other
def _inner(notebook: NotebookView) -> dict[str, frozenset[str]]:
    """Functions, classes and the like → what they read and write once something calls them."""
    return {
        name: names.reads_later | names.writes_later
        for _, _, names in _statements(notebook)
        if names is not None and names.reads_later | names.writes_later
        for name in names.defines | names.may_define
    }


def _closed(reads: frozenset[str], inner: dict[str, frozenset[str]]) -> frozenset[str]:
    """Names that are read, and those that functions among them read."""
    found, todo = set(reads), list(reads)
    while todo:
        more = inner.get(todo.pop(), frozenset()) - found
        found |= more
        todo += more
    return frozenset(found)


def _changed(node: ast.stmt, cell: CellView, inner: dict[str, frozenset[str]]) -> set[str]:
    """Names whose values a statement may change: methods called on them, parts of them set."""
    found: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.Call(func=ast.Name(id=name), args=args):
                found |= inner.get(name, frozenset())
                found |= {arg.id for arg in args if isinstance(arg, ast.Name)}
            case ast.Call(func=ast.Attribute() as called):
                found.add(root(called))
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                found.add(root(one))
    notebook = cell.notebook
    return (found & notebook.names.bound.keys()) - notebook.imports.keys()


def _goes_back(
    node: ast.stmt, holding: frozenset[str], read: FileUse, notebook: NotebookView
) -> bool:
    """Whether an object is dumped that was loaded from the file, and nothing names it between."""
    loaded = {
        target.id
        for one in ast.walk(_top(read))
        if isinstance(one, ast.Assign)
        and isinstance(one.value, ast.Call)
        and last_name(one.value.func) in ("load", "loads")
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    dumped = {
        call.args[0].id
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and last_name(call.func) in ("dump", "dumps")
        and call.args
        and isinstance(call.args[0], ast.Name)
    }
    if len(dumped) != 1 or not dumped <= loaded or not dumped <= holding:
        return False
    between = False
    for _, one, names in _statements(notebook):
        if one is node:
            return True
        if between and (names is None or dumped & (names.reads | names.reads_later)):
            return False
        between |= one is _top(read)
    return False
