"""What running a piece of code does to the world around it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from poc_graduate.dataflow.aliases import Root, Value, join


@dataclass(frozen=True)
class NamedFile:
    """A file that a call was given, its path perhaps not known before the caller is.

    Attributes:
        mode: read, write, append or list.
        path: What the call was given.
        node: The argument, or the call where it has none.
    """

    mode: str
    path: Value
    node: ast.expr


@dataclass
class Effects:
    """What a statement, or one call of a function, does.

    Attributes:
        reads: Globals of the notebook that are read.
        writes: Globals that are rebound by a function → what is known of the new object.
        changes: Objects changed in place, surely or by table.
        may_change: Objects that an unknown call could change.
        deletes: Globals that a function deletes.
        unflattened: Objects that something was put into which can be changed.
        raised: What is raised, or may be.
        holds: Pairs (holder, held): an object was put into another.
        calls: Globals that were called or handed on.
        settings: Components of ambient state that change.
        seeds: Generators that are seeded.
        draws: Generators that may be used.
        files: Files that are named.
        shows: Something is drawn or printed.
        acts: Something outside the notebook changes, or time passes.
        dynamic: Names cannot be known without a run.
        ipython: `get_ipython()` is called.
        returns: What a function returns or yields.
        receiver: What the first parameter holds at the end, where a method filled it.
        seen: What each global was when it was looked up, to know when to look again.
    """

    reads: set[str] = field(default_factory=set)
    writes: dict[str, Value] = field(default_factory=dict)
    changes: set[Root] = field(default_factory=set)
    may_change: set[Root] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    unflattened: set[Root] = field(default_factory=set)
    raised: Value | None = None
    holds: set[tuple[Root, Root]] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    settings: set[str] = field(default_factory=set)
    seeds: set[str] = field(default_factory=set)
    draws: set[str] = field(default_factory=set)
    files: list[NamedFile] = field(default_factory=list)
    shows: bool = False
    acts: bool = False
    dynamic: bool = False
    ipython: bool = False
    returns: Value | None = None
    receiver: Value | None = None
    seen: dict[str, Value] = field(default_factory=dict)

    def write(self, name: str, value: Value) -> None:
        """A function rebinds a global."""
        plain = value.flat and value.fixed and not value.code
        known = value if plain else Value(roots=frozenset({Root("global", name)}))
        self.writes[name] = join(self.writes.get(name, known), known)

    def give(self, value: Value) -> None:
        """The function returns this, among others."""
        self.returns = value if self.returns is None else join(self.returns, value)

    def throw(self, value: Value) -> None:
        """This is raised, among others."""
        self.raised = value if self.raised is None else join(self.raised, value)

    def include(self, other: Effects, made: set[str]) -> None:
        """Take over what needs no translation between a function and its caller.

        Args:
            other: What the function does.
            made: Globals that the calling statement has surely bound itself.
        """
        self.reads |= other.reads - made
        for name, value in other.writes.items():
            self.write(name, value)
        self.deletes |= other.deletes
        self.settings |= other.settings
        self.seeds |= other.seeds
        self.draws |= other.draws
        self.shows |= other.shows
        self.acts |= other.acts
        self.dynamic |= other.dynamic
        self.ipython |= other.ipython
        self.seen.update(other.seen)

    def translate(
        self, other: Effects, resolve: Callable[[Root], frozenset[Root]], *, sure: bool
    ) -> None:
        """Take over changes, in terms of the caller's objects.

        Args:
            other: What the function does.
            resolve: The function's root → roots at the caller.
            sure: Whether it is surely called with these objects.
        """
        changes = self.changes if sure else self.may_change
        for root in other.changes:
            changes |= resolve(root)
        for root in other.may_change:
            self.may_change |= resolve(root)
        if other.raised is not None:
            roots = frozenset(one for root in other.raised.roots for one in resolve(root))
            self.throw(other.raised._replace(roots=roots))
        for holder, held in other.holds:
            for one in resolve(holder):
                self.holds.update((one, two) for two in resolve(held) if two != one)
