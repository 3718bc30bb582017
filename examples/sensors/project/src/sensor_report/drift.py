"""What a batch must be like as a whole: its shares, distributions, and columns beside each other.

Each rule compares a batch with the profile in `reference/` of the data that the contract was learnt
from, and allows for what chance does in a batch of its size (`chance.py`). When rows come is looked
at by `arrivals.py`, rows beside their neighbours by `beside.py`.
"""

import base64
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .arrivals import REMEMBERED, Again, is_later, times
from .beside import alone, neighbours
from .chance import (
    ALPHA,
    FEW,
    Break,
    bursts,
    compared,
    here_and_there,
    in_stretches,
    odd_rows,
    told,
    too_many,
)
from .mislabelled import mislabelled
from .readings import FEWEST, blanks, figures, key_hashes, shares_of, shares_up_to

MOVED = 0.7
"""The mean place among the reference's numbers from which a batch has moved: 0.5 is as ever."""
PART = 0.25
"""Of a batch, that a spell may be in which columns go with each other otherwise."""
LIVELIER = 2.0
"""So many times as far off as ever, columns that go together may be in livelier times."""
MOST = 50_000
"""Rows by which relations are judged."""


def drifted(batch: Mapping[Any, Any], profile: Mapping[str, Any]) -> Iterator[Break]:
    """The rules about a batch as a whole that it breaks, and rows that are odd beside the others.

    Args:
        batch: Its columns by name, as the schema types them.
        profile: The content of its file in `reference/`.
    """
    again = Again(batch, profile["again"]) if "again" in profile else None
    numbers: dict[Any, Any] = {}
    for column in profile["columns"]:
        values = batch[column["name"]]
        missing = blanks(values)
        rows = np.where(missing, np.nan, figures(values, column.get("style", "")))
        numbers[column["name"]] = rows
        yield from _missing(missing, column, profile)
        if column["blank"]["seen"] == 1:
            filled = ~missing.to_numpy(bool)
            # values that differ are measured since; damage has few
            begun = values[filled].astype(str).nunique() > filled.sum() / 2
            usual = {"seen": 0.0, "allowed": FEW, "severity": "warn" if begun else "stop"}
            rule = "something stands where nothing did"
            yield from odd_rows(column["name"], rule, filled, usual, profile, may_begin=True)
        given = values[~missing]
        if not len(given):
            continue
        if "values" in column:
            yield from _shares(given, column, profile)
        if "keys" in column:
            yield from _keys(given, column, profile)
        some = rows[np.isfinite(rows)]
        grown = again is not None and again.grown
        later = "order" in column and not grown and is_later(some, column["order"])
        if "shift" in column and not later:
            yield from _shifted(some, column, profile)
        if "spike" in column and not later:
            yield from _filled_in(some, column, profile)
        yield from neighbours(batch, rows, column, profile)
        if "order" in column:
            yield from times(rows, column, profile, later=later)
    for relation in profile.get("relations", ()):
        if relation["kind"] == "means":
            yield from _placed(batch, numbers, relation, profile)
        elif relation["kind"] == "labels":
            yield from mislabelled(batch, numbers, relation, profile)
        else:
            yield from _related(numbers, relation, profile)
    if again is not None:
        yield from again.breaks(profile)


# Columns -----------------------------------------------------------------------------------------


def _missing(
    missing: Any, column: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    bound = column["blank"]
    if "together" in bound:
        bound = {**bound, "together": max(bound["together"], bursts(missing.to_numpy(bool)))}
    if too_many(int(missing.sum()), len(missing), bound, profile):
        says = f"{missing.mean():.1%} missing; {bound['seen']:.1%} seen"
        few = here_and_there(missing.mean(), profile)
        yield Break(column["name"], f"{says}, {bound['allowed']:.1%} allowed",
                    severity="warn" if few else told(bound, missing.mean()))  # fmt: skip


def _shares(given: Any, column: Mapping[str, Any], profile: Mapping[str, Any]) -> Iterator[Break]:
    """Each value about as often as ever, by Bernstein's inequality."""
    shares, weight = shares_of(given), compared(len(given), profile)
    level = math.log(2 * profile["rules"] / ALPHA)
    far = math.sqrt(  # of all values together: Cohen's w
        sum(
            (shares.get(value, 0.0) - before) ** 2 / ((shares.get(value, 0.0) + before) / 2)
            for value, before in column["values"].items()
        )
    )
    for value, before in column["values"].items():
        spread = math.sqrt(before * (1 - before))
        chance = spread * math.sqrt(2 * level / weight) + level / 3 / weight
        now = shares.get(value, 0.0)
        if abs(now - before) > column["shares"]["allowed"] * spread + chance:
            says = f"{now:.1%} are {value!r}; {before:.1%} seen"
            yield Break(column["name"], says, severity=told(column["shares"], far))


def _shifted(
    numbers: Any, column: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """A distribution as ever, by the inequality of Dvoretzky, Kiefer and Wolfowitz."""
    points, before = map(np.asarray, (column["quantiles"], column["up_to"]))
    shares = shares_up_to(numbers, points)
    distance = np.abs(shares - before)
    level = math.log(2 * profile["rules"] / ALPHA)
    chance = math.sqrt(level / 2 / compared(max(len(numbers), 1), profile))  # Massart, 1990
    if distance.max() > column["shift"]["allowed"] + chance:
        at = int(distance.argmax())
        says = f"shifted, {shares[at]:.1%} are up to {points[at]:g}; {before[at]:.1%} seen"
        yield Break(column["name"], says, severity=told(column["shift"], distance.max()))


def _filled_in(
    numbers: Any, column: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """No number stands in many more rows than it did."""
    if len(numbers) < FEWEST:
        return
    bound = column["spike"]
    distinct, counts = np.unique(numbers, return_counts=True)
    usual = np.zeros(len(distinct))
    for number, share in bound["common"].items():
        usual[np.isclose(distinct, float(number), rtol=1e-11, atol=0)] = share
    at = int((counts / len(numbers) - usual).argmax())
    base = max(float(usual[at]), bound["seen"])
    widened = {"seen": base, "allowed": base + bound["allowed"] - bound["seen"]}
    if profile.get("in_time"):  # a spell of nothing but zeros
        widened["together"] = in_stretches(numbers == distinct[at])
    if too_many(int(counts[at]), len(numbers), widened, profile, prior=1.0):
        says = f"{distinct[at]:.9g} is {counts[at] / len(numbers):.1%} of the values"
        yield Break(column["name"], f"{says}; {base:.1%} seen", severity=bound["severity"])


def _keys(given: Any, column: Mapping[str, Any], profile: Mapping[str, Any]) -> Iterator[Break]:
    """Keys that nobody knew, beside those that are new in every batch.

    Their usual share is Good and Turing's estimate (Good, 1953); rows that share a new key tell as
    much as one (Kish, 1965).
    """
    known = column["keys"]
    if "within" in known:
        given = given[given.between(*known["within"])]
    held = np.frombuffer(base64.b64decode(known["hashes"]), ">u8")
    hashes = key_hashes(given)
    sampled = hashes[hashes <= held.max()] if len(held) == REMEMBERED else hashes
    if len(sampled) < FEWEST:
        return
    is_old = np.isin(sampled, held)
    old, new = sampled[is_old], sampled[~is_old]
    alike = np.unique(new, return_counts=True)[1]
    together = float(np.square(alike).sum() / len(new)) if len(new) else 1.0
    allowed = min(max(known["allowed"], 0.03) + left(hashes, known, profile), 0.95)
    learnt = max(1.0, profile["rows"] * len(sampled) / len(hashes))
    error = math.sqrt(together * allowed * (1 - allowed) / len(sampled) + known["seen"] / learnt)
    share = len(new) / len(sampled)
    if math.erfc(max(0.0, share - allowed) / error / math.sqrt(2)) < ALPHA / profile["rules"]:
        says = f"{share:.1%} of the rows have a key that is not known; {known['seen']:.1%} usual"
        # keys that began since come about as often as the others; mistaken ones come once
        each, of_new = (len(some) / max(1, len(np.unique(some))) - 1 for some in (old, new))
        began = profile.get("in_time") and each >= 0.3 and of_new >= 0.4 * each and share <= 0.5
        yield Break(column["name"], says, severity="warn" if began else told(known, share))


def left(hashes: Any, known: Mapping[str, Any], profile: Mapping[str, Any]) -> float:
    """Share of the rows whose key has left, where new ones may stand now.

    Of keys that were due five times; damage takes single rows from each key, and leaves none out.
    """
    held = np.frombuffer(base64.b64decode(known["hashes"]), ">u8")
    often = np.frombuffer(base64.b64decode(known["often"]), ">u2").astype(float)
    due = often * len(hashes) / profile["rows"]
    told_by = due >= 5
    if often[told_by].sum() < often.sum() / 5:
        return 0.0
    gone = (~np.isin(held, hashes) - np.exp(-due))[told_by]
    return max(0.0, float(gone @ often[told_by] / often[told_by].sum()))


def went(numbers: Any, odd: Any, column: Mapping[str, Any]) -> bool:
    """Whether the rows in range have moved to the side on which most of the odd ones are, which
    damage to some rows does not do; numbers of which none stands twice grow."""
    others = numbers[~odd & np.isfinite(numbers)]
    if "quantiles" not in column or len(others) < FEWEST or not odd.any():
        return bool(column.get("grows"))
    place = float(np.interp(others, column["quantiles"], column["up_to"]).mean())
    above = np.median(numbers[odd]) > np.median(others)
    return place > MOVED if above else place < 1 - MOVED


# Columns together --------------------------------------------------------------------------------


def _related(
    numbers: Mapping[Any, Any], relation: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """Columns go with each other as ever: each row's values, or their ranks."""
    names, bound = relation["columns"], relation["bound"]
    first, *others = (numbers[name] for name in names)
    about = " and ".join(map(str, names))
    if relation["kind"] == "rank":
        yield from _ranked(about, first, others[0], relation, profile)
        return
    far = None
    with np.errstate(all="ignore"):
        if relation["kind"] == "order":
            rule, odd = "the first is above the second", first > others[0]
        elif relation["kind"] == "lag":
            low, high = relation["within"]
            lag = others[0] - first
            rule, odd = "the way between them is none that was seen", (lag < low) | (lag > high)
        else:
            terms = [first, *others]
            if relation["logarithms"]:
                terms = [np.log(term) for term in terms]
            off = np.abs(
                terms[0] - relation["constant"] - relation["factors"] @ np.array(terms[1:])
            )
            rule, odd = "they do not go together as ever", off > relation["within"]
            far = off > LIVELIER * relation["within"]
    if relation.get("slow"):
        odd = alone(odd)
    spell = odd.mean() <= PART  # more than that is no spell, but another relation
    yield from odd_rows(about, rule, odd, bound, profile, may_begin=spell, far=far)


def _placed(
    batch: Mapping[Any, Any],
    numbers: Mapping[Any, Any],
    relation: Mapping[str, Any],
    profile: Mapping[str, Any],
) -> Iterator[Break]:
    """For each category, a number lies about where it did in its own distribution."""
    group, number = relation["columns"]
    found = places_by(batch[group], numbers[number], profile, number)
    known_places = {name: place for name, place in relation["places"].items() if name in found}
    rows_of_all = sum(found[name][1] for name in known_places)
    # where the number moved as a whole, it is how categories lie to each other
    together = sum(
        (found[name][0] - before) * found[name][1] / max(rows_of_all, 1)
        for name, (before, _) in known_places.items()
    )
    for category, (before, known) in known_places.items():
        now, rows = found[category]
        if rows < 10:
            continue
        error = relation["spread"] * math.sqrt((rows + known) / (rows * known))
        moved = min(abs(now - before), abs(now - before - together))
        beyond = max(0.0, moved - relation["bound"]["allowed"]) / error
        if math.erfc(beyond / math.sqrt(2)) < ALPHA / profile["rules"]:
            says = f"{number} is at {now:.0%} of its ranks where {group} is {category!r}"
            severity = told(relation["bound"], moved)
            yield Break(group, f"{says}; {before:.0%} seen", severity=severity)


def places_by(groups: Any, numbers: Any, profile: Mapping[str, Any], name: Any) -> dict[str, Any]:
    """For each category, the mean place of a number in its distribution, and how many rows."""
    known = next(column for column in profile["columns"] if column["name"] == name)
    places = pd.Series(np.interp(numbers, known["quantiles"], known["up_to"]))
    grouped = places.groupby(groups.astype(str).to_numpy(object)).agg(["mean", "count"])
    return {str(category): tuple(row) for category, row in grouped.T.items()}


def _ranked(
    about: str, first: Any, second: Any, relation: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    step = max(1, -(-len(first) // MOST))
    pair = pd.DataFrame({"first": first[::step], "second": second[::step]}).dropna()
    if len(pair) < FEWEST or pair.nunique().min() < 2:
        return
    ranks = pair.rank().to_numpy().T
    now, seen = np.corrcoef(ranks)[0, 1], relation["correlation"]
    distance = abs(_arc(now) - _arc(seen))
    # The error of Fisher's z of ranks: Bonett and Wright, 2000. Rows that tell of each other are
    # few: how many, the influence of each row tells (Hampel, 1974).
    u, v = (ranks - ranks.mean(axis=1, keepdims=True)) / ranks.std(axis=1, keepdims=True)
    alike = bursts(u * v - now * (u**2 + v**2) / 2)
    error = math.sqrt(alike * (1 + seen**2 / 2) / max(compared(len(pair), profile) - 3, 1.0))
    beyond = max(0.0, distance - relation["bound"]["allowed"]) / error
    if math.erfc(beyond / math.sqrt(2)) < ALPHA / profile["rules"]:
        says = f"rank correlation {now:+.2f}; {seen:+.2f} seen"
        yield Break(about, says, severity=told(relation["bound"], distance))


def _arc(correlation: float) -> float:
    return math.atanh(max(-0.995, min(0.995, correlation)))
