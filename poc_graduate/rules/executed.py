"""Which file's code a call or a magic runs, as if it stood in the cell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView

_READS = frozenset({"read", "read_text", "getvalue", "decode"})


def scripts(cell: CellView) -> Iterator[tuple[str, int]]:
    """Files that a cell runs, each with its line: by `%run`, or by `exec` of what it holds."""
    for magic in cell.cell.magics:
        named = next((w for w in magic.arguments.split() if not w.startswith("-")), "")
        if magic.kind == "line" and magic.name == "run" and (file := named.strip("\"'")):
            yield file, magic.line
    for call in cell.calls.get("exec", ()):
        if file := executed(call, cell):
            yield file, call.lineno


def executed(call: ast.Call, cell: CellView) -> str:
    """The script that `exec` reads, by the path that was typed; empty where it is none.

    `exec(open('a.py').read())`, also by a `with`, a name or `compile`. One that the notebook names
    twice it may have fetched or written before: that is no script of the project.

    Args:
        call: Of `exec`.
        cell: Its cell.
    """
    match call:
        case ast.Call(func=ast.Name(id="exec"), args=[given, *_]):
            path = _read_from(given, cell)
        case _:
            return ""
    named = sum(text == path for view in cell.notebook.cells for _, text in view.texts)
    return path if named == 1 else ""


def _read_from(given: ast.expr, cell: CellView, depth: int = 4) -> str:
    if not depth:
        return ""
    match given:
        case ast.Call(func=ast.Name(id="compile"), args=[code, *_]):
            return _read_from(code, cell, depth - 1)
        case ast.Call(func=ast.Attribute(value=of, attr=how)) if how in _READS:
            return _read_from(of, cell, depth - 1)
        case ast.Call(func=func, args=[path, *_]) if last_name(func) in ("open", "Path"):
            return _script(path)
        case ast.Name(id=name):
            for opened in entered(name, cell):
                return _read_from(opened, cell, depth - 1)
            made = cell.notebook.definition(name)
            return _read_from(made, cell, depth - 1) if made is not None else ""
    return ""


def entered(name: str, cell: CellView) -> Iterator[ast.expr]:
    """What a name is given by a cell's `with … as name`."""
    for item in (one for around in cell.of(ast.With) for one in around.items):
        if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name:
            yield item.context_expr


def _script(path: ast.expr) -> str:
    """What was typed of a path, where that names a script: of `root / 'src' / 'a.py'` the end."""
    match path:
        case ast.Constant(value=str(text)):
            return text if text.endswith(".py") else ""
        case ast.BinOp(op=ast.Div() | ast.Add(), right=last) | ast.Call(args=[*_, last]):
            return _script(last)
    return ""
