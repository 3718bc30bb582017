"""Whether a notebook counts what a step has left empty."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.dataflow.rows import root
from poc_graduate.rules.poc2_cleaning._frames import Column
from poc_graduate.rules.view import CellView

COUNTS = frozenset(
    "isna isnull notna notnull info count describe value_counts dropna hasnans".split()
)
_TESTS = frozenset("isfinite isnan isna isnull notna notnull".split())
_KEEPS = frozenset("merge join concat copy reset_index set_index sort_values".split())
_LOOKS_AHEAD = 3


def is_counted(target: Column, call: ast.Call, cell: CellView) -> bool:
    """Whether what is empty is asked for afterwards, in this cell or one of the next.

    Or of what the frame is merged into, wherever that is, in one of the next cells there.
    """
    cells, name = cell.notebook.cells, target.frame or target.name
    at = cells.index(cell)
    names = {name, *_made_of(name, call, cell)}
    until = at + _LOOKS_AHEAD
    for here, view in enumerate(cells[at:], at):
        if here > at and target.frame and (joined := _joined(names, view)):
            names |= joined
            until = here + _LOOKS_AHEAD
        if here > until:
            continue
        for node in view.nodes:
            if view is cell and getattr(node, "lineno", 0) <= (call.end_lineno or 0):
                continue
            if isinstance(node, ast.Assert):
                return True
            if isinstance(node, ast.Attribute) and node.attr in COUNTS and root(node) in names:
                return True
            if isinstance(node, ast.Call) and tests(node) and root(node.args[0]) in names:
                return True
    return False


def tests(node: ast.AST) -> bool:
    """`np.isfinite(…)`, `pd.isna(…)`: a function of what it is given."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr=name), args=[_, *_]):
            return name in _TESTS
    return False


def _made_of(name: str, call: ast.Call, cell: CellView) -> Iterator[str]:
    """Names that the rest of the cell binds, or fills, with what holds the result."""
    held = {name}
    for statement in cell.body:
        if statement.lineno > call.lineno and isinstance(statement, ast.Assign):
            read = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
            if not held.isdisjoint(read):
                made = {root(target) for target in statement.targets} - {""}
                held |= made
                yield from made


def _joined(held: set[str], cell: CellView) -> set[str]:
    """Names that a cell gives the frame put together with another, or a copy: its columns stay."""
    found: set[str] = set()
    for statement in cell.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value):
                calls = {
                    last_name(one.func) for one in ast.walk(value) if isinstance(one, ast.Call)
                }
                read = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
                if calls <= _KEEPS and not read.isdisjoint(held | found):
                    found.add(name)
    return found
