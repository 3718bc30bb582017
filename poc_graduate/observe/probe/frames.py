"""How pandas values are read: labels, dtypes, attributes and every element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .arrays import array_content, numpy, occupied
from .arrow import arrow_content
from .builtin import zone_form
from .instances import attributes_of, instance
from .naming import qualified
from .readers import leaf, reads
from .walk import Walk

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
    own = {
        name: held
        for name, held in attributes_of(value, kind).items()
        if name not in INTERNAL and not _remembered(kind, name, held)
    }
    walk.sequence([part for pair in own.items() for part in pair])


def _remembered(kind: type, name: str, held: Any) -> bool:
    """Whether it is pandas' own `.plot`, `.str`, …: before pandas 3 kept where it was first asked.

    One that a library registered may hold something of its own.
    """
    made = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    return type(made).__name__ == "CachedAccessor" and type(held).__module__.startswith("pandas.")


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
