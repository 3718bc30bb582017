"""Whether what a call draws ends on the screen: in a figure, or printed."""

from __future__ import annotations

import ast
import re

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name, parameter_names
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView

_SHOWS = frozenset(
    "print pprint display show head tail describe info plot scatter hist hist2d hexbin bar barh "
    "boxplot violinplot imshow matshow pie step stem errorbar fill_between contour contourf "
    "pcolormesh quiver text annotate title set_title suptitle axhline axvline heatmap "
    "scatter_matrix".split()
)
# What others call theirs: `cv2_imshow`, `plot_digit`, `show_images`.
_SHOWN_BY_NAME = re.compile(r"(^|_)(im)?(show|plot|display|draw)(_|$)")
_DRAWS = ("matplotlib", "seaborn", "plotly")


_USED, _SHOWN, _UNREAD = 2, 1, 0
_GROWS = frozenset({"append", "extend", "insert", "add"})


def ends_on_screen(call: ast.Call, cell: CellView) -> bool:
    """Whether the value is shown, or goes by names into nothing but what is shown."""
    return _goes(call, cell, set()) == _SHOWN


def _goes(node: ast.expr, cell: CellView, seen: set[object]) -> int:
    """What a value's statement does with it: the most of showing, and of any other use.

    Seen are names and functions that were followed, on whatever way: each adds to the most once.
    """
    statement = cell.statement(node)
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as held, attr=how))) if (
            how in _GROWS and held is not node
        ):
            return _name_goes(held, cell, seen)
        case ast.Expr(value=ast.Call() as whole) if whole is not node:
            return _SHOWN if _is_picture(whole, cell) else _USED
        case ast.Expr():
            return _SHOWN
        case ast.Assign(targets=[target], value=value) if not _draws_too(value, cell):
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            if all(isinstance(one, ast.Name) for one in names):
                ways = [_name_goes(one, cell, seen) for one in names if isinstance(one, ast.Name)]
                return max(ways, default=_USED)
        case ast.Assign(targets=[ast.Name()], value=ast.Call() as whole) if _gives_a_figure(
            whole, cell
        ):
            return _SHOWN
        case ast.Return():
            around = function_around(node, cell)
            if around is not None and around.name in cell.notebook.makes(cell.index):
                return _result_goes(around.name, cell, seen)
    return _USED


def _draws_too(value: ast.expr, cell: CellView) -> bool:
    """`ax = sns.scatterplot(…)`: the name is that of the figure."""
    return isinstance(value, ast.Call) and _is_picture(value, cell)


def _gives_a_figure(call: ast.Call, cell: CellView) -> bool:
    """Whether a call gives a figure, or a part of one, and nothing of the data that it was given.

    `plt.hist` gives the counts, too.
    """
    module = cell.notebook.imports.get(root_name(call.func) or "", "")
    return module.startswith(("seaborn", "plotly"))


def _result_goes(function: str, cell: CellView, seen: set[object]) -> int:
    """What is done with the results of a function of the notebook."""
    if (function, "()") in seen:
        return _UNREAD
    seen.add((function, "()"))
    reads = [
        (node, view)
        for view in cell.notebook.cells
        if view.cell.broken is not None or function in view.cell.code
        for node in view.of(ast.Name)
        if node.id == function and isinstance(node.ctx, ast.Load) and not _is_given(node, view)
    ]
    ways = [_UNREAD]
    for node, view in reads:
        call = view.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node:
            return _USED
        ways.append(_goes(call, view, seen))
    return max(ways)


def _is_given(name: ast.Name, cell: CellView) -> bool:
    """Whether a name is a parameter where it stands: `def jitter(values, jitter=0.5)`."""
    at = cell.parent(name)
    while at is not None:
        match at:
            case (
                ast.FunctionDef(args=given)
                | ast.AsyncFunctionDef(args=given)
                | ast.Lambda(args=given)
            ) if name.id in parameter_names(given):
                return True
        at = cell.parent(at)
    return False


def _name_goes(name: ast.Name, cell: CellView, seen: set[object]) -> int:
    """What the places that read a name do with it; of one in a function, those in there."""
    around = function_around(name, cell)
    if (name.id, around) in seen:
        return _UNREAD
    seen.add((name.id, around))
    ways = [_UNREAD]
    for view in (cell,) if around is not None else cell.notebook.cells:
        if view.cell.broken is None and name.id not in view.cell.code:
            continue
        for node in view.of(ast.Name):
            if node.id != name.id or not isinstance(node.ctx, ast.Load):
                continue
            if around is not None and function_around(node, view) is not around:
                continue
            if not _only_grows(node, view):
                ways.append(_goes(node, view, seen))
                if ways[-1] == _USED:
                    return _USED
    return max(ways)


def _only_grows(node: ast.Name, cell: CellView) -> bool:
    """`rows` of `rows.append(…)`: what it holds is told by what else reads it."""
    method = cell.parent(node)
    if not isinstance(method, ast.Attribute) or method.attr not in _GROWS:
        return False
    call = cell.parent(method)
    return isinstance(call, ast.Call) and isinstance(cell.parent(call), ast.Expr)


def _is_picture(call: ast.Call, cell: CellView) -> bool:
    root = root_name(call.func)
    module = cell.notebook.imports.get(root or "", "")
    name = last_name(call.func)
    return name in _SHOWS or _SHOWN_BY_NAME.search(name) is not None or module.startswith(_DRAWS)
