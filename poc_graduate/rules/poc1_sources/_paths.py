"""Which typed strings are paths that some call is given."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from poc_graduate.dataflow.libraries import path_takers
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView

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
# Beside those that the tables of the libraries know.
_MORE = frozenset(
    "Path PurePath PosixPath WindowsPath join exists isfile isdir chdir imwrite read_image "
    "DataFrameReader expanduser abspath".split()
)


def takes_paths(name: str) -> bool:
    """Whether calls of this last name are given paths."""
    return name in _MORE or name in path_takers()


@lru_cache(maxsize=1)  # the rules of this family ask one after the other about one cell
def given_paths(cell: CellView) -> tuple[tuple[ast.expr, str], ...]:
    """Strings of a cell that lead out of its folder and reach a call which takes paths.

    An f-string counts with the text before its first field.
    """
    return tuple(
        (node, text) for node, text in cell.texts if _MAY_BE.match(text) and _reaches(node, cell)
    )


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
            return any(map(takes_paths, cell.notebook.given_first.get(name, ())))
    return False
