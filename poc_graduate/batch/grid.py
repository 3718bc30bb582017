"""A grid: which runs there are, each made when it is asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from poc_graduate.batch.grid_text import parsed
from poc_graduate.batch.model import Value
from poc_graduate.batch.ranges import Values, values
from poc_graduate.batch.table import Types, read_table
from poc_graduate.errors import InputError, meant

PARTS = ("table", "zip", "cross", "fixed")
MOST = 100_000_000


@dataclass(frozen=True)
class Factor:
    """Parameters whose values go together: one of `cross`, a group of `zip`, the rows of a table.

    Attributes:
        where: What it is in the grid's file, for messages.
        columns: Parameter → its values, all of one length.
    """

    where: str
    columns: Mapping[str, Sequence[Value]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Grid:
    """All runs of a batch.

    Attributes:
        factors: Each of them crossed with all others; the last one varies fastest.
        fixed: Parameters that are the same in each run.
    """

    factors: tuple[Factor, ...]
    fixed: Mapping[str, Value]

    @cached_property
    def count(self) -> int:
        """How many runs there are."""
        return math.prod(len(factor) for factor in self.factors)

    @property
    def columns(self) -> dict[str, Sequence[Value]]:
        """Parameter → the values that it takes."""
        varied = {name: column for f in self.factors for name, column in f.columns.items()}
        return {**varied, **{name: [value] for name, value in self.fixed.items()}}

    @property
    def varied(self) -> tuple[str, ...]:
        """Names of the parameters that are not fixed."""
        return tuple(name for factor in self.factors for name in factor.columns)

    def run(self, number: int) -> dict[str, Value]:
        """The parameters of one run, by its position from 0."""
        places = []
        for factor in reversed(self.factors):
            number, place = divmod(number, len(factor))
            places.append(place)
        found: dict[str, Value] = {}
        for factor, place in zip(self.factors, reversed(places), strict=True):
            found.update((name, column[place]) for name, column in factor.columns.items())
        return {**found, **self.fixed}

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return (self.run(number) for number in range(self.count))


def read_grid(path: Path, types: Types) -> Grid:
    """A grid from its file.

    Args:
        path: A YAML file.
        types: Parameter → the type that the notebook declares: what tables are read as.

    Raises:
        InputError: it cannot be read, says nothing, or the same thing twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        reason = getattr(failure, "strerror", None) or "it is no UTF-8"
        raise InputError(f"{path} cannot be read: {reason}", remedy="check the path") from None
    record = parsed(text, path.name)
    if not isinstance(record, dict) or not record:
        raise InputError(
            f"{path.name} describes no runs", remedy="write `cross:` and below it `name: [values]`"
        )
    return grid_of(record, path.name, path.parent, types)


def grid_of(record: Mapping[str, Any], name: str, folder: Path, types: Types) -> Grid:
    """A grid from what its file holds.

    Args:
        record: `cross`, `zip`, `table`, `fixed`.
        name: The file, for messages.
        folder: Tables are looked for in it.
        types: As for `read_grid`.
    """
    factors: list[Factor] = []
    fixed: Mapping[str, Value] = {}
    for part, given in record.items():
        if part == "cross":
            for parameter, column in _mapping(name, part, given).items():
                factors.append(
                    Factor(f"cross, {parameter}", {parameter: values(parameter, column)})
                )
        elif part == "zip":
            groups = given if isinstance(given, list) else [given]
            factors += [_zipped(name, group) for group in groups]
        elif part == "table":
            factors.append(_tabled(name, folder, given, types))
        elif part == "fixed":
            fixed = _mapping(name, part, given)
        else:
            raise InputError(f"{name} has no part {part!r}", remedy=_hint(part, given))
    _refuse_twice(name, factors, fixed)
    for factor in factors:
        _refuse_empty(name, factor)
        _refuse_equal(name, factor)
    if not factors:
        raise InputError(f"{name} varies nothing", remedy="write what varies below `cross:`")
    grid = Grid(tuple(factors), fixed)
    if grid.count > MOST:
        raise InputError(f"{name} describes {grid.count:,} runs", remedy="cut it into parts")
    return grid


def _hint(part: object, given: object) -> str:
    parts = f"a grid has {', '.join(PARTS)}"
    if isinstance(given, list | dict):
        parts = f"if it is a parameter, write it below `cross:`; {parts}"
    return meant(part, PARTS, parts)


def _mapping(name: str, part: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not given:
        raise InputError(
            f"{name}: `{part}` names no parameter", remedy=f"write `{part}: {{x: [1]}}`"
        )
    for key in given:
        if not isinstance(key, str):
            raise InputError(f"{name}: {key!r} below `{part}` is no name")
    return given


def _zipped(name: str, given: Any) -> Factor:
    columns = {one: values(one, column) for one, column in _mapping(name, "zip", given).items()}
    lengths = {one: len(column) for one, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{one} has {count}" for one, count in lengths.items())
        raise InputError(
            f"{name}: values that are zipped go in pairs, but {told}",
            remedy="give each as many values, or cross them",
        )
    return Factor(f"zip, {', '.join(columns)}", columns)


def _tabled(name: str, folder: Path, given: Any, types: Types) -> Factor:
    wanted: dict[str, str] | None = None
    if isinstance(given, dict):
        unknown = [key for key in given if key not in ("file", "columns")]
        if unknown or "file" not in given:
            raise InputError(
                f"{name}: `table` has `file` and `columns`", remedy="write `table: rows.csv`"
            )
        listed = given.get("columns")
        if isinstance(listed, list):
            wanted = {str(one): str(one) for one in listed}
        elif isinstance(listed, dict):
            wanted = {str(one): str(column) for one, column in listed.items()}
        elif listed is not None:
            raise InputError(f"{name}: `columns` is a list, or `parameter: column`")
        given = given["file"]
    if not isinstance(given, str):
        raise InputError(f"{name}: `table` names no file", remedy="write `table: rows.csv`")
    columns = read_table(folder / given, wanted, types)
    return Factor(f"table {given}", cast(Mapping[str, Sequence[Value]], columns))


def _refuse_twice(name: str, factors: Sequence[Factor], fixed: Mapping[str, Value]) -> None:
    seen: dict[str, str] = {}
    every = [(factor.where, factor.columns) for factor in factors] + [("fixed", fixed)]
    for where, columns in every:
        for parameter in columns:
            if parameter in seen:
                raise InputError(
                    f"{name}: {parameter} has values in {seen[parameter]} and in {where}",
                    remedy="give them in one place",
                )
            seen[parameter] = where


def _refuse_empty(name: str, factor: Factor) -> None:
    if not len(factor):
        raise InputError(f"{name}: {factor.where} has no values")


def _refuse_equal(name: str, factor: Factor) -> None:
    """Two equal rows would be the same run twice."""
    columns = list(factor.columns.values())
    if len(columns) == 1 and isinstance(columns[0], Values):
        return  # from … to: no value comes twice
    seen: dict[str, int] = {}
    for row, together in enumerate(zip(*columns, strict=True), 1):
        key = canonical(list(together))
        if key in seen:
            shown = ", ".join(map(str, together))
            raise InputError(
                f"{name}: {factor.where}: rows {seen[key]} and {row} are equal ({shown})",
                remedy="leave one out: the same parameters are one run",
            )
        seen[key] = row


def canonical(value: object) -> str:
    """A text that is equal for equal values only: 1, 1.0, true and "1" are four."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
