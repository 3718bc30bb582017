"""Batches as they come: CSV, Parquet, Excel, JSON lines, tables of SQLite."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from poc_graduate.contracts.model import Contract
from poc_graduate.contracts.styles import ISO
from poc_graduate.errors import InputError

UTF_8 = "utf-8"
_LEADING_ZERO = re.compile(r"0\d")
_PEEK = 64 * 1024
_TABLES = "select name from sqlite_master where type in ('table', 'view') order by name"
_WORKBOOKS = (".xlsx", ".xls", ".xlsm")
_FORMATS = (
    "CSV, Parquet, Excel, JSON lines, a table of SQLite as file.db::table, "
    "or a sheet as file.xlsx::sheet"
)


def read_batch_file(batch: str, contract: Contract | None = None) -> tuple[pd.DataFrame, str]:
    """Read a batch.

    Args:
        batch: A path; a table of SQLite is named `file.db::table`, a sheet `file.xlsx::sheet`.
        contract: What it will be checked against: columns that are text there are read as text.

    Returns:
        The rows, and the encoding of a text file (empty for other files).

    Raises:
        InputError: it cannot be read, or is in no format that is known.
    """
    name, _, table = batch.partition("::")
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name} is no file", remedy="give the path of a batch")
    try:
        form = path.suffix.lower()
        if form in _WORKBOOKS:
            return _excel(path, table), ""
        if table:
            return _sqlite(path, table), ""
        match form:
            case ".parquet" | ".pq":
                return pd.read_parquet(path), ""
            case ".jsonl" | ".ndjson":
                return _json_lines(path), ""
            case ".json":
                return _records(json.loads(path.read_text(encoding=UTF_8))), ""
            case ".csv" | ".tsv" | ".txt":
                return _csv(path, contract)
            case ".db" | ".sqlite" | ".sqlite3":
                raise InputError(
                    f"{name} is a database", remedy=f"name the table: {name}::TABLE"
                )  # fmt: skip
    except UnicodeDecodeError:
        raise InputError(f"{name} is no text in UTF-8, UTF-16 or Windows-1252") from None
    except (ValueError, KeyError, ImportError, OSError, BadZipFile) as failure:
        raise InputError(f"{name} cannot be read: {_first_line(failure)}") from None
    raise InputError(f"{name} is in no known format", remedy=f"give {_FORMATS}")


def _first_line(failure: Exception) -> str:
    return (str(failure).strip().splitlines() or [type(failure).__name__])[0][:200]


def _json_lines(path: Path) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import json as fast

    try:
        return _frame(fast.read_json(path))
    except pa.ArrowInvalid:  # a column of mixed types, or no JSON at all
        lines = path.read_text(encoding=UTF_8).splitlines()
        return _records([json.loads(line) for line in lines if line.strip()])


def _records(read: Any) -> pd.DataFrame:
    """A table of JSON: an object for each row, or a list for each column."""
    rows = isinstance(read, list) and all(isinstance(one, dict) for one in read)
    columns = isinstance(read, dict) and all(isinstance(one, list) for one in read.values())
    if not rows and not columns:
        raise ValueError("it is no table: it has other things than an object for each row")
    return pd.DataFrame(read)


def _excel(path: Path, sheet: str) -> pd.DataFrame:
    with pd.ExcelFile(path) as book:
        there = [str(name) for name in book.sheet_names]
        if sheet and sheet not in there:
            raise InputError(f"{path} has no sheet {sheet!r}", remedy=f"it has: {', '.join(there)}")
        filled = [
            one for one in there if len(pd.read_excel(book, sheet_name=one, header=None, nrows=1))
        ]
        if not sheet and len(filled) > 1:
            raise InputError(
                f"{path} has several sheets: {', '.join(filled)}",
                remedy=f"name the sheet: {path}::{filled[0]}",
            )
        chosen = sheet or (filled or there)[0]
        return pd.read_excel(book, sheet_name=chosen, keep_default_na=False, na_values=[""])


def _sqlite(path: Path, table: str) -> pd.DataFrame:
    import sqlite3

    connection = sqlite3.connect(f"file:{path.as_posix()}?mode=ro", uri=True)
    try:
        there = [row[0] for row in connection.execute(_TABLES)]
        if table not in there:
            raise InputError(
                f"{path} has no table {table!r}", remedy=f"it has: {', '.join(there) or 'none'}"
            )
        return pd.read_sql_query(f"select * from {sql_name(table)}", connection)
    except sqlite3.DatabaseError as failure:
        raise InputError(f"{path} cannot be read: {failure}") from None
    finally:
        connection.close()


def sql_name(name: str) -> str:
    """The name of a table or column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _csv(path: Path, contract: Contract | None) -> tuple[pd.DataFrame, str]:
    import pyarrow as pa
    from pyarrow import csv as fast

    encoding, head = encoding_of(path)
    if not head.strip():
        raise InputError(f"{path} is empty", remedy="give a file with a header and rows")
    delimiter = delimiter_of(head)
    names = next(csv.reader(io.StringIO(head), delimiter=delimiter))
    as_text = dict.fromkeys(_text_columns(head, delimiter, names, contract), pa.string())
    try:
        table = fast.read_csv(
            path,
            read_options=fast.ReadOptions(encoding=encoding, block_size=8 << 20),
            parse_options=fast.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=fast.ConvertOptions(
                null_values=[""], strings_can_be_null=True, column_types=as_text,
                true_values=[], false_values=[],
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError):
        # its types were told by the first rows, or its rows have uneven lengths: text, then
        return _slow_csv(path, encoding, delimiter), encoding
    return _frame(table), encoding


def _frame(table: object) -> pd.DataFrame:
    import pyarrow as pa

    assert isinstance(table, pa.Table)
    names = table.column_names
    frame = table.rename_columns([str(i) for i in range(len(names))]).to_pandas()
    assert isinstance(frame, pd.DataFrame)
    frame.columns = pd.Index(names)
    return frame


def _slow_csv(path: Path, encoding: str, delimiter: str) -> pd.DataFrame:
    frame = pd.read_csv(
        path, sep=delimiter, encoding=encoding, dtype=str, keep_default_na=False, na_values=[""]
    )
    for place in range(frame.shape[1]):
        number = pd.to_numeric(frame.iloc[:, place], errors="coerce")
        if number.notna().sum() == frame.iloc[:, place].notna().sum():
            frame.isetitem(place, number.to_numpy())
    return frame


def encoding_of(path: Path) -> tuple[str, str]:
    """The encoding of a text file, and its beginning."""
    with path.open("rb") as file:
        start = file.read(_PEEK)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        else:
            encoding = UTF_8
            rest = start
            try:
                while rest:
                    rest.decode(UTF_8)
                    rest = file.read(1 << 24) + file.readline()
            except UnicodeDecodeError:
                if rest is not start or len(start) < _PEEK or not _cut_short(start):
                    encoding = "cp1252"
    text = start.decode(encoding, errors="replace").removeprefix("\ufeff")
    return encoding, text


def _cut_short(start: bytes) -> bool:
    """Whether only the last letter is incomplete."""
    try:
        start[:-4].decode(UTF_8)
    except UnicodeDecodeError as failure:
        return failure.start >= len(start) - 8
    return True


def delimiter_of(head: str) -> str:
    """What separates the columns: as often in the header as in the rows below."""
    lines = [line for line in head.splitlines()[:20] if line]
    best, most = ",", 0
    for one in ",;\t|":
        counts = [len(next(csv.reader([line], delimiter=one), [])) for line in lines]
        if counts and counts[0] > max(most, 1) and counts.count(counts[0]) >= 0.8 * len(counts):
            best, most = one, counts[0]
    return best


def _text_columns(
    head: str, delimiter: str, names: Sequence[str], contract: Contract | None
) -> list[str]:
    """Columns whose digits are text: those with leading zeros, and those that the contract knows
    as text, or as numbers or dates in a style of their own."""
    lines = head.splitlines()[:500]
    rows = list(csv.reader(lines[1 : len(lines) - 1] or lines[1:], delimiter=delimiter))
    found = []
    for place, name in enumerate(names):
        column = contract.column(name) if contract is not None else None
        if column is not None:
            own = column.kind == "date" and column.style not in ("", ISO)
            if column.kind in ("text", "code", "category") or own:
                found.append(name)
            continue
        cells = (row[place] for row in rows if place < len(row))
        if any(_LEADING_ZERO.match(cell) for cell in cells):
            found.append(name)
    return found
