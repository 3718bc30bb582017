"""What is known of a table at one place of a pipeline."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One column of an emitted schema; texts are Python.

    Attributes:
        name: The column's name: a text or a whole number.
        dtype: What `pa.Column` gets first; `None` where any type may stand.
        checks: Calls of `pa.Check`.
        nullable: Whether values may be missing.
        unique: Whether no value stands twice.
        seen: What was seen, in words.
        profile: What the batch as a whole is measured by, as plain data for JSON.
    """

    name: str | int
    dtype: str
    checks: tuple[str, ...]
    nullable: bool
    unique: bool
    seen: str
    profile: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A table at one place of a pipeline, and what holds for it. Plain data: it can be pickled.

    Attributes:
        name: Of its files and, in capitals, of its schema: `raw_customers`.
        about: Where it stands: "as read from customers.csv in cell 3".
        clean: Whether it stands after the cleaning.
        rows: Of the reference.
        fields: Its columns.
        relations: What holds between two of them, as plain data for JSON.
        again: What is remembered of its rows, likewise; empty for nothing.
        in_time: Whether its rows are in the order of time.
    """

    name: str
    about: str
    clean: bool
    rows: int
    fields: tuple[Field, ...]
    relations: tuple[dict[str, Any], ...] = ()
    again: dict[str, Any] = dataclasses.field(default_factory=dict)
    in_time: bool = False

    @property
    def constant(self) -> str:
        """The name of its schema in `contracts.py`."""
        return re.sub(r"\W+", "_", self.name).strip("_").upper()

    @property
    def reference(self) -> str:
        """Where its profile is."""
        return f"reference/{self.constant.lower()}.json"
