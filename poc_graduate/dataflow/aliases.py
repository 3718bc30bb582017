"""What an expression may stand for, and with which names it may share an object."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from poc_graduate.dataflow.functions import ClassCode, Code


class Root(NamedTuple):
    """Where an object came from, seen from the code at hand.

    Attributes:
        scope: A global of the notebook, a parameter of the function at hand, a variable of a
            function around it, or an object that the function made and keeps in a variable.
        name: The global's, parameter's or variable's name.
    """

    scope: Literal["global", "parameter", "outer", "local"]
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

ARRAYS = frozenset(
    {"pandas.DataFrame", "pandas.Series", "pandas.NDFrame", "pandas.Index", "numpy.ndarray"}
)
"""Kinds that copy what is written into them, and what a condition or list picks from them."""

FOREIGN = "?"
"""Kind of an object that came from code which no table describes."""


class Value(NamedTuple):
    """What is known of an object without running anything.

    Attributes:
        kind: Qualified name of its type (`pandas.DataFrame`, `list`), empty where unknown.
        target: What it is in a library, where it is a module or a member of one
            (`numpy.random.seed`).
        roots: Objects that it may be, hold or view.
        code: Functions of the notebook that calling, iterating or handing it on may run.
        classes: Classes of the notebook that it may be an instance of.
        inner: Classes of the notebook that what it holds may be an instance of.
        text: Its text, where it is a string or a path that is known.
        name: Variable that the text was read from.
        flat: Nothing in it can be changed: a number, or a list of numbers.
        fixed: Nothing about the object itself can be changed in place.
        related: Its parts may share objects with each other.
        remade: It is a resource that running its statement makes anew.
    """

    kind: str = ""
    target: str = ""
    roots: frozenset[Root] = NO_ROOTS
    code: frozenset[Code | ClassCode] = frozenset()
    classes: frozenset[ClassCode] = frozenset()
    inner: frozenset[ClassCode] = frozenset()
    text: str | None = None
    name: str = ""
    flat: bool = False
    fixed: bool = False
    related: bool = False
    remade: bool = False


UNKNOWN = Value()
NONE = Value(kind="NoneType", flat=True, fixed=True)
NUMBER = Value(kind="number", flat=True, fixed=True)
BOOL = Value(kind="bool", flat=True, fixed=True)
STRING = Value(kind="str", flat=True, fixed=True)
TYPE = Value(kind="type", flat=True, fixed=True)


@cache
def instance(kind: str) -> Value:
    """A new value of a builtin or library type."""
    fixed = kind in IMMUTABLE
    return Value(kind, flat=fixed, fixed=fixed)


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
        inner=one.inner | other.inner,
        text=one.text if one.text == other.text else None,
        name=one.name if one.name == other.name else "",
        flat=one.flat and other.flat,
        fixed=one.fixed and other.fixed,
        related=one.related or other.related,
        remade=one.remade and other.remade,
    )


def holding(kind: str, held: Iterable[Value], *, fixed: bool = False) -> Value:
    """A new object that holds others: a list, a dictionary, a pipeline."""
    roots: set[Root] = set()
    code: set[Code | ClassCode] = set()
    inner: set[ClassCode] = set()
    flat, related = True, False
    for value in held:
        related = related or not roots.isdisjoint(value.roots)
        roots |= value.roots
        code |= value.code
        inner |= value.classes
        inner |= value.inner
        flat = flat and value.flat and value.fixed
    return Value(
        kind,
        roots=frozenset(roots),
        code=frozenset(code),
        inner=frozenset(inner),
        flat=flat,
        fixed=fixed and flat,
        related=related,
    )


def copied(kind: str, sources: Iterable[Value]) -> Value:
    """A new container with the elements of others."""
    return holding(kind, [part_of(source) for source in sources])


def with_more(value: Value, held: Value) -> Value:
    """A value after something else was put into it."""
    if held.flat and held.fixed and not held.code:
        return value
    return value._replace(
        roots=value.roots | held.roots,
        code=value.code | held.code,
        inner=value.inner | held.inner | held.classes,
        flat=False,
    )


def part_of(value: Value, kind: str = "") -> Value:
    """An element, attribute or view of a value, which shares its state."""
    if value.kind == "generator":
        value = value._replace(code=frozenset(code for code in value.code if not code.is_generator))
    if value.flat and not value.code:
        return Value(kind, flat=True, fixed=True)
    if kind in IMMUTABLE:
        return instance(kind)
    return Value(kind, roots=value.roots, code=value.code, classes=value.inner, inner=value.inner)
