"""A canonical hash of any value: equal values agree in any process, different ones do not.

Self-contained: this file is also executed inside kernels, where poc_graduate is not importable.
"""

from __future__ import annotations

import collections
import enum
import functools
import hashlib
import io
import marshal
import random
import re
import struct
import sys
import time
import types
from typing import Any

_PRIMITIVE = {int, float, str, bool, type(None), bytes, complex}
_BUDGET_SECONDS = 3.0


class Opaque(Exception):
    """The value has state that cannot be read without changing it."""


_OPAQUE = {
    types.GeneratorType: "a generator",
    types.CoroutineType: "a coroutine",
    types.AsyncGeneratorType: "an asynchronous generator",
    types.FrameType: "a frame",
    types.TracebackType: "a traceback",
    io.TextIOWrapper: "an open file",
    io.BufferedReader: "an open file",
    io.BufferedWriter: "an open file",
    io.BufferedRandom: "an open file",
    io.FileIO: "an open file",
    type(iter([])): "an iterator",
    type(iter(())): "an iterator",
    type(iter({})): "an iterator",
    type(iter(set())): "an iterator",
    type(iter("")): "an iterator",
    type(iter(range(1))): "an iterator",
    zip: "an iterator",
    map: "an iterator",
    filter: "an iterator",
    enumerate: "an iterator",
    reversed: "an iterator",
    memoryview: "a memory view",
}

_OPAQUE_MODULES = {
    "sqlite3": "a database connection",
    "_thread": "a lock",
    "threading": "a thread or lock",
    "socket": "a socket",
    "matplotlib": "a figure",
    "subprocess": "a running process",
    "concurrent": "a pool or future",
    "multiprocessing": "a process or pool",
    "asyncio": "an event loop object",
    "ctypes": "foreign memory",
    "logging": "a logger",
    "sqlalchemy": "a database connection",
    "duckdb": "a database connection",
    "itertools": "an iterator",
    "_io": "an open file",
    "weakref": "a weak reference",
    "contextvars": "a context variable",
    "IPython": "an IPython object",
    "ipykernel": "a kernel object",
    "tqdm": "a progress bar",
    "zmq": "a socket",
}


class Walk:
    """One pass over a value: its hash, and which mutable objects and memory it reaches."""

    def __init__(self, package: str = "") -> None:
        self.package = package
        self.hash = hashlib.blake2b(digest_size=16)
        self.seen: dict[int, int] = {}
        self.memory: list[tuple[int, int]] = []
        self.alive: list[Any] = []
        self.deadline = time.monotonic() + _BUDGET_SECONDS

    def put(self, tag: str, content: bytes = b"") -> None:
        """Add one piece; the length keeps neighbours apart."""
        self.hash.update(f"{tag}:{len(content)}:".encode())
        self.hash.update(content)

    def digest(self) -> str:
        return self.hash.hexdigest()

    def mark(self, value: Any) -> bool:
        """Note a mutable object; True where it was met before."""
        number = self.seen.get(id(value))
        if number is not None:
            self.put("ref", str(number).encode())
            return True
        self.seen[id(value)] = len(self.seen)
        return False

    def type_name(self, kind: type) -> str:
        module = getattr(kind, "__module__", "") or ""
        name = getattr(kind, "__qualname__", kind.__name__)
        if module in ("__main__", "builtins") or (
            self.package and (module == self.package or module.startswith(self.package + "."))
        ):
            return str(name)
        return f"{module}.{name}"

    def feed(self, value: Any) -> None:
        kind = type(value)
        if kind in _PRIMITIVE:
            self._primitive(kind, value)
            return
        if kind in _OPAQUE:
            raise Opaque(_OPAQUE[kind])
        if time.monotonic() > self.deadline:
            raise Opaque("too large to compare")
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, value)
            return
        self._other(kind, value)

    def _primitive(self, kind: type, value: Any) -> None:
        if kind is float:
            self.put("float", struct.pack("<d", value))
        elif kind is str:
            self.put("str", value.encode("utf-8", "surrogatepass"))
        elif kind is bytes:
            self.put("bytes", value)
        else:
            self.put(kind.__name__, repr(value).encode())

    def flat(self, tag: str, items: list[Any]) -> bool:
        """Hash a list of primitives in one go; False where it holds anything else."""
        if len(items) < 8 or not set(map(type, items)) <= _PRIMITIVE:
            return False
        self.put(tag, marshal.dumps(items, 2))
        return True

    def sequence(self, tag: str, items: Any) -> None:
        items = list(items)
        if self.flat(tag + "-flat", items):
            return
        self.put(tag, str(len(items)).encode())
        for item in items:
            self.feed(item)

    def unordered(self, tag: str, items: Any) -> None:
        digests = []
        for item in items:
            inner = Walk(self.package)
            inner.deadline = self.deadline
            inner.feed(item)
            digests.append(inner.digest())
            self.seen.update({key: len(self.seen) for key in inner.seen if key not in self.seen})
        self.put(tag, "".join(sorted(digests)).encode())

    def _other(self, kind: type, value: Any) -> None:
        if isinstance(value, type):
            self._class(value)
            return
        module = (getattr(kind, "__module__", "") or "").split(".")[0]
        if module == "numpy" and _numpy(self, kind, value):
            return
        if module == "pandas" and _pandas(self, kind, value):
            return
        if module == "scipy" and hasattr(value, "tocoo") and hasattr(value, "nnz"):
            _sparse(self, value)
            return
        if module == "torch" and kind.__name__ in ("Tensor", "Parameter"):
            self.put("torch", str(value.dtype).encode())
            self.feed(value.detach().cpu().numpy())
            return
        if module == "PIL" and hasattr(value, "tobytes"):
            self.put("image", f"{value.mode}{value.size}".encode() + value.tobytes())
            return
        if module in _OPAQUE_MODULES and not isinstance(value, Exception | enum.Enum):
            raise Opaque(_OPAQUE_MODULES[module])
        if isinstance(value, enum.Enum):
            self.put("enum", f"{self.type_name(kind)}.{value.name}".encode())
            return
        if isinstance(value, types.ModuleType):
            self.put("module", value.__name__.encode())
            return
        self._instance(kind, value)

    def _class(self, value: type) -> None:
        module = getattr(value, "__module__", "")
        own = module == "__main__" or (self.package and module.split(".")[0] == self.package)
        self.put("class", self.type_name(value).encode())
        if not own:
            return
        if self.mark(value):
            return
        for name in sorted(vars(value)):
            member = vars(value)[name]
            if name in _CLASS_NOISE or name.startswith("_abc_"):
                continue
            self.put("member", name.encode())
            if not callable(member) and not isinstance(
                member, property | classmethod | staticmethod | types.MemberDescriptorType
            ) and not hasattr(member, "__set_name__"):
                self.feed(member)

    def _instance(self, kind: type, value: Any) -> None:
        if self.mark(value):
            return
        self.alive.append(value)
        self.put("instance", self.type_name(kind).encode())
        if kind.__reduce_ex__ is object.__reduce_ex__ and kind.__reduce__ is object.__reduce__:
            if isinstance(value, list | tuple | set | frozenset):
                (self.unordered if isinstance(value, set | frozenset) else self.sequence)("items", value)
            elif isinstance(value, dict):
                _dict_items(self, value)
            elif isinstance(value, _ATOMS):
                self._primitive(*_as_atom(value))
            elif not hasattr(value, "__dict__") and not _slots(kind):
                if kind is not object:
                    self._reduced(value)
                return
            if hasattr(value, "__dict__"):
                _dict_items(self, vars(value))
            for slot in _slots(kind):
                if hasattr(value, slot):
                    self.put("slot", slot.encode())
                    self.feed(getattr(value, slot))
            return
        self._reduced(value)

    def _reduced(self, value: Any) -> None:
        try:
            reduced = value.__reduce_ex__(4)
        except Opaque:
            raise
        except Exception as failure:  # any type may refuse to be reduced in its own way
            raise Opaque(f"it cannot be read ({type(value).__name__})") from failure
        if isinstance(reduced, str):
            self.put("global", reduced.encode())
            return
        function, arguments, *rest = reduced
        self.put("reduced", getattr(function, "__qualname__", repr(function)).encode())
        self.alive.append(reduced)
        for argument in arguments:
            self._part(argument)
        state = rest[0] if rest else None
        self._part(state)
        for items in rest[1:3]:
            if items is not None:
                self._part(list(items))

    def _part(self, value: Any) -> None:
        """A piece of a reduction: made for us, so that its identity says nothing."""
        self.alive.append(value)
        if type(value) in (list, tuple):
            self.put("part", str(len(value)).encode())
            for item in value:
                self._part(item)
        elif type(value) is dict:
            self.put("parts", str(len(value)).encode())
            for key, item in value.items():
                self.feed(key)
                self.feed(item)
        else:
            self.feed(value)


_CLASS_NOISE = {"__module__", "__qualname__", "__doc__", "__dict__", "__weakref__",
                "__annotations__", "__firstlineno__", "__static_attributes__", "__slots__",
                "__abstractmethods__", "__orig_bases__", "__parameters__", "__hash__",
                "__match_args__", "__dataclass_params__", "__dataclass_fields__"}  # fmt: skip

_ATOMS = (int, float, str, bytes, complex)


def _as_atom(value: Any) -> tuple[type, Any]:
    for kind in (bool, int, float, str, bytes, complex):
        if isinstance(value, kind):
            return kind, kind(value)
    raise Opaque("an unknown atom")


def _slots(kind: type) -> list[str]:
    found = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        found += [slots] if isinstance(slots, str) else list(slots)
    return [s for s in found if s not in ("__dict__", "__weakref__")]


def _list(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.sequence("list", value)


def _tuple(walk: Walk, value: Any) -> None:
    walk.sequence("tuple", value)


def _dict_items(walk: Walk, value: Any) -> None:
    walk.put("dict", str(len(value)).encode())
    if not walk.flat("keys", list(value.keys())):
        for key in value:
            walk.feed(key)
    if not walk.flat("values", list(value.values())):
        for item in value.values():
            walk.feed(item)


def _dict(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        _dict_items(walk, value)


def _defaultdict(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("defaultdict")
        walk.feed(value.default_factory)
        _dict_items(walk, value)


def _counter(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put(type(value).__name__)
        _dict_items(walk, value)


def _deque(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("deque", repr(value.maxlen).encode())
        walk.sequence("items", value)


def _set(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.unordered("set", value)


def _frozenset(walk: Walk, value: Any) -> None:
    walk.unordered("frozenset", value)


def _bytearray(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("bytearray", bytes(value))


def _function(walk: Walk, value: Any) -> None:
    if walk.mark(value):
        return
    code = value.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    walk.put("function", repr(code.co_varnames[:count]).encode())
    walk.feed(value.__defaults__)
    walk.feed(value.__kwdefaults__)
    for cell in value.__closure__ or ():
        try:
            walk.feed(cell.cell_contents)
        except ValueError:
            walk.put("empty cell")
    if value.__dict__:
        kept = {k: v for k, v in value.__dict__.items() if k != "__wrapped__"}
        _dict_items(walk, kept)


def _method(walk: Walk, value: Any) -> None:
    walk.put("method", value.__func__.__name__.encode())
    walk.feed(value.__self__)


def _builtin(walk: Walk, value: Any) -> None:
    owner = getattr(value, "__self__", None)
    walk.put("builtin", f"{getattr(value, '__qualname__', value)}".encode())
    if owner is not None and not isinstance(owner, types.ModuleType | type):
        walk.feed(owner)


def _partial(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("partial")
        walk.feed(value.func)
        walk.feed(value.args)
        walk.feed(dict(value.keywords))


def _pattern(walk: Walk, value: Any) -> None:
    walk.put("pattern", repr((value.pattern, value.flags)).encode())


def _random(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("random", repr(value.getstate()).encode())


def _lru(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("lru_cache", repr(value.cache_parameters()).encode())
        walk.feed(value.__wrapped__)


def _code(walk: Walk, value: Any) -> None:
    walk.put("code", value.co_name.encode())


def _slice(walk: Walk, value: Any) -> None:
    walk.put("slice", repr((value.start, value.stop, value.step)).encode())


def _repr(walk: Walk, value: Any) -> None:
    walk.put(type(value).__name__, repr(value).encode())


_HANDLERS: dict[type, Any] = {
    list: _list, tuple: _tuple, dict: _dict, set: _set, frozenset: _frozenset,
    bytearray: _bytearray, collections.OrderedDict: _counter, collections.Counter: _counter,
    collections.defaultdict: _defaultdict, collections.deque: _deque,
    types.FunctionType: _function, types.MethodType: _method,
    types.BuiltinFunctionType: _builtin, functools.partial: _partial, re.Pattern: _pattern,
    random.Random: _random, functools._lru_cache_wrapper: _lru, types.CodeType: _code,
    slice: _slice, range: _repr, type(Ellipsis): _repr, type(NotImplemented): _repr,
    types.GenericAlias: _repr, types.MethodWrapperType: _builtin,
    types.WrapperDescriptorType: _repr, types.MethodDescriptorType: _repr,
}  # fmt: skip


def _numpy(walk: Walk, kind: type, value: Any) -> bool:
    np = sys.modules["numpy"]
    if isinstance(value, np.generic):
        walk.put("scalar", f"{value.dtype.str}".encode() + (value.tobytes() if value.dtype.kind != "O" else b""))
        return True
    if isinstance(value, np.dtype):
        walk.put("dtype", repr(value).encode())
        return True
    if isinstance(value, np.ndarray):
        if walk.mark(value):
            return True
        if kind is not np.ndarray:
            walk.put("array type", walk.type_name(kind).encode())
            if hasattr(value, "mask") and hasattr(value, "fill_value"):
                _array(walk, np.ma.getmaskarray(value))
                _array(walk, np.asarray(value.filled()))
                return True
        _memory(walk, value)
        _array(walk, np.asarray(value))
        return True
    if isinstance(value, np.random.RandomState):
        if not walk.mark(value):
            state = value.get_state(legacy=True)
            walk.put("random state", repr((state[0], *state[2:])).encode() + state[1].tobytes())
        return True
    if isinstance(value, np.random.Generator):
        if not walk.mark(value):
            walk.put("generator")
            walk.feed(value.bit_generator)
        return True
    if isinstance(value, np.random.BitGenerator):
        if not walk.mark(value):
            walk.put("bit generator")
            walk._part(value.state)
        return True
    if kind.__name__ == "ufunc" or callable(value) and hasattr(value, "__name__"):
        walk.put("numpy function", str(value.__name__).encode())
        return True
    return False


def _memory(walk: Walk, value: Any) -> None:
    if value.nbytes:
        np = sys.modules["numpy"]
        bounds = getattr(np.lib, "array_utils", np)
        low, high = bounds.byte_bounds(value)
        if value.flags.writeable:
            walk.memory.append((low, high))


def _array(walk: Walk, value: Any) -> None:
    walk.put("array", f"{value.dtype!r}{value.shape}".encode())
    if value.dtype.hasobject and not value.dtype.names:
        walk.sequence("objects", value.ravel().tolist() if value.ndim else [value.item()])
    elif value.dtype.names:
        # Padding between fields holds whatever was in memory.
        for name in value.dtype.names:
            _array(walk, sys.modules["numpy"].ascontiguousarray(value[name]))
    else:
        contiguous = sys.modules["numpy"].ascontiguousarray(value)
        walk.hash.update(contiguous.view("u1").data if contiguous.size and contiguous.ndim else contiguous.tobytes())


def _pandas(walk: Walk, kind: type, value: Any) -> bool:
    pd = sys.modules["pandas"]
    if value is pd.NaT or value is pd.NA:
        walk.put("missing", repr(value).encode())
        return True
    if isinstance(value, pd.DataFrame):
        if not walk.mark(value):
            walk.put("frame", walk.type_name(kind).encode())
            _index(walk, value.columns)
            _index(walk, value.index)
            for position in range(value.shape[1]):
                _column(walk, value.iloc[:, position])
            _frame_extras(walk, value)
        return True
    if isinstance(value, pd.Series):
        if not walk.mark(value):
            walk.put("series", walk.type_name(kind).encode())
            walk.feed(value.name)
            _index(walk, value.index)
            _column(walk, value)
            _frame_extras(walk, value)
        return True
    if isinstance(value, pd.Index):
        _index(walk, value)
        return True
    if isinstance(value, pd.api.extensions.ExtensionArray):
        if not walk.mark(value):
            _column(walk, value)
        return True
    if isinstance(value, pd.api.extensions.ExtensionDtype):
        walk.put("dtype", repr(value).encode())
        if isinstance(value, pd.CategoricalDtype):
            walk.put("ordered", repr(value.ordered).encode())
            if value.categories is not None:
                _index(walk, value.categories)
        return True
    if isinstance(value, pd.Timestamp | pd.Timedelta | pd.Period | pd.Interval):
        tz = str(getattr(value, "tz", ""))
        walk.put(kind.__name__, f"{value!r}{tz}{getattr(value, 'unit', '')}".encode())
        return True
    if "groupby" in kind.__module__ and hasattr(value, "obj"):
        if not walk.mark(value):
            walk.put("groupby", kind.__name__.encode())
            walk.feed(value.obj)
            walk.feed(value.keys)
        return True
    return False


def _frame_extras(walk: Walk, value: Any) -> None:
    if value.attrs:
        walk.put("attrs")
        _dict_items(walk, value.attrs)
    if not value.flags.allows_duplicate_labels:
        walk.put("no duplicate labels")


def _index(walk: Walk, value: Any) -> None:
    pd = sys.modules["pandas"]
    walk.put("index", f"{type(value).__name__}{getattr(value, 'freq', None)}".encode())
    walk.sequence("names", value.names)
    if isinstance(value, pd.MultiIndex):
        for level in range(value.nlevels):
            _column(walk, value.get_level_values(level))
    elif isinstance(value, pd.RangeIndex):
        walk.put("range", repr((value.start, value.stop, value.step)).encode())
    else:
        _column(walk, value)


def _column(walk: Walk, value: Any) -> None:
    """The values of a Series, an Index or an extension array."""
    pd, np = sys.modules["pandas"], sys.modules["numpy"]
    dtype = value.dtype
    if isinstance(dtype, np.dtype) and dtype.kind not in "mM":
        _array(walk, np.asarray(value))
        return
    array = getattr(value, "array", value)
    walk.put("column", repr(dtype).encode())
    if isinstance(dtype, pd.CategoricalDtype):
        walk.put("ordered", repr(dtype.ordered).encode())
        _index(walk, dtype.categories)
        _array(walk, np.asarray(array.codes))
    elif hasattr(array, "asi8"):
        _array(walk, np.asarray(array.asi8))
    elif isinstance(dtype, pd.IntervalDtype):
        _index(walk, pd.Index(array.left))
        _index(walk, pd.Index(array.right))
    elif isinstance(dtype, pd.SparseDtype):
        _array(walk, np.asarray(array))
    else:
        mask = np.asarray(array.isna(), dtype=bool)
        values = np.array(array.to_numpy(dtype=object), dtype=object)
        values[mask] = None
        _array(walk, mask)
        walk.sequence("values", values.tolist())


def _sparse(walk: Walk, value: Any) -> None:
    if not walk.mark(value):
        walk.put("sparse", f"{type(value).__name__}{value.shape}".encode())
        for part in ("data", "indices", "indptr", "row", "col", "offsets"):
            array = getattr(value, part, None)
            if array is not None and hasattr(array, "dtype"):
                _memory(walk, array)
                _array(walk, array)


def fingerprint(value: Any, package: str = "") -> tuple[str, str, Walk]:
    """Hash, reason why there is none, and what was reached.

    Args:
        value: Any object.
        package: Classes of this package count as the notebook's own.
    """
    walk = Walk(package)
    try:
        walk.feed(value)
    except Opaque as why:
        return "", str(why), walk
    except RecursionError:
        return "", "too deeply nested", walk
    return walk.digest(), "", walk
