"""How functions, classes, modules and iterators are read: what they hold, not what they do."""

from __future__ import annotations

import enum
import functools
import inspect
import sys
import types
from typing import Any

from .instances import attributes, pairs
from .naming import module_name
from .readers import reads
from .walk import Walk


@reads("builtins.module")
def _module(walk: Walk, value: Any, kind: type) -> None:
    name = module_name(value)
    walk.put(b"M")
    walk.name(name.rpartition(".")[2] if walk.known.naming.local(name) else name)


@reads("builtins.function")
def _function(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"f")
    walk.number(value, shared=bool(value.__dict__) and walk.known.naming.local(value.__module__))
    if not walk.known.naming.local(value.__module__) and _importable(value):
        walk.name(f"{value.__module__}.{value.__qualname__}")
        return
    # Not its code, name or annotations: a lambda may become a typed `def` of a package.
    code = value.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    counts = (code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount)
    variadic = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    walk.packed((names, counts, variadic))
    walk.add(value.__defaults__)
    walk.add(None if value.__kwdefaults__ is None else tuple(value.__kwdefaults__.items()))
    cells = zip(code.co_freevars, value.__closure__ or ())
    for name, cell in sorted(cells, key=lambda pair: pair[0]):
        walk.name(name)
        walk.add(cell)
    if value.__dict__:
        pairs(walk, dict(value.__dict__))


@reads("builtins.cell")
def _cell(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    try:
        contents = value.cell_contents
    except ValueError:
        walk.put(b"empty")
    else:
        walk.add(contents)


def _importable(value: Any) -> bool:
    """True where importing its module and following its name leads to the same object."""
    module = sys.modules.get(value.__module__)
    first, *rest = value.__qualname__.split(".")
    found: Any = getattr(module, "__dict__", {}).get(first)
    for part in rest:
        found = getattr(found, part, None)
    return found is value


@reads("functools._lru_cache_wrapper")
def _cached(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value, shared=False)
    walk.typed(kind)
    parameters: dict[str, Any] = getattr(value, "cache_parameters", dict)()
    walk.packed(sorted((name, repr(given)) for name, given in parameters.items()))
    walk.add(value.__wrapped__)


@reads("functools.partial")
def _partial(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.add(value.func)
    walk.sequence(value.args)
    pairs(walk, dict(value.keywords))
    attributes(walk, value, kind)


@reads("builtins.method")
def _method(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"m")
    walk.name(getattr(value.__func__, "__name__", ""))
    walk.add(value.__self__)


@reads("builtins.builtin_function_or_method", "builtins.method-wrapper")
def _builtin(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"c")
    owner = value.__self__
    walk.name(value.__qualname__)
    if owner is None or isinstance(owner, types.ModuleType):
        walk.name(str(getattr(owner, "__name__", value.__module__)))
    else:
        walk.add(owner)


@reads(
    "builtins.method_descriptor",
    "builtins.wrapper_descriptor",
    "builtins.classmethod_descriptor",
    "builtins.getset_descriptor",
    "builtins.member_descriptor",
)
def _descriptor(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    walk.typed(value.__objclass__)
    walk.name(value.__name__)


@reads("builtins.staticmethod", "builtins.classmethod")
def _static(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    walk.add(value.__func__)


@reads("builtins.property")
def _property(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    walk.packed([part is not None for part in (value.fget, value.fset, value.fdel)])


@reads("builtins.type")
def _type(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"t")
    walk.number(value, shared=False)
    walk.typed(value)
    if not walk.known.naming.local(value.__module__):
        return
    for base in value.__mro__[1:]:
        walk.typed(base)
    if isinstance(value, enum.EnumMeta):
        members: dict[str, Any] = dict(value.__members__)
        pairs(walk, [(name, one.value) for name, one in members.items()])
        return
    attributes: dict[str, Any] = dict(vars(value))
    for name, member in sorted(attributes.items()):
        if name.startswith(("__", "_abc_")):
            continue
        walk.name(name)
        if isinstance(member, types.FunctionType):
            walk.put(b"method")
        elif type(member) in (types.MemberDescriptorType, types.GetSetDescriptorType):
            walk.put(b"slot")
        elif isinstance(member, (staticmethod, classmethod, property, functools.cached_property)):
            walk.typed(type(member))
        else:
            walk.add(member)


# -- iterators ---------------------------------------------------------------------------------


@reads(
    "builtins.list_iterator",
    "builtins.list_reverseiterator",
    "builtins.tuple_iterator",
    "builtins.str_iterator",
    "builtins.str_ascii_iterator",
    "builtins.bytes_iterator",
    "builtins.range_iterator",
    "builtins.longrange_iterator",
    "builtins.dict_keyiterator",
    "builtins.dict_valueiterator",
    "builtins.dict_itemiterator",
    "builtins.set_iterator",
    "builtins.enumerate",
    "builtins.zip",
    "builtins.map",
    "builtins.filter",
    "builtins.reversed",
    "builtins.iterator",
)
def _iterator(walk: Walk, value: Any, kind: type) -> None:
    # Their __reduce__ tells where they stand, and reading it consumes nothing.
    walk.number(value)
    walk.typed(kind)
    made, *rest = value.__reduce__()
    walk.add(made)
    rest = [part for part in rest if part is not None]
    walk.known.kept.append(rest)
    for part in rest:
        walk.add(part)
