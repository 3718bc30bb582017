"""In which place a run on another machine ends: where a path is used, not where it is typed."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from poc_graduate.dataflow.names import imported_paths, last_name
from poc_graduate.rules.files import file_uses
from poc_graduate.rules.poc1_sources._paths import takes_paths
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView, NotebookView

Position = tuple[int, int]
"""Cell and line, both from 1."""
NOWHERE: Position = (10**9, 0)
# Calls that give a path and look at nothing.
_NAMES_ONLY = frozenset(
    "Path PurePath PosixPath WindowsPath join str fspath expanduser abspath resolve absolute "
    "normpath dirname with_suffix".split()
)
_SEARCHES = frozenset("glob iglob rglob walk".split())
_LOOKS = _NAMES_ONLY | frozenset("exists isfile isdir is_file is_dir print".split())
# Module → what is said of where it is.
_HOSTED = {
    "google.colab": "in Colab",
    "kaggle_secrets": "on Kaggle",
    "kaggle_datasets": "on Kaggle",
    "kaggle_web_client": "on Kaggle",
    "project_lib": "in Watson Studio",
    "notebookutils": "in Fabric",
}


@dataclass(frozen=True)
class Hosted:
    """An import of a module that one service has and nobody else.

    Attributes:
        cell: Where it stands.
        node: The statement.
        module: What is imported.
        service: Who has it.
    """

    cell: CellView
    node: ast.Import | ast.ImportFrom
    module: str
    service: str

    @property
    def position(self) -> Position:
        """Where a run elsewhere ends by it."""
        return (self.cell.index, self.node.lineno)


@lru_cache(maxsize=1)  # asked by one rule after the other
def hosted_imports(notebook: NotebookView) -> tuple[Hosted, ...]:
    """Imports that every run comes to, of modules that only a service has.

    What stands in a `try` or an `if` has another way.
    """
    return tuple(
        Hosted(cell, node, module, service)
        for cell in notebook.cells
        if "import" in cell.cell.code
        for node in sorted(cell.of(ast.Import, ast.ImportFrom), key=lambda node: node.lineno)
        if isinstance(node, ast.Import | ast.ImportFrom) and cell.parent(node) is cell.parsed.tree
        for module, service in _of_services(node)
    )


def _of_services(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    names = imported_paths(node)
    for module, service in _HOSTED.items():
        if any(f"{name}.".startswith(f"{module}.") for name in names):
            yield module, service


def held_by(node: ast.expr, cell: CellView) -> str:
    """The name that a path is given by a statement that does nothing else; empty where it does."""
    at: ast.AST = node
    while (around := cell.parent(at)) is not None:
        match around:
            case ast.BinOp() | ast.Attribute() | ast.Dict():
                pass
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _NAMES_ONLY:
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name
            case _:
                return ""
        at = around
    return ""


def kept_as(node: ast.expr, cell: CellView) -> str:
    """The name that a cell gives a path, to use it later; empty in a function."""
    return held_by(node, cell) if function_around(node, cell) is None else ""


@dataclass(frozen=True)
class Use:
    """The first call that opens what a name holds, or what is put together from it.

    Attributes:
        name: The name that the call is given.
        position: Where it stands; `NOWHERE` where no call of a cell tells.
        called: Its last name.
    """

    name: str
    position: Position = NOWHERE
    called: str = ""


def first_use(name: str, below: Position, notebook: NotebookView) -> Use:
    """Where a run first opens what a name holds; where it looks for files there, if that is all."""
    searched: Use | None = None
    names = {name, *_made_of(name, notebook)}
    for view in notebook.cells:
        found = [
            Use(given, (view.index, call.lineno), called)
            for called, calls in view.calls.items()
            if (takes_paths(called) or called in _SEARCHES) and called not in _LOOKS
            for call in calls
            if (view.index, call.lineno) >= below
            and function_around(call, view) is None
            and (given := _given(call, names))
        ]
        found.sort(key=lambda use: use.position)
        opened = next((use for use in found if not searches(use)), None)
        if opened is not None:
            return opened
        searched = searched or next(iter(found), None)
    return searched or Use(name)


def finds_none(node: ast.expr, cell: CellView) -> bool:
    """Whether files are looked for by a pattern, or below a folder: none is no error."""
    at: ast.AST = node
    while (around := cell.parent(at)) is not None:
        match around:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name in _SEARCHES:
                    return True
                if name not in _NAMES_ONLY:
                    return False
            case ast.BinOp() | ast.Attribute():
                pass
            case _:
                return False
        at = around
    return False


def searches(use: Use) -> bool:
    """Whether what is first done with a path is to look for files in it."""
    return use.called in _SEARCHES


def _leads_nowhere(name: str, notebook: NotebookView) -> bool:
    """Whether nothing is done with what a name holds, nor with the paths that are made of it.

    A look, on the screen, is nothing: the path is printed, whatever is there; so is to compare it.
    """
    if not notebook.complete or not notebook.names.all_known:
        return False
    names = {name, *_made_of(name, notebook)}
    for view in notebook.cells:
        if any(one in magic.arguments for magic in view.cell.magics for one in names):
            return False
        for read in view.of(ast.Name):
            if read.id not in names or not isinstance(read.ctx, ast.Load):
                continue
            if not (held_by(read, view) or _is_looked_at(read, view)):
                return False
    return True


def is_unused(node: ast.expr, cell: CellView) -> bool:
    """Whether a cell gives a path a name, and nothing is done with it."""
    held = kept_as(node, cell)
    return bool(held) and _leads_nowhere(held, cell.notebook)


def _is_looked_at(read: ast.Name, cell: CellView) -> bool:
    at: ast.AST = read
    while isinstance(around := cell.parent(at), ast.Call) and last_name(around.func) in _NAMES_ONLY:
        at = around
    if isinstance(around, ast.Compare):
        return True
    around = cell.parent(read)
    if isinstance(around, ast.Call) and isinstance(around.func, ast.Name):
        return around.func.id == "print"
    return isinstance(around, ast.Expr)


def _made_of(name: str, notebook: NotebookView) -> list[str]:
    """Names that hold paths which begin with what a name holds: `file = join(folder, 'a.csv')`."""
    found: list[str] = []
    todo = [name]
    while todo:
        one = todo.pop()
        for view in notebook.cells:
            for read in view.of(ast.Name) if one in view.cell.code else ():
                if read.id == one and isinstance(read.ctx, ast.Load):
                    held = held_by(read, view)
                    if held and held != name and held not in found:
                        found.append(held)
                        todo.append(held)
    return found


def _given(call: ast.Call, names: set[str]) -> str:
    """The first of some names that a call is given, in place or as a part; empty where none is."""
    given = (*call.args[:2], *(word.value for word in call.keywords))
    if isinstance(call.func, ast.Attribute) and call.func.attr in _SEARCHES:
        given = (call.func.value, *given)  # `folder.glob('*.csv')`
    parts = (part for one in given for part in ast.walk(one))
    return next((one.id for one in parts if isinstance(one, ast.Name) and one.id in names), "")


def first_way(path: str, notebook: NotebookView) -> str:
    """What the notebook does first with a file, or with one in a folder: read or write it.

    Empty where no call tells.
    """
    tidy = posixpath.normpath(path.replace("\\", "/"))
    hows = [
        use.how
        for use in file_uses(notebook)
        if use.path == tidy or use.path.startswith(f"{tidy}/")
    ]
    return "" if not hows else "read" if hows[0] == "read" else "write"
