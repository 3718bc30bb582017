"""Models that a search tries with seeds typed in its grid, on their own or as a pipeline's step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, NotebookView

_GRIDS = frozenset({"param_grid", "param_distributions", "search_spaces"})
_DEEP = 6


def is_left_or_seeded_later(call: ast.Call, cell: CellView) -> bool:
    """Whether a model has a name that nothing reads, or only searches whose grid has the seed."""
    return _goes_to_searches(call, cell, (), _DEEP)


def _goes_to_searches(node: ast.expr, cell: CellView, steps: tuple[str, ...], depth: int) -> bool:
    """Whether a value is used by nothing but such searches.

    Args:
        node: The expression that gives it.
        cell: Where it stands.
        steps: The names of the pipeline's steps that it stands in, the innermost last.
        depth: How often it is still followed.
    """
    if not depth:
        return False
    match cell.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)]) as made:
            if not cell.notebook.names.all_known:
                return False
            return all(
                _goes_to_searches(read, view, steps, depth - 1)
                for read, view in _reads_below(made, name, cell)
            )
        case ast.Tuple(elts=[ast.Constant(value=str(step)), *_]) as pair:
            return _goes_to_searches(pair, cell, (step, *steps), depth)
        case ast.List() as listed if steps:
            return _goes_to_searches(listed, cell, steps, depth)
        case ast.keyword() as word:
            above = cell.parent(word)
            return isinstance(above, ast.Call) and _passes_on(above, node, cell, steps, depth)
        case ast.Call() as above:
            return _passes_on(above, node, cell, steps, depth)
    return False


def _passes_on(
    call: ast.Call, node: ast.expr, cell: CellView, steps: tuple[str, ...], depth: int
) -> bool:
    """Whether a call that is given the value is such a search, or makes a pipeline for one."""
    match last_name(call.func):
        case "Pipeline" if steps:
            return _goes_to_searches(call, cell, steps, depth - 1)
        case "make_pipeline" if isinstance(node, ast.Call):
            step = last_name(node.func).lower()  # as scikit-learn names it
            return _goes_to_searches(call, cell, (step, *steps), depth - 1)
        case name if name.endswith("SearchCV"):
            return _seeds_in_grid(call, cell, steps)
    return False


def _reads_below(
    made: ast.Assign, name: str, cell: CellView
) -> Iterator[tuple[ast.Name, CellView]]:
    """Where a name is read until it is given something else; everywhere, where nobody can tell."""
    views = cell.notebook.cells
    ordered = made in cell.body
    at = views.index(cell) if ordered else 0
    gone = False
    for number, view in enumerate(views):
        if name not in view.cell.code:
            continue
        for statement in view.body:
            below = number > at or (number == at and statement.lineno > made.lineno)
            seen = not ordered or (below and not gone)
            for read in _reads(statement, name):
                if seen or _waits(statement):
                    yield read, view
            gone |= ordered and below and name in _binds(statement)


def _reads(statement: ast.stmt, name: str) -> Iterator[ast.Name]:
    for one in ast.walk(statement):
        if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load):
            yield one


def _waits(statement: ast.stmt) -> bool:
    """Whether it is run when somebody calls it, wherever it stands."""
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _binds(statement: ast.stmt) -> set[str]:
    if not isinstance(statement, ast.Assign):
        return set()
    return {target.id for target in statement.targets if isinstance(target, ast.Name)}


def _seeds_in_grid(search: ast.Call, cell: CellView, steps: tuple[str, ...]) -> bool:
    """Whether a search tries its models with seeds that are typed in its grid."""
    words = {word.arg: word.value for word in search.keywords}
    given = [*search.args[1:2], *(words[one] for one in _GRIDS & words.keys())]
    wanted = "__".join((*steps, "random_state"))
    return any(_seeds(_typed(grid, cell), wanted, whole=bool(steps)) for grid in given)


def _seeds(grid: ast.expr | None, wanted: str, *, whole: bool) -> bool:
    match grid:
        case ast.Dict(keys=keys, values=values):
            return any(
                isinstance(key, ast.Constant)
                and (str(key.value) if whole else str(key.value).rpartition("__")[2]) == wanted
                and not any(
                    isinstance(one, ast.Constant) and one.value is None for one in ast.walk(value)
                )
                for key, value in zip(keys, values, strict=True)
            )
        case ast.List(elts=[_, *_] as several):  # each is tried
            return all(_seeds(one, wanted, whole=whole) for one in several)
    return False


def _typed(grid: ast.expr, cell: CellView) -> ast.expr | None:
    """What a grid's name was given last, above."""
    if not isinstance(grid, ast.Name):
        return grid
    notebook: NotebookView = cell.notebook
    if (once := notebook.definition(grid.id)) is not None:
        return once
    last: ast.expr | None = None
    for view in notebook.cells:
        for statement in view.body if grid.id in view.cell.code else ():
            if view is cell and statement.lineno >= grid.lineno:
                return last
            if isinstance(statement, ast.Assign) and grid.id in _binds(statement):
                last = statement.value
        if view is cell:
            return last
    return last
