"""Which types are read part by part, and which are leaves: the tables that other files fill.

A *reader* is found by the qualified name of the type or of a base (`builtin.py`, `frames.py` and
others register theirs); a *leaf* is an immutable value that stands for something that `marshal`
writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .naming import Naming, qualified

if TYPE_CHECKING:
    from .walk import Walk

ATOMS = frozenset({type(None), bool, int, float, str, bytes})
"""Types that marshal writes alike in every process."""

Reader = Callable[["Walk", Any, type], None]
Leaf = Callable[[Any], Any]

READERS: dict[str, Reader] = {}
LEAVES: dict[str, Leaf] = {}
LEAF_BASES: dict[str, Leaf] = {}
OPAQUE: dict[str, str] = {}


def reads(*names: str) -> Callable[[Reader], Reader]:
    """Make a function the reader of these types and of what derives from them."""

    def register(reader: Reader) -> Reader:
        READERS.update(dict.fromkeys(names, reader))
        return reader

    return register


def leaf(*names: str, bases: bool = False) -> Callable[[Leaf], Leaf]:
    """Make a function the leaf form of exactly these types (with `bases`: of derived ones too)."""

    def register(form: Leaf) -> Leaf:
        (LEAF_BASES if bases else LEAVES).update(dict.fromkeys(names, form))
        return form

    return register


def leaf_form(kind: type, naming: Naming) -> Leaf | None:
    """How a type is written as a leaf, with its name; None for all others."""
    name = qualified(kind)
    form = LEAVES.get(name)
    if form is None and not naming.local(kind.__module__):
        for base in kind.__mro__:
            if qualified(base) in READERS:
                return None
            form = LEAF_BASES.get(qualified(base))
            if form is not None:
                break
    if form is None:
        return None
    found = form
    return lambda value: (name, found(value))


def reader_of(kind: type) -> Reader:
    """The reader of a type, or of the nearest of its bases that has one."""
    for base in kind.__mro__:
        name = qualified(base)
        if name in OPAQUE:
            reason = OPAQUE[name]
            return lambda walk, value, _: unreadable(walk, value, reason)
        if name in READERS:
            return READERS[name]
    return READERS["builtins.object"]


def unreadable(walk: Walk, value: Any, reason: str) -> None:
    """Note an object whose state cannot be read, and what it holds on to."""
    walk.number(value)
    walk.typed(type(value))
    walk.opaque(reason)
    _holds(walk, value)


def _holds(walk: Walk, value: Any) -> None:
    """Addresses that an opaque object keeps: its generator's list, its cursor's connection."""
    import gc
    import types

    skip = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.CodeType)
    todo, met = [value], {id(value)}
    while todo and len(met) < 200:
        holder = todo.pop()
        if isinstance(holder, (list, tuple, dict, set)) and len(holder) > 1_000:
            continue
        for held in gc.get_referents(holder):
            if id(held) in met or isinstance(held, skip) or type(held) in ATOMS:
                continue
            if type(held) is dict and "__builtins__" in held:
                continue  # a module's globals: everything hangs on those
            met.add(id(held))
            todo.append(held)
            if not isinstance(held, tuple):
                walk.elsewhere.add(id(held))
