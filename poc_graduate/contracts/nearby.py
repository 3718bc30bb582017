"""Rows next to each other that are alike: what is odd in one of them is odd in the next.

Cancelled flights come with a storm, blanks of a sensor with its failure. Rows of such a column are
no independent witnesses: the reference tells less about the next batch than its number of rows
says, and a batch's odd rows less than theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from poc_graduate.contracts import beside, rows
from poc_graduate.contracts.chance import bursts, calm
from poc_graduate.contracts.model import ODD_ROWS, USUAL, Bound, Column, Floats, Mask
from poc_graduate.contracts.shifts import FEWEST, significant
from poc_graduate.contracts.values import Positions, Values

_PIECES = 6
_FURTHER = 2.0
"""A step may be so much longer than nearly all were in the reference."""
_LOOKED_AT = 40_000
_TURNS_LOOKED_AT, _MOST_GROUPS = 10_000, 6
_OF_EACH = 8
"""Rows of a group, on average, that tell how it moves."""
_LONE = 0.05
"""Rows with another category than those next to them: where more are so, they tell nothing."""


def groups(values: Mapping[str, Values]) -> dict[str, np.ndarray]:
    """The columns by whose values rows may take turns: of each, which rows are of which group."""
    found = {}
    for name, one in values.items():
        codes = one.codes[:_TURNS_LOOKED_AT]
        if 1 < len(np.unique(codes[codes >= 0])) <= len(codes) / _OF_EACH:
            found[name] = codes
    return dict(list(found.items())[:_MOST_GROUPS])


def taking_turns(column: Column, values: Values, groups: Mapping[str, np.ndarray]) -> str:
    """The column by whose values a number moves slowly that does not from row to row.

    Stations that report in turn: each row is told by the last ones of the same station. That
    stations differ tells nothing of this, so it is left out.

    Args:
        column: A number.
        values: Of the reference, in the order of its rows.
        groups: Of each column that may group them, which rows are of which group.
    """
    if column.kind != "number" or column.order is not None or not column.profile.values:
        return ""
    number = np.where(values.given, values.number, np.nan)[:_TURNS_LOOKED_AT]
    if beside.nearness(number) >= beside.NEAR:
        return ""
    best, most = "", beside.NEAR
    for name, codes in groups.items():
        if name == column.name:
            continue
        middle = pd.Series(number).groupby(codes).transform("median").to_numpy()
        near = beside.nearness((number - middle)[turns(codes)])
        if near >= most:
            best, most = name, near
    return best


def turns(codes: np.ndarray) -> Positions:
    """Positions of rows, those of each group together and in the order of the rows."""
    return np.argsort(codes, kind="stable")


def serial(column: Column, values: Values, judged: Mask | None = None) -> Column:
    """A column with how its rows hang together.

    Args:
        column: What is known of it.
        values: In the order of the reference's rows, or of those of each group.
        judged: Rows whose neighbours are of their group; None for all.
    """
    rules = dict(column.rules)
    burst = False
    for rule, bound in column.rules.items():
        if rule not in rows.RULES or not bound.seen:
            continue
        together = bursts(rows.RULES[rule](values, column).astype(float))
        if together > 1:
            burst = True
            rules[rule] = replace(bound, together=significant(together, 3))
    if column.common and "spike" in rules:
        usual_one = values.number == next(iter(column.common))
        together = bursts(usual_one.astype(float))
        if together > 1:  # a spell of nothing but zeros
            rules["spike"] = replace(rules["spike"], together=significant(together, 3))
    if rules.get("blank", USUAL).together > 1:
        pieces = np.array_split(values.blank, _PIECES)
        usual = max(float(np.mean(calm(piece))) for piece in pieces)
        most = 2 * max(usual, rules["blank"].seen) + ODD_ROWS  # a long burst may fill a batch
        rules["scattered"] = Bound(round(usual, 6), round(min(most, 1.0), 6))
    alike = burst or _alike(column, values)
    if alike and len(column.values) > 1:
        usual = max(float(np.mean(p)) for p in np.array_split(beside.lone(values.codes), _PIECES))
        if usual <= _LONE:
            rules["lone"] = Bound(round(usual, 6), round(1.5 * usual + ODD_ROWS, 6))
    if alike and column.kind == "number":
        column = _beside(column, values, rules, judged)
    if alike and column.keys and column.kind == "number" and column.decimals != 0:
        # steps of a scale that the next batch may be elsewhere on
        rules.pop("keys", None)
        column = replace(column, keys="", often="")
    return replace(column, rules=rules, serial=alike)


def _beside(column: Column, values: Values, rules: dict[str, Bound], judged: Mask | None) -> Column:
    """What a row's neighbours let expect of it, where they tell much."""
    number = np.where(values.given, values.number, np.nan)
    near = round(beside.nearness(number), 3)
    if near < beside.NEAR:
        return column
    far = beside.steps(number)[0]
    if judged is not None:
        far = np.where(judged, far, np.nan)
    jump = significant(_FURTHER * beside.longest(far), 3)
    step = significant(beside.stride(far), 6)
    if jump:
        odd = beside.jumps(number, jump, step)
        share = float(np.mean(odd if judged is None else odd & judged))
        if share:
            rules["jump"] = Bound(round(share, 6), round(share + ODD_ROWS, 6))
    return replace(column, near=near, jump=jump, step=step)


def _alike(column: Column, values: Values) -> bool:
    """Whether a value tells of the next one."""
    step = max(1, len(values.number) // _LOOKED_AT)
    number = np.where(values.given, values.number, np.nan)[::step]
    codes = values.codes[::step]
    # numbers and dates that came as text are told by what they are, not by how they are written
    if (codes >= 0).any() and (column.values or column.kind not in ("number", "date")):
        number = np.where(codes >= 0, codes == np.bincount(codes[codes >= 0]).argmax(), np.nan)
    if np.count_nonzero(np.isfinite(number)) < FEWEST:
        return False
    return bursts(_ranks(number)) > 1


def _ranks(number: Floats) -> Floats:
    return np.asarray(pd.Series(number).rank(), dtype=float)
