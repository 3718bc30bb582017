"""Pictures that a notebook only shows: no data."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.view import CellView

_PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".ico", ".webp")
_SHOWS = frozenset(
    {
        *(f"IPython.display.{name}" for name in ("Image", "SVG", "HTML", "display")),
        *(f"IPython.core.display.{name}" for name in ("Image", "SVG", "HTML", "display")),
        "diagrams.custom.Custom",
    }
)


def is_only_shown(file: ast.expr | None, cell: CellView) -> bool:
    """Whether a file is a picture, and all that the notebook does with it is to show it.

    Args:
        file: Its path as it is typed, or the name that holds it.
        cell: Where it comes from.
    """
    path = cell.literal(file) if file is not None else None
    if not isinstance(path, str) or not path.lower().endswith(_PICTURES):
        return False
    name = file.id if isinstance(file, ast.Name) else ""
    shown = False
    for view in cell.notebook.cells:
        for use in _uses(path, name, view):
            at = view.taker(use)
            if use is file or isinstance(at, ast.Assign):
                continue
            if not isinstance(at, ast.Call) or view.module(at.func) not in _SHOWS:
                return False
            shown = True
    return shown


def _uses(path: str, name: str, view: CellView) -> Iterator[ast.expr]:
    yield from (node for node, text in view.texts if text == path)
    if name and name in view.cell.code:
        yield from (
            one for one in view.of(ast.Name) if one.id == name and isinstance(one.ctx, ast.Load)
        )
