"""The contract as YAML that a person reads and edits, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from poc_graduate.contracts.model import (
    KINDS,
    RELATION_KINDS,
    SEVERITIES,
    USUAL,
    Bound,
    Column,
    Contract,
    Order,
    Profile,
    Range,
    Relation,
    Source,
)
from poc_graduate.contracts.styles import moment, written
from poc_graduate.contracts.words import RULES
from poc_graduate.errors import InputError
from poc_graduate.plan.text import scalar

_HEADER = """\
What holds for batches of this data, learnt from {rows:,} rows.

`seen` is what the reference had, `allowed` what a batch may have; edit what is allowed.
  - For rules about rows both are shares: 0.02 allows 2 % of the rows. A few odd rows more than
    that are put aside; the batch breaks the rule where chance does not explain their number.
  - For rules about a batch they are distances: between distributions (shift, 0 to 1), shares of
    values (shares, together), rank correlations (rank), places of a number in its distribution
    (means, 0 to 1), how much less surely a category is told by other columns (labels, 1 where
    they tell nothing more); or the share of rows that look changed (mixture, spike). What chance
    adds in a batch of its size is added by the check.
  - `stop` beside a bound: what lies between `allowed` and this warns only, time may do so much.
    `severity: warn` or `severity: off`: the batch is not stopped, or not asked.
    `together: 12`: odd rows come in bursts, where 12 of them tell as much as one.
    A rule that is not listed has {{seen: 0, allowed: {usual}}}.
Check a batch:  poc-graduate contract check FILE BATCH"""


_LONGEST_KEY = 1000
"""Letters of a key that YAML finds by its colon (1.2.2, 7.4: at most 1024); longer ones are marked.
"""


def to_yaml(contract: Contract) -> str:
    """The contract as text; the same contract gives the same bytes."""
    header = _HEADER.format(rows=contract.rows, usual=USUAL.allowed)
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    lines += ["", "contract: 1", "batches:  # the reference"]
    lines += [f"  - {_source(source)}" for source in contract.sources]
    lines += [f"ordered: {str(contract.ordered).lower()}  # the batches are in the order of time"]
    if contract.rules:
        lines += ["table:", *_rules(contract.rules, "  ")]
    lines += ["", "columns:"]
    for column in contract.columns:
        lines += _column(column)
    if contract.relations:
        lines += ["", "relations:"]
        for relation in contract.relations:
            lines += _relation(relation)
    if contract.delivered:
        lines += ["", "# Hashes of some of the rows, by which rows that come again are known."]
        lines += [f"delivered: {contract.delivered}"]
    return "\n".join(lines) + "\n"


def _source(source: Source) -> str:
    encoding = f", encoding: {source.encoding}" if source.encoding else ""
    return f"{{name: {_flow(source.name)}, rows: {source.rows}{encoding}}}"


def _column(column: Column) -> Iterator[str]:
    name = scalar(column.name)
    yield f"  {name}:" if len(name) < _LONGEST_KEY else f"  ? {name}\n  :"
    yield f"    kind: {column.kind}"
    if column.style:
        yield f"    style: {_flow(column.style)}"
    dates = column.kind == "date"
    if column.range is not None:
        what = "  # characters" if column.kind in ("text", "code") else ""
        seen, allowed = (_list(span, dates) for span in (column.range.seen, column.range.allowed))
        yield f"    range: {{seen: {seen}, allowed: {allowed}}}{what}"
    if column.serial:
        yield "    serial: true  # rows next to each other are alike, odd ones come in bursts"
    if column.near:
        yield f"    near: {_number(column.near)}  # how much of a value its neighbours tell"
    if column.among:
        yield f"    among: {_flow(column.among)}  # its neighbours have the same value there"
    if column.jump:
        yield f"    jump: {_number(column.jump)}  # usual steps that a row may be from them"
        yield f"    step: {_number(column.step)}  # the usual one"
    if column.decimals is not None:
        yield f"    decimals: {column.decimals}"
    if column.patterns:
        yield f"    patterns: [{', '.join(map(_flow, column.patterns))}]"
    if column.cases:
        yield f"    cases: [{', '.join(column.cases)}]"
    if column.values:
        inside = ", ".join(f"{_in_front(v)}: {_number(s)}" for v, s in column.values.items())
        yield f"    values: {{{inside}}}"
    if column.rules:
        yield "    rules:"
        yield from _rules(column.rules, "      ")
    if column.order is not None:
        order = column.order
        yield "    order:  # in seconds for dates; late: behind other rows; tail: in windows"
        yield f"      follows: {_number(order.follows)}"
        yield f"      late: {_bound(order.late)}"
        yield f"      tail: {_bound(order.tail)}"
        yield f"      gap: {_number(order.gap)}"
        yield f"      step: {_number(order.step)}"
        if order.lacking:
            yield f"      lacking: {_number(order.lacking)}  # rows due in the longest gap"
        if order.hours:
            yield f"      hours: {_list(order.hours, False)}  # rows, beside an average hour"
        if order.days:
            yield f"      days: {_list(order.days, False)}  # likewise, from Monday on"
    if column.common:
        inside = ", ".join(f"{_value(v, dates)}: {_number(s)}" for v, s in column.common.items())
        yield f"    common: {{{inside}}}"
    if column.profile.values:
        yield "    profile:  # so many of the rows are not above"
        yield f"      values: {_list(column.profile.values, dates)}"
        yield f"      shares: {_list(column.profile.shares, False)}"
    if column.keys:
        yield f"    keys: {column.keys}  # hashes"
    if column.often:
        yield f"    often: {column.often}  # rows of each"


def _relation(relation: Relation) -> Iterator[str]:
    yield f"  - kind: {relation.kind}  # {RULES[relation.kind]}, if broken"
    yield f"    columns: [{', '.join(map(_flow, relation.columns))}]"
    if relation.seen:
        inside = ", ".join(f"{_in_front(k)}: {_number(v)}" for k, v in relation.seen.items())
        yield f"    seen: {{{inside}}}"
    yield f"    bound: {_bound(relation.bound)}"
    if relation.odd != USUAL:
        yield f"    odd: {_bound(relation.odd)}  # {RULES['pairs']}"


def _rules(rules: Mapping[str, Bound], indent: str) -> Iterator[str]:
    entries = [(f"{rule}: {_bound(bound)}", RULES.get(rule, "")) for rule, bound in rules.items()]
    width = max((len(entry) for entry, _ in entries), default=0)
    for entry, comment in entries:
        yield f"{indent}{entry:<{width}}  # {comment}"


def _bound(bound: Bound) -> str:
    more = "" if bound.stop <= bound.allowed else f", stop: {_number(bound.stop)}"
    more += "" if bound.together == 1 else f", together: {_number(bound.together)}"
    more += "" if bound.severity == "stop" else f", severity: {bound.severity}"
    return f"{{seen: {_number(bound.seen)}, allowed: {_number(bound.allowed)}{more}}}"


def _list(numbers: tuple[float, ...], dates: bool) -> str:
    return f"[{', '.join(_value(number, dates) for number in numbers)}]"


def _value(number: float, date: bool) -> str:
    return f"'{written(number)}'" if date else _number(number)


def _number(number: float) -> str:
    if float(number).is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(float(number))
    # YAML 1.1 reads 1e-06 as text: a number has a point
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _flow(text: str) -> str:
    """A scalar that may stand between braces."""
    plain = scalar(text)
    special = plain == text and any(char in text for char in ",[]{}:#\n")
    return "'" + text.replace("'", "''") + "'" if special and "\n" not in text else plain


def _in_front(text: str) -> str:
    """A scalar that may stand in front of a colon."""
    flow = _flow(text)
    return flow if len(flow) < _LONGEST_KEY else f"? {flow} "


# Back --------------------------------------------------------------------------------------------


def from_yaml(text: str, name: str = "the contract") -> Contract:
    """Read a contract that people may have edited.

    Args:
        text: Its YAML.
        name: What it is called in errors.

    Raises:
        InputError: it is no contract, or an entry is not what it should be, with the place.
    """
    try:
        read = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as failure:
        raise InputError(f"{name} is no YAML: {' '.join(str(failure).split())}") from None
    if not isinstance(read, dict) or "contract" not in read:
        raise InputError(f"{name} is no contract", remedy="make one with `contract learn`")
    if read["contract"] != 1:
        raise InputError(f"{name} was written by another version: contract {read['contract']}")
    try:
        return Contract(
            sources=tuple(
                Source(str(b["name"]), int(b["rows"]), str(b.get("encoding", "")))
                for b in read.get("batches", [])
            ),
            ordered=bool(read.get("ordered", True)),
            columns=tuple(_read_column(str(n), e) for n, e in (read.get("columns") or {}).items()),
            relations=tuple(_read_relation(one) for one in read.get("relations") or ()),
            rules=_read_rules(read.get("table"), "table"),
            delivered=str(read.get("delivered", "")),
        )
    except _Wrong as wrong:
        raise InputError(f"{name}: {wrong}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise InputError(f"{name} has an entry that cannot be read: {wrong!r}") from None


class _Wrong(Exception):
    """An entry that is not what it should be."""


_ENTRIES = frozenset(
    "kind style range decimals patterns cases values rules order common profile keys serial "
    "near jump step often among".split()
)


def _read_column(name: str, entry: Any) -> Column:
    where = f"column {name!r}"
    if not isinstance(entry, dict):
        raise _Wrong(f"{where} has no entries")
    strange = set(map(str, entry)) - _ENTRIES
    if strange:
        raise _Wrong(f"{where} has an unknown entry {sorted(strange)[0]!r}")
    kind = entry.get("kind")
    if kind not in KINDS:
        raise _Wrong(f"{where}: kind is one of {', '.join(KINDS)}, not {kind!r}")
    dates = kind == "date"
    span = entry.get("range")
    profile = entry.get("profile") or {}
    order = entry.get("order")
    return Column(
        name=name,
        kind=kind,
        style=str(entry.get("style", "")),
        range=Range(_span(span["seen"], dates, where), _span(span["allowed"], dates, where))
        if span else None,
        decimals=None if entry.get("decimals") is None else int(entry["decimals"]),
        patterns=tuple(map(str, entry.get("patterns") or ())),
        cases=tuple(map(str, entry.get("cases") or ())),
        values={_key(v): float(share) for v, share in (entry.get("values") or {}).items()},
        profile=Profile(
            tuple(_as_number(v, dates) for v in profile.get("values", ())),
            tuple(map(float, profile.get("shares", ()))),
        ),
        common={_as_number(v, dates): float(s) for v, s in (entry.get("common") or {}).items()},
        order=None if order is None else Order(
            float(order["follows"]), _read_bound(order["late"], where),
            _read_bound(order["tail"], where), float(order["gap"]), float(order["step"]),
            float(order.get("lacking", 0)), tuple(map(float, order.get("hours", ()))),
            tuple(map(float, order.get("days", ()))),
        ),
        keys=str(entry.get("keys", "")),
        often=str(entry.get("often", "")),
        rules=_read_rules(entry.get("rules"), where),
        serial=bool(entry.get("serial", False)),
        near=float(entry.get("near", 0)),
        jump=float(entry.get("jump", 0)),
        step=float(entry.get("step", 0)),
        among=str(entry.get("among", "")),
    )  # fmt: skip


def _read_relation(entry: Any) -> Relation:
    kind = entry.get("kind")
    columns = tuple(map(str, entry.get("columns") or ()))
    where = f"relation {kind} of {' and '.join(columns)}"
    if kind not in RELATION_KINDS:
        raise _Wrong(f"{where}: its kind is one of {', '.join(RELATION_KINDS)}")
    return Relation(
        kind,
        columns,
        {_key(k): float(v) for k, v in (entry.get("seen") or {}).items()},
        _read_bound(entry.get("bound"), where),
        _read_bound(entry["odd"], where) if "odd" in entry else USUAL,
    )


def _read_rules(entry: Any, where: str) -> dict[str, Bound]:
    found = {}
    for rule, bound in (entry or {}).items():
        if rule not in RULES:
            raise _Wrong(f"{where}: there is no rule {rule!r}")
        found[str(rule)] = _read_bound(bound, f"{where}, {rule}")
    return found


def _read_bound(entry: Any, where: str) -> Bound:
    if not isinstance(entry, dict) or not {"allowed"} <= set(entry) <= {
        "seen",
        "allowed",
        "stop",
        "severity",
        "together",
    }:
        raise _Wrong(f"{where}: a bound reads {{seen: 0, allowed: 0.01, severity: warn}}")
    severity: Any = entry.get("severity", "stop")
    severity = "off" if severity is False else severity  # YAML reads a bare `off` so
    if severity not in SEVERITIES:
        raise _Wrong(f"{where}: severity is one of {', '.join(SEVERITIES)}, not {severity!r}")
    try:
        seen, allowed = float(entry.get("seen", 0)), float(entry["allowed"])
        together = max(1.0, float(entry.get("together", 1)))
        stop = float(entry.get("stop", 0))
    except (TypeError, ValueError):
        raise _Wrong(f"{where}: `seen`, `allowed`, `stop` and `together` are numbers") from None
    return Bound(seen, allowed, severity, together, stop)


def _span(entry: Any, dates: bool, where: str) -> tuple[float, float]:
    if not isinstance(entry, list) or len(entry) != 2:
        raise _Wrong(f"{where}: a range has two ends, as in [0, 100]")
    try:
        low, high = (_as_number(one, dates) for one in entry)
    except ValueError:
        raise _Wrong(f"{where}: {entry} is no range") from None
    if low > high:
        raise _Wrong(f"{where}: the range {entry} ends before it begins")
    return low, high


def _as_number(entry: Any, date: bool) -> float:
    return moment(str(entry)) if date else float(entry)


def _key(entry: Any) -> str:
    """A value as text, where YAML has read a number."""
    return f"{entry:.12g}" if isinstance(entry, float) else str(entry)
