"""Lists of columns that were typed, and lists made of such lists."""

from __future__ import annotations

import ast

from poc_graduate.rules.poc5_evaluation._values import Value


def list_of(several: list[ast.expr], items: tuple[Value, ...]) -> Value:
    """A list of these; the names in it, where all are typed: `["age", *others]`."""
    held: list[Value] = []
    for node, item in zip(several, items, strict=True):
        spread = isinstance(node, ast.Starred) and isinstance(item.typed, tuple)
        held += (item.items or ()) if spread else (item,)
    texts = [item.typed for item in held]
    named = bool(texts) and all(isinstance(one, str) for one in texts)
    return Value(items=tuple(held), typed=tuple(texts) if named else None)


def together(op: ast.operator, left: Value, right: Value) -> Value | None:
    """Lists of typed names that become one: `numbers + kinds`."""
    if not isinstance(op, ast.Add):
        return None
    if not (isinstance(left.typed, tuple) and isinstance(right.typed, tuple)):
        return None
    items = (*(left.items or ()), *(right.items or ()))
    return Value(items=items, typed=(*left.typed, *right.typed))
