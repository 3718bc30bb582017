"""Rows of a CSV or Parquet file as values of parameters; texts stay as they are written."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from poc_graduate.batch.model import Value
from poc_graduate.errors import InputError, meant

_INT = re.compile(r"-?(?:0|[1-9]\d*)$")
_FLOAT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$")
_TRUTH = {"true": True, "false": False}

Types = Mapping[str, str]
"""Parameter → the type that the notebook declares, where it does."""


def read_table(
    path: Path, wanted: Mapping[str, str] | None, types: Types
) -> dict[str, list[Value]]:
    """Columns of a table, each the values of a parameter.

    Args:
        path: A CSV or Parquet file.
        wanted: Parameter → column; None for all columns under their own names.
        types: What the notebook declares: a column of a CSV file is read as that.

    Raises:
        InputError: it cannot be read, or has no such column.
    """
    read: Callable[[Path], tuple[list[str], dict[str, list[Any]]]]
    if path.suffix.lower() in (".parquet", ".pq"):
        read = _parquet
    elif path.suffix.lower() in (".csv", ".tsv", ".txt"):
        read = _csv
    else:
        raise InputError(f"{path.name} is no table", remedy="give a .csv or a .parquet file")
    try:
        names, columns = read(path)
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist", remedy="paths are relative to the grid's file"
        ) from None
    except (OSError, ValueError, csv.Error) as failure:
        reason = getattr(failure, "strerror", None) or str(failure).partition("\n")[0]
        raise InputError(f"{path.name} cannot be read: {reason}") from None
    chosen = wanted or {name: name for name in names}
    for column in chosen.values():
        if column not in columns:
            hint = meant(column, names, f"it has {', '.join(names)}")
            raise InputError(f"{path.name} has no column {column!r}", remedy=hint)
    if not next(iter(columns.values()), []):
        raise InputError(f"{path.name} has no rows")
    if read is _parquet:
        return {name: [_plain(v) for v in columns[column]] for name, column in chosen.items()}
    return {
        name: _typed(columns[column], types.get(name, ""), f"{path.name}, column {column}")
        for name, column in chosen.items()
    }


def _csv(path: Path) -> tuple[list[str], dict[str, list[Any]]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        file.seek(0)
        delimiter = max(",;\t|", key=first.count) if first else ","
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        names = next(rows, [])
        if len(set(names)) < len(names):
            raise ValueError("two columns have the same name")
        columns: dict[str, list[Any]] = {name: [] for name in names}
        lists = list(columns.values())
        for row in rows:
            if not row:
                continue
            if len(row) != len(names):
                raise ValueError(f"line {rows.line_num} has {len(row)} of {len(names)} fields")
            for values, value in zip(lists, row, strict=True):
                values.append(value)
    return names, columns


def _parquet(path: Path) -> tuple[list[str], dict[str, list[Any]]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError(
            "reading Parquet needs pyarrow", remedy="run `pip install 'poc-graduate[export]'`"
        ) from None
    with path.open("rb") as file:
        table = pq.read_table(file)
    return table.column_names, {name: table[name].to_pylist() for name in table.column_names}


def _plain(value: Any) -> Value:
    """A value as JSON has it."""
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight and not value.tzinfo else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return str(value)


def _typed(texts: Sequence[str], declared: str, where: str) -> list[Value]:
    """Texts as values: as the notebook declares them, else by how all of them are written.

    `007` is no number: it would lose its zeros.
    """
    if declared == "str":
        return list(texts)
    filled = [text for text in texts if text]
    kind = declared or _written(filled)
    read = {"int": _as_int, "float": _as_float, "bool": _as_bool}.get(kind, _as_text)
    made: list[Value] = []
    for row, text in enumerate(texts, 1):
        value = None if not text and kind != "str" else read(text)
        if text and value is None:
            raise InputError(f"{where}, row {row}: {text!r} is no {kind}")
        made.append(value)
    return made


def _written(texts: Sequence[str]) -> str:
    for kind, fits in (("int", _INT.match), ("float", _FLOAT.match)):
        if texts and all(fits(text) for text in texts):
            return kind
    return "bool" if texts and all(text.lower() in _TRUTH for text in texts) else "str"


def _as_int(text: str) -> Value:
    return int(text) if _INT.match(text) else None


def _as_float(text: str) -> Value:
    return float(text) if _FLOAT.match(text) else None


def _as_bool(text: str) -> Value:
    return _TRUTH.get(text.lower())


def _as_text(text: str) -> Value:
    return text
