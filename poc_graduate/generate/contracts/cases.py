"""What a contract is shown in the tests of its project: breaks that it was seen to notice."""

from __future__ import annotations

import ast
import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.generate.contracts.emit import Field, Table, profile, schema
from poc_graduate.generate.contracts.trial import batches_module, evaluated

if TYPE_CHECKING:
    import pandas as pd

_TIMES = 1000


@dataclass(frozen=True)
class Case:
    """Breaks of one table, as Python.

    Attributes:
        path: The product that holds the table.
        constant: Its schema.
        gone: A column that may not be missing.
        odd: A column, and a value that is put aside in it; empty where no rule is about rows.
        moved: A column of figures that may not be a thousandfold; empty where there is none.
    """

    path: str
    constant: str
    gone: str
    odd: tuple[str, str] | None
    moved: str


def case(frame: pd.DataFrame, table: Table, path: str) -> Case:
    """The breaks that a table's contract notices.

    Args:
        frame: The table that it was learnt from.
        table: What was learnt.
        path: The product that holds the table.
    """
    with tempfile.TemporaryDirectory(prefix="poc-graduate-contract-") as folder:
        trial = _Trial(table, Path(folder))
        odd = next((wish for wish in _odd(table) if trial.puts_aside(frame, *wish)), None)
        moved = next((name for name in _figures(table) if trial.stops(frame, name)), None)
    return Case(
        path,
        table.constant,
        repr(table.fields[0].name),
        None if odd is None else (repr(odd[0]), repr(odd[1])),
        "" if moved is None else repr(moved),
    )


def _odd(table: Table) -> Iterator[tuple[str | int, Any]]:
    """For each column with a rule about rows, a value that breaks it."""
    for field in table.fields:
        for check in field.checks:
            value: str | float
            if "isin" in check:
                value = "never seen" if field.dtype == "str" else 987654
            elif "str_matches" in check:
                value = "?"
            elif "in_range" in check:
                value = _beyond(check)
            else:
                continue
            yield field.name, value


def _beyond(check: str) -> float:
    call = ast.parse(check, mode="eval").body
    assert isinstance(call, ast.Call)
    high = abs(ast.literal_eval(call.args[1])) or 1
    return type(high)(high * 10)


def _figures(table: Table) -> Iterator[str | int]:
    yield from (field.name for field in table.fields if _is_figures(field))


def _is_figures(field: Field) -> bool:
    points = field.profile.get("quantiles", ())
    return field.dtype in ("int", "float") and any(points)


class _Trial:
    """A contract in a folder of its own, silent."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.reference = folder / "profile.json"
        self.reference.write_text(json.dumps(profile(table)), encoding="utf-8")
        self.schema = evaluated(schema(table))
        self.aside = folder / "aside.csv"

    def puts_aside(self, frame: pd.DataFrame, name: str | int, value: Any) -> bool:
        """Whether one row with this value is put aside, and the rest goes on."""
        column = frame[name].astype(object).copy()
        column.iloc[0] = value
        odd = frame.assign(**{str(name): column})
        return self._gives(lambda kept: len(kept) == len(frame) - 1, odd)

    def stops(self, frame: pd.DataFrame, name: str | int) -> bool:
        """Whether a column that is a thousandfold is noticed."""
        return not self._gives(lambda kept: True, frame.assign(**{str(name): frame[name] * _TIMES}))

    def _gives(self, expected: Callable[[Any], bool], batch: pd.DataFrame) -> bool:
        batches = batches_module()
        log = logging.getLogger(batches.__name__)
        before, log.disabled = log.disabled, True
        try:
            kept = batches.admit(
                batch, self.schema, source="", reference=self.reference, quarantine=self.aside
            )
            return expected(kept)
        except ValueError:
            return False
        finally:
            log.disabled = before
