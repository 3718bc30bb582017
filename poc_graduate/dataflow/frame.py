"""The place where code runs: its variables, what encloses it, and what its objects share."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Literal

from poc_graduate.dataflow.aliases import (
    FOREIGN,
    NO_ROOTS,
    UNKNOWN,
    Root,
    Value,
    join,
    with_more,
)
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.functions import Code
from poc_graduate.dataflow.knowledge import Knowledge
from poc_graduate.dataflow.names import BUILTINS, Comprehension, ScopeNames

_NO_NAMES = ScopeNames()


class Frame(ABC):
    """One run of the notebook's, a function's, a class body's or a comprehension's code.

    Attributes:
        knowledge: What is known of the notebook so far.
        effects: Where everything that happens is noted.
        kind: What code runs here.
        names: Its scope; unused for the notebook itself.
        code: The function, where it is one.
        parent: The frame around a comprehension or class body.
        variables: Its variables.
        given: Function only: what its parameters were at the call.
        here: Notebook only: names that this statement has surely bound.
        linked: Notebook only: what those names may share an object with.
        pairs: Notebook only: names bound, each with what it may share an object with.
        aliases: Notebook only: the same as names, what was put into others included.
        dead: The rest of the block is not reached.
        handing: Functions among some arguments are being called.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        effects: Effects,
        kind: Literal["notebook", "function", "class", "comprehension"],
        *,
        names: ScopeNames = _NO_NAMES,
        code: Code | None = None,
        parent: Frame | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.effects = effects
        self.kind = kind
        self.names = names
        self.code = code
        self.parent = parent
        self.variables: dict[str, Value] = knowledge.variables if kind == "notebook" else {}
        self.given: dict[str, Value] = {}
        self.here: set[str] = set()
        self.linked: dict[str, frozenset[Root]] = {}
        self.pairs: set[tuple[str, Root]] = set()
        self.aliases: frozenset[tuple[str, str]] = frozenset()
        self.dead = False
        self.loops = 0
        self.handing = False
        self.function: Frame = self if parent is None else parent.function

    @abstractmethod
    def evaluate(self, node: ast.expr) -> Value:
        """What an expression stands for; what it does is noted in `effects`."""

    @abstractmethod
    def annotated(self, annotation: ast.expr) -> str:
        """Type that an annotation names, where its objects can change."""

    @abstractmethod
    def run(self, body: Iterable[ast.stmt]) -> None:
        """Run statements."""

    @abstractmethod
    def evaluate_clauses(self, node: Comprehension, first: Value, results: list[Value]) -> None:
        """Run the loops and conditions of a comprehension in this frame."""

    @abstractmethod
    def inside(
        self,
        kind: Literal["function", "class", "comprehension"],
        names: ScopeNames,
        *,
        code: Code | None = None,
        effects: Effects | None = None,
    ) -> Frame:
        """A frame for code inside this one."""

    # looking names up

    def lookup(self, name: str) -> Value:
        """What a name stands for here."""
        frame: Frame = self
        while frame.kind in ("comprehension", "class"):
            found = frame.variables.get(name)
            if found is not None:
                return found
            assert frame.parent is not None
            frame = frame.parent
        if frame.kind == "function":
            if name in frame.names.bound:
                return frame.variables.get(name, UNKNOWN)
            if name not in frame.names.global_reads or name in frame.names.free:
                owner = frame.owner_of(name)
                if owner is not None:
                    return owner.variables.get(name, UNKNOWN)._replace(
                        roots=frozenset({Root("outer", name)}),
                        flat=False,
                        fixed=False,
                        kind="",
                    )
            return self._global(name)
        found = frame.variables.get(name)
        if found is None:
            return self._global(name)
        if name in frame.linked:
            return found._replace(roots=found.roots | frame.linked[name])
        return found

    def owner_of(self, name: str) -> Frame | None:
        """The function around this one that has a variable of this name."""
        code = self.function.code
        while code is not None and code.around is not None:
            frame = code.around
            if name in frame.names.bound:
                return frame
            code = frame.function.code
        return None

    def _global(self, name: str) -> Value:
        known = self.knowledge
        found = known.variables.get(name)
        if found is None:
            found = self._never_bound(name)
        if self.function.kind == "function" and name in known.bound:
            self.effects.reads.add(name)
            self.effects.seen[name] = found
        return found

    def _never_bound(self, name: str) -> Value:
        if name in self.knowledge.bound:
            return Value(roots=frozenset({Root("global", name)}))
        if self.knowledge.stars and name not in BUILTINS:
            if self.function.kind == "function":
                self.effects.reads.add(name)
            return Value(target=f"{self.knowledge.stars[-1]}.{name}", flat=True, fixed=True)
        if name in BUILTINS:
            return Value(target=f"builtins.{name}", flat=True, fixed=True)
        return UNKNOWN

    def comprehension_names(self) -> frozenset[str]:
        """Names of the comprehensions that run here, which hide the notebook's."""
        frame: Frame | None = self
        hidden: frozenset[str] = frozenset()
        while frame is not None and frame.kind == "comprehension":
            hidden |= frame.names.bound
            frame = frame.parent
        return hidden

    # binding names

    def bind(self, name: str, value: Value) -> None:
        """A name stands for this from now on."""
        if value.text is not None and value.name != name:
            value = value._replace(name=name)
        if self.kind in ("comprehension", "class") and (
            self.kind == "class" or name in self.names.bound
        ):
            self.variables[name] = value
            return
        frame = self.function
        if frame.kind == "notebook":
            frame.bind_global(name, value)
        elif name in frame.names.bound:
            if not value.roots and not (value.flat and value.fixed) and not value.target:
                value = value._replace(roots=frozenset({Root("local", name)}))
            frame.variables[name] = value
        elif name in frame.names.global_writes and name not in frame.names.outer_writes:
            self.effects.write(name, value)
            self._keep(Root("global", name), value)
        else:
            self.effects.changes.add(Root("outer", name))
            self._keep(Root("outer", name), value)

    def bind_global(self, name: str, value: Value) -> None:
        """A global of the notebook stands for this from now on."""
        root = Root("global", name)
        if (value.flat and value.fixed and not value.code) or (value.target and not value.roots):
            self.linked.pop(name, None)
            if value.kind == FOREIGN:
                value = value._replace(roots=frozenset({root}))
        else:
            others = value.roots - {root}
            self.pairs.update((name, other) for other in others)
            self.linked[name] = others
            value = value._replace(roots=frozenset({root}))
        self.variables[name] = value
        self.here.add(name)

    def _keep(self, holder: Root, value: Value) -> None:
        self.effects.holds.update((holder, root) for root in value.roots if root != holder)

    def unbind(self, name: str) -> None:
        """A name is deleted."""
        frame = self.function if self.kind == "comprehension" else self
        if frame.kind == "function" and name in frame.names.global_writes:
            self.effects.write(name, UNKNOWN)
            self.effects.deletes.add(name)
        frame.variables.pop(name, None)
        frame.here.discard(name)
        frame.linked.pop(name, None)

    # changing objects

    def change(self, value: Value, held: Value | None = None, *, sure: bool = True) -> None:
        """An object is changed in place.

        Args:
            value: The object.
            held: What is put into it.
            sure: Whether that is known, or only possible.
        """
        if value.flat and value.fixed:
            return
        function = self.function
        noted = self.effects.changes if sure else self.effects.may_change
        for root in value.roots:
            # what this statement made itself is no change of anything that was there before
            if not (function.kind == "notebook" and root.name in function.here):
                noted.add(root)
        if held is not None:
            mutable = not (held.flat and held.fixed)
            for root in value.roots:
                self._keep(root, held)
                if mutable:
                    self.unflatten(root)

    def unflatten(self, root: Root) -> None:
        """Something that can be changed is put into an object, under whatever name."""
        self.effects.unflattened.add(root)
        if root.scope == "global":
            if self.function.kind == "notebook":
                for name in self.knowledge.linked(root.name):
                    value = self.knowledge.variables.get(name)
                    if value is not None and value.flat and not value.fixed:
                        self.knowledge.variables[name] = value._replace(flat=False)
        elif root.scope != "outer":
            value = self.function.variables.get(root.name)
            if value is not None and value.flat and not value.fixed:
                self.function.variables[root.name] = value._replace(flat=False)

    def update(self, node: ast.expr | None, held: Value) -> None:
        """Something was put into the object that an expression like `x`, `x.a` or `x[0]` names."""
        name = root_name(node)
        if name is None or (held.flat and held.fixed and not held.code):
            return
        frame: Frame | None = self
        while frame is not None:
            found = frame.variables.get(name)
            if found is not None:
                if frame.kind == "notebook":
                    roots = frame.linked.get(name, NO_ROOTS)
                    others = frozenset(r for r in held.roots if r != Root("global", name))
                    if name in frame.here:
                        frame.linked[name] = roots | others
                    frame.variables[name] = with_more(found, held)._replace(roots=found.roots)
                else:
                    frame.variables[name] = with_more(found, held)
                return
            frame = frame.parent

    # paths

    def branches(self, ways: Iterable[Callable[[], None]]) -> None:
        """Run alternatives from the same start and join where they end."""
        frame = self.function if self.kind == "comprehension" else self
        start, here, linked = dict(frame.variables), set(frame.here), dict(frame.linked)
        dead = self.dead
        ends: list[tuple[dict[str, Value], set[str], dict[str, frozenset[Root]]]] = []
        for way in ways:
            frame.restore(start, here, linked)
            self.dead = dead
            way()
            if not self.dead:
                ends.append((dict(frame.variables), set(frame.here), dict(frame.linked)))
        if not ends:
            self.dead = True
            return
        self.dead = False
        frame.restore(*ends[0])
        for other in ends[1:]:
            frame.join_with(*other)

    def restore(
        self,
        variables: dict[str, Value],
        here: set[str],
        linked: dict[str, frozenset[Root]],
    ) -> None:
        """Go back to an earlier state; the dictionary of variables stays the same object."""
        self.variables.clear()
        self.variables.update(variables)
        self.here = set(here)
        self.linked = dict(linked)

    def join_with(
        self,
        variables: dict[str, Value],
        here: set[str],
        linked: dict[str, frozenset[Root]],
    ) -> None:
        """The state is this one or that one."""
        mine = self.variables
        for name, value in variables.items():
            own = mine.get(name)
            if own is None:
                mine[name] = value
            elif own is not value:
                mine[name] = join(own, value)
        self.here &= here
        for name, roots in linked.items():
            self.linked[name] = self.linked.get(name, NO_ROOTS) | roots

    def repeat(self, body: Callable[[], None]) -> None:
        """Run a loop's body until what it starts from is what it ends with."""
        self.function.loops += 1
        passes = 2 if self.function.loops < 3 else 1
        for _ in range(passes):
            self.branches([body, lambda: None])
        self.function.loops -= 1


def root_name(node: ast.expr | None) -> str | None:
    """The name that `a`, `a.b.c`, `a[0].b` or `a.b().c` starts from."""
    while True:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case _:
                return None
