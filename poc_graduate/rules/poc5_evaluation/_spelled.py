"""Long calls in few letters, for a message."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView

_LONGEST = 60


def in_short(cell: CellView, node: ast.expr) -> str:
    """A call as it stands, or without what it is given, so that it fits into a line.

    Args:
        cell: Where it stands.
        node: The call, or another expression.
    """
    text = cell.source(node)
    if len(text) <= _LONGEST or not isinstance(node, ast.Call):
        return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "…"
    given = ", ".join(map(cell.source, (*node.args,))) if not node.keywords else "…"
    for short in (f"{cell.source(node.func)}(…)", f"{_elided(node.func)}({given})"):
        if len(short) <= _LONGEST - 5:
            return short
    whole = f"{_elided(node.func)}(…)"
    # Of a long chain the last call is what fits: it is what learns.
    return whole if len(whole) <= _LONGEST else f"….{last_name(node.func)}(…)"


def _elided(node: ast.expr) -> str:
    """A chain of calls without what they are given: `MinMaxScaler(…).fit_transform`."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{_elided(value)}.{attr}"
        case ast.Call(func=called, args=args, keywords=words):
            return f"{_elided(called)}({'…' if args or words else ''})"
        case ast.Subscript(value=value):
            return f"{_elided(value)}[…]"
        case ast.Name(id=name):
            return name
    return "…"
