"""Groups of rows, and whether a cut by a column leaves each of them on one side."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

# Words of a column that say how it tells things apart, or since when; the others say which thing.
_HOW = frozenset(
    "id ids key hash no nr num number name code uuid guid idx index date time day month year "
    "timestamp datetime dt ts at on start end begin since created".split()
)


def group_key(node: ast.expr) -> str:
    """The key of the nearest `groupby` in a chain of calls, as text; empty where there is none."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        match node:
            case ast.Call(func=ast.Attribute(attr="groupby"), args=args, keywords=words):
                by = [*args[:1], *(word.value for word in words if word.arg == "by")]
                return ast.unparse(by[0]) if by else ""
        node = node.func if isinstance(node, ast.Call) else node.value
    return ""


@lru_cache(maxsize=512)
def lies_on_one_side(group: str, condition: str) -> bool:
    """Whether a group may have all its rows on one side of a condition.

    Certain where the column that the condition asks for is a part of the key; likely where both
    speak of one thing, each of which has one: `pump_time` of the groups by `pump_hash`.
    """
    keys, asked = _columns(group), _columns(condition)
    if not keys or not asked:
        return False
    return all(one in keys or any(_of_one_thing(one, key) for key in keys) for one in asked)


def _of_one_thing(one: str, other: str) -> bool:
    first, second = _thing(one), _thing(other)
    return bool(first) and first == second


def _thing(column: str) -> frozenset[str]:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", column)
    return frozenset(word.lower() for word in words) - _HOW


def _columns(text: str) -> frozenset[str]:
    """Columns that an expression names: `'a'`, `['a', 'b']`, `df['a'] > 3`, `df.a > 3`."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return frozenset()
    if isinstance(node, ast.Constant):
        return frozenset({str(node.value)})
    if isinstance(node, ast.List | ast.Tuple):
        return frozenset(str(one.value) for one in node.elts if isinstance(one, ast.Constant))
    found: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(name))):
                found.add(name)
            case ast.Attribute(value=ast.Name(), attr=name):
                found.add(name)
    return frozenset(found)
