"""Categories that are called as each other: other columns tell them less surely than they did.

Prices and boxes tell a size, none of them surely; all of them together give each row's own category
a probability (naive Bayes), which is small in rows that are called as another one. That all prices
rise, or one category becomes more, is no part of it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .chance import ALPHA, Break, bursts, told
from .readings import FEWEST

MOST = 10_000
"""Rows by which it is judged."""
LEAST = -6.0
"""The logarithm of the least probability that a row's category has: of tails nothing is known."""


def mislabelled(
    batch: Mapping[Any, Any],
    numbers: Mapping[Any, Any],
    relation: Mapping[str, Any],
    profile: Mapping[str, Any],
) -> Iterator[Break]:
    """Whether some rows look as if their category were called otherwise.

    Args:
        batch: Columns by name, as the schema types them.
        numbers: Their values as numbers.
        relation: What tells of which categories, and how surely it did.
        profile: The content of the table's file in `reference/`.
    """
    name, *others = relation["columns"]
    some = slice(None, None, max(1, -(-len(batch[name]) // MOST)))
    values = {one: batch[one].iloc[some] for one in (name, *others)}
    places = {one: numbers[one][some] for one in others}
    own, category = chances(values, places, relation)
    # by how much less likely each row's category is than it was, in logarithms
    usual = np.array([relation["usual"].get(one, np.nan) for one in relation["categories"]])
    lost = usual[category] - own
    lost = lost[np.isfinite(lost)]
    if len(lost) < FEWEST:
        return
    # one row against all likelihood may be among the next, though none was among these
    variance = float(lost.var()) + LEAST**2 / len(lost)
    error = math.hypot(math.sqrt(variance * bursts(lost) / len(lost)), relation["error"])
    less = float(lost.mean()) / relation["gain"]
    beyond = max(0.0, less - relation["bound"]["allowed"]) * relation["gain"] / error
    if math.erfc(beyond / math.sqrt(2)) < ALPHA / profile["rules"]:
        says = f"other columns tell it {less:.0%} less surely than they did"
        yield Break(name, f"{says}: some rows look as if they were called otherwise",
                    severity=told(relation["bound"], less))  # fmt: skip


def chances(
    values: Mapping[Any, Any], numbers: Mapping[Any, Any], relation: Mapping[str, Any]
) -> tuple[Any, Any]:
    """For each row the logarithm of its own category's probability, NaN where nothing tells, and
    which category it has."""
    names, shares = list(relation["categories"]), np.array([*relation["categories"].values()])
    category = position(values[relation["columns"][0]], names)
    score = np.tile(np.log(shares), (len(category), 1))
    by_any = np.zeros(len(category), bool)
    for other in relation["by"]:
        if "means" in other:
            more, tells = by_number(numbers[other["column"]], category, names, other)
        else:
            more, tells = by_value(values[other["column"]], other)
        score[tells] += more[tells]
        by_any |= tells
    score -= np.logaddexp.reduce(score, axis=1, keepdims=True)
    own = np.maximum(score[np.arange(len(category)), category], LEAST)
    return np.where(by_any & (category >= 0), own, np.nan), category


def position(values: Any, names: list[str]) -> Any:
    """Which of some names each value has; -1 for none of them."""
    return pd.Index(names).get_indexer(values.astype(str).to_numpy(object))


def by_number(
    numbers: Any, category: Any, names: list[str], known: Mapping[str, Any]
) -> tuple[Any, Any]:
    """What a number's place in its distribution tells: it is about the mean of its category."""
    place = np.interp(numbers, known["points"], known["places"])
    mean = np.array([known["means"].get(name, np.nan) for name in names])
    tells = np.isfinite(place)
    off = place - mean[category]
    judged = np.isfinite(off) & (category >= 0)
    if not judged.any():
        return np.zeros((len(place), len(names))), judged
    # where the number moved as a whole, it is how categories lie to each other
    score = -(((place - off[judged].mean())[:, None] - mean) ** 2) / (2 * known["within"])
    unknown = np.isnan(mean)  # neither for nor against these
    score[:, unknown] = score[:, ~unknown].mean(axis=1, keepdims=True)
    return score, tells


def by_value(values: Any, known: Mapping[str, Any]) -> tuple[Any, Any]:
    """What another column's value tells: how often it stood beside each category."""
    names = known["values"]
    beside = np.log(np.array([*known["beside"].values()]))
    at = position(values, names)
    return beside.T[at], at >= 0
