"""Whether a table has one row a key by how it was made."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import TYPED_NOT, NotebookView, keyword

SUMS_UP = frozenset(
    "agg aggregate mean sum min max count size first last median std var nunique".split()
)
"""One row a group, not what `transform` and `apply` give."""
KEEPS_ROWS = frozenset("reset_index rename copy sort_values fillna round astype".split())
_PIVOTS = frozenset(("pivot_table", "pivot"))
"""They put what a column has into the index, each value once; a join finds it there by its name."""
_DEPTH = 6
_NONE = frozenset[str]()


def typed_columns(node: ast.expr | None, notebook: NotebookView) -> frozenset[object]:
    """Names of columns that somebody typed; none where they are computed."""
    typed = notebook.cells[0].literal(node) if node is not None and notebook.cells else TYPED_NOT
    return (
        frozenset(typed) if isinstance(typed, list | tuple) else frozenset((typed,)) - {TYPED_NOT}
    )


def has_one_row_for(
    table: ast.expr, keys: frozenset[object], notebook: NotebookView, seen: frozenset[str] = _NONE
) -> bool:
    """Whether no value of these columns occurs twice in a table, whatever the data are.

    Args:
        table: The expression that gives it.
        keys: Its columns.
        notebook: Where its names are given.
        seen: Names that are looked into: a table merged with another is given its own name again.
    """
    match table:
        case ast.Name(id=name):
            made = notebook.assigned.get(name, ())
            return name in seen or (
                0 < len(made) <= _DEPTH
                and len(seen) < _DEPTH
                and any(_does_more_than(one, name) for one in made)
                and all(
                    one is not None and has_one_row_for(one, keys, notebook, seen | {name})
                    for one in made
                )
            )
        case ast.Subscript(value=of, slice=ast.List() | ast.Compare()):
            return has_one_row_for(of, keys, notebook, seen)
        case ast.Call(func=func) if last_name(func) == "merge":
            sides = merged(table)
            return sides is not None and all(
                has_one_row_for(side, keys, notebook, seen) for side in sides
            )
        case ast.Call(func=func) if last_name(func) in _PIVOTS:
            by = typed_columns(keyword(table, "index"), notebook)
            return bool(by) and by <= keys
        case ast.Call(func=ast.Attribute(attr="DataFrame"), args=[given, *_]):
            return _are_unique_values(given, keys, notebook)
        case ast.Call(func=ast.Attribute(value=of, attr=name)):
            if name == "drop_duplicates":
                subset = table.args[0] if table.args else keyword(table, "subset")
                if subset is not None and typed_columns(subset, notebook) <= keys:
                    return bool(typed_columns(subset, notebook))
                return has_one_row_for(of, keys, notebook, seen)
            if name in SUMS_UP:
                return _is_grouped_by(of, keys, notebook)
            if name == "value_counts":
                return isinstance(of, ast.Subscript) and typed_columns(of.slice, notebook) == keys
            return name in KEEPS_ROWS and has_one_row_for(of, keys, notebook, seen)
    return False


def merged(call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """Both sides of a merge: `pd.merge(a, b)`, `a.merge(b)`."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pd" | "pandas")), args=[a, b, *_]):
            return a, b
        case ast.Call(func=ast.Name(), args=[a, b, *_]):
            return a, b
        case ast.Call(func=ast.Attribute(value=a), args=[b, *_]):
            return a, b
    return None


def _does_more_than(value: ast.expr | None, name: str) -> bool:
    """Whether a table is made of others, and not only of what it was before."""
    return value is not None and not any(
        isinstance(part, ast.Name) and part.id == name for part in ast.walk(value)
    )


def _is_grouped_by(of: ast.expr, keys: frozenset[object], notebook: NotebookView) -> bool:
    """Whether what is summed up is grouped by some of these columns: `df.groupby(keys)['x']`."""
    while isinstance(of, ast.Subscript) or (
        isinstance(of, ast.Attribute) and not isinstance(of.value, ast.Name)
    ):
        of = of.value
    if not (isinstance(of, ast.Call) and last_name(of.func) == "groupby"):
        return False
    by = typed_columns(of.args[0] if of.args else keyword(of, "by"), notebook)
    return bool(by) and by <= keys


def _are_unique_values(given: ast.expr, keys: frozenset[object], notebook: NotebookView) -> bool:
    """Whether a frame is made of the values of one column, each once: `df['id'].unique()`."""
    match given:
        case ast.Dict(keys=[ast.Constant(value=name)], values=[inner]):
            return keys == {name} and _are_unique_values(inner, keys, notebook)
        case ast.Call(func=ast.Attribute(attr="unique"), args=[]):
            return True
    return False
