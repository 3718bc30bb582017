"""How numpy, pandas, pyarrow, scipy, PIL and torch values are read into a fingerprint.

Nothing is imported here: a value of these libraries proves that they are loaded.
"""

from __future__ import annotations

import sys
from typing import Any, Callable

from .builtin import attributes_of, instance, zone_form
from .fingerprint import OPAQUE, Walk, leaf, qualified, reads

OPAQUE.update(
    {
        "pandas.io.formats.style.Styler": "a styled table",
        "pandas.io.parsers.readers.TextFileReader": "a reader of an open file",
        "pandas.io.excel._base.ExcelFile": "an open file",
        "pandas.io.excel._base.ExcelWriter": "an open file",
        "pandas.io.pytables.HDFStore": "an open file",
        "h5py._hl.base.HLObject": "an open file",
        "numpy.lib.npyio.NpzFile": "an open file",
        "numpy.lib._npyio_impl.NpzFile": "an open file",
        "numpy.nditer": "an iterator",
        "numpy.flatiter": "an iterator",
    }
)

_hashable: dict[str, Any] = {}


def numpy() -> Any:
    """The loaded numpy."""
    return sys.modules["numpy"]


def read_only(flat: Any) -> Any:
    """The bytes of a flat contiguous array as a buffer that `hash` accepts."""
    if "view" not in _hashable:
        # hash(memoryview) asks the exporter for its hash, and arrays have none.
        attributes = {"__hash__": object.__hash__, "__module__": "numpy"}
        _hashable["view"] = type("ndarray", (numpy().ndarray,), attributes)
    return memoryview(flat.view("u1").view(_hashable["view"])).toreadonly()


# -- numpy -------------------------------------------------------------------------------------


@leaf("numpy.generic", bases=True)
def _scalar(value: Any) -> Any:
    dtype = value.dtype
    if dtype.kind in "fc" and dtype.itemsize in (2, 4, 8) and value != value:
        return (dtype.str, str(value))
    if dtype.kind in "fc" and dtype.itemsize > 16 - 4 * (dtype.kind == "f"):
        return (dtype.str, repr(value))  # long doubles have unused bytes
    return (dtype.str, value.tobytes())


@reads("numpy.void")
def _void(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    array_content(walk, numpy().asarray(value))


@leaf("numpy.dtype", bases=True)
def _dtype(value: Any) -> Any:
    return (value.str, repr(value), str(value.metadata or ""))


@leaf("numpy.ufunc")
def _ufunc(value: Any) -> Any:
    return value.__name__


@reads("numpy.ndarray")
def _ndarray(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.put(b"N")
    if kind is not numpy().ndarray:
        walk.typed(kind)
        walk.sequence(list(attributes_of(value, kind).items()))
        value = value.view(numpy().ndarray)
    occupied(walk, value)
    array_content(walk, value)


@reads("numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray")
def _masked(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    occupied(walk, value.data)
    array_content(walk, numpy().asarray(value.data))
    array_content(walk, numpy().ma.getmaskarray(value))
    walk.add(numpy().asarray(value.fill_value)[()])
    walk.packed(bool(value.hardmask))


@reads("numpy.random._generator.Generator")
def _generator(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.add(value.bit_generator)


@reads("numpy.random.bit_generator.BitGenerator")
def _bit_generator(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.made(value.state)
    spawned = getattr(getattr(value, "seed_seq", None), "n_children_spawned", None)
    walk.packed(spawned)


@reads("numpy.random.mtrand.RandomState")
def _random_state(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    if value is getattr(sys.modules.get("numpy.random.mtrand"), "_rand", None):
        walk.name("the global generator")  # its state is the process's, watched in `ambient`
    else:
        walk.made(value.get_state(legacy=False))


def occupied(walk: Walk, array: Any, *, frame: bool = False) -> None:
    """Note the memory of an array."""
    if not array.size:
        return
    start = stop = array.__array_interface__["data"][0]
    for length, stride in zip(array.shape, array.strides):
        start += min(0, (length - 1) * stride)
        stop += max(0, (length - 1) * stride)
    root = array
    while isinstance(getattr(root, "base", None), numpy().ndarray):
        root = root.base
    owner = root if getattr(root, "base", None) is None else root.base
    walk.occupies(start, stop + array.itemsize, array.flags.writeable, frame, id(owner))


def array_content(walk: Walk, array: Any) -> None:
    """Dtype, shape and elements of a plain array, whatever their order in memory."""
    dtype = array.dtype
    walk.packed((dtype.str, array.shape))
    if dtype.names is not None:
        walk.packed(list(dtype.names))
        for name in dtype.names:  # field by field: the gaps between fields hold anything
            array_content(walk, array[name])
        return
    if dtype.hasobject or dtype.kind == "T":
        walk.sequence(array.ravel().tolist())
        return
    if array.size == 0 or dtype.itemsize == 0:
        return
    flat = numpy().ascontiguousarray(array).reshape(-1)
    if dtype.kind not in "fc":
        walk.bulk(read_only(flat))
    elif dtype.kind == "f" and dtype.itemsize > 8 or dtype.itemsize > 16:
        walk.packed([repr(number) for number in flat])  # long doubles have unused bytes
    else:
        walk.bulk(read_only(flat), dtype.str, lambda: _one_nan(flat, dtype))


def _one_nan(flat: Any, dtype: Any) -> Any:
    """The bytes with every NaN written alike: processors make several kinds."""
    if dtype.kind == "c":
        flat = flat.view(dtype.str.replace("c", "f")[:2] + str(dtype.itemsize // 2))
    np = numpy()
    if np.isnan(flat.min()):
        flat = np.where(np.isnan(flat), flat.dtype.type("nan"), flat).astype(flat.dtype)
    return read_only(flat)


# -- pandas ------------------------------------------------------------------------------------

INTERNAL = frozenset(
    "_mgr _data _item_cache _attrs _flags _cacher _is_copy _name _index _typ _metadata".split()
)


def pandas_zone(zone: Any) -> Any:
    """A time zone as pandas compares them: every library's UTC is the same one."""
    return "UTC" if str(zone) in ("UTC", "tzutc()") else zone_form(zone)


@leaf("pandas._libs.tslibs.timestamps.Timestamp", "pandas.Timestamp")
def _timestamp(value: Any) -> Any:
    unit = getattr(value, "unit", "ns")
    return (value.isoformat(), unit, value.nanosecond, value.fold, pandas_zone(value.tzinfo))


@leaf("pandas._libs.tslibs.timedeltas.Timedelta", "pandas.Timedelta")
def _pandas_timedelta(value: Any) -> Any:
    clock = (value.days, value.seconds, value.microseconds, value.nanoseconds)
    return (*clock, getattr(value, "unit", "ns"))


@leaf("pandas._libs.tslibs.period.Period", "pandas.Period")
def _period(value: Any) -> Any:
    return (value.ordinal, value.freqstr)


@leaf("pandas._libs.tslibs.nattype.NaTType", "pandas._libs.missing.NAType")
@leaf("pandas.NaT", "pandas.NA", "pandas._libs.missing.NA")
def _missing(value: Any) -> Any:
    return ()


@leaf("pandas._libs.tslibs.offsets.BaseOffset", bases=True)
def _offset(value: Any) -> Any:
    return (value.n, value.normalize, sorted((k, repr(v)) for k, v in value.kwds.items()))


@reads("pandas._libs.interval.Interval", "pandas.Interval")
def _interval(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    walk.name(value.closed)
    walk.sequence((value.left, value.right))


@leaf("pandas.core.dtypes.base.ExtensionDtype", bases=True)
@leaf("pandas.api.extensions.ExtensionDtype", bases=True)
def extension_dtype(value: Any) -> Any:
    """An extension dtype by its text and what its text leaves out."""
    details: list[Any] = [qualified(type(value)), str(value)]
    if hasattr(value, "storage"):
        details += [value.storage, repr(getattr(value, "na_value", None))]
    if hasattr(value, "tz"):
        details.append(pandas_zone(value.tz))
    if hasattr(value, "ordered"):
        details += [value.ordered, str(getattr(value.categories, "dtype", None))]
        details += [] if value.categories is None else list(map(repr, value.categories))
    return details


@reads("pandas.core.frame.DataFrame", "pandas.DataFrame")
def _frame(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    index_content(walk, value.index)
    index_content(walk, value.columns)
    _labels(walk, value, kind)
    for column in _columns(value):
        column_content(walk, column)
    _blocks(walk, value)


@reads("pandas.core.series.Series", "pandas.Series")
def _series(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    index_content(walk, value.index)
    walk.add(value.name)
    _labels(walk, value, kind)
    column_content(walk, _values(value))
    _blocks(walk, value)


def _labels(walk: Walk, value: Any, kind: type) -> None:
    walk.add(value.attrs)
    walk.packed(bool(value.flags.allows_duplicate_labels))
    own = {k: v for k, v in attributes_of(value, kind).items() if k not in INTERNAL}
    walk.sequence([part for pair in own.items() for part in pair])


def _columns(frame: Any) -> list[Any]:
    """The array of each column, in order."""
    try:
        columns: list[Any] = [None] * frame.shape[1]
        for block in frame._mgr.blocks:
            values, places = block.values, block.mgr_locs.as_array
            if values.ndim == 1:
                columns[places[0]] = values
                continue
            if type(values) is numpy().ndarray:
                values = numpy().ascontiguousarray(values)  # once, not column by column
            for row, place in enumerate(places):
                columns[place] = values[row]
        return columns
    except AttributeError:  # a pandas without these internals
        return [frame.iloc[:, place].array for place in range(frame.shape[1])]


def _blocks(walk: Walk, value: Any) -> None:
    """Note the memory below a frame: an array that is a view of it shares its state."""
    for block in getattr(value._mgr, "blocks", ()):
        values = block.values
        values = getattr(values, "_ndarray", values)
        if isinstance(values, numpy().ndarray):
            occupied(walk, values, frame=True)


def _values(value: Any) -> Any:
    found = getattr(value, "_values", None)
    return value.array if found is None else found


@reads("pandas.core.indexes.base.Index", "pandas.Index")
def _index(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    index_content(walk, value)


def index_content(walk: Walk, index: Any) -> None:
    """Type, names, frequency and labels of an index."""
    kind = type(index)
    walk.typed(kind)
    walk.sequence(list(index.names))
    if kind.__name__ == "RangeIndex":
        walk.packed((index.start, index.stop, index.step))
        return
    if kind.__name__ == "MultiIndex":
        # Levels that no row uses can be seen too.
        for level, codes in zip(index.levels, index.codes):
            index_content(walk, level)
            array_content(walk, numpy().asarray(codes))
        return
    if hasattr(index, "freqstr"):
        walk.packed(index.freqstr)
    column_content(walk, _values(index))


def column_content(walk: Walk, array: Any) -> None:
    """Dtype and elements of a one-dimensional numpy or extension array."""
    if isinstance(array, numpy().ndarray):
        array_content(walk, array)
        return
    walk.name(type(array).__name__)
    walk.add(array.dtype)
    for base in type(array).__mro__:
        reader = EXTENSION.get(base.__name__)
        if reader is not None:
            reader(walk, array)
            return
    instance(walk, array, type(array))


def _categorical(walk: Walk, array: Any) -> None:
    index_content(walk, array.categories)
    walk.packed(bool(array.ordered))
    array_content(walk, array.codes)


def _datetimes(walk: Walk, array: Any) -> None:
    array_content(walk, array._ndarray)  # an index has a frequency, a column has none


def _intervals(walk: Walk, array: Any) -> None:
    walk.name(array.closed)
    index_content(walk, array.left)
    index_content(walk, array.right)


def _masked_column(walk: Walk, array: Any) -> None:
    data, mask = array._data, array._mask
    array_content(walk, mask)
    if mask.any():
        data = data.copy()
        data[mask] = 0  # what lies under the mask is left over from elsewhere
    array_content(walk, data)


def _sparse(walk: Walk, array: Any) -> None:
    walk.packed(len(array))
    walk.add(array.fill_value)
    array_content(walk, array.sp_values)
    array_content(walk, array.sp_index.indices)
    walk.name(array.kind)


def _boxed(walk: Walk, array: Any) -> None:
    array_content(walk, array._ndarray)


def _arrow_column(walk: Walk, array: Any) -> None:
    arrow_content(walk, array._pa_array)


EXTENSION: dict[str, Callable[[Walk, Any], None]] = {
    "Categorical": _categorical,
    "DatetimeArray": _datetimes,
    "TimedeltaArray": _datetimes,
    "PeriodArray": _datetimes,
    "IntervalArray": _intervals,
    "BaseMaskedArray": _masked_column,
    "SparseArray": _sparse,
    "ArrowExtensionArray": _arrow_column,
    "ArrowStringArray": _arrow_column,
    "NumpyExtensionArray": _boxed,
    "PandasArray": _boxed,
}


@reads("pandas.core.arrays.base.ExtensionArray", "pandas.api.extensions.ExtensionArray")
def _extension(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.name(str(getattr(value, "freqstr", None)))
    column_content(walk, value)


# -- pyarrow -----------------------------------------------------------------------------------


@reads("pyarrow.lib.Table", "pyarrow.lib.RecordBatch")
def _table(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    walk.name(value.schema.to_string(show_field_metadata=True))
    walk.packed(sorted((value.schema.metadata or {}).items()))
    for column in value.columns:
        arrow_content(walk, column)


@reads("pyarrow.lib.Array", "pyarrow.lib.ChunkedArray")
def _arrow_array(walk: Walk, value: Any, kind: type) -> None:
    walk.typed(kind)
    arrow_content(walk, value)


def arrow_content(walk: Walk, array: Any) -> None:
    """Type and elements of an arrow array, whatever its chunks, offset and unused bytes."""
    walk.name(str(array.type))
    walk.packed(len(array))
    if hasattr(array, "chunks"):
        chunks = [chunk for chunk in array.chunks if len(chunk)]
        if len(chunks) > 1:
            combined = array.combine_chunks()
            chunks = list(getattr(combined, "chunks", [combined]))
        array = chunks[0] if len(chunks) == 1 else array
        if not chunks:
            return
    text = str(array.type)
    buffers = array.buffers() if not hasattr(array, "chunks") else []
    strings = text in ("string", "large_string", "binary", "large_binary")
    if not buffers or not (strings or text in FIXED):
        walk.sequence(array.to_pylist())
        return
    np = numpy()
    null = np.asarray(array.is_null()) if array.null_count else None
    array_content(walk, np.zeros(0, "?") if null is None else null)
    width = np.dtype("i8" if text.startswith("large_") else "i4") if strings else FIXED[text]
    start = array.offset
    if not strings:
        whole = np.frombuffer(buffers[1], width)[start : start + len(array)]
        if null is not None:
            whole = np.where(null, np.zeros(1, width), whole)
        array_content(walk, whole)
        return
    ends = np.frombuffer(buffers[1], width)[start : start + len(array) + 1]
    lengths = np.diff(ends).astype("i8")
    if null is not None and lengths[null].any():  # text is left over where nulls stand
        arrow_text = sys.modules["pyarrow"].array(array.to_pylist(), array.type)
        ends = np.frombuffer(arrow_text.buffers()[1], width)[: len(array) + 1]
        lengths, buffers = np.diff(ends).astype("i8"), arrow_text.buffers()
    array_content(walk, lengths)
    if buffers[2] is not None and ends[-1] > ends[0]:
        array_content(walk, np.frombuffer(buffers[2], "u1")[ends[0] : ends[-1]])


FIXED = {
    **{f"{sign}int{8 * n}": "{}{}".format("u" if sign else "i", n)
       for sign in ("", "u") for n in (1, 2, 4, 8)},
    "halffloat": "f2",
    "float": "f4",
    "double": "f8",
    "date32[day]": "i4",
    "date64[ms]": "i8",
    **{f"timestamp[{unit}]": "i8" for unit in ("s", "ms", "us", "ns")},
    **{f"duration[{unit}]": "i8" for unit in ("s", "ms", "us", "ns")},
}  # fmt: skip


# -- others ------------------------------------------------------------------------------------

SPARSE_PARTS = ("data", "indices", "indptr", "row", "col", "coords", "offsets", "rows")


@reads("scipy.sparse._data._data_matrix", "scipy.sparse._base._spbase")
def _scipy_sparse(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.packed((value.format, tuple(map(int, value.shape)), value.dtype.str))
    if value.format == "dok":
        walk.made(dict(value.items()))
        return
    for part in SPARSE_PARTS:
        if part in ("row", "col") and hasattr(value, "coords"):
            continue
        walk.add(getattr(value, part, None))


@reads("PIL.Image.Image")
def _image(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.packed((value.mode, value.size))
    walk.bulk(value.tobytes())
    walk.packed(value.getpalette())
    walk.made({k: v for k, v in value.info.items() if isinstance(v, (str, int, float, bytes))})


@reads("torch.Tensor")
def _tensor(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.packed((str(value.dtype), tuple(value.shape), str(value.device), value.requires_grad))
    plain = value.detach().cpu()
    if plain.dtype.is_floating_point and plain.element_size() < 4:
        plain = plain.float()
    array_content(walk, plain.resolve_conj().resolve_neg().numpy())
    walk.add(value.grad if value.is_leaf else None)


@reads("torch._C.Generator")
def _torch_generator(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    array_content(walk, value.get_state().numpy())


def loaded_version(library: str) -> tuple[int, ...] | None:
    """Version of a loaded library as numbers; None where it is not loaded."""
    module = sys.modules.get(library)
    if module is None:
        return None
    parts = str(getattr(module, "__version__", "0")).split(".")[:2]
    return tuple(int(part) if part.isdigit() else 0 for part in parts)
