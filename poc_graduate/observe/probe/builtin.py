"""How Python's own values and containers are read into a fingerprint."""

from __future__ import annotations

import json
from typing import Any

from .instances import attributes, pairs, subclass
from .naming import qualified
from .readers import leaf, reads, unreadable
from .walk import Walk

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
    subclass(walk, value, kind, list)


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
    attributes(walk, value, kind)


@reads("builtins.dict")
def _dict(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"D")
    pairs(walk, list(dict.items(value)) if kind is not dict else value)
    subclass(walk, value, kind, dict)


@reads("collections.OrderedDict")
def _ordered(walk: Walk, value: Any, kind: type) -> None:
    from collections import OrderedDict

    walk.number(value)
    walk.put(b"O")
    pairs(walk, [(key, dict.__getitem__(value, key)) for key in OrderedDict.__iter__(value)])
    subclass(walk, value, kind, OrderedDict)


@reads("collections.defaultdict")
def _defaultdict(walk: Walk, value: Any, kind: type) -> None:
    from collections import defaultdict

    walk.number(value)
    walk.put(b"F")
    walk.add(value.default_factory)
    pairs(walk, list(dict.items(value)))
    subclass(walk, value, kind, defaultdict)


@reads("builtins.set", "builtins.frozenset")
def _set(walk: Walk, value: Any, kind: type) -> None:
    if isinstance(value, set):
        walk.number(value)
    walk.put(b"S" if isinstance(value, set) else b"Z")
    base = set if isinstance(value, set) else frozenset
    walk.unordered(value if kind is base else frozenset(base.__iter__(value)))
    subclass(walk, value, kind, base)


@reads("collections.deque")
def _deque(walk: Walk, value: Any, kind: type) -> None:
    from collections import deque

    walk.number(value)
    walk.put(b"Q")
    walk.packed(value.maxlen)
    walk.sequence(list(deque.__iter__(value)))
    subclass(walk, value, kind, deque)


@reads("builtins.bytearray", "array.array")
def _buffer(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.packed(getattr(value, "typecode", None))
    walk.bulk(bytes(memoryview(value).cast("B")) if len(value) else b"")
    attributes(walk, value, kind)


@reads("builtins.memoryview")
def _memoryview(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"Y")
    walk.packed((value.format, value.readonly, value.shape))
    walk.bulk(value.tobytes())


@reads("builtins.mappingproxy")
def _mappingproxy(walk: Walk, value: Any, kind: type) -> None:
    walk.put(b"P")
    pairs(walk, list(value.items()))


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
    pairs(walk, dict(value.__dict__))


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
    attributes(walk, value, kind)


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
    attributes(walk, value, kind)


@reads("matplotlib.artist.Artist")
def _artist(walk: Walk, value: Any, kind: type) -> None:
    # All parts of a figure share it; what else they hold is drawn, not computed.
    walk.number(value)
    walk.typed(kind)
    walk.opaque("a figure")
    figure = value if "canvas" in vars(value) else getattr(value, "figure", None)
    walk.elsewhere.add(id(figure))


@reads("plotly.basedatatypes.BaseFigure")
def _plotly_figure(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    shown = json.loads(value.to_json(validate=False))
    walk.packed(json.dumps(shown, sort_keys=True))


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
    attributes(walk, value, kind, skip=("gauss_next",))
