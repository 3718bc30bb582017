"""Which branches a run never takes: their switch is a constant that stands above them."""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from poc_graduate.dataflow.names import imported_name, target_names
from poc_graduate.rules.parsed import Parsed

if TYPE_CHECKING:
    from poc_graduate.rules.view import CellView

UNKNOWN = object()
"""What a test gives of which nobody can tell without a run."""
_TYPED = "True"
"""Stands for a constant that an `if` asks in person."""
_CHOSEN = ("# @param", "#@param")
"""A form of Colab: whoever runs the notebook chooses."""
_COMPARE: Mapping[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


@dataclass(frozen=True)
class Off:
    """One branch that is not taken.

    Attributes:
        of: The `if`.
        part: `body` or `orelse`.
    """

    of: ast.If
    part: str

    @property
    def lines(self) -> range:
        """The lines of what is not run."""
        inside: list[ast.stmt] = getattr(self.of, self.part)
        return range(inside[0].lineno, (inside[-1].end_lineno or inside[-1].lineno) + 1)


def switched_off(cells: Sequence[CellView]) -> dict[int, tuple[Off, ...]]:
    """Position of a cell → its branches that no run from top to bottom takes."""
    texts = [cell.whole for cell in cells]
    switches = frozenset[str]().union(*(text.once(_switches) for text in texts))
    switches &= frozenset({_TYPED}).union(*(text.once(_constants) for text in texts))
    if not switches:
        return {}
    walk = _Walk(switches - _set_elsewhere(texts))
    found: dict[int, tuple[Off, ...]] = {}
    for cell, text in zip(cells, texts, strict=True):
        anything = cell.cell.broken is not None or text.names.anything
        if anything:
            walk.known.clear()
        walk.block(text.tree.body)
        if anything:
            walk.known.clear()
        bound = {one.id for one in text.of(ast.Name) if not isinstance(one.ctx, ast.Load)}
        walk.forget(text.names.may_bind - bound)  # by a magic
        if "parameters" in cell.cell.tags:
            walk.forget(text.names.bound)  # other values may come right below
        for line in cell.lines if "@param" in cell.cell.source else ():
            if any(mark in line for mark in _CHOSEN):
                walk.forget({line.partition("=")[0].strip()})
        if walk.off:
            found[cell.index] = tuple(walk.off)
            walk.off = []
    return found


def without(text: Parsed, off: Iterable[Off]) -> ast.Module:
    """The tree without what is not run: `pass` in its place. What stands beside it is shared."""
    parts: dict[ast.AST, set[str]] = {}
    for one in off:
        parts.setdefault(one.of, set()).add(one.part)
    spine: set[ast.AST] = set()
    for node in parts:
        at: ast.AST | None = node
        while at is not None and at not in spine:
            spine.add(at)
            at = text.parents.get(at)
    made = _without(text.tree, spine, parts)
    assert isinstance(made, ast.Module)
    return made


def _without(node: ast.AST, spine: set[ast.AST], parts: dict[ast.AST, set[str]]) -> ast.AST:
    if node not in spine:
        return node
    made = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if not isinstance(value, list):
            continue
        if name in parts.get(node, ()):
            first = value[0]
            kept: list[ast.AST] = [ast.copy_location(ast.Pass(), first)] if name == "body" else []
            setattr(made, name, kept)
        else:
            setattr(made, name, [_without(one, spine, parts) for one in value])
    return made


def _switches(text: Parsed) -> frozenset[str]:
    """Names that some `if` of a text asks; a constant that it asks is one, too."""
    return frozenset(
        _dotted(part) or _TYPED
        for one in text.of(ast.If)
        for part in ast.walk(one.test)
        if _dotted(part) or (part is one.test and isinstance(part, ast.Constant))
    )


def _constants(text: Parsed) -> frozenset[str]:
    """Names that a text gives constants."""
    return frozenset(
        name
        for one in text.of(ast.Assign)
        if isinstance(one.value, ast.Constant)
        and len(one.targets) == 1
        and (name := _dotted(one.targets[0]))
    )


def _set_elsewhere(texts: Iterable[Parsed]) -> frozenset[str]:
    """Names that a function sets for those around it, whenever it is called."""
    return frozenset(
        name
        for text in texts
        for names in (
            *(one.names for one in text.of(ast.Global)),
            *(one.names for one in text.of(ast.Nonlocal)),
        )
        for name in names
    )


@dataclass
class _Walk:
    """Goes through blocks in order, with the constants that names hold by then.

    Attributes:
        switches: Names that are followed: some `if` asks them.
        known: Name, or name and attributes → the constant that it holds.
        off: The branches found.
    """

    switches: frozenset[str]
    known: dict[str, object] = field(default_factory=dict)
    off: list[Off] = field(default_factory=list)

    def block(self, body: Iterable[ast.stmt]) -> None:
        """The statements of a block, one after the other."""
        for one in body:
            match one:
                case ast.If():
                    self._branches(one)
                case ast.Assign(targets=[target], value=ast.Constant(value=value)) if (
                    name := _dotted(target)
                ):
                    self.forget({name})
                    if name in self.switches:
                        self.known[name] = value
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.forget({one.name})
                    self._apart(one.body)  # called later, when names hold something else
                case ast.ClassDef():
                    self._apart(one.body)
                    self._leave(one)
                case ast.For() | ast.AsyncFor() | ast.While():
                    self._leave(one)
                    self._inside(one.body)
                    self._inside(one.orelse)
                case ast.With() | ast.AsyncWith():
                    for item in one.items:
                        self._leave(item)
                    self.block(one.body)
                case ast.Try() | ast.TryStar():
                    for part in (one.body, *(h.body for h in one.handlers), one.orelse):
                        self._inside(part)
                    self._leave(one)
                    self._inside(one.finalbody)
                case ast.Match():
                    self._leave(one)
                    for case in one.cases:
                        self._inside(case.body)
                case _:
                    self._leave(one)

    def forget(self, names: Iterable[str]) -> None:
        """Names, with what hangs on them, hold something else from here on."""
        for name in names:
            _, dot, attribute = name.rpartition(".")
            for held in list(self.known):
                # Two names may be one object: its attribute is set through either.
                if (
                    held == name
                    or held.startswith(f"{name}.")
                    or (dot and held.endswith(f".{attribute}"))
                ):
                    del self.known[held]

    def _held(self, node: ast.expr) -> object:
        return self.known.get(_dotted(node), UNKNOWN)

    def _branches(self, node: ast.If) -> None:
        value = outcome(node.test, self._held)
        if value is UNKNOWN:
            self._leave(node.test)
            self._inside(node.body)
            self._inside(node.orelse)
            for part in (*node.body, *node.orelse):
                self._leave(part)
        elif value:
            if node.orelse:
                self.off.append(Off(node, "orelse"))
            self.block(node.body)
        else:
            self.off.append(Off(node, "body"))
            self.block(node.orelse)

    def _inside(self, body: Iterable[ast.stmt]) -> None:
        """A block that may be run, or not, with what is known in front of it."""
        before = dict(self.known)
        self.block(body)
        self.known = before

    def _apart(self, body: Iterable[ast.stmt]) -> None:
        """A block with names of its own."""
        before, self.known = self.known, {}
        self.block(body)
        self.known = before

    def _leave(self, node: ast.AST) -> None:
        """Forget what something binds; what it calls may change any attribute."""
        if not self.known:
            return
        names = set(target_names(node))
        for part in ast.walk(node):
            match part:
                case ast.Name(id=name, ctx=ast.Del()):
                    names.add(name)
                case ast.Attribute(ctx=ast.Store() | ast.Del()):
                    names.add(_dotted(part))
                case ast.Import(names=several) | ast.ImportFrom(names=several):
                    names.update(map(imported_name, several))
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.ExceptHandler(name=str(name)):
                    names.add(name)
                case ast.Call() | ast.Await() | ast.Yield():
                    names.update(held for held in self.known if "." in held)
        self.forget(names)


def outcome(node: ast.expr, known: Callable[[ast.expr], object]) -> object:
    """What a test gives, where that is known.

    Args:
        node: The test.
        known: What a name, or one with attributes, holds; `UNKNOWN` where nobody can tell.
    """
    match node:
        case ast.Constant(value=typed):
            return typed
        case ast.Name() | ast.Attribute():
            return known(node)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            held = outcome(inner, known)
            return held if held is UNKNOWN else not held
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            one, other = outcome(left, known), outcome(right, known)
            if UNKNOWN in (one, other):
                return UNKNOWN
            return _COMPARE[type(op)](one, other)
        case ast.Compare(
            left=left,
            ops=[ast.In() | ast.NotIn() as op],
            comparators=[ast.List(elts=several) | ast.Tuple(elts=several) | ast.Set(elts=several)],
        ):
            one, *others = (outcome(each, known) for each in (left, *several))
            if UNKNOWN in (one, *others):
                return UNKNOWN
            return (one in others) is isinstance(op, ast.In)
        case ast.BoolOp(op=op, values=several):
            ends = isinstance(op, ast.Or)  # what decides by itself
            values = [outcome(one, known) for one in several]
            if any(one is not UNKNOWN and bool(one) is ends for one in values):
                return ends
            return UNKNOWN if UNKNOWN in values else not ends
    return UNKNOWN


def _dotted(node: ast.AST) -> str:
    """`a.b` of an expression that is nothing else; empty for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
