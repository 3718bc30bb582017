"""Batches against their contract: odd rows are put aside, a batch that is another one stops here.

A contract has two parts: a schema (`contracts.py`), which says what each row must be, and a profile
(`reference/`), which says how the batch as a whole was distributed when the contract was learnt.
"""

import json
import logging
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

ALPHA = 0.002
"""How often a batch that is as ever may be called another one, for all its rules together."""
FEW = 0.005
"""Share of odd rows that a batch may always hold."""
SHOWN = 1000
"""Odd rows that are written of a batch that is refused; of one that is admitted, all are."""
WORDS = ("", "-", "?", "n/a", "na", "nan", "none", "null", "unknown", "missing")
"""What is written where nothing is known."""
REFERENCE = Path(__file__).parents[2] / "reference"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Break:
    """A rule that a batch breaks: by single rows (`odd`), or as a whole (`odd` is None)."""

    column: Any
    rule: str
    odd: Any = None
    many: bool = True
    severity: str = "stop"

    def __str__(self) -> str:
        where = f"{self.column}: " if self.column is not None else ""
        if self.odd is None:
            return where + self.rule
        rows = np.flatnonzero(self.odd)
        return f"{where}{self.rule}; broken by {len(rows)} rows, first {rows[:5].tolist()}"


def admit(
    df: pd.DataFrame,
    schema: pa.DataFrameSchema,
    *,
    source: str,
    quarantine: str | Path | None = None,
    reference: Path | None = None,
    alerts: Sequence[str] = (),
) -> pd.DataFrame:
    """The rows of a batch that keep to its contract; the very same frame where all of them do.

    Args:
        df: The batch; it is not changed.
        schema: What each row must be.
        source: What the batch is called in messages.
        quarantine: Where odd rows are written, each with its reasons; header only without any.
        reference: Profile of the data that the contract was learnt from; by default, the one in
            `reference/` that is called like the schema.
        alerts: Addresses that apprise knows; those in the variable ALERTS are told as well.

    Raises:
        ValueError: the batch breaks its contract; nothing downstream has run.
    """
    profile = json.loads((reference or REFERENCE / f"{schema.name}.json").read_text("utf-8"))
    found = list(_columns(df, schema))
    if not any(one.severity == "stop" for one in found):
        found += [*_rows(df, schema, profile), *_batch(df, schema, profile)]
    aside = [one for one in found if one.odd is not None and one.severity == "stop"]
    stops = [str(one) for one in found if one.many and one.severity == "stop"]
    if quarantine is not None:
        _put_aside(df, aside, Path(quarantine), most=SHOWN if stops else len(df))
    if stops:
        _alert(f"{source} breaks its contract:\n  " + "\n  ".join(stops), alerts, logging.ERROR)
        raise ValueError(f"{source} breaks its contract:\n  " + "\n  ".join(stops))
    if found:
        text = f"{source}, odd but admitted without the odd rows:\n  "
        _alert(text + "\n  ".join(map(str, found)), alerts, logging.WARNING)
    log.info("%s: %d rows, %d odd", source, len(df), _any(df, aside).sum())
    return _typed(df[~_any(df, aside)], schema) if aside else _typed(df, schema)


def _columns(df: pd.DataFrame, schema: pa.DataFrameSchema) -> Iterator[Break]:
    there = list(df.columns)
    for name in schema.columns:
        if there.count(name) != 1:
            says = "the column is gone" if name not in there else "the column stands there twice"
            yield Break(name, f"{says}; there are {there}")
    for name in there:
        if name not in schema.columns:
            yield Break(name, "the column is new", severity="warn")
    if not len(df):
        yield Break(None, "the batch has no rows")


def _rows(df: pd.DataFrame, schema: pa.DataFrameSchema, profile: dict[str, Any]) -> Iterator[Break]:
    """Rules about single rows: broken by many rows, they are rules about the batch."""
    for name, column in schema.columns.items():
        values, unreadable = as_type(df[name].reset_index(drop=True), column)
        seen = column.description or "nothing else seen"
        rules = [(f"no {column.dtype} ({seen})", unreadable, "stop")]
        if not column.nullable:
            rules.append(("missing, none seen", df[name].isna().to_numpy(bool), "stop"))
        if column.unique:
            twice = values.notna() & values.duplicated()
            rules.append(("not unique", twice.to_numpy(bool), "stop"))
        for check in column.checks:
            severity = "warn" if check.raise_warning else "stop"
            rules.append((f"not {check.error} ({seen})", breaks(values, check), severity))
        limit = _most(FEW, len(df), profile["rows"], len(schema.columns))
        for rule, odd, severity in rules:
            if odd.any():
                yield Break(name, rule, odd, bool(odd.sum() > limit), severity)


def breaks(values: Any, check: Any) -> Any:
    """Which values break a check; nulls do not."""
    kept = check(values).check_output  # without the nulls
    odd = np.zeros(len(values), bool)
    odd[kept.index[~kept.astype(bool)]] = True
    return odd


def as_type(values: Any, column: Any) -> tuple[Any, Any]:
    """A column as its type, and where it cannot be read as such."""
    wanted = column.dtype and column.dtype.type
    kind = getattr(wanted, "kind", "O")
    if str(column.dtype).startswith("str"):
        odd = values.map(lambda value: not isinstance(value, str), na_action="ignore").eq(True)
        return values.where(~odd), odd.to_numpy(bool)
    if kind not in "iufbM" or values.dtype == wanted:
        return values, np.zeros(len(values), bool)
    zone = getattr(wanted, "tz", None)
    if values.dtype.kind in "mM":
        alike = kind == values.dtype.kind
        alike = alike and (zone is None) == (getattr(values.dtype, "tz", None) is None)
        read = values if alike else pd.Series(np.nan, index=values.index)
    elif kind == "M":
        read = pd.to_datetime(values, errors="coerce", utc=zone is not None)
    else:
        read = pd.to_numeric(values, errors="coerce")
    odd = (read.isna() & values.notna()).to_numpy(bool)
    if kind in "iu":
        odd = odd | (read.notna() & (read % 1 != 0)).to_numpy(bool)
    return read, odd


def _batch(
    df: pd.DataFrame, schema: pa.DataFrameSchema, profile: dict[str, Any]
) -> Iterator[Break]:
    """Rules about the batch as a whole."""
    reference, rules = profile["rows"], profile["rules"]
    for column in profile["columns"]:
        name = column["name"]
        values = as_type(df[name], schema.columns[name])[0]
        missing = blanks(values)
        seen, allowed, severity = column["blank"].values()
        if missing.sum() > _most(allowed, len(df), reference, rules):
            says = f"{missing.mean():.1%} missing; {seen:.1%} seen, {allowed:.1%} allowed"
            yield Break(name, says, severity=severity)
        given = values[~missing]
        weight = len(given) * reference / (len(given) + reference)
        if not len(given):
            continue
        if column.get("values"):
            shares = shares_of(given)
            for value, before in column["values"].items():
                spread = math.sqrt(before * (1 - before))
                level = math.log(2 * rules / ALPHA)
                chance = spread * math.sqrt(2 * level / weight) + level / 3 / weight
                now = shares.get(value, 0.0)
                if abs(now - before) > column["shares"]["allowed"] * spread + chance:
                    says = f"{now:.1%} are {value!r}; {before:.1%} seen"
                    yield Break(name, says, severity=column["shares"]["severity"])
        if column.get("quantiles"):
            points, shares_seen = map(np.asarray, (column["quantiles"], column["up_to"]))
            distance = np.abs(shares_up_to(given, points) - shares_seen)
            chance = math.sqrt(math.log(2 * rules / ALPHA) / 2 / weight)  # Massart, 1990
            if distance.max() > column["shift"]["allowed"] + chance:
                at = int(distance.argmax())
                now = shares_up_to(given, points)[at]
                says = f"{now:.1%} are up to {points[at]:g}; {shares_seen[at]:.1%} seen"
                yield Break(name, f"shifted, {says}", severity=column["shift"]["severity"])


def blanks(values: Any) -> Any:
    """Where nothing stands, or a word for nothing."""
    if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype.kind == "M":
        return values.isna()
    distinct = pd.Series(values.dropna().astype(str).unique(), dtype=object)
    void = set(distinct[distinct.str.strip().str.lower().isin(WORDS)])
    return values.isna() | (values.astype(str).isin(void) if void else False)


def shares_of(values: Any) -> dict[str, float]:
    """How often each value stands there."""
    return {str(value): float(n) for value, n in values.value_counts(normalize=True).items()}


def figures(values: Any) -> Any:
    """Values as numbers: moments as seconds since 1970, texts by their length."""
    if values.dtype.kind == "M":
        return values.to_numpy("datetime64[s]").astype(np.int64).astype(float)
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(float)
        return numbers[np.isfinite(numbers)]
    return values.astype(str).str.len().to_numpy(float)


def shares_up_to(values: Any, points: Any) -> Any:
    """For each point, the share of the values up to it; a billionth more does not count."""
    numbers = figures(values)
    parts = np.searchsorted(points + 1e-9 * np.abs(points), numbers)
    counts = np.bincount(parts, minlength=len(points) + 1)[: len(points)]
    return np.cumsum(counts) / max(len(numbers), 1)


def _most(share: float, rows: int, reference: int, rules: int) -> float:
    """So many rows chance explains, by Bernstein's inequality; a small reference allows more."""
    level = math.log(max(rules, 1) / ALPHA)
    share = min(max(share, 1 / (reference + 1)), 1.0)
    spread = rows * share * (1 - share) * (1 + rows / (reference + 1))
    return rows * share + level / 3 + math.sqrt(level**2 / 9 + 2 * spread * level)


def _any(df: pd.DataFrame, aside: Sequence[Break]) -> Any:
    return np.any([one.odd for one in aside], axis=0) if aside else np.zeros(len(df), bool)


def _put_aside(df: pd.DataFrame, aside: Sequence[Break], quarantine: Path, most: int) -> None:
    odd = _any(df, aside)
    odd &= np.cumsum(odd) <= most
    reasons = [
        "; ".join(f"{one.column}: {one.rule}" for one in aside if one.odd[row])
        for row in np.flatnonzero(odd)
    ]
    quarantine.parent.mkdir(parents=True, exist_ok=True)
    df[odd].assign(reason=pd.Series(reasons, index=df[odd].index, dtype=object)).to_csv(quarantine)


def _typed(df: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """A frame with the kinds of types of its schema; the same one where it has them."""
    types = {}
    for name, column in schema.columns.items():
        wanted = column.dtype and column.dtype.type
        kind = getattr(wanted, "kind", "O")
        if kind in "iufbM" and df[name].dtype.kind != kind:
            types[name] = wanted
    return df.astype(types) if types else df


def _alert(text: str, alerts: Sequence[str], level: int) -> None:
    log.log(level, text)
    addresses = [*alerts, *os.environ.get("ALERTS", "").split()]
    if addresses:
        import apprise

        channel = apprise.Apprise()
        channel.add(addresses)
        channel.notify(body=text)
