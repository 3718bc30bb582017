"""Paths that stand in a list of candidates, of which the first that is there is taken."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, NotebookView

_ASKS = frozenset("exists isfile isdir is_file is_dir lexists".split())


def candidates_with(node: ast.expr, cell: CellView) -> list[ast.expr]:
    """The paths among which one stands in a list that is searched; none where it stands in none.

    `next(p for p in [Path('data/a.csv'), Path('../data/a.csv')] if p.exists())`

    Args:
        node: The path, or the part of it that was typed.
        cell: Where it stands.
    """
    at: ast.AST = node
    while isinstance(around := cell.parent(at), ast.Call | ast.BinOp | ast.Attribute):
        at = around
    if not isinstance(around, ast.List | ast.Tuple) or len(around.elts) < 2:
        return []
    return around.elts if _is_searched(around, cell) else []


def _is_searched(listed: ast.expr, cell: CellView) -> bool:
    """Whether something goes through a list, or through one that it is put into, and asks."""
    for place, view in (listed, cell), *_uses(_held_by(listed, cell), cell.notebook):
        around = view.parent(place)
        while isinstance(around, ast.Call) and last_name(around.func) in ("enumerate", "list"):
            place, around = around, view.parent(around)
        match around:
            case ast.comprehension(target=ast.Name(id=name), iter=gone, ifs=ifs) if gone is place:
                if any(_asks_for(name, test) for test in ifs):
                    return True
            case ast.For(target=ast.Name(id=name), iter=gone, body=body) if gone is place:
                tests = (
                    one.test
                    for statement in body
                    for one in ast.walk(statement)
                    if isinstance(one, ast.If)
                )
                if any(_asks_for(name, test) for test in tests):
                    return True
            case ast.Call(func=ast.Name(id="filter"), args=[ast.Name(id=how)
                     | ast.Attribute(attr=how), gone]) if gone is place:  # fmt: skip
                if how in _ASKS:
                    return True
            case ast.Call(func=ast.Name(id=name), args=args) if place in args:
                if _searches(name, args.index(place), view.notebook):
                    return True
    return False


def _searches(function: str, position: int, notebook: NotebookView) -> bool:
    """Whether a function of the notebook goes through an argument and asks what is there."""
    for view in notebook.cells:
        for made in view.of(ast.FunctionDef):
            if made.name != function or position >= len(made.args.args):
                continue
            taken = made.args.args[position].arg
            inside = (one for one in ast.walk(made) if isinstance(one, ast.Name))
            if any(one.id == taken and _is_searched(one, view) for one in inside
                   if isinstance(one.ctx, ast.Load)):  # fmt: skip
                return True
    return False


def _held_by(listed: ast.expr, cell: CellView) -> str:
    match cell.parent(listed):
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _uses(name: str, notebook: NotebookView) -> Iterator[tuple[ast.expr, CellView]]:
    for view in notebook.cells if name else ():
        for one in view.of(ast.Name) if name in view.cell.code else ():
            if one.id == name and isinstance(one.ctx, ast.Load):
                yield one, view


def _asks_for(name: str, test: ast.expr) -> bool:
    """`p.exists()`, `os.path.isfile(p)`, `(p / 'a.csv').exists()`."""
    return any(
        isinstance(call, ast.Call)
        and last_name(call.func) in _ASKS
        and any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(call))
        for call in ast.walk(test)
    )
