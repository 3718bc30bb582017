"""What a model is to say: whether two of them have the same target."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.view import NotebookView

_DEPTH = 5
_VIEWS = frozenset("values array T str dt cat codes iloc loc".split())
_Place = tuple[int, int]
"""Cell and line, both from 1."""


class Targets:
    """The targets of a notebook's models, by the columns and values that they are made of."""

    def __init__(self, notebook: NotebookView) -> None:
        self._bound: dict[str, list[tuple[_Place, ast.expr]]] = {}
        for view in notebook.cells:
            for node in view.body:
                for name, value in _bindings(node):
                    place = (view.index, node.end_lineno or node.lineno)
                    self._bound.setdefault(name, []).append((place, value))

    def words(self, target: ast.expr | None, place: _Place) -> frozenset[str]:
        """Columns and values that tell the target of one model from that of another.

        Args:
            target: As it is given to the training.
            place: Where; names hold what they were last given above.
        """
        return frozenset(self._words(target, place, _DEPTH)) if target is not None else frozenset()

    def _words(self, node: ast.expr, place: _Place, depth: int) -> Iterator[str]:
        match node:
            case ast.Name(id=name):
                above = [one for one in self._bound.get(name, ()) if one[0] < place]
                if above and depth:
                    yield from self._words(above[-1][1], above[-1][0], depth - 1)
            case ast.Constant(value=str(text)):
                yield text
            case ast.Subscript(
                value=ast.Attribute(attr="iloc"),
                slice=ast.Tuple(elts=[_, ast.Constant(value=int(at))]),
            ):
                yield f"column {at}"
            case ast.Subscript(slice=key):
                yield from self._words(key, place, depth)
            case ast.Call(func=ast.Attribute(value=of), args=args):
                for part in (of, *args):
                    yield from self._words(part, place, depth)
            case ast.Attribute(value=of, attr=attr) if attr in _VIEWS:
                yield from self._words(of, place, depth)
            case ast.Attribute(attr=column):
                yield column
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        yield from self._words(child, place, depth)


def differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each is made of something that the other is not; steps on the way do not count."""
    return bool(one - other) and bool(other - one)


def _bindings(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Names that a statement binds, each with what it is made of; of a split with its own side."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=elts)], value=ast.Call(args=args)):
            if len(elts) == 2 * len(args):
                for at, element in enumerate(elts):
                    if isinstance(element, ast.Name):
                        yield element.id, args[at // 2]
