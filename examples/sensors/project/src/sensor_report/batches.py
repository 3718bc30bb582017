"""Batches against their contract: odd rows are put aside, a batch that is another one stops here.

A contract has two parts: a schema (`contracts.py`), which says what each row must be, and a profile
(`reference/`), which says how the batch as a whole was distributed when the contract was learnt
(`drift.py`, `beside.py`), and when its rows came (`arrivals.py`).
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from .chance import FEW, Break, here_and_there, odd_rows
from .drift import drifted, went
from .readings import NUMBERS

SHOWN = 1000
"""Odd rows that are written of a batch that is refused; of one that is admitted, all are."""
REFERENCE = Path(__file__).parents[2] / "reference"

log = logging.getLogger(__name__)
_untold = count(1)


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
        typed = {
            name: as_type(df[name].reset_index(drop=True), column)
            for name, column in schema.columns.items()
        }
        found += _rows(df, typed, schema, profile)
        found += drifted({name: values for name, (values, _) in typed.items()}, profile)
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


def _rows(
    df: pd.DataFrame,
    typed: Mapping[Any, tuple[Any, Any]],
    schema: pa.DataFrameSchema,
    profile: dict[str, Any],
) -> Iterator[Break]:
    """Rules about single rows: broken by many rows, they are rules about the batch."""
    measured = {column["name"]: column for column in profile["columns"]}
    usual = {"seen": 0.0, "allowed": FEW, "severity": "stop"}
    for name, column in schema.columns.items():
        values, unreadable = typed[name]
        known = measured.get(name, {})
        seen = column.description or "nothing else seen"
        yield from odd_rows(name, f"no {column.dtype} ({seen})", unreadable, usual, profile)
        if not column.nullable:
            missing = df[name].isna().to_numpy(bool)
            for found in odd_rows(name, "missing, none seen", missing, usual, profile):
                few = here_and_there(missing.mean(), profile)  # put aside, whatever chance says
                yield replace(found, many=found.many and not few)
        if column.unique:
            twice = (values.notna() & values.duplicated()).to_numpy(bool)
            yield from odd_rows(name, "not unique", twice, usual, profile)
        for check in column.checks:
            odd, bound = breaks(values, check), dict(usual)
            if check.name == "isin":
                bound = {**usual, **known.get("unseen", {})}
            if check.raise_warning:
                bound["severity"] = "warn"
            time = {}
            if check.name == "in_range" and "reach" in known:
                low, high = known["reach"] or (-np.inf, np.inf)
                numbers = values.to_numpy(float, na_value=np.nan)
                time = {
                    "far": (numbers < low) | (numbers > high) | np.isin(numbers, NUMBERS),
                    "moved": went(numbers, odd, known),
                }
            yield from odd_rows(
                name, f"not {check.error} ({seen})", odd, bound, profile,
                may_begin=check.name == "isin" or bool(time), **time,
            )  # fmt: skip


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
        if isinstance(values.dtype, pd.StringDtype):
            return values, np.zeros(len(values), bool)
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
    if kind == "f":
        read = read.astype(float)
    if kind in "iu" and read.dtype.kind == "f":
        whole = (read % 1 == 0) & (read.abs() < 2.0**63)
        odd = odd | (read.notna() & ~whole).to_numpy(bool)
        read = read.where(whole).astype("Int64")  # that some are missing changes no other one
    return read, odd


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
        known = channel.add(addresses)
        if not (channel.notify(body=text) and known):
            # Addresses hold passwords, so none is named.
            says = "alert %d of this run that did not reach each of %d addresses: %s"
            log.error(says, next(_untold), len(addresses), text.partition("\n")[0])
