"""What findings say."""

from __future__ import annotations

from poc_graduate.contracts.model import Column, Outcome
from poc_graduate.contracts.styles import written

_SHARES = ("mixture", "spike", "keys", "scattered", "delivered")
"""Rules about batches whose figures are shares of the rows."""
RULES = {
    "blank": "nothing stands there",
    "scattered": "nothing stands there, and not in a burst as ever",
    "placeholder": "a placeholder stands for a value (N/A, -999, 1900-01-01)",
    "malformed": "not written as the column is",
    "range": "outside the range",
    "jump": "far from the rows next to it, as none was",
    "lone": "another value than both rows next to it, which share theirs",
    "decimals": "more decimal places than any value had",
    "unseen": "a value never seen",
    "pattern": "a code in another form",
    "spaces": "white space at an end, or doubled",
    "damaged": "letters damaged by a wrong encoding",
    "case": "capital and small letters as never before",
    "unique": "a value that should be unique stands twice",
    "filled": "something stands where nothing ever did",
    "late": "a record that arrives late",
    "ahead": "a record far ahead of its batch",
    "gap": "time without any record",
    "shift": "the distribution moved",
    "shares": "the shares of the values moved",
    "mixture": "a part of the rows looks changed in its unit, sign or column",
    "spike": "one value stands in many more rows",
    "keys": "keys, or steps of a scale, that were never seen",
    "rank": "two columns no longer go together as they did",
    "means": "a number's place among the categories moved",
    "together": "two categories no longer stand together as they did",
    "labels": "a category no longer goes with what tells of it",
    "once": "a pair that stood in no two rows stands in some",
    "pairs": "two categories that never stood together do",
    "order": "the first is above the second",
    "lag": "the time between two dates is outside the range",
    "line": "a number is not what the others let expect",
    "repeated": "the row stands twice",
    "delivered": "the row was delivered before",
    "gone": "a column is gone",
    "new": "a column is new",
    "rows": "the batch has no rows",
    "encoding": "the file is in another encoding",
}
"""Every rule in a few words."""


def said(outcome: Outcome) -> str:
    """What a rule found."""
    words = RULES.get(outcome.rule, outcome.rule)
    return f"{words}: {outcome.says}" if outcome.says else words


def seen_text(outcome: Outcome, column: Column | None) -> str:
    """What the reference had."""
    if column is not None:
        if outcome.rule == "range" and column.range is not None:
            return range_text(column.range.seen, column)
        if outcome.rule == "unseen":
            return f"{len(column.values)} values"
        if outcome.rule == "pattern":
            return " or ".join(column.patterns)
        if outcome.rule == "malformed" and column.style:
            return column.style
        if outcome.rule == "decimals":
            return f"{column.decimals} decimal places"
        if outcome.rule == "case":
            return ", ".join(column.cases)
    return _figure(outcome, outcome.bound.seen)


def allowed_text(outcome: Outcome, column: Column | None) -> str:
    """What the contract allows."""
    share = _figure(outcome, outcome.bound.allowed)
    if outcome.bound.stop > outcome.bound.allowed:
        share += f", stops beyond {_figure(outcome, outcome.bound.stop)}"
    if outcome.rule == "range" and column is not None and column.range is not None:
        return f"{range_text(column.range.allowed, column)} in all but {share}"
    return share


def found_text(outcome: Outcome) -> str:
    """What this batch has."""
    return _figure(outcome, outcome.value)


def _figure(outcome: Outcome, value: float) -> str:
    if outcome.odd is not None or outcome.rule in _SHARES:
        return f"{value:.2%} of the rows"
    return f"a distance of {value:.3g}"


def range_text(span: tuple[float, float], column: Column) -> str:
    """From where to where, in the column's own writing."""
    if column.kind == "date":
        return f"{written(span[0])} to {written(span[1])}"
    unit = " characters" if column.kind in ("text", "code") else ""
    return f"{span[0]:.9g} to {span[1]:.9g}{unit}"
