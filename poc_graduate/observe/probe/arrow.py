"""How pyarrow values are read, whatever their chunks, offsets and unused bytes."""

from __future__ import annotations

import sys
from typing import Any

from .arrays import array_content, numpy
from .readers import reads
from .walk import Walk


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
