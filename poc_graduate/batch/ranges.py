"""Values of one parameter, made when they are asked for: lists, numbers from … to, dates."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

from poc_graduate.batch.model import Value
from poc_graduate.errors import InputError, meant

_EVERY = re.compile(r"(?:(\d+) )?(hour|day|week|month|quarter|year)s?$")
_MONTH = re.compile(r"(\d{4})-(\d{2})$")
_MOST = 10**9


class Values(Sequence[Value]):
    """A sequence that knows its length and makes each value when it is asked for."""

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        if isinstance(index, slice):
            return [self.at(place) for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.at(index)

    def at(self, index: int) -> Value:
        """The value at a place, from 0."""
        raise NotImplementedError


@dataclass(frozen=True)
class Numbers(Values):
    """`{from: 0.1, to: 0.9, step: 0.1}`, or `times: 10` instead of a step; both ends belong to it.

    Decimal arithmetic: the third value of 0.1, 0.2, … is 0.3 and not 0.30000000000000004.
    """

    first: Decimal
    by: Decimal
    length: int
    whole: bool
    times: bool = False

    def __len__(self) -> int:
        return self.length

    def at(self, index: int) -> Value:
        """The value at a place, from 0."""
        found = self.first * self.by**index if self.times else self.first + self.by * index
        return int(found) if self.whole else float(found)


@dataclass(frozen=True)
class Dates(Values):
    """`{from: 2024-01-01, to: 2024-12-31, every: month}`, as texts; both ends belong to it.

    Each is counted from the first, so that the 31st of January is followed by the 29th of February
    and that by the 31st of March.
    """

    first: dt.datetime
    step: int
    unit: str
    length: int
    form: str

    def __len__(self) -> int:
        return self.length

    def at(self, index: int) -> Value:
        """The value at a place, from 0."""
        return later(self.first, self.unit, self.step * index).strftime(self.form)


def later(start: dt.datetime, unit: str, count: int) -> dt.datetime:
    """A time some hours, days, weeks, months, quarters or years after another."""
    if unit in ("hour", "day", "week"):
        return start + dt.timedelta(**{f"{unit}s": count})
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit] + start.month - 1
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)


def values(name: str, given: Any) -> Sequence[Value]:
    """The values that a grid gives a parameter.

    Args:
        name: The parameter, for messages.
        given: A list, a range or one value.

    Raises:
        InputError: it is none of these.
    """
    if isinstance(given, Mapping):
        return _range(name, given)
    if not isinstance(given, list):
        raise InputError(
            f"{name}: {given!r} is no list", remedy=f"write `{name}: [{given}]`, or a range"
        )
    return given


def _range(name: str, given: Mapping[str, Any]) -> Sequence[Value]:
    known = ("from", "to", "step", "times", "every", "format")
    for key in given:
        if key not in known:
            hint = meant(key, known, f"it has {', '.join(known)}")
            raise InputError(f"{name}: a range has no {key!r}", remedy=hint)
    if "from" not in given or "to" not in given:
        raise InputError(f"{name}: a range has `from` and `to`", remedy="give both ends")
    ends = given["from"], given["to"]
    if all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        return _numbers(name, given)
    if all(isinstance(end, str) for end in ends):
        return _dates(name, given)
    raise InputError(f"{name}: {ends[0]!r} to {ends[1]!r} is no range of numbers or dates")


def _numbers(name: str, given: Mapping[str, Any]) -> Numbers:
    for key in ("every", "format"):
        if key in given:
            raise InputError(f"{name}: `{key}` is for dates", remedy="numbers have `step`")
    if "step" in given and "times" in given:
        raise InputError(f"{name}: a range has `step` or `times`, not both")
    times = "times" in given
    by = given.get("times" if times else "step", 1)
    if isinstance(by, bool) or not isinstance(by, int | float):
        raise InputError(f"{name}: {by!r} is no number", remedy="give a number as step")
    whole = all(isinstance(value, int) for value in (given["from"], given["to"], by))
    first, last, step = (_decimal(name, value) for value in (given["from"], given["to"], by))
    if times:
        if first <= 0 or last < first or step <= 1:
            raise InputError(
                f"{name}: `times` goes upwards from a number above 0", remedy="use a list"
            )
        count, value = 0, first
        while value <= last:
            count, value = count + 1, value * step
    else:
        if step == 0 or (last - first) * step < 0:
            raise InputError(
                f"{name}: steps of {by} do not lead from {given['from']} to {given['to']}"
            )
        count = int((last - first) / step) + 1
    if count > _MOST:
        raise InputError(f"{name}: {count:,} values are too many")
    return Numbers(first, step, count, whole, times)


def _decimal(name: str, value: float) -> Decimal:
    found = Decimal(repr(value))
    if not found.is_finite():
        raise InputError(f"{name}: a range has no end at {value}")
    return found


def _dates(name: str, given: Mapping[str, Any]) -> Dates:
    for key in ("step", "times"):
        if key in given:
            raise InputError(f"{name}: `{key}` is for numbers", remedy="dates have `every: day`")
    every = _EVERY.match(str(given.get("every", "day")))
    if every is None or every[1] == "0":
        raise InputError(
            f"{name}: every {given['every']!r} is no step of time",
            remedy="write day, week, month, quarter, year, hour, or `2 weeks`",
        )
    step, unit = int(every[1] or 1), every[2]
    first, form = _time(name, given["from"], unit)
    last, _ = _time(name, given["to"], unit)
    if last < first:
        raise InputError(f"{name}: {given['to']} is before {given['from']}")
    low, high = 0, 1
    while later(first, unit, step * high) <= last:
        low, high = high, high * 2
        if high > 10**8 or later(first, unit, step * low).year > 9000:
            raise InputError(f"{name}: these are too many dates")
    while high - low > 1:
        middle = (low + high) // 2
        fits = later(first, unit, step * middle) <= last
        low, high = (middle, high) if fits else (low, middle)
    form = str(given.get("format", form))
    made = Dates(first, step, unit, high, form)
    if len(made) > 1 and made[0] == made[1]:
        raise InputError(f"{name}: format {form!r} gives the same text for different dates")
    return made


def _time(name: str, text: str, unit: str) -> tuple[dt.datetime, str]:
    month = _MONTH.match(text)
    try:
        if month is not None:
            if unit not in ("month", "quarter", "year"):
                raise InputError(
                    f"{name}: {text} names no day", remedy=f"write {text}-01, or `every: month`"
                )
            return dt.datetime(int(month[1]), int(month[2]), 1), "%Y-%m"
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{name}: {text!r} is no date", remedy="write 2024-01-31, or 2024-01"
        ) from None
    if found.tzinfo is not None:
        raise InputError(f"{name}: {text} has a time zone", remedy="leave it out")
    whole_days = len(text) == 10 and unit != "hour"
    return found, "%Y-%m-%d" if whole_days else "%Y-%m-%dT%H:%M:%S"
