"""A data file that is spoilt, and the task that stops at it: what a build is shown in tests."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.generate.contracts.cases import figures, stops
from poc_graduate.generate.contracts.emit import Table

if TYPE_CHECKING:
    import pandas as pd

_LARGEST = 100_000_000
"""Bytes of a file that a test may well write anew."""
_SEPARATORS = (",", ";", "\t")
_TEXTS = (".csv", ".tsv", ".txt", ".dat")


@dataclass(frozen=True)
class Spoilt:
    """A file, and mistakes in it that were seen to break the contract of its table.

    Attributes:
        path: The file, in the project.
        reader: The task that reads it first.
        column: As Python: the column that is gone, or a thousandfold.
        options: As Python: what reading and writing it needs beside its path; begins with a comma.
        kind: How pandas calls what it is: `csv`, `parquet`.
    """

    path: str
    reader: str
    column: str
    options: str
    kind: str

    @property
    def read(self) -> str:
        """The call that reads it."""
        return f"pd.read_{self.kind}(path{self.options})"

    @property
    def told(self) -> str:
        """As Python: what the contract says first of the column."""
        return repr(f"{ast.literal_eval(self.column)}: ")

    @property
    def missed(self) -> str:
        """As Python: how a statement of the author's names the column if it is not there."""
        return repr(self.column)

    @property
    def write(self) -> str:
        """The call that writes it anew."""
        return f"to_{self.kind}(path{self.options}, index=False)"


def spoilt(frame: pd.DataFrame, table: Table, path: Path, name: str, reader: str) -> Spoilt | None:
    """How to spoil the file that a table came from; None where that is not known for sure.

    A column of figures that stands in the file as it does in the table reaches the contract as it
    is written: so what the contract says of the table, the build says of the file.

    Args:
        frame: The table, as its task has read it.
        table: What its contract holds it to.
        path: The file.
        name: Its path in the project.
        reader: The task that reads it first.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    for kind, options, found in _readings(path):
        for column in figures(table):
            same = column in found.columns and _same(found[column], frame[column])
            if same and stops(frame, table, column):
                return Spoilt(name, reader, repr(column), options, kind)
    return None


def _readings(path: Path) -> list[tuple[str, str, pd.DataFrame]]:
    """What pandas makes of a file: kind, options, table."""
    import pandas as pd

    found = []
    try:
        if path.suffix == ".parquet":
            found.append(("parquet", "", pd.read_parquet(path)))
        for separator in _SEPARATORS if path.suffix in _TEXTS else ():
            options = "" if separator == "," else f", sep={separator!r}"
            found.append(("csv", options, pd.read_csv(path, sep=separator)))
    except (ValueError, OSError):  # another encoding, ragged lines: the author's call knows better
        pass
    return found


def _same(one: pd.Series, other: pd.Series) -> bool:
    import numpy as np

    if one.dtype.kind not in "iuf" or other.dtype.kind not in "iuf":
        return False
    return np.array_equal(one.to_numpy(float), other.to_numpy(float), equal_nan=True)
