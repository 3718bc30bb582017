"""Whether rows are only looked at: shown as a table, or drawn, in whatever order they stand."""

from __future__ import annotations

import ast
import re

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.products import WRITERS
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView, NotebookView

_LOOKS = frozenset("print display head tail sample info describe len type sum mean hist".split())
_DRAWS = frozenset("plot scatter boxplot hist explore show add_trace add_to".split())
_PICTURE = re.compile(r"(ax|axes|axs|axis|fig|figure|plt|sns|px)(_?\d+|_\w+)?")
# Methods by which a frame's rows are others, as they stand otherwise.
_BY_PLACE = frozenset(
    "shift diff rolling ewm expanding cumsum cumprod cummax cummin pct_change ffill bfill fillna "
    "interpolate drop_duplicates duplicated first last nth rank iloc iat reset_index sample".split()
)
_PUTS_TOGETHER = frozenset({"concat", "DataFrame", "GeoDataFrame", "array", "vstack", "hstack"})


def is_only_seen(name: str, notebook: NotebookView) -> bool:
    """Whether all that comes of a list of tables is on the screen.

    False where anything else, or what cannot be told, is done with it: it is written, a model
    learns from it, a figure is made of it, rows are taken by their places.

    Args:
        name: The list, by its name.
        notebook: Where it is filled.
    """
    if not notebook.complete or not notebook.names.all_known:
        return False
    names = {name}
    seen = False
    while True:
        before = len(names)
        for cell in notebook.cells:
            if not any(one in cell.cell.code for one in names):
                continue
            for node in cell.of(ast.Name):
                if node.id not in names or not isinstance(node.ctx, ast.Load):
                    continue
                if _is_of_a_function(node, cell):
                    continue
                if (kind := _use(node, names, cell)) is None:
                    return False
                seen |= kind == "look"
        if len(names) == before:
            return seen


def _is_of_a_function(node: ast.Name, cell: CellView) -> bool:
    """Whether a name is a function's own: what it is given is told where it is called."""
    around = function_around(node, cell)
    return around is not None and any(
        (isinstance(one, ast.arg) and one.arg == node.id)
        or (isinstance(one, ast.Name) and one.id == node.id and isinstance(one.ctx, ast.Store))
        for one in ast.walk(around)
    )


def _use(node: ast.Name, names: set[str], cell: CellView) -> str | None:
    """A look, or what makes another thing that has to be followed, put to `names`; else None."""
    at: ast.AST = node
    while (around := cell.parent(at)) is not None and not isinstance(around, ast.stmt):
        match around:
            case ast.Attribute(attr="append") if cell.parent(node) is around:
                return "fills"
            case ast.Attribute(attr=attr):
                if attr in _BY_PLACE or attr in WRITERS:
                    return None
            case ast.Call(func=called) if at is not called:
                if _is_a_look(around) or _draws_here(around, cell):
                    return "look"
                if last_name(called) not in _PUTS_TOGETHER and not (
                    _is_a_method_of(names, around) or cell.module(called).startswith("numpy.")
                ):
                    return None
            case ast.Call() | ast.Subscript() | ast.BinOp() | ast.UnaryOp() | ast.Compare():
                pass
            case ast.keyword() | ast.List() | ast.Tuple():
                pass
            case _:
                return None
        at = around
    match around:
        case ast.Expr():
            return "look"
        case ast.Assign(targets=[ast.Name(id=made)]):
            names.add(made)
            return "makes"
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=of))]) if of in names:
            return "makes"  # a column of its own
    return None


def _is_a_look(call: ast.Call) -> bool:
    return last_name(call.func) in _LOOKS and isinstance(call.func, ast.Name)


def _is_a_method_of(names: set[str], call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and root_name(call.func) in names


def _draws_here(call: ast.Call, cell: CellView) -> bool:
    """Whether a call draws, or a function of the notebook's that does, and gives nothing back."""
    name = last_name(call.func)
    if name in _DRAWS or _PICTURE.fullmatch(root_name(call.func) or ""):
        return True
    made = [
        one for view in cell.notebook.cells for one in view.of(ast.FunctionDef) if one.name == name
    ]
    if len(made) != 1 or not isinstance(call.func, ast.Name):
        return False
    inside = list(ast.walk(made[0]))
    called = {last_name(one.func) for one in inside if isinstance(one, ast.Call)}
    drawn = any(
        isinstance(one, ast.Call) and _PICTURE.fullmatch(root_name(one.func) or "")
        for one in inside
    )
    gives = any(isinstance(one, ast.Return) and one.value is not None for one in inside)
    return drawn and not gives and called.isdisjoint(WRITERS - {"savefig"})
