"""In which place a run on another machine ends: where a path is used, not where it is typed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from poc_graduate.dataflow.names import imported_paths
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


def first_use(name: str, below: Position, notebook: NotebookView) -> Position:
    """Where a run first opens what a name holds; `NOWHERE` where no call of a cell tells."""
    for view in notebook.cells:
        found = [
            (view.index, call.lineno)
            for called, calls in view.calls.items()
            if takes_paths(called) and called not in _LOOKS
            for call in calls
            if (view.index, call.lineno) >= below
            and function_around(call, view) is None
            and _is_given(call, name)
        ]
        if found:
            return min(found)
    return NOWHERE


def _is_given(call: ast.Call, name: str) -> bool:
    given = (*call.args[:2], *(word.value for word in call.keywords))
    return any(
        isinstance(part, ast.Name) and part.id == name for one in given for part in ast.walk(one)
    )
