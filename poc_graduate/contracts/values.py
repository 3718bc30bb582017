"""One column of a batch, as its contract reads it: numbers, moments or texts, and what is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from poc_graduate.contracts.model import Column, Floats, Kind, Mask
from poc_graduate.contracts.styles import (
    PLACEHOLDER_DATES,
    PLACEHOLDER_NUMBERS,
    PLACEHOLDERS,
    moment,
    read_dates,
    read_numbers,
    seconds,
)

Positions = NDArray[np.intp]

_DATES = tuple(moment(text) for text in PLACEHOLDER_DATES)


@dataclass(frozen=True, eq=False)
class Values:
    """A column's values.

    Attributes:
        blank: Where nothing stands: null, empty, or white space.
        placeholder: Where a word or number stands for nothing.
        malformed: Where something stands that is not as the contract says.
        number: Numbers, or seconds since 1970; NaN elsewhere. For texts, their length.
        codes: For each row the position in `texts`; -1 for blanks.
        texts: Each distinct text once.
    """

    blank: Mask
    placeholder: Mask
    malformed: Mask
    number: Floats
    codes: np.ndarray
    texts: pd.Series

    @property
    def given(self) -> Mask:
        """Where a value stands that counts."""
        return ~(self.blank | self.placeholder | self.malformed)

    @property
    def known(self) -> Mask:
        """Where a value stands that is among `texts`."""
        return self.given & (self.codes >= 0)

    def part(self, rows: slice | Positions) -> Values:
        """Some of the rows."""
        return Values(
            self.blank[rows], self.placeholder[rows], self.malformed[rows], self.number[rows],
            self.codes[rows], self.texts,
        )  # fmt: skip

    def compact(self) -> Values:
        """The same, without texts that no row has."""
        used, codes = np.unique(self.codes, return_inverse=True)
        start = int(used[0] < 0) if len(used) else 0
        texts = self.texts.iloc[used[start:]].reset_index(drop=True)
        return replace(self, codes=codes - start, texts=texts)

    def per_row(self, of_texts: np.ndarray) -> np.ndarray:
        """What is known about each distinct text, for each row; False or 0 for blanks."""
        if len(of_texts) == 0:
            return np.zeros(len(self.codes), dtype=of_texts.dtype)
        found = of_texts[np.maximum(self.codes, 0)]
        return np.asarray(np.where(self.codes >= 0, found, of_texts.dtype.type(0)))


def is_number(series: pd.Series) -> bool:
    """Whether the column holds numbers by its type; truth values are none."""
    kind = pd.api.types
    return bool(kind.is_numeric_dtype(series.dtype) and not kind.is_bool_dtype(series.dtype))


def is_date(series: pd.Series) -> bool:
    """Whether the column holds dates by its type."""
    return bool(pd.api.types.is_datetime64_any_dtype(series.dtype))


def canonical(value: Any) -> str:
    """A value as text; whole numbers without a point, however they are stored."""
    if isinstance(value, str):
        return value
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def distinct_texts(series: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Each row's position among the distinct texts, -1 for nulls, and these texts."""
    kind = series.dtype
    if is_date(series):
        series = series.astype(str).where(series.notna())
    elif pd.api.types.is_object_dtype(kind):
        series = series.map(canonical, na_action="ignore")
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes, distinct = series.cat.codes.to_numpy(), series.cat.categories
    else:
        codes, distinct = pd.factorize(series)
    texts = pd.Series([canonical(v) for v in distinct], dtype="str") if (
        not pd.api.types.is_string_dtype(pd.Series(distinct).dtype)
    ) else pd.Series(distinct, dtype="str")  # fmt: skip
    return np.asarray(codes), texts.reset_index(drop=True)


def read(
    series: pd.Series, kind: Kind, style: str, ordinary: tuple[float, float] | None = None
) -> Values:
    """Read a column.

    Args:
        series: As it was delivered.
        kind: What its values should be.
        style: How numbers or dates should be written where they come as text.
        ordinary: Numbers between these are values even where they look like placeholders.
    """
    rows = len(series)
    nothing = np.zeros(rows, dtype=bool)
    no_texts = pd.Series([], dtype="str")
    if kind == "number" and is_number(series):
        number = series.to_numpy(dtype=float, na_value=np.nan)
        blank = np.isnan(number)
        number = np.where(np.isinf(number), np.nan, number)
        placeholder = _placeholder_numbers(number, PLACEHOLDER_NUMBERS, ordinary)
        endless = ~blank & np.isnan(number)
        return Values(blank, placeholder, endless, number, np.full(rows, -1), no_texts)
    if kind == "date" and is_date(series):
        number = seconds(series)
        placeholder = _placeholder_numbers(number, _DATES, ordinary)
        empty = np.isnan(number)
        return Values(empty, placeholder, nothing, number, np.full(rows, -1), no_texts)
    codes, texts = distinct_texts(series)
    bare = texts.str.strip()
    void = (bare == "").to_numpy(dtype=bool)
    word = bare.str.lower().isin(PLACEHOLDERS).to_numpy(dtype=bool)
    all_codes = codes
    codes = np.where(_lookup(void, codes), -1, codes)
    blank = codes < 0
    placeholder = _lookup(word, codes)
    if kind in ("number", "date"):
        parsed = read_numbers(texts, style) if kind == "number" else read_dates(texts, style)
        parsed = np.where(np.isinf(parsed), np.nan, parsed)
        number = np.append(parsed, np.nan)[all_codes] if rows else np.zeros(0)
        number = np.where(blank, np.nan, number)
        some = PLACEHOLDER_NUMBERS if kind == "number" else _DATES
        numeric = np.isfinite(number)
        placeholder = _placeholder_numbers(number, some, ordinary) | (placeholder & ~numeric)
        return Values(blank, placeholder, ~blank & ~placeholder & np.isnan(number), number,
                      codes, texts)  # fmt: skip
    lengths = texts.str.len().to_numpy(dtype=float, na_value=0)
    number = np.append(lengths, np.nan)[codes] if rows else np.zeros(0)
    return Values(blank, placeholder, nothing, number, codes, texts)


def grouped(values: Values, column: Column) -> Values:
    """A column of which few numbers are known, as categories, too; others as they are."""
    if column.kind != "number" or not column.values:
        return values
    known = np.sort(np.asarray([float(value) for value in column.values]))
    at = np.minimum(np.searchsorted(known, values.number), len(known) - 1)
    codes = np.where(values.given & (known[at] == values.number), at, -1)
    texts = pd.Series([canonical(one) for one in known.tolist()], dtype="str")
    return replace(values, codes=codes, texts=texts)


def _placeholder_numbers(
    number: Floats, some: tuple[float, ...], ordinary: tuple[float, float] | None
) -> Mask:
    low, high = ordinary or (np.inf, -np.inf)
    return np.isin(number, [one for one in some if not low <= one <= high])


def _lookup(of_texts: np.ndarray, codes: np.ndarray) -> Mask:
    """Per text to per row; False for nulls."""
    return np.asarray(np.append(of_texts, False)[codes], dtype=bool)
