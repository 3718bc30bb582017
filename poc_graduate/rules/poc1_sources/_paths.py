"""Which typed strings are paths that some call is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.libraries import path_takers
from poc_graduate.rules.view import CellView, last_name

ABSOLUTE = re.compile(
    r"""(?x)^(?:
        /(?!dev/|/)[\w .+@-]+(?:/[^\0]*)?   # POSIX; not /dev/null
      | ~[\w.-]*/                           # home
      | [A-Za-z]:[\\/]                      # drive
      | \\\\[\w.-]+\\                       # UNC
      | dbfs:/
    )"""
)
_MAY_BE = re.compile(r"[/~\\]|\.\.|\w+:")
_MORE = frozenset(
    "Path PurePath PosixPath WindowsPath join exists isfile isdir listdir scandir walk glob iglob "
    "chdir makedirs mkdir load save dump imread imwrite read_image DataFrameReader ExcelFile "
    "ExcelWriter expanduser abspath".split()
)


def takes_paths(name: str) -> bool:
    """Whether calls of this last name are given paths."""
    return name in _MORE or name in path_takers()


def given_paths(cell: CellView) -> Iterator[tuple[ast.expr, str]]:
    """Strings of a cell that lead out of its folder and reach a call which takes paths.

    An f-string counts with the text before its first field.
    """
    for node, text in cell.texts:
        if _MAY_BE.match(text) and _reaches(node, cell):
            yield node, text


def _reaches(node: ast.AST, cell: CellView) -> bool:
    whole = node
    parent = cell.parent(whole)
    while isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.Div):
        if parent.left is not whole:
            return False  # what follows a folder is no absolute path
        whole, parent = parent, cell.parent(parent)
    match parent:
        case ast.Call(func=func, args=args):
            return takes_paths(last_name(func)) and whole in args[:1]
        case ast.keyword(arg=str(name)):
            call = cell.parent(parent)
            return (
                isinstance(call, ast.Call)
                and takes_paths(last_name(call.func))
                and any(word in name for word in ("path", "file", "fname", "io", "buf", "dir"))
            )
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _handed_over(cell)
    return False


def _handed_over(cell: CellView) -> frozenset[str]:
    """Names that some call of the notebook is given as, or as the start of, a path."""
    view = cell.notebook
    known: frozenset[str] | None = view.kept.get("paths")
    if known is None:
        found: set[str] = set()
        for one in view.cells:
            for name, calls in one.calls.items():
                if takes_paths(name):
                    found.update(_first_name(a) for c in calls for a in c.args[:1])
        known = view.kept["paths"] = frozenset(found - {""})
    return known


def _first_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.BinOp(left=left):
            return _first_name(left)
        case ast.JoinedStr(values=[ast.FormattedValue(value=value), *_]):
            return _first_name(value)
    return ""
