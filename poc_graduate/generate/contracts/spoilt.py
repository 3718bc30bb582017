"""Data files that are spoilt, and the task that stops at them: what a build is shown in tests."""

from __future__ import annotations

import ast
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.generate.contracts.cases import figures, stops
from poc_graduate.generate.contracts.model import Table

if TYPE_CHECKING:
    import pandas as pd

_LARGEST = 100_000_000
"""Bytes of files that a test may well write anew."""
_SEPARATORS = (",", ";", "\t")
_TEXTS = (".csv", ".tsv", ".txt", ".dat")
_DATABASES = (".db", ".sqlite", ".sqlite3", ".db3")


@dataclass(frozen=True)
class Spoilt:
    """Files, and mistakes in them that were seen to break the contract of their table.

    Attributes:
        files: Their paths, in the project.
        reader: The task that reads them first.
        column: As Python: the column that is gone, or a thousandfold.
        read: The call that reads one from its `path`, or from a database that is open as `base`.
        write: The call of a table's method that writes it anew.
    """

    files: tuple[str, ...]
    reader: str
    column: str
    read: str
    write: str

    @property
    def database(self) -> bool:
        """Whether they are SQLite's."""
        return "base" in self.write

    @property
    def told(self) -> str:
        """As Python: what the contract says first of the column."""
        return repr(f"{ast.literal_eval(self.column)}: ")

    @property
    def named(self) -> str:
        """As Python: what whoever misses the column says, the contract or a statement before."""
        return repr(str(ast.literal_eval(self.column)))


@dataclass(frozen=True)
class _Reading:
    """A way to read files, and what pandas makes of each."""

    read: str
    write: str
    tables: tuple[pd.DataFrame, ...]


def spoilt(
    frame: pd.DataFrame, table: Table, folder: Path, files: Sequence[str], reader: str
) -> Spoilt | None:
    """How to spoil the files that a table came from; None where that is not known for sure.

    A column of figures that stands in the files as it does in the table reaches the contract as it
    is written: so what the contract says of the table, the build says of the files.

    Args:
        frame: The table, as its task has read it.
        table: What its contract holds it to.
        folder: The project.
        files: Files that the task read with it, as paths in the project.
        reader: The task.
    """
    for together in _groups(folder, files):
        for reading in _readings([folder / file for file in together]):
            for column in figures(table):
                same = all(column in one.columns for one in reading.tables) and _same(
                    [one[column] for one in reading.tables], frame[column]
                )
                if same and stops(frame, table, column):
                    return Spoilt(together, reader, repr(column), reading.read, reading.write)
    return None


def _groups(folder: Path, files: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each file alone, then those of a kind together."""
    there = sorted(file for file in set(files) if (folder / file).is_file())
    small = [file for file in there if (folder / file).stat().st_size <= _LARGEST]
    yield from ((file,) for file in small)
    for _, alike in groupby(small, lambda file: (Path(file).parent, Path(file).suffix)):
        together = tuple(alike)
        if len(together) > 1 and sum((folder / one).stat().st_size for one in together) <= _LARGEST:
            yield together


def _readings(paths: Sequence[Path]) -> Iterator[_Reading]:
    import pandas as pd

    suffix = paths[0].suffix
    # Another encoding, ragged lines, no such table: the author's call knows better.
    with contextlib.suppress(ValueError, OSError, sqlite3.Error):
        if suffix == ".parquet":
            tables = tuple(map(pd.read_parquet, paths))
            yield _Reading("pd.read_parquet(path)", "to_parquet(path, index=False)", tables)
        for separator in _SEPARATORS if suffix in _TEXTS else ():
            options = "path" if separator == "," else f"path, sep={separator!r}"
            tables = tuple(pd.read_csv(path, sep=separator) for path in paths)
            yield _Reading(f"pd.read_csv({options})", f"to_csv({options}, index=False)", tables)
        if suffix in _DATABASES and len(paths) == 1:
            yield from _of_database(paths[0])


def _of_database(path: Path) -> Iterator[_Reading]:
    import pandas as pd

    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for (name,) in base.execute(query).fetchall():
            if not str(name).isidentifier():
                continue
            asked = f"SELECT * FROM {name}"
            yield _Reading(
                f"pd.read_sql({asked!r}, base)",
                f"to_sql({name!r}, base, if_exists='replace', index=False)",
                (pd.read_sql(asked, base),),
            )


def _same(parts: Sequence[pd.Series], whole: pd.Series) -> bool:
    """Whether figures in files, one after the other, are those of a table."""
    import numpy as np

    if any(one.dtype.kind not in "iuf" for one in (*parts, whole)):
        return False
    figures = np.concatenate([one.to_numpy(float) for one in parts])
    return np.array_equal(figures, whole.to_numpy(float), equal_nan=True)
