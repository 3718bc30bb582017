"""How an instance of any class is read: by its attributes, or as it would be pickled."""

from __future__ import annotations

import copyreg
import sys
import types
from collections.abc import Iterator
from typing import Any

from .naming import a
from .readers import reads, unreadable
from .walk import Walk


def pairs(walk: Walk, given: Any) -> None:
    """Read the keys and then the values of a mapping, or of a list of pairs."""
    if type(given) is dict:
        walk.sequence(list(given))
        walk.sequence(list(given.values()))
    else:
        walk.sequence([key for key, _ in given])
        walk.sequence([item for _, item in given])


MANAGED_WEAKREF = 1 << 3 if sys.version_info >= (3, 12) else 0
MANAGED_DICT = 1 << 4 if sys.version_info >= (3, 11) else 0
POINTER = object.__basicsize__ // 2


LEFT_OUT = {
    "pandas": ("_cache", "_item_cache"),
    # A private generator that may be the process's own (nobody can
    # see it, and whoever draws from it shows); what a Bunch loses in a pickle.
    "sklearn": ("_random_state", "_rng", "_deprecated_key_to_warnings"),
}
"""Attributes of a library's objects that belong to its own business."""


@reads("builtins.object")
def instance(walk: Walk, value: Any, kind: type) -> None:
    """Read an instance by its attributes; one with state in C as it would be pickled."""
    if type(kind).__module__ == "_ctypes" or kind.__module__ == "_ctypes":
        unreadable(walk, value, "memory outside Python")
        return
    local = walk.known.naming.local(kind.__module__)
    walk.in_library += not local
    if not local:
        walk.known.instances[id(value)] = value
    try:
        if hidden_state(kind):
            _reduced(walk, value, kind)
        elif local or not _says_how_to_pickle(kind):
            _by_attributes(walk, value, kind)
        elif not walk.attempt(lambda: _by_attributes(walk, value, kind)):
            _reduced(walk, value, kind)
    finally:
        walk.in_library -= not local


@reads("sklearn.model_selection._search.BaseSearchCV")
def _search(walk: Walk, value: Any, kind: type) -> None:
    # How long each fit took is part of the results, and never the same twice.
    state = attributes_of(value, kind)
    results = state.pop("cv_results_", None) or {}
    walk.number(value)
    walk.typed(kind)
    walk.in_library += 1
    try:
        pairs(walk, {name: state[name] for name in state if name != "refit_time_"})
        pairs(walk, {name: results[name] for name in results if not name.endswith("_time")})
    finally:
        walk.in_library -= 1


def _by_attributes(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"I")
    walk.typed(kind)
    attributes(walk, value, kind)


def subclass(walk: Walk, value: Any, kind: type, base: type) -> None:
    """Read what an instance of a derived class has besides its base's content."""
    if kind is not base:
        walk.typed(kind)
        attributes(walk, value, kind)


def attributes(walk: Walk, value: Any, kind: type, skip: tuple[str, ...] = ()) -> None:
    """Read `__dict__` and `__slots__`, without running any code of the class."""
    state = attributes_of(value, kind)
    skip = (*skip, *LEFT_OUT.get(kind.__module__.partition(".")[0], ()))
    pairs(walk, {name: part for name, part in state.items() if name not in skip})


def attributes_of(value: Any, kind: type) -> dict[Any, Any]:
    """`__dict__` and filled `__slots__` of an instance, in order."""
    found: dict[Any, Any] = {}
    for base in kind.__mro__:
        member: Any
        for name, member in vars(base).items():
            if type(member) is types.MemberDescriptorType and base.__module__ != "builtins":
                try:
                    found[name] = member.__get__(value, kind)
                except AttributeError:
                    continue
    found = dict(sorted(found.items()))
    if kind.__dictoffset__:
        found.update(types_dict(value))
    return found


def types_dict(value: Any) -> dict[Any, Any]:
    """The instance's own `__dict__`, even where the class hides it."""
    for base in type(value).__mro__:
        member: Any = vars(base).get("__dict__")
        if type(member) is types.GetSetDescriptorType:
            return dict(member.__get__(value, type(value)))
    state = getattr(value, "__dict__", None)
    return dict(state) if isinstance(state, dict) else {}


def hidden_state(kind: type) -> bool:
    """True where instances hold more than attributes: the check that pickle itself makes."""
    size = object.__basicsize__
    flags = kind.__flags__
    if kind.__dictoffset__ and not flags & MANAGED_DICT:
        size += POINTER
    if kind.__weakrefoffset__ and not flags & MANAGED_WEAKREF:
        size += POINTER
    return kind.__itemsize__ != 0 or kind.__basicsize__ > size + POINTER * len(set(_slots(kind)))


def _slots(kind: type) -> Iterator[tuple[type, str]]:
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                yield base, name


def _says_how_to_pickle(kind: type) -> bool:
    plain: list[Any | None] = [
        getattr(object, "__reduce__", None),
        getattr(object, "__reduce_ex__", None),
        getattr(object, "__getstate__", None),
    ]
    theirs = [getattr(kind, n, None) for n in ("__reduce__", "__reduce_ex__", "__getstate__")]
    return theirs != plain or kind in copyreg.dispatch_table


def _reduced(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"r")
    walk.typed(kind)
    try:
        reduce = copyreg.dispatch_table.get(kind)
        parts: Any = reduce(value) if reduce is not None else value.__reduce_ex__(4)
    except Exception as error:
        said = str(error) or type(error).__name__
        walk.opaque(f"{a(kind.__name__)} ({said})")
        return
    if isinstance(parts, str):
        walk.name(parts)
        return
    made, arguments, *rest = parts
    walk.known.kept.append(parts)
    if made is not getattr(copyreg, "__newobj__", None):
        walk.add(made)
    walk.sequence(tuple(part for part in arguments if part is not kind))
    state, items, members = (*rest, None, None, None)[:3]
    _state(walk, state)
    walk.sequence([] if items is None else list(items))
    pairs(walk, [] if members is None else list(members))


def _state(walk: Walk, state: Any) -> None:
    if type(state) is dict:
        pairs(walk, state)
    elif type(state) is tuple and len(state) == 2 and type(state[1]) is dict:
        pairs(walk, state[0] if type(state[0]) is dict else {})
        pairs(walk, state[1])
    else:
        walk.add(state)
