"""What a contract remembers of the rows and keys it has seen: a sample of hashes, never values.

The sample is the same whatever arrives: all rows whose hash is small (a bottom-k sketch; Cohen and
Kaplan, 2007, PODC). So a batch can be asked which of its rows in the sample were there before.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
import pandas as pd

from poc_graduate.contracts.model import Floats, Mask
from poc_graduate.contracts.values import Values

Hashes = np.ndarray
MOST_ROWS = 1000
MOST_KEYS = 1000
_FREQUENT = 5.0
_TELLING = 0.2
_BYTES = 5
_SHIFT = np.uint64(64 - 8 * _BYTES)


def sketch(hashes: Hashes, most: int) -> str:
    """The smallest of the distinct hashes, as text."""
    near = 8 * most
    few = hashes if len(hashes) <= near else np.partition(hashes, near)[:near]
    kept = np.unique(few)[:most]
    if len(kept) < most and few is not hashes:  # hashes that repeat
        kept = np.unique(hashes)[:most]
    raw = kept.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - _BYTES :]
    return base64.b64encode(raw.tobytes()).decode("ascii")


def hashes_of(text: str) -> Hashes:
    """The hashes of a sketch."""
    raw = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, _BYTES)
    wide = np.zeros((len(raw), 8), dtype=np.uint8)
    wide[:, 8 - _BYTES :] = raw
    return wide.view(">u8").ravel().astype(np.uint64)


def counted(hashes: Hashes, text: str) -> str:
    """How often each hash of a sketch is among these, as text."""
    held = hashes_of(text)
    seen, counts = np.unique(hashes, return_counts=True)
    kept = np.isin(seen, held)
    seen, counts = seen[kept], counts[kept]
    often = np.zeros(len(held), dtype=">u2")
    often[np.searchsorted(held, seen)] = np.minimum(counts, 65535)
    return base64.b64encode(often.tobytes()).decode("ascii")


def gone(hashes: Hashes, text: str, often: str, reference: int) -> float:
    """The share of the reference's rows whose key is gone, and hardly by chance.

    Of keys that chance leaves out in one of a hundred batches at most. Damage takes single rows
    away from each key; a schedule that changes takes some keys away as a whole.
    """
    held = hashes_of(text)
    rows = np.frombuffer(base64.b64decode(often), dtype=">u2").astype(float)
    if len(rows) != len(held):
        return 0.0
    due = rows * len(hashes) / max(reference, 1)
    frequent = due >= _FREQUENT
    if rows[frequent].sum() < _TELLING * rows.sum():
        return 0.0
    missing: Floats = ~np.isin(held, hashes)[frequent] - np.exp(-due[frequent])
    return max(0.0, float(rows[frequent] @ missing / rows[frequent].sum()))


def in_sample(hashes: Hashes, text: str, most: int) -> Mask:
    """Which hashes would be in the sketch had they been seen."""
    known = hashes_of(text)
    if len(known) < most:
        return np.ones(len(hashes), dtype=bool)
    return np.asarray(hashes <= known.max())


def once(hashes: Hashes) -> float:
    """Share of the rows whose key came once: as many rows of the next batch will have a new one.

    Good and Turing's estimate of what was not seen (Good, 1953, Biometrika 40, 237).
    """
    _, counts = np.unique(hashes, return_counts=True)
    return float(np.count_nonzero(counts == 1) / max(counts.sum(), 1))


def known(hashes: Hashes, text: str) -> Mask:
    """Which hashes are in the sketch."""
    return np.isin(hashes, hashes_of(text))


def row_hashes(columns: Sequence[Values]) -> Hashes:
    """A hash for each row, of what its cells say and not of how they are stored."""
    rows = len(columns[0].blank) if columns else 0
    total = np.full(rows, 0x9E3779B97F4A7C15, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place, values in enumerate(columns):
            one = value_hashes(values)
            total = (total ^ one) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(place)
            total ^= total >> np.uint64(31)
    return total >> _SHIFT


def key_hashes(values: Values) -> Hashes:
    """A short hash for each row's value."""
    return value_hashes(values) >> _SHIFT


def distinct_hashes(values: Values) -> Hashes:
    """Short hashes of the values that a column has; of numbers, with repetitions."""
    if not len(values.texts):
        return key_hashes(values)[values.given]
    used = np.bincount(values.codes[values.known], minlength=len(values.texts)) > 0
    texts = values.texts[used].to_numpy(dtype=object)
    return np.asarray(pd.util.hash_array(texts, categorize=False)) >> _SHIFT


def value_hashes(values: Values) -> Hashes:
    """A hash for each row's value; blanks are equal."""
    if len(values.texts) > len(values.codes):  # of a part of the rows, that has few of the texts
        values = values.compact()
    if len(values.texts):
        of_texts = pd.util.hash_array(values.texts.to_numpy(dtype=object), categorize=False)
        return np.where(values.codes >= 0, of_texts[np.maximum(values.codes, 0)], 0)
    number = np.where(np.isfinite(values.number), values.number + 0.0, -1.5)
    return pd.util.hash_array(np.asarray(number, dtype=float))
