"""How the files begin that a notebook reads: looked at where they lie there."""

from __future__ import annotations

import ast
import csv
from functools import lru_cache
from pathlib import Path

from poc_graduate.rules.climbs import folder_at
from poc_graduate.rules.files import path_text
from poc_graduate.rules.view import CellView, keyword

_LOOKED_AT = 1_000_000
_ROWS_FROM = 200_000
"""Bytes of a table that are taken apart."""
# With these, names or rows are other ones than those of the file.
_OTHER_ROWS = ("names", "header", "skiprows", "comment", "compression", "engine")


def beginning(call: ast.Call, cell: CellView) -> bytes | None:
    """The first bytes of the file that a call reads; None where it does not lie there."""
    given = call.args[0] if call.args else keyword(call, "filepath_or_buffer")
    name = path_text(given, cell.notebook)
    folder = folder_at(call.lineno, cell) if name is not None and "://" not in name else None
    if name is None or folder is None:
        return None
    try:
        facts = (folder / name).stat()
        return _read(str(folder / name), (facts.st_mtime_ns, facts.st_size))
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=2)  # asked by one rule after the other
def _read(file: str, changed: tuple[int, int]) -> bytes:
    del changed  # part of the key: a file that was edited is read again
    with Path(file).open("rb") as opened:
        return opened.read(_LOOKED_AT)


def values(call: ast.Call, cell: CellView, column: str) -> list[str] | None:
    """What a column of a file with delimiters holds in its first rows, as it is written there.

    Empty where the file has no such column; None where it does not lie there, or is read in a way
    that gives it other rows.
    """
    if any(keyword(call, word) is not None for word in _OTHER_ROWS):
        return None
    delimiter = cell.literal(
        keyword(call, "sep") or keyword(call, "delimiter") or ast.Constant(",")
    )
    begins = beginning(call, cell)
    if (
        begins is None
        or b"\0" in begins
        or not (isinstance(delimiter, str) and len(delimiter) == 1)
    ):
        return None
    lines = begins[:_ROWS_FROM].decode("utf-8-sig", errors="replace").splitlines()
    try:
        header, *rows = csv.reader(lines if len(begins) < _ROWS_FROM else lines[:-1],
                                   delimiter=delimiter, skipinitialspace=True)  # fmt: skip
    except (csv.Error, ValueError):
        return None
    at = [number for number, name in enumerate(header) if name.strip().lower() == column.lower()]
    return [row[at[0]].strip() for row in rows if len(row) > at[0]] if at else []
