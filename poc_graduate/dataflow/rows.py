"""Which part of an expression picks rows of a table, and changes none of them."""

from __future__ import annotations

import ast
import copy

_CHOOSING = frozenset({"head", "tail", "sample", "copy", "query", "nlargest", "nsmallest"})
"""Methods of a table that pick rows of it, or none."""


def root(node: ast.expr) -> str:
    """The name of `df` in `df.loc[mask, "x"]`; empty where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def whole(value: ast.expr, masks: set[str]) -> ast.expr:
    """An expression of a table, with all rows of it: what picks rows is left out.

    Args:
        value: The expression.
        masks: Names that are known to hold conditions.
    """
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _CHOOSING:
            return whole(inner, masks)
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if root(inner):
            made = copy.copy(value)
            made.func = ast.Attribute(whole(inner, masks), method, ast.Load())
            return made
        case ast.Subscript(value=ast.Attribute(value=inner, attr="loc" | "iloc" as how), slice=key):
            match key:
                case ast.Tuple(elts=[_, ast.Slice(lower=None, upper=None)]):
                    return whole(inner, masks)
                case ast.Tuple(elts=[_, columns]):
                    rows = ast.Slice()
                    key = ast.Tuple([rows, columns], ast.Load())
                    by = ast.Attribute(whole(inner, masks), how, ast.Load())
                    return ast.Subscript(by, key, ast.Load())
            return whole(inner, masks)
        case ast.Subscript(value=ast.Attribute(attr="str" | "columns")):
            return value
        case ast.Subscript(value=inner, slice=key) if is_condition(key, masks):
            return whole(inner, masks)
        case ast.Subscript(value=inner, slice=key):
            return ast.Subscript(whole(inner, masks), key, ast.Load())
    return value


def is_condition(value: ast.expr, masks: set[str]) -> bool:
    """Whether a key picks rows, not columns."""
    match value:
        case ast.Slice() | ast.Compare() | ast.UnaryOp(op=ast.Invert()):
            return True
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in ("isin", "between", "notna", "isna", "notnull", "isnull", "eq", "ne",
                              "lt", "gt", "le", "ge", "duplicated", "contains",
                              "startswith", "endswith")  # fmt: skip
        case ast.Name(id=name):
            return name in masks
    return False
