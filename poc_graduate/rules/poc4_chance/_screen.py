"""Whether what a call draws ends on the screen: in a figure, or printed."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView

_SHOWS = frozenset(
    "print pprint display show head tail describe info plot scatter hist hist2d hexbin bar barh "
    "boxplot violinplot imshow matshow pie step stem errorbar fill_between contour contourf "
    "pcolormesh quiver text annotate title set_title suptitle axhline axvline heatmap "
    "scatter_matrix".split()
)
_DRAWS = ("matplotlib", "seaborn", "plotly")


def ends_on_screen(call: ast.Call, cell: CellView) -> bool:
    """Whether the value is shown, or goes by names into nothing but what is shown."""
    return _shown(call, cell, set())


def _shown(node: ast.expr, cell: CellView, seen: set[str]) -> bool:
    statement = cell.statement(node)
    match statement:
        case ast.Expr(value=ast.Call() as whole):
            return _is_picture(whole, cell)
        case ast.Expr():
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if not _draws_too(value, cell):
            return name in seen or _name_shown(name, cell, seen | {name})
    return False


def _draws_too(value: ast.expr, cell: CellView) -> bool:
    """`ax = sns.scatterplot(…)`: the name is that of the figure."""
    return isinstance(value, ast.Call) and _is_picture(value, cell)


def _name_shown(name: str, cell: CellView, seen: set[str]) -> bool:
    """Whether each place that reads the name shows it; one that nothing reads shows nothing."""
    read = False
    for view in cell.notebook.cells:
        if view.cell.broken is None and name not in view.cell.code:
            continue
        for node in view.of(ast.Name):
            if node.id == name and isinstance(node.ctx, ast.Load):
                if not _shown(node, view, seen):
                    return False
                statement = view.statement(node)
                read |= not isinstance(statement, ast.Assign) or _targets(statement) != {name}
    return read


def _targets(statement: ast.Assign) -> set[str]:
    return {one.id for one in statement.targets if isinstance(one, ast.Name)}


def _is_picture(call: ast.Call, cell: CellView) -> bool:
    root = root_name(call.func)
    module = cell.notebook.imports.get(root or "", "")
    return last_name(call.func) in _SHOWS or module.startswith(_DRAWS)
