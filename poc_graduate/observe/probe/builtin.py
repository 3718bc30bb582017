"""How Python's own types, and instances of any class, are read into a fingerprint."""

from __future__ import annotations

import copyreg
import enum
import functools
import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any

from .fingerprint import OPAQUE, Walk, a, leaf, qualified, reads, unreadable

OPAQUE.update(
    {
        "builtins.generator": "a generator",
        "builtins.coroutine": "a coroutine",
        "builtins.async_generator": "an asynchronous generator",
        "builtins.frame": "a stack frame",
        "builtins.traceback": "a traceback",
        "builtins.code": "a code object",
        "weakref.ReferenceType": "a weak reference",
        "builtins.weakref": "a weak reference",
        "builtins.weakproxy": "a weak reference",
        "builtins.weakcallableproxy": "a weak reference",
        "_thread.lock": "a lock",
        "_thread.RLock": "a lock",
        "threading.Thread": "a thread",
        "threading.local": "thread-local state",
        "_thread._local": "thread-local state",
        "threading.Condition": "a lock",
        "threading.Event": "a lock",
        "_socket.socket": "a socket",
        "subprocess.Popen": "a running command",
        "sqlite3.Connection": "an open database connection",
        "sqlite3.Cursor": "an open database cursor",
        "concurrent.futures._base.Executor": "a pool of workers",
        "concurrent.futures._base.Future": "a result that is still being computed",
        "multiprocessing.pool.Pool": "a pool of workers",
        "multiprocessing.process.BaseProcess": "a process",
        "asyncio.events.AbstractEventLoop": "an event loop",
        "asyncio.futures.Future": "a result that is still being computed",
        "_asyncio.Future": "a result that is still being computed",
        "logging.Handler": "a log handler",
        "_csv.reader": "a reader of an open file",
        "_csv.writer": "a writer of an open file",
        "sqlalchemy.engine.base.Engine": "a database engine",
        "sqlalchemy.engine.base.Connection": "an open database connection",
        "psycopg2.extensions.connection": "an open database connection",
        "duckdb.duckdb.DuckDBPyConnection": "an open database connection",
        "_duckdb.DuckDBPyConnection": "an open database connection",
        "matplotlib.backend_bases.FigureManagerBase": "a figure",
        "matplotlib.backend_bases.FigureCanvasBase": "a figure",
        "ipywidgets.widgets.widget.Widget": "a widget",
        "IPython.core.display.DisplayHandle": "a display handle",
        "IPython.core.display_functions.DisplayHandle": "a display handle",
    }
)


# -- leaves ------------------------------------------------------------------------------------


@leaf("builtins.complex")
def _complex(value: Any) -> Any:
    return tuple("nan" if part != part else part for part in (value.real, value.imag))


@leaf("builtins.ellipsis", "builtins.NotImplementedType")
def _singleton(value: Any) -> Any:
    return ()


@leaf("builtins.range")
def _range(value: Any) -> Any:
    return (value.start, value.stop, value.step)


@leaf("decimal.Decimal")
def _decimal(value: Any) -> Any:
    sign, digits, exponent = value.as_tuple()
    return (sign, digits, exponent)


@leaf("fractions.Fraction")
def _fraction(value: Any) -> Any:
    return (value.numerator, value.denominator)


@leaf("uuid.UUID")
def _uuid(value: Any) -> Any:
    return value.int


@leaf("datetime.date")
def _date(value: Any) -> Any:
    return value.toordinal()


@leaf("datetime.timedelta")
def _timedelta(value: Any) -> Any:
    return (value.days, value.seconds, value.microseconds)


@leaf("datetime.time")
def _time(value: Any) -> Any:
    zone = zone_form(value.tzinfo)
    return (value.hour, value.minute, value.second, value.microsecond, value.fold, zone)


@leaf("datetime.datetime")
def _datetime(value: Any) -> Any:
    day = (value.year, value.month, value.day)
    clock = (value.hour, value.minute, value.second, value.microsecond, value.fold)
    return (*day, *clock, zone_form(value.tzinfo))


@leaf("datetime.tzinfo", bases=True)
def zone_form(zone: Any) -> Any:
    """A time zone by its type and name."""
    if zone is None:
        return None
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    # pytz has one object for each offset of a zone: the offset belongs to the value.
    return (qualified(type(zone)), str(name), repr(zone))


@leaf("pathlib.PurePath", "pathlib._local.PurePath", bases=True)
def _path(value: Any) -> Any:
    return str(value)


@leaf("re.Pattern")
def _pattern(value: Any) -> Any:
    return (value.pattern, value.flags)


@leaf("logging.Logger", "logging.RootLogger")
def _logger(value: Any) -> Any:
    return (value.name, value.level, value.disabled, value.propagate)


# -- containers --------------------------------------------------------------------------------


@reads("builtins.list")
def _list(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"L")
    walk.sequence(value if kind is list else list(list.__iter__(value)))
    _subclass(walk, value, kind, list)


@reads("builtins.tuple")
def _tuple(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"T")
    if kind is tuple:
        walk.sequence(value)
        return
    walk.typed(kind)
    fields = getattr(kind, "_fields", None)
    walk.packed(list(map(str, fields)) if isinstance(fields, tuple) else None)
    walk.sequence(tuple(tuple.__iter__(value)))
    _attributes(walk, value, kind)


@reads("builtins.dict")
def _dict(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"D")
    _pairs(walk, list(dict.items(value)) if kind is not dict else value)
    _subclass(walk, value, kind, dict)


@reads("collections.OrderedDict")
def _ordered(walk: Walk, value: Any, kind: type) -> None:
    from collections import OrderedDict

    walk.number(value)
    walk.put(b"O")
    _pairs(walk, [(key, dict.__getitem__(value, key)) for key in OrderedDict.__iter__(value)])
    _subclass(walk, value, kind, OrderedDict)


@reads("collections.defaultdict")
def _defaultdict(walk: Walk, value: Any, kind: type) -> None:
    from collections import defaultdict

    walk.number(value)
    walk.put(b"F")
    walk.add(value.default_factory)
    _pairs(walk, list(dict.items(value)))
    _subclass(walk, value, kind, defaultdict)


def _pairs(walk: Walk, pairs: Any) -> None:
    if type(pairs) is dict:
        walk.sequence(list(pairs))
        walk.sequence(list(pairs.values()))
    else:
        walk.sequence([key for key, _ in pairs])
        walk.sequence([item for _, item in pairs])


@reads("builtins.set", "builtins.frozenset")
def _set(walk: Walk, value: Any, kind: type) -> None:
    if isinstance(value, set):
        walk.number(value)
    walk.put(b"S" if isinstance(value, set) else b"Z")
    base = set if isinstance(value, set) else frozenset
    walk.unordered(value if kind is base else frozenset(base.__iter__(value)))
    _subclass(walk, value, kind, base)


@reads("collections.deque")
def _deque(walk: Walk, value: Any, kind: type) -> None:
    from collections import deque

    walk.number(value)
    walk.put(b"Q")
    walk.packed(value.maxlen)
    walk.sequence(list(deque.__iter__(value)))
    _subclass(walk, value, kind, deque)


@reads("builtins.bytearray", "array.array")
def _buffer(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.packed(getattr(value, "typecode", None))
    walk.bulk(bytes(memoryview(value).cast("B")) if len(value) else b"")
    _attributes(walk, value, kind)


@reads("builtins.memoryview")
def _memoryview(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"Y")
    walk.packed((value.format, value.readonly, value.shape))
    walk.bulk(value.tobytes())


@reads("builtins.mappingproxy")
def _mappingproxy(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"P")
    _pairs(walk, list(value.items()))


@reads("builtins.dict_keys", "builtins.dict_values", "builtins.dict_items")
def _view(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    mapping = getattr(value, "mapping", None)  # 3.10 and later
    walk.made(dict(mapping) if mapping is not None else list(value))


@reads("builtins.slice")
def _slice(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"/")
    walk.sequence((value.start, value.stop, value.step))


@reads("types.SimpleNamespace")
def _namespace(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    _pairs(walk, dict(value.__dict__))


@reads("builtins.str", "builtins.bytes", "builtins.int", "builtins.float", "builtins.complex")
def _derived_atom(walk: Walk, value: Any, kind: type) -> None:
    base = next(b for b in (str, bytes, int, float, complex) if issubclass(kind, b))
    walk.put(b"A")
    walk.typed(kind)
    if base is str:
        walk.packed("".join([value]))
    elif base is bytes:
        walk.packed(bytes.__getitem__(value, slice(None)))
    else:
        plain: Any = base
        walk.add(plain.__add__(value, 0) if base is int else _plain_number(plain, value))
    _attributes(walk, value, kind)


def _plain_number(base: Any, value: Any) -> Any:
    return complex(value.real, value.imag) if base is complex else base.__float__(value)


@reads("enum.Enum")
def _enum(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"E")
    walk.typed(kind)
    walk.packed(str(value._name_))
    if value._name_ is None:
        walk.add(value._value_)


@reads("_io.StringIO", "_io.BytesIO")
def _memory_file(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    if value.closed:
        walk.put(b"closed")
    else:
        walk.add(value.getvalue())
        walk.packed(value.tell())


@reads("_io._IOBase", "tempfile._TemporaryFileWrapper")
def _file(walk: Walk, value: Any, kind: type) -> None:
    if not value.closed:
        unreadable(walk, value, "an open file")
        return
    walk.number(value)
    walk.typed(kind)
    walk.packed((str(getattr(value, "name", "")), str(getattr(value, "mode", ""))))


@reads("builtins.BaseException")
def _exception(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.sequence(value.args)
    _attributes(walk, value, kind)


@reads("matplotlib.artist.Artist")
def _artist(walk: Walk, value: Any, kind: type) -> None:
    # All parts of a figure share it; what else they hold is drawn, not computed.
    walk.number(value)
    walk.typed(kind)
    walk.opaque("a figure")
    figure = value if "canvas" in vars(value) else getattr(value, "figure", None)
    walk.elsewhere.add(id(figure))


@reads("re.Match")
def _match(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    walk.packed((value.pos, value.endpos, list(value.regs)))
    walk.add(value.re)
    walk.add(value.string)


@reads("random.Random", "_random.Random")
def _random(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.add(value.getstate())
    _attributes(walk, value, kind, skip=("gauss_next",))


# -- code --------------------------------------------------------------------------------------


@reads("builtins.module")
def _module(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"M")
    walk.name(str(value.__name__).rpartition(".")[2] if _is_local(walk, value) else value.__name__)


def _is_local(walk: Walk, value: Any) -> bool:
    return walk.known.naming.local(getattr(value, "__name__", None))


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
        _pairs(walk, dict(value.__dict__))


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
    found: Any = sys.modules.get(value.__module__)
    for part in value.__qualname__.split("."):
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
    _pairs(walk, dict(value.keywords))
    _attributes(walk, value, kind)


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
        _pairs(walk, [(name, one.value) for name, one in members.items()])
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


# -- instances ---------------------------------------------------------------------------------

MANAGED_WEAKREF = 1 << 3 if sys.version_info >= (3, 12) else 0
MANAGED_DICT = 1 << 4 if sys.version_info >= (3, 11) else 0
POINTER = object.__basicsize__ // 2


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


def _by_attributes(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"I")
    walk.typed(kind)
    _attributes(walk, value, kind)


def _subclass(walk: Walk, value: Any, kind: type, base: type) -> None:
    if kind is not base:
        walk.typed(kind)
        _attributes(walk, value, kind)


def _attributes(walk: Walk, value: Any, kind: type, skip: tuple[str, ...] = ()) -> None:
    """Read `__dict__` and `__slots__`, without running any code of the class."""
    attributes = attributes_of(value, kind)
    if kind.__module__.startswith("pandas."):
        attributes = {k: v for k, v in attributes.items() if k not in ("_cache", "_item_cache")}
    for name in skip:
        attributes.pop(name, None)
    _pairs(walk, attributes)


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
    state, items, pairs = (*rest, None, None, None)[:3]
    _state(walk, state)
    walk.sequence([] if items is None else list(items))
    _pairs(walk, [] if pairs is None else list(pairs))


def _state(walk: Walk, state: Any) -> None:
    if type(state) is dict:
        _pairs(walk, state)
    elif type(state) is tuple and len(state) == 2 and type(state[1]) is dict:
        _pairs(walk, state[0] if type(state[0]) is dict else {})
        _pairs(walk, state[1])
    else:
        walk.add(state)
