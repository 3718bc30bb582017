"""How surely the other columns tell a row's category, and whether they still tell it.

Where some rows are called as another category, shares and means may move no further than time
moves them. But a row that is called otherwise no longer goes with what goes with its category: by
naive Bayes (Warner et al., 1961, JAMA 177, 177) each row's own category has a probability, given
its other columns. What all rows of a batch share, as higher prices, is no part of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from poc_graduate.contracts.beside import NEAR
from poc_graduate.contracts.chance import beyond, bursts
from poc_graduate.contracts.model import Column, Contract, Floats, Mask, Outcome, Relation
from poc_graduate.contracts.relations import APART, between, numbers, places
from poc_graduate.contracts.shifts import FEWEST, significant
from poc_graduate.contracts.values import Positions, Values

_LOOKED_AT = 10_000
"""Rows, at most, by which it is learnt and judged."""
_BLOCKS = 6
_OF_EACH = 10
"""Rows of a category that tell how surely it is told."""
_TELLS = 10.0
"""So many errors lie between what columns tell and nothing, or they tell too little."""
_LEAST_LIKELY = 6.0
"""A category that a row has against all likelihood is e⁻⁶ likely: of the tails nothing is known."""
_LEAST_SPREAD = 0.05
"""Of a number's variance, that lies within categories, at least."""
_CREDIT = 2.0
"""Rows that each category is credited with, spread as those of all categories are."""
_OWN = ("any", "error")
"""Figures that are none of a category."""


TELLING = ("means", "together")
"""The relations that tell of categories."""


def named(
    relations: Sequence[Relation], columns: Mapping[str, Column]
) -> dict[str, tuple[Relation, ...]]:
    """For each column of categories the relations that tell of it: where a number that moves slowly
    stood for each of them, as at stations, tells nothing of the next batch."""
    found: dict[str, list[Relation]] = {}
    for one in relations:
        if one.kind not in TELLING or any(columns[name].near >= NEAR for name in one.columns):
            continue
        for name in one.columns[:1] if one.kind == "means" else one.columns:
            found.setdefault(name, []).append(one)
    return {name: tuple(some) for name, some in found.items()}


def with_others(name: str, relations: Sequence[Relation]) -> tuple[str, ...]:
    """A column of categories, and those that tell of it."""
    others = {column: None for one in relations for column in one.columns if column != name}
    return name, *others


@dataclass(frozen=True)
class Told:
    """A block of the reference's rows, and what all other rows, so many, tell."""

    block: slice
    relations: tuple[Relation, ...]
    rows: int


def learnt(
    columns: Mapping[str, Column], batch: Mapping[str, Values], name: str, refitted: Sequence[Told]
) -> tuple[dict[str, float], float] | None:
    """The figures of the relation, and how much it differs from block to block by itself.

    Args:
        columns: What is known of each.
        batch: The reference.
        name: The column of categories.
        refitted: All of its blocks.
    """
    known = columns[name]
    chances, codes = [], []
    by_chance: list[float] = []
    for one in refitted:
        some = named(one.relations, columns).get(name, ())
        part = {column: batch[column].part(one.block) for column in with_others(name, some)}
        chance, code = likely(known, columns, part, some, one.rows)
        chances.append(_of_own(chance, code))
        codes.append(code)
        share = np.bincount(code[code >= 0], minlength=len(known.values)) / max(len(code), 1)
        if np.isfinite(chance).any():
            by_chance.append(float(np.nanmean(chance @ share)))
    own, code = np.concatenate(chances), np.concatenate(codes)
    there = np.isfinite(own)
    rows = int(np.count_nonzero(there))
    if rows < FEWEST:
        return None
    error = _error(own[there])
    nothing = float(np.mean(by_chance))
    gain = float(own[there].mean()) - nothing
    means = {
        category: float(own[there & (code == at)].mean())
        for at, category in enumerate(known.values)
        if np.count_nonzero(there & (code == at)) >= _OF_EACH and category not in _OWN
    }
    if gain < _TELLS * error or len(means) < 2:
        return None
    usual = np.asarray([means.get(category, np.nan) for category in known.values])
    lost = [_lost(usual, one, each) for one, each in zip(chances, codes, strict=True)]
    blocks = [(one.mean(), len(one)) for one in lost if len(one) >= _OF_EACH]
    moved, counts = np.asarray(blocks).T
    spread = max(float(np.concatenate(lost).var()), 1e-12)
    changes = between(moved, counts / spread) if len(blocks) > 2 else 0.0
    figures = {"any": math.exp(nothing), "error": error}
    figures |= {category: math.exp(mean) for category, mean in means.items()}
    return {key: significant(value, 4) for key, value in figures.items()}, changes / gain


def outcomes(batch: Mapping[str, Values], contract: Contract) -> Iterator[Outcome]:
    """What is no longer told of categories; of those whose relations all stand in the contract."""
    columns = {column.name: column for column in contract.columns}
    telling = named(contract.relations, columns)
    for relation in contract.relations:
        if relation.kind != "labels" or relation.bound.severity == "off":
            continue
        some = telling.get(relation.columns[0], ())
        there = all(name in batch for name in relation.columns)
        if there and set(with_others(relation.columns[0], some)) == set(relation.columns):
            found = _outcome(relation, columns, batch, some, contract.rows)
            if found is not None:
                yield found


def _outcome(
    relation: Relation, columns: Mapping[str, Column], batch: Mapping[str, Values],
    relations: Sequence[Relation], rows: int,
) -> Outcome | None:  # fmt: skip
    """What the relation says about a batch."""
    name = relation.columns[0]
    known = columns[name]
    step = slice(None, None, max(1, -(-len(batch[name].blank) // _LOOKED_AT)))
    part = {one: batch[one].part(step) for one in relation.columns}
    chance, code = likely(known, columns, part, relations, rows)
    usual = np.asarray([_log(relation.seen.get(one, np.nan)) for one in known.values])
    lost = _lost(usual, _of_own(chance, code), code)
    if len(lost) < FEWEST:
        return None
    shares = np.asarray(list(known.values.values()))
    told = np.isfinite(usual)
    gain = float(usual[told] @ shares[told] / shares[told].sum()) - math.log(relation.seen["any"])
    error = math.hypot(_error(lost), relation.seen["error"])
    value, error = float(lost.mean()) / gain, error / gain
    says = (
        f"what goes with {name} tells it by {max(0.0, value):.0%} less surely than it did: "
        "some rows look as if they were called otherwise"
    )
    p = beyond(value, relation.bound.allowed, error)
    return Outcome("labels", relation.columns, value, relation.bound, p,
                   chance=2.6 * error, says=says)  # fmt: skip


def _error(chance: Floats) -> float:
    """The error of a mean, with a row against all likelihood among the next, though none was among
    these."""
    rows = len(chance)
    variance = float(chance.var()) + _LEAST_LIKELY**2 / rows
    return math.sqrt(variance * bursts(chance) / rows)


def _log(chance: float) -> float:
    return math.log(chance) if chance > 0 else math.nan


def _lost(usual: Floats, own: Floats, code: Positions) -> Floats:
    """By how much less likely each row's own category is than it usually is, in logarithms."""
    off = usual[np.maximum(code, 0)] - own
    return np.asarray(off[np.isfinite(off)])


def _of_own(chance: Floats, code: Positions) -> Floats:
    own = chance[np.arange(len(code)), np.maximum(code, 0)]
    return np.where(code >= 0, own, np.nan)


def likely(
    known: Column, columns: Mapping[str, Column], batch: Mapping[str, Values],
    relations: Sequence[Relation], rows: int,
) -> tuple[Floats, Positions]:  # fmt: skip
    """For each row the logarithm of each category's probability, NaN where nothing tells; and which
    category the row has."""
    categories = list(known.values)
    code = codes_of(batch[known.name], categories)
    shares = np.asarray(list(known.values.values()))
    chance = np.tile(np.log(np.maximum(shares, 1e-9)), (len(code), 1))
    told = np.zeros(len(code), dtype=bool)
    for one in relations:
        if one.kind == "means":
            number = places(numbers(batch[one.columns[1]]), columns[one.columns[1]])
            more, have = _by_number(one, categories, shares, number, code)
        else:
            side = one.columns.index(known.name)
            more, have = _by_category(one, categories, batch[one.columns[1 - side]], side, rows)
        chance += more
        told |= have
    chance -= chance.max(axis=1, keepdims=True)
    chance -= np.log(np.exp(chance).sum(axis=1, keepdims=True))
    chance = np.maximum(chance, -_LEAST_LIKELY)
    chance[~told] = np.nan
    return chance, code


def codes_of(values: Values, categories: Sequence[str]) -> Positions:
    """Which of some categories each row has, -1 for none of them."""
    position = {category: at for at, category in enumerate(categories)}
    codes = np.asarray([*(position.get(str(text), -1) for text in values.texts), -1])
    return np.where(values.known, codes[values.codes], -1)


def _by_number(
    relation: Relation, categories: Sequence[str], shares: Floats, number: Floats, code: Positions
) -> tuple[Floats, Mask]:
    """What a number's place tells, as a normal distribution round the mean of each category."""
    mean = np.asarray([relation.seen.get(one, np.nan) for one in categories])
    known = np.isfinite(mean)
    there = np.isfinite(number)
    judged = there & (code >= 0) & known[np.maximum(code, 0)]
    if np.count_nonzero(known) < 2 or not judged.any():
        return np.zeros((len(number), len(mean))), np.zeros(len(number), dtype=bool)
    # a number that moved as a whole is a shift
    common = float((number[judged] - mean[code[judged]]).mean())
    off = np.where(there, number - common, 0.0)[:, None] - np.where(known, mean, 0.0)
    told = np.where(there[:, None], -(off**2) / (2 * within(relation, mean, shares)), 0.0)
    # of a category without a mean the number tells nothing: neither for nor against it
    told = np.where(known, told, told[:, known].mean(axis=1, keepdims=True))
    return told, there


def within(relation: Relation, mean: Floats, shares: Floats) -> float:
    """The variance of a number's place within categories.

    Args:
        relation: `means`.
        mean: Of each category; NaN where none is known.
        shares: Of the rows, that have each.
    """
    known = np.isfinite(mean)
    weight = shares[known] / shares[known].sum()
    middle = float(weight @ mean[known])
    whole = relation.seen["spread"] ** 2
    between_them = float(weight @ (mean[known] - middle) ** 2)
    return max(whole - between_them, _LEAST_SPREAD * whole, 1e-6)


def _by_category(
    relation: Relation, categories: Sequence[str], other: Values, side: int, rows: int
) -> tuple[Floats, Mask]:
    """What another category tells, by how often the two stood together."""
    others, table = beside_each(relation, categories, side, rows)
    code = codes_of(other, others)
    there = code >= 0
    if not len(others):
        return np.zeros((len(code), len(categories))), there
    return np.where(there[:, None], np.log(table).T[np.maximum(code, 0)], 0.0), there


def beside_each(
    relation: Relation, categories: Sequence[str], side: int, rows: int
) -> tuple[list[str], Floats]:
    """How often each value of another column stands beside each category.

    Args:
        relation: `together`.
        categories: Of the column on this side.
        side: Whether they are its first or its second column.
        rows: Of which it was learnt.

    Returns:
        The other column's values, none where nothing is known; and for each category their shares.
    """
    pairs = [pair.split(APART) for pair in relation.seen]
    others = list(dict.fromkeys(pair[1 - side] for pair in pairs if len(pair) == 2))
    place = {one: at for at, one in enumerate(categories)}
    at = {one: n for n, one in enumerate(others)}
    table = np.zeros((len(categories), len(others)))
    for pair, share in zip(pairs, relation.seen.values(), strict=True):
        if len(pair) == 2 and pair[side] in place:
            table[place[pair[side]], at[pair[1 - side]]] = share * rows
    whole = table.sum()
    if not whole:
        return [], table
    table = table + _CREDIT * table.sum(axis=0) / whole + 1e-9
    return others, table / table.sum(axis=1, keepdims=True)


def blocks(rows: int) -> list[tuple[slice, Positions]]:
    """Blocks of the rows of a reference, and all its other rows."""
    step = max(1, -(-rows // _LOOKED_AT))
    some = np.arange(0, rows, step)
    cuts = np.linspace(0, len(some), _BLOCKS + 1).astype(int)
    made = []
    for start, end in pairwise(cuts.tolist()):
        within = slice(start * step, end * step, step)
        made.append((within, np.concatenate([some[:start], some[end:]])))
    return made
