"""Rules about single rows of a column: each a function that says which rows are odd."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from poc_graduate.contracts import beside
from poc_graduate.contracts.chance import PRIOR, bursts, calm, rows_by_chance
from poc_graduate.contracts.model import Bound, Column, Mask, Outcome, Range
from poc_graduate.contracts.styles import DAMAGED, found, matches
from poc_graduate.contracts.values import Values

_WITH_A_SPELL = ("unseen", "decimals", "jump")
"""What a spell brings along that never was: the fog has steps of its own on the scale of sight."""

_SEASONS = 2.0
"""So many spans beyond what is allowed, a column that moves slowly may still be."""

Rule = Callable[[Values, Column], Mask]


def blank(values: Values, column: Column) -> Mask:
    """Nothing stands there."""
    return values.blank


def placeholder(values: Values, column: Column) -> Mask:
    """A word, number or date stands there that means nothing: N/A, -999, 1900-01-01."""
    return values.placeholder


def malformed(values: Values, column: Column) -> Mask:
    """It is no number, or no date, in the style of the column."""
    return values.malformed


def out_of_range(values: Values, column: Column) -> Mask:
    """The number, the date, or the text's length is outside what is allowed."""
    assert column.range is not None
    low, high = column.range.allowed
    number = values.number
    return values.given & np.isfinite(number) & ((number < low) | (number > high))


def decimals(values: Values, column: Column) -> Mask:
    """The number has more places behind the point than any had."""
    assert column.decimals is not None
    return values.given & (places_beyond(values.number, column.decimals))


def jump(values: Values, column: Column) -> Mask:
    """The number is further from the rows next to it than any was, in usual steps."""
    return beside.jumps(np.where(values.given, values.number, np.nan), column.jump, column.step)


def lone(values: Values, column: Column) -> Mask:
    """The category is another one than that of both rows next to it, which share theirs."""
    return values.given & beside.lone(values.codes)


def places_beyond(number: np.ndarray, places: int) -> Mask:
    """Which numbers have more decimal places; digits that a double cannot hold do not count."""
    scaled = number * 10.0**places
    off = np.abs(scaled - np.round(scaled))
    with np.errstate(invalid="ignore"):
        return np.asarray((off > 1e-4) & (np.abs(scaled) < 1e10))


def unseen(values: Values, column: Column) -> Mask:
    """It is none of the values, of which there are few."""
    if column.kind == "number":
        numbers = [float(value) for value in column.values]
        return np.asarray(values.given & ~np.isin(values.number, numbers), dtype=bool)
    known = values.texts.isin(list(column.values)).to_numpy(dtype=bool)
    return _where(values, ~values.per_row(known))


def pattern(values: Values, column: Column) -> Mask:
    """The code is written as none of the patterns says."""
    fits = matches(values.texts, "|".join(f"(?:{one})" for one in column.patterns))
    return _where(values, ~values.per_row(fits))


def spaces(values: Values, column: Column) -> Mask:
    """White space at an end, or twice in a row."""
    return _where(values, values.per_row(found(values.texts, r"^\s|\s$|\s\s|\x{00A0}")))


def damaged(values: Values, column: Column) -> Mask:
    """Letters were read in another encoding."""
    return _where(values, values.per_row(damaged_texts(values.texts)))


def damaged_texts(texts: pd.Series) -> Mask:
    """Which texts hold letters that were read in another encoding."""
    return found(texts, DAMAGED)


def case(values: Values, column: Column) -> Mask:
    """Letters are written in capitals or small ones where they never were."""
    known = np.isin(cases(values.texts), [*column.cases, "none"])
    return _where(values, ~values.per_row(known))


def cases(texts: pd.Series) -> np.ndarray:
    """How each text is written: `upper`, `lower`, `title`, `mixed`; `none` without letters."""
    styles = np.full(len(texts), "mixed", dtype="U5")
    upper, lower = texts.str.upper() == texts, texts.str.lower() == texts
    styles[(texts.str.title() == texts).to_numpy(dtype=bool)] = "title"
    styles[lower.to_numpy(dtype=bool)] = "lower"
    styles[upper.to_numpy(dtype=bool)] = "upper"
    styles[(upper & lower).to_numpy(dtype=bool)] = "none"
    return styles


def unique(values: Values, column: Column) -> Mask:
    """The value stood in a row before."""
    key = pd.Series(values.codes if len(values.texts) else values.number)
    return values.given & key.duplicated().to_numpy()


def filled(values: Values, column: Column) -> Mask:
    """Something stands where nothing ever did."""
    return ~values.blank


def _where(values: Values, odd: np.ndarray) -> Mask:
    return np.asarray(values.given & odd, dtype=bool)


RULES: dict[str, Rule] = {
    "blank": blank,
    "placeholder": placeholder,
    "malformed": malformed,
    "range": out_of_range,
    "jump": jump,
    "lone": lone,
    "decimals": decimals,
    "unseen": unseen,
    "pattern": pattern,
    "spaces": spaces,
    "damaged": damaged,
    "case": case,
    "unique": unique,
    "filled": filled,
}


def applying(column: Column) -> Iterator[str]:
    """The rules that the record of a column asks for."""
    if column.kind == "empty":
        yield "filled"
        return
    yield from ("blank", "placeholder")
    if column.kind in ("number", "date"):
        yield "malformed"
    if column.range is not None:
        yield "range"
    if column.jump:
        yield "jump"
    if column.decimals is not None:
        yield "decimals"
    if column.kind == "category" or column.values:
        yield "unseen"
    if column.patterns:
        yield "pattern"
    if column.kind in ("code", "text"):
        yield from ("spaces", "damaged")
        if column.cases:
            yield "case"
    yield from (rule for rule in ("unique", "lone") if rule in column.rules)


def outcomes(
    values: Values,
    column: Column,
    reference: int,
    *,
    newer: bool = False,
    judged: Mask | None = None,
) -> Iterator[Outcome]:
    """What each rule about rows says about a column of a batch.

    Args:
        values: The column as it was read.
        column: What is known about it.
        reference: Rows of the reference.
        newer: The batch lies behind the reference in time: no upper limit.
        judged: Rows that are judged by those next to them; None for all.
    """
    number = np.where(values.given, values.number, np.nan)
    for rule in applying(column):
        odd = RULES[rule](values, column)
        if rule == "jump" and judged is not None:
            odd = odd & judged
        if rule == "range" and newer and column.range is not None:
            odd = odd & ~(values.number > column.range.allowed[1])
        elif rule == "range" and column.near >= beside.NEAR and column.range is not None:
            odd = _far(values, column.range) | beside.alone(odd, number)
        yield outcome(
            rule, (column.name,), odd, column.bound(rule), reference,
            serial=column.serial and _in_spells(rule, odd, values, column),
        )  # fmt: skip
        if rule == "blank" and "scattered" in column.rules:
            yield _scattered(odd, column, reference)


def _in_spells(rule: str, odd: Mask, values: Values, column: Column) -> bool:
    """Whether odd rows of a column that moves slowly may be the work of a single spell."""
    if rule == "range" and column.range is not None:
        far = np.count_nonzero(_far(values, column.range))
        return bool(far <= column.bound(rule).allowed * len(odd))
    return rule in _WITH_A_SPELL or column.bound(rule).seen > 0


def _far(values: Values, known: Range) -> Mask:
    """Numbers so far out that no season takes them there, with all of their neighbours."""
    low, high = seasons(known)
    return np.asarray(values.given & ((values.number < low) | (values.number > high)))


def seasons(known: Range) -> tuple[float, float]:
    """How far a season may take a column that moves slowly."""
    low, high = known.allowed
    span = _SEASONS * (high - low)
    return low - span, high + span


def _scattered(odd: Mask, column: Column, reference: int) -> Outcome:
    """Blanks where there is no burst of them: bursts leave the rest of a batch as it was."""
    rest, bound = calm(odd), column.bound("scattered")
    share = float(np.mean(rest)) if len(rest) else 0.0
    known = max(1, int(reference / column.bound("blank").together))
    p = rows_by_chance(int(np.count_nonzero(rest)), len(rest), bound, known, PRIOR)
    says = f"{share:.1%} of the rows beside bursts, {bound.seen:.1%} is usual"
    return Outcome("scattered", (column.name,), share, bound, p, says=says)


def outcome(rule: str, columns: tuple[str, ...], odd: Mask, bound: Bound, reference: int,
            prior: float = PRIOR, says: str = "", *, serial: bool = False) -> Outcome:  # fmt: skip
    """The outcome of a rule about rows; odd ones count by bursts where rows are `serial`."""
    count, rows = int(np.count_nonzero(odd)), len(odd)
    together = bound.together
    if serial and count > bound.allowed * rows:
        together = max(together, bursts(odd.astype(float)))
    p = rows_by_chance(count, rows, bound, reference, prior, together)
    return Outcome(rule, columns, count / max(rows, 1), bound, p, odd=odd, says=says)
