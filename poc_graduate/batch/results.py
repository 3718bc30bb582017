"""All runs as one Parquet table: parameters, metrics, times, how they ended."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from poc_graduate.batch.journal import Journal
from poc_graduate.batch.model import Value
from poc_graduate.batch.records import Row

RESULTS = "results.parquet"
_AT_ONCE = 5_000

Columns = Mapping[str, tuple[str, str]]
"""Column → where its values come from (`parameters`, `metrics`) and under which name."""
_OURS = {
    "run": "int64",
    "run_state": "string",
    "run_attempts": "int64",
    "run_started": "timestamp",
    "run_seconds": "float64",
    "run_peak_mb": "float64",
    "run_cause": "string",
    "run_error": "string",
    "run_place": "string",
    "run_folder": "string",
}


def write_results(folder: Path, journal: Journal) -> Path:
    """Write the table, in parts, so that it needs no memory however many runs there are.

    Args:
        folder: The batch's folder.
        journal: Its journal.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns, kinds = _columns(journal)
    fields = [pa.field(name, _arrow(pa, kind)) for name, kind in _OURS.items()]
    fields += [pa.field(name, _arrow(pa, kinds[name])) for name in columns]
    schema = pa.schema(fields)
    path = folder / RESULTS
    temporary = folder / f".{RESULTS}-{os.getpid()}"
    try:
        with pq.ParquetWriter(temporary, schema) as writer:
            for rows in _parts(journal):
                records = [_record(row, columns, kinds) for row in rows]
                writer.write_table(pa.Table.from_pylist(records, schema=schema))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _columns(journal: Journal) -> tuple[Columns, dict[str, str]]:
    """Columns beside our own, and the type of each: mixed values become JSON texts."""
    types: dict[tuple[str, str], set[str]] = {}
    for row in journal.rows():
        for source in ("parameters", "metrics"):
            for name, value in getattr(row, source).items():
                types.setdefault((source, name), set()).add(_kind(value))
    columns: dict[str, tuple[str, str]] = {}
    for source, name in sorted(types, key=lambda pair: pair[0] != "parameters"):
        free = name
        while free in columns or free in _OURS:
            free = f"{'metric' if source == 'metrics' else 'parameter'}_{free}"
        columns[free] = source, name
    return columns, {free: _together(types[origin]) for free, origin in columns.items()}


def _kind(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int64" if abs(value) < 2**63 else "json"
    return {float: "float64", str: "string"}.get(type(value), "json")


def _together(kinds: set[str]) -> str:
    kinds = kinds - {""}
    if kinds == {"int64", "float64"}:
        return "float64"
    return kinds.pop() if len(kinds) == 1 else "json" if kinds else "string"


def _arrow(pa: Any, kind: str) -> Any:
    if kind == "timestamp":
        return pa.timestamp("us", tz="UTC")
    return {"bool": pa.bool_(), "int64": pa.int64(), "float64": pa.float64()}.get(kind, pa.string())


def _parts(journal: Journal) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in journal.rows():
        part.append(row)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _record(row: Row, columns: Columns, kinds: Mapping[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "run": row.number,
        "run_state": row.state,
        "run_attempts": row.attempts,
        "run_started": None if row.started is None else int(row.started * 1e6),
        "run_seconds": row.seconds,
        "run_peak_mb": None if row.peak is None else round(row.peak / 2**20, 1),
        "run_cause": row.failure.cause if row.failure else None,
        "run_error": str(row.failure) if row.failure else None,
        "run_place": row.failure.place if row.failure else None,
        "run_folder": row.folder or None,
    }
    for column, (source, name) in columns.items():
        value = getattr(row, source).get(name)
        if kinds[column] == "json" and value is not None:
            value = json.dumps(value, ensure_ascii=False)
        elif kinds[column] == "float64" and value is not None:
            value = float(value)
        record[column] = value
    return record
