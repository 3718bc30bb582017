"""Things that go wrong in a project's data, one at a time: its pipeline or its tests notice them.

They are what production brings (missing fields, formats that change, records delivered twice, units
and columns exchanged), in files that can be written again without changing anything else in them.
"""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from poc_graduate.contracts.batches import delimiter_of, encoding_of, sql_name

_EVERY = 5
"""One row of so many is damaged: a fifth."""
_FEW_ROWS = 2 * _EVERY
_MOSTLY = 0.9
_LARGEST = 64 * 1024 * 1024
_NO_DATA = ("src", "tasks", "tests", "graduation", "reference", "products")

Rows = list[list[str]]


@dataclass(frozen=True)
class DataMistake:
    """One thing gone wrong in one file.

    Attributes:
        path: The file, relative to the project.
        what: What went wrong, in words.
        content: The file with it.
    """

    path: str
    what: str
    content: bytes

    @property
    def says(self) -> str:
        """Where and what."""
        return f"{self.path}: {self.what}"


def data_mistakes(project: Path) -> list[DataMistake]:
    """What can go wrong in the data that lie in a project, the same each time.

    Args:
        project: Its folder. CSV, Parquet and SQLite files are read; others are left alone.
    """
    found: list[DataMistake] = []
    for path in _data_files(project):
        name = path.relative_to(project).as_posix()
        match path.suffix.lower():
            case ".csv" | ".tsv":
                found += _of_text(name, path)
            case ".parquet":
                found += _of_parquet(name, path)
            case ".db" | ".sqlite" | ".sqlite3":
                found += _of_database(name, path)
    return found


def _data_files(project: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(project):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__")) and not (here == project and name in _NO_DATA)
        )
        yield from (
            here / name for name in sorted(names) if (here / name).stat().st_size < _LARGEST
        )


def _of_text(name: str, path: Path) -> Iterator[DataMistake]:
    encoding, head = encoding_of(path)
    separator = delimiter_of(head)
    text = path.read_bytes().decode(encoding, errors="replace")
    header, *rows = list(csv.reader(io.StringIO(text), delimiter=separator)) or [[]]
    if len(rows) < _FEW_ROWS or any(len(row) != len(header) for row in rows):
        return

    def written(names: Sequence[str], lines: Rows) -> bytes:
        target = io.StringIO()
        writer = csv.writer(target, delimiter=separator, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(lines)
        return target.getvalue().encode(encoding)

    for what, names, lines in _changed(header, rows):
        yield DataMistake(name, what, written(names, lines))


def _changed(header: list[str], rows: Rows) -> Iterator[tuple[str, list[str], Rows]]:
    """A table of texts with each mistake in it."""
    numbers = [place for place in range(len(header)) if _numeric(rows, place)]
    words = [place for place in range(len(header)) if place not in numbers]
    last = len(header) - 1
    if last:
        yield (
            f"column `{header[last]}` gone",
            header[:last],
            [row[:last] for row in rows],
        )
    for place in numbers[:1]:
        yield f"a fifth of `{header[place]}` blank", header, _each(rows, place, _blank)
    for place in numbers[-1:]:
        what = f"a fifth of `{header[place]}` in another unit"
        yield what, header, _each(rows, place, _thousandfold)
    for place in words[-1:]:
        what = f"a fifth of `{header[place]}` spelt in another way"
        yield what, header, _each(rows, place, _other_word)
    yield "a fifth of the rows delivered twice", header, [*rows, *rows[::_EVERY]]
    if len(numbers) > 1:
        first, second = numbers[-2:]
        what = f"`{header[first]}` and `{header[second]}` exchanged"
        yield what, header, [_exchanged(row, first, second) for row in rows]


def _numeric(rows: Rows, place: int) -> bool:
    """Whether a column holds numbers that differ."""
    known = [value for row in rows if (value := row[place].strip())]
    parsed = pd.to_numeric(pd.Series(known, dtype=object), errors="coerce").dropna()
    return len(parsed) >= _MOSTLY * len(rows) and parsed.nunique() > 2


def _each(rows: Rows, place: int, change: Callable[[str], str]) -> Rows:
    return [
        [*row[:place], change(row[place]), *row[place + 1 :]] if number % _EVERY == 0 else row
        for number, row in enumerate(rows)
    ]


def _blank(value: str) -> str:
    return ""


def _thousandfold(value: str) -> str:
    try:
        return format(float(value) * 1000, "g")
    except ValueError:
        return value


def _other_word(value: str) -> str:
    return f"{value} (new)"


def _exchanged(row: list[str], first: int, second: int) -> list[str]:
    other = list(row)
    other[first], other[second] = row[second], row[first]
    return other


def _of_parquet(name: str, path: Path) -> Iterator[DataMistake]:
    frame = pd.read_parquet(path)
    if len(frame) < _FEW_ROWS:
        return

    def mistake(what: str, table: pd.DataFrame) -> DataMistake:
        return DataMistake(name, what, table.to_parquet())

    if len(frame.columns) > 1:
        yield mistake(f"column `{frame.columns[-1]}` gone", frame.iloc[:, :-1])
    numbers = list(frame.select_dtypes("number").columns)
    for column in numbers[:1]:
        values = frame[column].to_numpy(dtype=float, na_value=float("nan"), copy=True)
        values[::_EVERY] = float("nan")
        yield mistake(f"a fifth of `{column}` blank", frame.assign(**{column: values}))
    for column in numbers[-1:]:
        values = frame[column].to_numpy(dtype=float, na_value=float("nan"), copy=True)
        values[::_EVERY] *= 1000
        yield mistake(f"a fifth of `{column}` in another unit", frame.assign(**{column: values}))
    twice = pd.concat([frame, frame.iloc[::_EVERY]])
    yield mistake("a fifth of the rows delivered twice", twice)


def _of_database(name: str, path: Path) -> Iterator[DataMistake]:
    """Its largest table with a fifth of a column blank, and in another unit."""
    content = path.read_bytes()
    with closing(_loaded(content)) as database:
        tables = [
            row[0]
            for row in database.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            )
        ]
        sizes = {
            table: database.execute(f"select count(*) from {sql_name(table)}").fetchone()[0]
            for table in tables
        }
        if not sizes or max(sizes.values()) < _FEW_ROWS:
            return
        table = max(sizes, key=lambda one: sizes[one])
        columns = database.execute(f"pragma table_info({sql_name(table)})").fetchall()
        numbers = [
            column[1]
            for column in columns
            if not column[5] and column[2].upper() in ("REAL", "INTEGER", "FLOAT", "NUMERIC")
        ]
    at = f"where rowid % {_EVERY} = 0"
    for column in numbers[-1:]:
        for what, value in (("blank", "null"), ("in another unit", f"{sql_name(column)} * 1000")):
            change = f"update {sql_name(table)} set {sql_name(column)} = {value} {at}"
            try:
                with closing(_loaded(content)) as database:
                    database.execute(change)
                    database.commit()
                    changed = database.serialize()
            except sqlite3.DatabaseError:
                continue  # the table's own rules forbid it
            yield DataMistake(name, f"a fifth of `{table}.{column}` {what}", changed)


def _loaded(content: bytes) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.deserialize(content)
    return database
