"""Loops that go up, folder by folder, until they are where a project begins."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.files import folder_text, path_text
from poc_graduate.rules.view import CellView, NotebookView

_THERE = frozenset("exists isdir isfile is_dir is_file".split())
_HERE = _THERE | {"getcwd", "cwd", "listdir"}
_LEAVES = (ast.Break, ast.Raise, ast.Return)
_CALLED = re.compile(r"basename\(|\.name$|\[-1\]$")


@dataclass(frozen=True)
class Climb:
    """A loop that changes to the folder above as long as something about the folder holds.

    Wherever it is started below such a folder, it ends in the same one.

    Attributes:
        cell: Where it stands.
        loop: The loop.
        leaves: Whether it has another way out, where no folder above is such a one.
        ends: Whether it ends in a folder; None where its condition does not say.
    """

    cell: CellView
    loop: ast.While
    leaves: bool
    ends: Callable[[Path], bool] | None

    @property
    def root(self) -> Path | None:
        """Where it ends, started where the notebook lies; None where that is not known."""
        path = self.cell.notebook.notebook.path
        if self.ends is None or not path.is_file():
            return None
        return next(filter(self.ends, path.absolute().parents), None)


def climbed_before(climb: Climb) -> bool:
    """Whether a loop above has climbed already, so that this one stays where it is."""
    place = (climb.cell.index, climb.loop.lineno)
    return any((one.cell.index, one.loop.lineno) < place for one in _climbs(climb.cell.notebook))


def climb_of(call: ast.Call, cell: CellView) -> Climb | None:
    """The loop that a change of folder stands in, where it goes up until something is there."""
    notebook = cell.notebook
    if cell.module(call.func) != "os.chdir" or len(call.args) != 1:
        return None
    if (folder_text(call.args[0], notebook) or "").rstrip("/\\") != "..":
        return None
    loop = cell.parent(cell.statement(call) or call)
    if not isinstance(loop, ast.While) or not any(
        isinstance(one, ast.Call) and last_name(one.func) in _HERE for one in ast.walk(loop.test)
    ):
        return None
    ways = [one for statement in loop.body for one in ast.walk(statement)]
    leaves = any(isinstance(one, _LEAVES) for one in ways) or (
        isinstance(loop.test, ast.BoolOp) and isinstance(loop.test.op, ast.And)
    )
    return Climb(cell, loop, leaves, None if leaves else _ends(loop.test, notebook))


def folder_at(line: int, cell: CellView) -> Path | None:
    """Where relative paths begin at a line: the notebook's folder, or the one climbed to above.

    None where that is not known.
    """
    for climb in _climbs(cell.notebook):
        if (climb.cell.index, climb.loop.lineno) < (cell.index, line):
            return climb.root
    path = cell.notebook.notebook.path
    return path.parent if path.is_file() else None


@lru_cache(maxsize=1)  # asked for one path after the other
def _climbs(notebook: NotebookView) -> tuple[Climb, ...]:
    """The climbs of a notebook, the last one first."""
    found = (
        climb_of(call, cell) for cell in notebook.cells for call in cell.calls.get("chdir", ())
    )
    return tuple(reversed([climb for climb in found if climb is not None]))


def _ends(test: ast.expr, notebook: NotebookView) -> Callable[[Path], bool] | None:
    """Whether a folder makes a condition untrue; None where it says that in another way."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=asked):
            pass
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[ast.Call() as listed]):
            entry = path_text(left, notebook)
            inside = folder_text(listed.args[0], notebook) if listed.args else "."
            there = last_name(listed.func) == "listdir" and inside in (".", "./")
            return _holds(entry) if there else None
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[ast.Constant(value=str(name))]):
            return _is_called(name) if _CALLED.search(ast.unparse(left)) else None
        case _:
            return None
    match asked:
        case ast.Call(func=called, args=[given]) if last_name(called) in _THERE:
            return _holds(folder_text(given, notebook))
        case ast.Call(func=ast.Attribute(value=of, attr=how), args=[]) if how in _THERE:
            match of:
                case ast.Call(args=[given]):
                    of = given
            return _holds(folder_text(of, notebook))
        case ast.Call(func=ast.Attribute(attr="endswith"), args=[ast.Constant(value=str(end))]):
            return lambda folder: folder.as_posix().endswith(end)
    return None


def _holds(entry: str | None) -> Callable[[Path], bool] | None:
    return (lambda folder: (folder / entry).exists()) if entry else None


def _is_called(name: str) -> Callable[[Path], bool]:
    return lambda folder: folder.name == name


def is_climbed_to(folder: ast.expr, cell: CellView) -> bool:
    """Whether a folder was found by going up from where the run begins until something is there.

    `while not (root / 'src').is_dir(): root = root.parent`; `next(p for p in here.parents if
    (p / 'src').is_dir())`; what a function of the notebook finds so, too.

    Args:
        folder: The expression that names it.
        cell: Where it stands.
    """
    names = {one.id for one in ast.walk(folder) if isinstance(one, ast.Name)}
    around: list[ast.AST] = [cell.parsed.tree]
    todo = [*names]
    while todo:
        for value in cell.notebook.assigned.get(todo.pop(), ()):
            if value is None:
                continue
            if _goes_up(value) and _asks(value):
                return True
            around += _own(value, cell.notebook)
            new = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)} - names
            names |= new
            todo += new
    around += _own(folder, cell.notebook)
    return any(_climbs_for(names, part) for part in around)


def _own(value: ast.expr, notebook: NotebookView) -> list[ast.AST]:
    """Functions of the notebook that an expression calls."""
    called = {one.func.id for one in ast.walk(value)
              if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}  # fmt: skip
    return [
        made
        for view in notebook.cells
        for made in (view.of(ast.FunctionDef) if called else ())
        if made.name in called
    ]


def _climbs_for(names: set[str], part: ast.AST) -> bool:
    """Whether a loop gives one of some names the folder above, or each above, and asks there.

    In a function all names are its own.
    """
    own = isinstance(part, ast.FunctionDef)
    for loop in ast.walk(part):
        if not isinstance(loop, ast.While | ast.For) or not _asks(loop):
            continue
        for node in ast.walk(loop):
            match node:
                case ast.For(target=ast.Name(id=name), iter=ast.expr() as gone):
                    value = gone
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    pass
                case _:
                    continue
            if (own or name in names) and _goes_up(value):
                return True
    return False


def _goes_up(value: ast.expr) -> bool:
    return any(
        (isinstance(one, ast.Attribute) and one.attr in ("parent", "parents"))
        or (isinstance(one, ast.Call) and last_name(one.func) == "dirname")
        for one in ast.walk(value)
    )


def _asks(part: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Call) and last_name(one.func) in _THERE for one in ast.walk(part)
    )
