"""What time alone may have done: which breaks of a contract warn, and which stop the batch.

A reference that is in the order of time shows a part of what happens, not all of it: seasons turn,
prices rise, a shop closes for a night. Damage goes through single rows, or further than time does.
So rows that break a rule next to each other count as one event, not as so many witnesses; and a
distribution or a relation warns from `allowed` on, and stops from `stop` on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from poc_graduate.contracts import beside
from poc_graduate.contracts.beside import NEAR
from poc_graduate.contracts.chance import PRIOR, events, rows_by_chance
from poc_graduate.contracts.model import ODD_ROWS, Bound, Column, Contract, Mask, Outcome, Relation
from poc_graduate.contracts.nearby import turns
from poc_graduate.contracts.shifts import FEWEST, value_shares
from poc_graduate.contracts.times import FOLLOWS
from poc_graduate.contracts.values import Values

_EVENTS = frozenset((
    "range", "unseen", "decimals", "jump", "unique", "filled",
    "once", "order", "lag", "line", "pairs",
))  # fmt: skip
"""Rules about rows that something new breaks, too: a season, a price, a station that joins."""
_FURTHER = {
    "shift": (0.6, 0.35, 0.15), "shares": (2.0, 1.0, 0.3), "mixture": (0.75, 0.3, 0.1),
    "means": (0.3, 0.08, 0.05), "rank": (2.5, 1.2, 0.5), "together": (1.0, 0.7, 0.4),
    "pairs": (0.04, 0.03, 0.0), "labels": (0.1, 0.05, 0.0),
}  # fmt: skip
"""How much further a batch may be, and only warn: after one reference batch, after two or three,
and after `_SEVERAL`."""
_SEVERAL = 4
_ANY_SHARES = 9.0
"""Of values that stay for long, or of a single one: how long they stay, chance and time say."""
_ANY_RANK = 6.0
"""Of columns that both move slowly, ranks say what they did together: once, whatever it was."""
_ANY_PLACE = 0.5
"""Likewise where a number that moves slowly stood for each of some categories, as stations."""
_PART = 0.25
"""Of a batch, that a spell may be in which columns go with each other otherwise."""
_OPEN = 0.05
"""Where more rows had a new key, keys turn over: half as many more only warn."""
_HABIT, _MORE, _HABITUAL = 0.005, 5.0, (0.05, 0.1)
"""Where more rows had a word for nothing, that is how the column is filled in: by so many times as
many rows it may become more, and only warn."""
_REPEATS, _LONE, _BLANK = 5.0, 3.0, 0.5
"""Likewise rows that stand twice and categories alone among others, beside those that were seen;
and blanks, which may be a hundredth of the rows more."""
_TURNS = 0.01
"""Where more rows had a new value in a part of the reference, values come and go."""
_DUE, _PER_LEFT, _MOST_LEFT = 5, 1.5, 0.5
"""A value that was due in so many rows and stands in none has left: as many rows and half as many
again may have a new one, unless half of the batch has."""
_MOVED = 0.7
"""The mean place in the reference's distribution from which a batch has moved; 0.5 is as ever."""
_DIFFER = 0.5
"""Of the rows of a column that was empty, that have values of their own: they are measured."""
_ALL_CHANGED = 0.9
"""Of the rows, that look changed alike: a distribution as a whole moved, which is a shift."""
_BY_ITSELF, _FEW_ROWS = ("blank", "repeated"), 0.025
"""Of the rows, in which nothing stands, or which somebody wrote twice: it comes here and there,
though a short reference showed none."""
_LIVELIER = 3.0
"""So many times as long as ever, a column's usual step may be in livelier times."""
_NEARLY_ALL = 0.8
_BEYOND = 0.1
"""Of the rows, that may be somewhat out of range here and there, in livelier times."""
_SPANS, _SLOW_SPANS = 1.0, 6.0
"""So many spans beyond what was seen, time may take numbers; and those that move slowly."""
_TAIL = 10.0
"""Medians from zero to the largest number: then there is a tail, as rain has, and time may take
numbers `_LONGER` times as far."""
_LONGER = 5.0


def in_time(contract: Contract) -> bool:
    """Whether rows come in the order of time: each batch is later, and none is a random sample."""
    return contract.ordered and any(
        column.near >= NEAR or (column.order is not None and column.order.follows >= FOLLOWS)
        for column in contract.columns
    )


def by_time(
    outcome: Outcome, contract: Contract, batch: Mapping[str, Values], level: float
) -> bool:
    """Whether time alone may have broken a rule.

    Args:
        outcome: What broke it.
        contract: Of a reference in the order of time.
        batch: Its columns.
        level: How unlikely a break is.
    """
    odd = outcome.odd
    if outcome.value <= outcome.bound.stop:
        return True
    if outcome.value <= outcome.newcomers:
        return in_time(contract)
    if odd is not None and outcome.rule == "filled" and _begun(odd, batch[outcome.columns[0]]):
        return contract.ordered
    if not in_time(contract):
        return False
    if outcome.rule == "mixture" and outcome.value >= _ALL_CHANGED:
        return True
    if outcome.rule in _BY_ITSELF and outcome.value <= _FEW_ROWS:
        return True
    if odd is None or outcome.rule not in _EVENTS:
        return False

    def usual(rows: Mask, together: float = 1.0) -> bool:
        together = max(together, outcome.bound.together)
        count = int(np.count_nonzero(rows))
        known = contract.rows
        return rows_by_chance(count, len(rows), outcome.bound, known, PRIOR, together) >= level

    if len(outcome.columns) != 1:
        if outcome.far is not None and outcome.value <= _BEYOND and usual(outcome.far):
            return True
        return outcome.value <= _PART and usual(odd, events(odd))
    column, values = contract.column(outcome.columns[0]), batch[outcome.columns[0]]
    assert column is not None
    if outcome.rule == "range":
        few = outcome.value <= _BEYOND or bool(column.values)
        others = odd & ~_along(odd, column, values)
        little = few or usual(odd, events(odd)) or usual(others, events(others))
        far = odd & _far(column, values)
        among = batch.get(column.among)
        order = np.arange(len(odd)) if among is None else turns(among.codes)
        walked = _walked(far[order], column, values.part(order))
        return little and usual(far[order] & ~walked)
    if outcome.rule == "unseen":
        if _in_other_words(odd, column, values):
            return False
        turned = outcome.bound.seen > _TURNS and outcome.value <= _left(column, values)
        return turned or usual(odd & ~_further_steps(column, values), events(odd))
    return usual(odd, events(odd))


def warning(contract: Contract) -> Contract:
    """A contract with how far it warns before it stops."""
    if not in_time(contract):
        return contract
    many = (len(contract.sources) > 1) + (len(contract.sources) >= _SEVERAL)
    further = {rule: reach[many] for rule, reach in _FURTHER.items()}
    slow = {column.name for column in contract.columns if column.near >= NEAR}

    def bounds(rules: Mapping[str, Bound], *, stays: bool) -> dict[str, Bound]:
        made = {rule: _until(bound, further.get(rule, 0.0)) for rule, bound in rules.items()}
        if "shares" in made and stays:
            made["shares"] = _until(rules["shares"], _ANY_SHARES)
        if "keys" in made and made["keys"].seen > _OPEN:
            made["keys"] = _until(made["keys"], made["keys"].allowed / 2)
        if "placeholder" in made and made["placeholder"].seen > _HABIT:
            habit = min(max(_MORE * made["placeholder"].seen, _HABITUAL[0]), _HABITUAL[1])
            made["placeholder"] = _until(made["placeholder"], habit)
        for rule, more, least in (("lone", _LONE, 0.0), ("blank", _BLANK, ODD_ROWS)):
            if rule in made and made[rule].seen:
                made[rule] = _until(made[rule], more * made[rule].seen + least)
        return made

    table = dict(contract.rules)
    if "repeated" in table and table["repeated"].seen > _HABIT:
        table["repeated"] = _until(table["repeated"], _REPEATS * table["repeated"].seen)

    def moves(one: Relation) -> float:
        more = further.get(one.kind, 0.0)
        if one.kind == "rank" and slow.issuperset(one.columns):
            return _ANY_RANK
        return max(more, _ANY_PLACE) if one.kind == "means" and one.columns[1] in slow else more

    return replace(
        contract,
        rules=table,
        columns=tuple(
            replace(c, rules=bounds(c.rules, stays=c.serial or len(c.values) == 1))
            for c in contract.columns
        ),
        relations=tuple(
            replace(
                one,
                bound=_until(one.bound, moves(one)),
                odd=_until(one.odd, further["pairs"] if one.kind == "together" else 0.0),
            )
            for one in contract.relations
        ),
    )


def _until(bound: Bound, further: float) -> Bound:
    return replace(bound, stop=round(bound.allowed + further, 4)) if further else bound


def _in_other_words(odd: Mask, column: Column, values: Values) -> bool:
    """Whether categories are the known ones, written otherwise: some of them, or all at once in a
    column that does not keep its values for long."""
    if column.kind != "category":
        return False
    all_at_once = np.count_nonzero(odd) > _NEARLY_ALL * len(odd)
    if all_at_once and len(column.values) > 1 and not column.serial:
        return True
    known = {bare(value) for value in column.values}
    new = np.unique(values.codes[odd & values.known])
    return any(bare(values.texts.iloc[code]) in known for code in new.tolist())


def bare(text: str) -> str:
    """A text without anything but its letters and digits, small."""
    return "".join(char for char in text.lower() if char.isalnum())


def _begun(odd: Mask, values: Values) -> bool:
    """Whether what stands where nothing ever did is measured since: damage has few values."""
    return bool(len(np.unique(values.codes[odd])) > _DIFFER * np.count_nonzero(odd))


def _left(column: Column, values: Values) -> float:
    """How many rows may have a new value, for the known ones that left: as many, and some more."""
    given = int(np.count_nonzero(values.given))
    shares, _ = value_shares(values, column)
    left = sum(
        known for known, share in zip(column.values.values(), shares, strict=True)
        if not share and known * given >= _DUE
    )  # fmt: skip
    return _PER_LEFT * left if left <= _MOST_LEFT else 0.0


def _along(odd: Mask, column: Column, values: Values) -> Mask:
    """Odd rows on the side to which the others have moved, too: damage leaves these where they
    were."""
    found = np.zeros(len(odd), dtype=bool)
    number = values.number
    others = number[values.given & ~odd & np.isfinite(number)]
    if column.range is None or not column.profile.values or len(others) < FEWEST:
        return found
    known = column.profile
    place = float(np.mean(np.interp(others, known.values, known.shares)))
    if place >= _MOVED or "unique" in column.rules:  # identifiers grow
        return odd & (number > column.range.allowed[1])
    return odd & (number < column.range.allowed[0]) if place <= 1 - _MOVED else found


def _walked(far: Mask, column: Column, values: Values) -> Mask:
    """Rows far out of range to which a column that moves slowly came in steps that it has, or in
    none that is longer than the span of the reference."""
    if column.near < NEAR or column.range is None:
        return np.zeros(len(far), dtype=bool)
    number = np.where(values.given, values.number, np.nan)
    usual = min(max(column.step, beside.steps(number)[1]), _LIVELIER * column.step)
    low, high = column.range.seen
    return beside.walked(far, number, max(column.jump * usual, high - low))


def _further_steps(column: Column, values: Values) -> Mask:
    """Numbers, of a column that has few, beyond those that were seen, but not too far."""
    if column.range is None:
        return np.zeros(len(values.number), dtype=bool)
    low, high = column.range.seen
    return ((values.number < low) | (values.number > high)) & ~_far(column, values)


def _far(column: Column, values: Values) -> Mask:
    """Numbers that time hardly takes so far: beyond what is allowed, and more than the span of the
    reference beyond what was seen."""
    low, high = reach(column)
    return np.asarray((values.number < low) | (values.number > high))


def reach(column: Column) -> tuple[float, float]:
    """How far time may take a column's numbers."""
    assert column.range is not None
    (low, high), (least, most) = column.range.seen, column.range.allowed
    if low == high and column.profile.values:  # how far it goes, one value does not tell
        return -np.inf, np.inf
    span = (_SLOW_SPANS if column.near >= NEAR else _SPANS) * (high - low)
    if not column.profile.values:  # there is no thirteenth month
        span = 0.0
    if low >= 0 and high > _TAIL * _median(column):
        span = max(span, (_LONGER - 1) * high)
    bottom = min(low - span, least)
    if low >= 0 and column.near < NEAR:  # time turns no sign, but a winter's
        bottom = max(bottom, 0.0)
    return bottom, max(high + span, most)


def _median(column: Column) -> float:
    known = column.profile
    return float(np.interp(0.5, known.shares, known.values)) if known.values else np.inf
