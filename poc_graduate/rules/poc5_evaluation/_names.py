"""Names, and what they hold: given, looked up, changed in place."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from poc_graduate.rules.poc5_evaluation._events import Flow, Object
from poc_graduate.rules.poc5_evaluation._tables import MODULES, role
from poc_graduate.rules.poc5_evaluation._values import (
    NOTHING,
    Dealt,
    Learned,
    Relation,
    Rows,
    Step,
    Value,
    relation,
)

_NO_DATA = MODULES | frozenset(dir(builtins))
_CARRIED = 60


@dataclass
class Scope:
    """The names of the notebook, or of one call of a function.

    Attributes:
        names: What is known of each.
        returned: What the function gave back so far.
        changed: Names whose objects it has changed.
        given: Its parameters, each with the caller's words for it and what was known of that.
        constants: Names that hold what somebody typed: of a function, what this call gives it.
    """

    names: dict[str, Value] = field(default_factory=dict)
    returned: list[Value] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    given: dict[str, tuple[ast.expr, Value]] = field(default_factory=dict)
    constants: dict[str, object] = field(default_factory=dict)


class Names:
    """What is known at one point of the notebook.

    Attributes:
        flow: What happened so far.
        cell: Position of the cell that it is in.
        loops: Loops that it is in, the innermost last.
        context: Calls of the notebook's own functions that it is in.
        called_from: Call in a cell that led here, with the cell's position; None outside of
            functions.
        ways: Branches that it is in: each a condition, and whether it holds there.
        files: What the notebook has dumped, by the path that it typed.
    """

    def __init__(self, imports: Mapping[str, str]) -> None:
        self.flow = Flow()
        self.imports = imports
        self.cell = 0
        self.loops: list[int] = []
        self.called_from: tuple[ast.expr, int] | None = None
        self.ways: frozenset[tuple[object, bool]] = frozenset()
        self.context: tuple[int, ...] = ()
        self.scopes = [Scope()]
        self.files: dict[str, Value] = {}
        self.dealt: dict[object, Dealt] = {}
        self.functions: dict[str, tuple[ast.FunctionDef, int]] = {}

    def value(self, node: ast.expr) -> Value:
        """What is known of an expression's value."""
        raise NotImplementedError

    def store(self, target: ast.expr, value: Value, *, rebinds: bool = False) -> None:
        """Give a target its value."""
        scope = self.scopes[-1]
        match target:
            case ast.Name(id=name):
                scope.names[name] = value
                scope.constants.pop(name, None)
                if rebinds:
                    scope.changed.discard(name)
                else:
                    scope.changed.add(name)
            case ast.Tuple(elts=several) | ast.List(elts=several):
                self._unpack(several, value)
            case ast.Starred(value=inner):
                self.store(inner, value, rebinds=rebinds)
            case ast.Subscript(value=base, slice=index):
                self._store_into(_frame(base), index, value)
            case ast.Attribute(value=base, attr=attr):
                held = self.value(base)
                for one in held.objects:
                    self.flow.objects[one].loops |= value.loops
                if held.rows and attr not in ("columns", "index"):
                    self.store(base, _with_column(held, attr, value))

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        if value.items is not None and len(value.items) == len(targets):
            for target, item in zip(targets, value.items, strict=True):
                self.store(target, item, rebinds=True)
            return
        nested = all(isinstance(one, ast.Tuple) for one in targets)
        roles = [_role_of(one) or ("test" if place else "train") * nested
                 for place, one in enumerate(targets)]  # fmt: skip
        if not value.rows or len(set(roles) - {""}) < 2:
            for target in targets:
                self.store(target, value._replace(items=None, folds=None), rebinds=True)
            return
        for target, part in zip(targets, roles, strict=True):
            key = ("unpacked", *map(id, value.rows))
            step = Step("part", key, part, frozenset(self.loops), self.ways)
            inner = value._replace(items=None).narrowed(step) if part else value
            for one in target.elts if isinstance(target, ast.Tuple) else (target,):
                self.store(one, inner, rebinds=True)

    def side_by_side(self, target: ast.expr, given: ast.expr, value: Value) -> Value:
        """What several targets hold of a call that nobody looks into, and both sides of a split go.

        It is each side that comes back, as the names have it: `X_train2, X_test2 =
        with_more_columns(X_train, X_test)`.
        """
        if value.items is not None or not isinstance(target, ast.Tuple | ast.List):
            return value
        if not isinstance(given, ast.Call):
            return value
        words = (*given.args, *(word.value for word in given.keywords))
        names = [word.id for word in words if isinstance(word, ast.Name) and role(word.id)]
        sides = {name: held for name in names if (held := self.lookup(name)).rows}
        apart = all(
            relation(one.rows, other.rows) is Relation.DISJOINT
            for name, one in sides.items()
            for beside, other in sides.items()
            if role(name) != role(beside)
        )
        if not apart or len({role(name) for name in sides}) < 2:
            return value
        return Value(items=tuple(_side(one, sides, value) for one in target.elts))

    def _store_into(self, base: ast.expr, index: ast.expr, value: Value) -> None:
        held = self.value(base)
        if held.rows:
            match index:
                case ast.Tuple(elts=[*_, last]):
                    index = last
            typed = self.value(index).typed
            self.store(base, _with_column(held, typed if isinstance(typed, str) else None, value))
        elif value is not NOTHING and isinstance(base, ast.Name):
            self.store(base, held._replace(items=(*(held.items or ()), value)))

    def lookup(self, name: str) -> Value:
        """What a name holds; rows of their own where the notebook nowhere says."""
        for scope in (self.scopes[-1], self.scopes[0]):
            if name in scope.names:
                return scope.names[name]
        if name in self.imports or name in self.functions or name in _NO_DATA:
            return NOTHING
        found = Value(rows=frozenset((Rows(("name", name)),)))
        self.scopes[0].names[name] = found
        return found

    def is_module(self, name: str) -> bool:
        """Whether a name is a module, and no value took its place."""
        if any(name in scope.names for scope in (self.scopes[-1], self.scopes[0])):
            return False
        return name in self.imports or name in MODULES

    def make(self, kind: str, **facts: object) -> Value:
        """A new object."""
        self.flow.objects.append(Object(kind, **facts))  # type: ignore[arg-type]
        return Value(objects=frozenset((len(self.flow.objects) - 1,)))

    def learn(self, node: ast.expr, rows: frozenset[Rows], kind: str) -> frozenset[Learned]:
        """What a value carries that was worked out from all of these rows."""
        return frozenset((Learned(node, self.cell, rows, kind),)) if rows else frozenset()


def _side(target: ast.expr, sides: Mapping[str, Value], otherwise: Value) -> Value:
    """Of what was given, the one of a target's role whose name is most like it."""
    if not isinstance(target, ast.Name):
        return otherwise
    alike = [name for name in sides if role(name) == role(target.id)]
    if not alike:
        return otherwise
    return sides[max(alike, key=lambda name: _begin_alike(name, target.id))]


def _begin_alike(one: str, other: str) -> int:
    """How many letters two names have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _role_of(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name):
            return role(name)
        case ast.Tuple(elts=[first, *_]):
            return _role_of(first)
    return ""


def _frame(base: ast.expr) -> ast.expr:
    match base:
        case ast.Attribute(value=frame, attr="loc" | "iloc" | "at" | "iat" | "values"):
            return frame
    return base


def _with_column(held: Value, column: str | None, value: Value) -> Value:
    kept = held.without((column,)) if column else held
    if len(kept.learned) > _CARRIED:
        return kept._replace(loops=kept.loops | value.loops, items=None)
    learned = frozenset(
        one._replace(column=column) if one.kind != "copies" else one for one in value.learned
    )
    return kept._replace(learned=kept.learned | learned, loops=kept.loops | value.loops, items=None)
