"""How numpy, scipy, PIL and torch values are read: dtype, shape and elements.

Nothing is imported: a value of these libraries proves that they are loaded.
"""

from __future__ import annotations

import sys
from typing import Any

from .instances import attributes_of
from .memory import Span
from .readers import leaf, reads
from .walk import Walk

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
    span = Span(start, stop + array.itemsize, bool(array.flags.writeable), frame)
    walk.occupies(span, id(owner))


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
    elif (dtype.kind == "f" and dtype.itemsize > 8) or dtype.itemsize > 16:
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


@reads("scipy.spatial._ckdtree.cKDTree")
def _tree_of_points(walk: Walk, value: Any, kind: type) -> None:
    walk.number(value)
    walk.typed(kind)
    walk.packed((int(value.leafsize), int(value.n), int(value.m)))
    array_content(walk, value.data)  # the nodes follow from the points, and hold addresses
    walk.add(value.boxsize)


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
