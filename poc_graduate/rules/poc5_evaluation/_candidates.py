"""What candidates have in common: their definitions, and the rows they are scored on."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView, NotebookView

_DEEP = 6
_SAME_ROWS = frozenset(
    {"values", "to_numpy", "reshape", "copy", "reset_index", "astype", "toarray"}
)


def same_definition(
    one: tuple[ast.Call, int], other: tuple[ast.Call, int], notebook: NotebookView
) -> bool:
    """Whether two calls, each with its cell's position, say the same word for word.

    So do the names in them: each is given the same above, in the same cell, or nothing in between.
    In a function they may be anything.
    """
    cells = {view.index: view for view in notebook.cells}
    first, second = cells.get(one[1]), cells.get(other[1])
    if first is None or second is None or second.index < first.index:
        return False
    if function_around(one[0], first) is not None or function_around(other[0], second) is not None:
        return False
    return _same(one[0], first, other[0], second, _DEEP)


def _same(one: ast.expr, first: CellView, other: ast.expr, second: CellView, depth: int) -> bool:
    if not depth or ast.dump(one) != ast.dump(other):
        return False
    for a, b in zip(_names(one), _names(other), strict=True):
        given = _given_above(a, first), _given_above(b, second)
        if given[0] is not None and given[1] is not None:
            if not _same(given[0], first, given[1], second, depth - 1):
                return False
        elif given != (None, None) or _is_bound_between((a, first), (b, second)):
            return False
    return True


def _names(node: ast.expr) -> list[ast.Name]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Name)]


def _given_above(name: ast.Name, cell: CellView) -> ast.expr | None:
    """What the cell gives a name last, above the place that reads it."""
    found = None
    for statement in cell.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name.id:
                if (statement.end_lineno or 0) < name.lineno:
                    found = value
    return found


def _is_bound_between(one: tuple[ast.Name, CellView], other: tuple[ast.Name, CellView]) -> bool:
    """Whether a name may hold something else in the second place than in the first."""
    (node, first), (later, second) = one, other
    for view in first.notebook.cells:
        if node.id not in view.names.bound or not first.index <= view.index <= second.index:
            continue
        if len(view.names.statements) != len(view.body):
            return True
        for statement, names in zip(view.body, view.names.statements, strict=True):
            if node.id not in names.defines | names.may_define:
                continue
            above = view is first and statement.lineno < node.lineno
            below = view is second and statement.lineno > later.lineno
            if not (above or below or isinstance(statement, ast.Import | ast.ImportFrom)):
                return True
    return False


def rows_name(argument: ast.expr | None, notebook: NotebookView) -> tuple[str, str]:
    """The table whose rows an argument has, and which of its columns; empty for all of them.

    `X_test` and nothing of `X_test.values`, `X_test` and `'age'` of `X_test['age'].values`, also
    where that was given a name of its own.
    """
    columns, seen = "", set[str]()
    while True:
        match argument:
            case ast.Name(id=name):
                made = notebook.definition(name)
                if name in seen or not isinstance(made, ast.Subscript | ast.Attribute):
                    return name, columns
                seen.add(name)
                inner, narrower = rows_name(made, notebook)
                return (inner, columns or narrower) if narrower else (name, columns)
            case ast.Attribute(value=of, attr=how) if how in _SAME_ROWS:
                argument = of
            case ast.Call(func=ast.Attribute(value=of, attr=how)) if how in _SAME_ROWS:
                argument = of
            case ast.Subscript(value=of, slice=ast.Constant() | ast.List() as chosen) if _are_names(
                chosen
            ):
                argument, columns = of, ast.unparse(chosen)
            case _:
                return "", columns


def _are_names(chosen: ast.expr) -> bool:
    parts: Iterable[ast.expr] = chosen.elts if isinstance(chosen, ast.List) else (chosen,)
    return all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in parts)
