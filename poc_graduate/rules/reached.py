"""Which functions of a notebook are run: those that its cells call, and what these call."""

from __future__ import annotations

import ast
from functools import lru_cache

from poc_graduate.rules.view import CellView, NotebookView


@lru_cache(maxsize=1)  # asked by one cell after the other
def reached(notebook: NotebookView) -> frozenset[str]:
    """Names that some cell reads outside of functions, or functions that are read so read."""
    return _reached(notebook.cells)


def never_runs(node: ast.AST, cell: CellView) -> bool:
    """Whether a run from top to bottom does not come here, as far as the text tells.

    It stands in a function that nothing calls, or not before another takes its name, or behind a
    switch that is off wherever it is called. A file of nothing but functions is there for others.
    Where the switch is a constant, rules do not come to what is behind it (`rules/switches.py`).
    """
    around = function_around(node, cell)
    if around is not None and isinstance(cell.parent(around), ast.ClassDef):
        return _is_called_where_off(around.name, cell.notebook)
    if around is not None and not _is_known(around.name, cell.notebook):
        return False
    if _is_switched_off(node, around, cell):
        return True
    if around is None or around.decorator_list or cell.parent(around) is not cell.parsed.tree:
        return False  # what a decorator keeps is called by whoever knows
    if _only_defines(cell.notebook):
        return False
    return around.name not in reached(cell.notebook) or _is_replaced(around, cell)


def _is_known(name: str, notebook: NotebookView) -> bool:
    """Whether who calls a function is seen: a cell that is no Python may, where it names it."""
    return all(
        not cell.names.anything or (cell.cell.broken is not None and name not in cell.cell.source)
        for cell in notebook.cells
    )


def _is_called_where_off(method: str, notebook: NotebookView) -> bool:
    """Whether all who name a method stand behind a switch that is off.

    One that nobody names may be called by a library.
    """
    views = notebook.cells
    named = any(one.attr == method for view in views for one in view.whole.of(ast.Attribute))
    return named and not any(one.attr == method for v in views for one in v.of(ast.Attribute))


def _is_replaced(function: ast.FunctionDef | ast.AsyncFunctionDef, cell: CellView) -> bool:
    """Whether a function below takes its name before anything calls it."""
    cells = cell.notebook.cells
    at = cells.index(cell)
    for end in range(at + 1, len(cells)):
        if function.name in cells[end].names.functions:
            return function.name not in _reached(cells[at:end])
    return False


def _only_defines(notebook: NotebookView) -> bool:
    """Whether a file is a module for others: it has functions, and no cell calls anything."""
    return not any(
        (
            isinstance(one, ast.Expr | ast.For | ast.While | ast.With)
            and not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        )
        or (isinstance(one, ast.Assign) and isinstance(one.value, ast.Call))
        for cell in notebook.cells
        for one in cell.body
    )


def _is_switched_off(
    node: ast.AST, around: ast.FunctionDef | ast.AsyncFunctionDef | None, cell: CellView
) -> bool:
    """Whether an `if` keeps a run away: it asks for a parameter that no call gives so."""
    at = cell.parent(node)
    child = node
    while at is not None:
        if isinstance(at, ast.If) and child is not at.test:
            wanted = child in at.body
            test: ast.expr = at.test
            if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
                wanted, test = not wanted, test.operand
            if (
                isinstance(test, ast.Name)
                and around is not None
                and cell.parent(around) is cell.parsed.tree
            ):
                given = _given(test.id, around, cell)
                if given and all(one is (not wanted) for one in given):
                    return True
        child, at = at, cell.parent(at)
    return False


def _given(
    name: str, function: ast.FunctionDef | ast.AsyncFunctionDef, cell: CellView
) -> list[object]:
    """What each call gives for a parameter, True or False; None where it is something else.

    Empty where nothing can be said: it is no parameter, or the function is handed on.
    """
    parameters = function.args.posonlyargs + function.args.args
    names = [one.arg for one in parameters]
    defaults: dict[str, ast.expr | None] = dict(
        zip(reversed(names), reversed(function.args.defaults), strict=False)
    )
    keywords = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    defaults |= {one.arg: value for one, value in keywords}
    if name not in {*names, *defaults} or _is_bound_in(name, function):
        return []
    found: list[object] = []
    for view in cell.notebook.cells:
        calls = [
            call for call in view.calls.get(function.name, ()) if isinstance(call.func, ast.Name)
        ]
        called = {id(call.func) for call in calls}
        for one in view.of(ast.Name) if function.name in view.cell.code else ():
            if one.id == function.name and id(one) not in called:
                return []  # handed on, to be called by somebody
        for call in calls:
            if any(isinstance(one, ast.Starred) for one in call.args):
                return []
            value = defaults.get(name)
            if name in names and names.index(name) < len(call.args):
                value = call.args[names.index(name)]
            for word in call.keywords:
                if word.arg is None:
                    return []
                value = word.value if word.arg == name else value
            switch = value.value if isinstance(value, ast.Constant) else None
            found.append(switch if isinstance(switch, bool) else None)
    return found


def _is_bound_in(name: str, function: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == name and not isinstance(one.ctx, ast.Load)
        for one in ast.walk(function)
    )


def _reached(cells: tuple[CellView, ...]) -> frozenset[str]:
    functions: dict[str, frozenset[str]] = {}
    found: set[str] = set()
    for cell in cells:
        names = cell.names
        functions.update(names.functions)
        found |= names.reads | names.mentions
        # A function that its own cell calls is bound before it is read.
        found |= {
            name
            for name in names.functions.keys() & cell.calls.keys()
            if any(function_around(call, cell) is None for call in cell.calls[name])
        }
        found |= names.functions.keys() & _mentioned(cell)
    todo = list(found)
    while todo:
        more = functions.get(todo.pop(), frozenset()) - found
        found |= more
        todo += more
    return frozenset(found)


def function_around(node: ast.AST, cell: CellView) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The outermost function that a node stands in."""
    found: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    at = cell.parent(node)
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
            found = at
        at = cell.parent(at)
    return found


def is_within(node: ast.AST, cell: CellView, kinds: tuple[type[ast.AST], ...]) -> bool:
    """Whether something of these kinds stands around a node."""
    at = cell.parent(node)
    while at is not None:
        if isinstance(at, kinds):
            return True
        at = cell.parent(at)
    return False


def _mentioned(cell: CellView) -> set[str]:
    """Names that stand outside of functions, to be called by somebody: `apply(clean)`."""
    return {
        node.id
        for node in cell.of(ast.Name)
        if isinstance(node.ctx, ast.Load)
        and node.id in cell.names.functions
        and function_around(node, cell) is None
    }
