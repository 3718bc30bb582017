"""What an expression may stand for, and with which names it may share an object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from poc_graduate.dataflow.functions import ClassCode, Code


class Root(NamedTuple):
    """Where an object came from, seen from the code at hand.

    Attributes:
        scope: A global of the notebook, a parameter of the function at hand, or a variable of a
            function around it.
        name: The global's, parameter's or variable's name.
    """

    scope: Literal["global", "parameter", "outer"]
    name: str


NO_ROOTS: frozenset[Root] = frozenset()

IMMUTABLE = frozenset(
    {
        "int",
        "float",
        "complex",
        "number",
        "str",
        "bytes",
        "bool",
        "NoneType",
        "range",
        "ellipsis",
        "slice",
        "type",
        "frozenset",
        "builtins.str",
        "builtins.int",
    }
)
"""Kinds of builtin objects that nothing can change; library kinds are marked in their tables."""

FOREIGN = "?"
"""Kind of an object that came from code which no table describes."""


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of an object without running anything.

    Attributes:
        kind: Qualified name of its type (`pandas.DataFrame`, `list`), empty where unknown.
        target: What it is in a library, where it is a module or a member of one
            (`numpy.random.seed`).
        roots: Objects that it may be, hold or view.
        code: Functions of the notebook that calling, iterating or handing it on may run.
        classes: Classes of the notebook that it may be an instance of.
        text: Its text, where it is a string or a path that is known.
        name: Variable that the text was read from.
        flat: Nothing in it can be changed: a number, or a list of numbers.
        fixed: Nothing about the object itself can be changed in place.
        remade: It is a resource that running its statement makes anew.
    """

    kind: str = ""
    target: str = ""
    roots: frozenset[Root] = NO_ROOTS
    code: frozenset[Code] = frozenset()
    classes: frozenset[ClassCode] = frozenset()
    text: str | None = None
    name: str = ""
    flat: bool = False
    fixed: bool = False
    remade: bool = False


UNKNOWN = Value()
NONE = Value(kind="NoneType", flat=True, fixed=True)
NUMBER = Value(kind="number", flat=True, fixed=True)
BOOL = Value(kind="bool", flat=True, fixed=True)
STRING = Value(kind="str", flat=True, fixed=True)
TYPE = Value(kind="type", flat=True, fixed=True)


def instance(kind: str, *, roots: frozenset[Root] = NO_ROOTS, flat: bool = False) -> Value:
    """A value of a builtin or library type."""
    fixed = kind in IMMUTABLE
    return Value(kind, roots=NO_ROOTS if fixed else roots, flat=flat or fixed, fixed=fixed)


def join(one: Value | None, other: Value | None) -> Value:
    """What is known where the object is either of two."""
    if one is other or other is None:
        return one or UNKNOWN
    if one is None:
        return other
    if one.kind == other.kind:
        kind = one.kind
    else:
        kind = FOREIGN if FOREIGN in (one.kind, other.kind) else ""
    return Value(
        kind=kind,
        target=one.target if one.target == other.target else "",
        roots=one.roots | other.roots,
        code=one.code | other.code,
        classes=one.classes | other.classes,
        text=one.text if one.text == other.text else None,
        name=one.name if one.name == other.name else "",
        flat=one.flat and other.flat,
        fixed=one.fixed and other.fixed,
        remade=one.remade and other.remade,
    )


def holding(kind: str, held: Iterable[Value], *, fixed: bool = False) -> Value:
    """A new object that holds others: a list, a dictionary, a pipeline."""
    roots: set[Root] = set()
    code: set[Code] = set()
    flat = True
    for value in held:
        roots |= value.roots
        code |= value.code
        flat = flat and value.flat
    return Value(
        kind,
        roots=frozenset(roots),
        code=frozenset(code),
        flat=flat,
        fixed=fixed and flat,
    )


def with_more(value: Value, held: Value) -> Value:
    """A value after something else was put into it."""
    if held.flat and not held.code:
        return value
    return replace(
        value,
        roots=value.roots | held.roots,
        code=value.code | held.code,
        flat=value.flat and held.flat,
    )


def part_of(value: Value, kind: str = "") -> Value:
    """An element, attribute or view of a value, which shares its state."""
    if value.flat and not value.code:
        return Value(kind, flat=True, fixed=True)
    if kind in IMMUTABLE:
        return instance(kind)
    return Value(kind, roots=value.roots, code=value.code, flat=False)
