"""What a batch must be like as a whole: its shares, distributions, times, and rows that repeat.

Each rule compares a batch with the profile in `reference/` of the data that the contract was learnt
from, and allows for what chance does in a batch of its size: all rules together call a batch that
is as ever another one in about one of five hundred batches.
"""

import base64
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

ALPHA = 0.002
"""How often a batch that is as ever may be called another one, for all its rules together."""
FEW = 0.01
"""Share of odd rows that a batch may always hold."""
FEWEST = 20
"""Rows below which times and relations tell nothing."""
IN_ORDER = 0.9
"""Rank correlation with the rows' order from which rows come in the order of time."""
MOST = 50_000
"""Rows by which relations are judged."""
REMEMBERED = 1000
"""Rows of the reference that are remembered, as hashes."""
WORDS = ("", "-", "?", "n/a", "na", "nan", "none", "null", "unknown", "missing")
"""What is written where nothing is known."""


@dataclass(frozen=True)
class Break:
    """A rule that a batch breaks: by single rows (`odd`), or as a whole (`odd` is None)."""

    column: Any
    rule: str
    odd: Any = None
    many: bool = True
    severity: str = "stop"

    def __str__(self) -> str:
        where = f"{self.column}: " if self.column is not None else ""
        if self.odd is None:
            return where + self.rule
        rows = np.flatnonzero(self.odd)
        return f"{where}{self.rule}; broken by {len(rows)} rows, first {rows[:5].tolist()}"


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
        if "order" in column:
            yield from _times(rows, column, profile, later=later)
    for relation in profile.get("relations", ()):
        if relation["kind"] == "means":
            yield from _placed(batch, numbers, relation, profile)
        else:
            yield from _related(numbers, relation, profile)
    if again is not None:
        yield from again.breaks(profile)


# Chance ------------------------------------------------------------------------------------------


def too_many(
    count: int, rows: int, bound: Mapping[str, Any], profile: Mapping[str, Any], prior: float = 0.1
) -> bool:
    """Whether so many rows are more than is allowed, and more than chance explains.

    How often such rows come is known from the reference alone, so that a small one allows more: the
    count is beta-binomial (Skellam, 1948).
    """
    if count <= bound["allowed"] * rows:
        return False
    reference = profile["rows"]
    rate = max(bound["seen"], bound["allowed"] - FEW)
    together = bound.get("together", 1.0)  # so many odd rows tell as much as one
    count, rows, reference = (int(number / together) for number in (count, rows, reference))
    a, b = rate * reference + prior, (1 - rate) * reference + 1.0
    if count <= rows * a / (a + b):
        return False
    term = math.exp(
        math.lgamma(rows + 1) - math.lgamma(count + 1) - math.lgamma(rows - count + 1)
        + math.lgamma(count + a) + math.lgamma(rows - count + b) - math.lgamma(rows + a + b)
        + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    )  # fmt: skip
    total = 0.0
    for number in range(count, rows + 1):
        total += term
        if term < total * 1e-4:
            break
        term *= (rows - number) * (number + a) / ((number + 1) * (rows - number - 1 + b))
    return bool(total < ALPHA / profile["rules"])


def bursts(odd: Any) -> float:
    """How many odd rows tell as much as one where they come in bursts; 1 where they do not.

    The design effect of blocks of rows (Kish, 1965), where chance does not explain it.
    """
    most, spread = 1.0, float(np.var(odd))
    for blocks in (8, 16, 32, 64, 128):
        size = len(odd) // blocks
        if size < 2 or not spread:
            break
        sums = odd[: size * blocks].reshape(blocks, size).sum(axis=1)
        effect = float(sums.var(ddof=1)) / (size * spread)
        if effect > 1 + 4 * math.sqrt(2 / (blocks - 1)):
            most = max(most, effect)
    return most


def odd_rows(
    name: Any, rule: str, odd: Any, bound: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """A rule that single rows break."""
    if odd.any():
        many = too_many(int(odd.sum()), len(odd), bound, profile)
        yield Break(name, rule, odd, many, bound.get("severity", "stop"))


def _together(rows: int, profile: Mapping[str, Any]) -> float:
    """Rows that count when a batch is compared with the reference: their harmonic sum."""
    return float(rows * profile["rows"] / (rows + profile["rows"]))


# Columns -----------------------------------------------------------------------------------------


def _missing(
    missing: Any, column: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    bound = column["blank"]
    if "together" in bound:
        bound = {**bound, "together": max(bound["together"], bursts(missing.to_numpy(bool)))}
    if too_many(int(missing.sum()), len(missing), bound, profile):
        says = f"{missing.mean():.1%} missing; {bound['seen']:.1%} seen"
        yield Break(column["name"], f"{says}, {bound['allowed']:.1%} allowed", None, True,
                    bound["severity"])  # fmt: skip


def _shares(given: Any, column: Mapping[str, Any], profile: Mapping[str, Any]) -> Iterator[Break]:
    """Each value about as often as ever, by Bernstein's inequality."""
    shares, weight = shares_of(given), _together(len(given), profile)
    level = math.log(2 * profile["rules"] / ALPHA)
    for value, before in column["values"].items():
        spread = math.sqrt(before * (1 - before))
        chance = spread * math.sqrt(2 * level / weight) + level / 3 / weight
        now = shares.get(value, 0.0)
        if abs(now - before) > column["shares"]["allowed"] * spread + chance:
            says = f"{now:.1%} are {value!r}; {before:.1%} seen"
            yield Break(column["name"], says, severity=column["shares"]["severity"])


def _shifted(
    numbers: Any, column: Mapping[str, Any], profile: Mapping[str, Any]
) -> Iterator[Break]:
    """A distribution as ever, by the inequality of Dvoretzky, Kiefer and Wolfowitz."""
    points, before = map(np.asarray, (column["quantiles"], column["up_to"]))
    shares = shares_up_to(numbers, points)
    distance = np.abs(shares - before)
    level = math.log(2 * profile["rules"] / ALPHA)
    chance = math.sqrt(level / 2 / _together(max(len(numbers), 1), profile))  # Massart, 1990
    if distance.max() > column["shift"]["allowed"] + chance:
        at = int(distance.argmax())
        says = f"shifted, {shares[at]:.1%} are up to {points[at]:g}; {before[at]:.1%} seen"
        yield Break(column["name"], says, severity=column["shift"]["severity"])


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
    new = sampled[~np.isin(sampled, held)]
    alike = np.unique(new, return_counts=True)[1]
    together = float(np.square(alike).sum() / len(new)) if len(new) else 1.0
    allowed = min(max(known["allowed"], 0.03), 0.95)
    learnt = max(1.0, profile["rows"] * len(sampled) / len(hashes))
    error = math.sqrt(together * allowed * (1 - allowed) / len(sampled) + known["seen"] / learnt)
    share = len(new) / len(sampled)
    if math.erfc(max(0.0, share - allowed) / error / math.sqrt(2)) < ALPHA / profile["rules"]:
        says = f"{share:.1%} of the rows have a key that is not known; {known['seen']:.1%} usual"
        yield Break(column["name"], says, severity=known["severity"])


def key_hashes(values: Any) -> Any:
    """A hash for each row's key."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return pd.util.hash_array(figures(values))
    return pd.util.hash_array(values.astype(str).to_numpy(object))


def blanks(values: Any) -> Any:
    """Where nothing stands, or a word for nothing."""
    if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype.kind == "M":
        return values.isna()
    distinct = pd.Series(values.dropna().astype(str).unique(), dtype=object)
    void = set(distinct[distinct.str.strip().str.lower().isin(WORDS)])
    return values.isna() | (values.astype(str).isin(void) if void else False)


def shares_of(values: Any) -> dict[str, float]:
    """How often each value stands there."""
    return {str(value): float(n) for value, n in values.value_counts(normalize=True).items()}


def figures(values: Any, style: str = "") -> Any:
    """Values as numbers: moments as seconds since 1970, texts by their length.

    Args:
        values: A column.
        style: How moments are written in its texts.
    """
    if style:
        values = pd.to_datetime(values, format=style, errors="coerce", utc=True)
    if values.dtype.kind == "M":
        if values.dt.tz is not None:
            values = values.dt.tz_convert("UTC").dt.tz_localize(None)
        numbers = values.to_numpy("datetime64[s]").astype(np.int64).astype(float)
        numbers[values.isna().to_numpy(bool)] = np.nan
    elif pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(float, na_value=np.nan)
    else:
        numbers = values.astype(str).str.len().to_numpy(float, na_value=np.nan)
    return numbers


def shares_up_to(numbers: Any, points: Any) -> Any:
    """For each point, the share of the numbers up to it; a billionth more does not count."""
    parts = np.searchsorted(points + 1e-9 * np.abs(points), numbers)
    counts = np.bincount(parts, minlength=len(points) + 1)[: len(points)]
    return np.cumsum(counts) / max(len(numbers), 1)


# Times -------------------------------------------------------------------------------------------


def is_later(numbers: Any, known: Mapping[str, Any]) -> bool:
    """Whether most of a batch lies behind all that the reference held."""
    if not len(numbers) or (known["counts"] and numbers[0] <= known["oldest"]):
        return False  # a counter that begins again in each batch
    return bool(np.median(numbers) > known["newest"])


def _times(
    moments: Any, column: Mapping[str, Any], profile: Mapping[str, Any], *, later: bool
) -> Iterator[Break]:
    """Rows that arrive late or ahead of their time, and times without rows."""
    name, known = column["name"], column["order"]
    there = np.isfinite(moments)
    some = moments[there]
    if len(some) < FEWEST:
        return
    late = np.zeros(len(moments), bool)
    ahead = late.copy()
    if known["follows"] >= IN_ORDER and follows(some) >= IN_ORDER:
        newest = np.concatenate([[-np.inf], np.fmax.accumulate(some)[:-1]])
        late[there] |= np.minimum(neighbours(some), newest) - some > known["late"]
    if later:
        low, middle, top = np.quantile(some, [0.05, 0.5, 0.95])
        oldest = max(known["newest"] - known["late"], middle - known["tail"] * (top - middle))
        late[there] |= some < oldest
        ahead[there] = some > middle + 2 * known["tail"] * (middle - low)
    usual = {"seen": 0.0, "allowed": FEW}
    yield from odd_rows(name, "arrives later than rows ever did", late, usual, profile)
    yield from odd_rows(name, "is ahead of its time", ahead, usual, profile)
    inner = np.sort(moments[there & ~late & ~ahead])
    inner = inner[len(inner) // 100 : len(inner) - len(inner) // 100]
    if len(inner) < FEWEST or known["step"] <= 0:
        return
    # Of n stretches between rows that come by chance, the longest lacks about ln n rows, and
    # ln n + 9 once in ten thousand batches.
    ways, lacking = np.diff(inner), math.log(len(inner)) + 9
    step = float(np.ptp(inner)) / len(inner)
    if later:
        usual_way = max(known["gap"] * max(1.0, step / known["step"]), step * lacking)
        length = ways / usual_way
    elif "quantiles" in column:
        points, up_to = column["quantiles"], column["up_to"]
        until = np.maximum(inner[:-1], inner[1:] - known["gap"])
        due = np.interp(until, points, up_to) - np.interp(inner[:-1], points, up_to)
        length = due * len(inner) / lacking
    else:
        return
    if length.max() > known["gaps"]["allowed"]:
        at = int(length.argmax())
        says = f"no row for {ways[at]:.6g} after {inner[at]:.12g}; at most {known['gap']:.6g} seen"
        yield Break(name, says, severity=known["gaps"]["severity"])


def neighbours(numbers: Any) -> Any:
    """The median of each row and those next to it."""
    width = min(51, max(5, len(numbers) // 8 * 2 + 1))
    middle = pd.Series(numbers).rolling(width, center=True, min_periods=width // 2 + 1).median()
    return middle.bfill().ffill().to_numpy(float)


def follows(numbers: Any) -> float:
    """Rank correlation with the rows' order; a few odd rows count for nothing."""
    ranks = pd.Series(neighbours(numbers[:: max(1, len(numbers) // 20_000)])).rank().to_numpy()
    return float(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]) if np.ptp(ranks) else 0.0


# Columns together, and whole rows ----------------------------------------------------------------


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
    yield from odd_rows(about, rule, odd, bound, profile)


def _placed(
    batch: Mapping[Any, Any],
    numbers: Mapping[Any, Any],
    relation: Mapping[str, Any],
    profile: Mapping[str, Any],
) -> Iterator[Break]:
    """For each category, a number lies about where it did in its own distribution."""
    group, number = relation["columns"]
    found = places_by(batch[group], numbers[number], profile, number)
    for category, (before, known) in relation["places"].items():
        now, rows = found.get(category, (0.0, 0))
        if rows < 10:
            continue
        error = relation["spread"] * math.sqrt((rows + known) / (rows * known))
        beyond = max(0.0, abs(now - before) - relation["bound"]["allowed"]) / error
        if math.erfc(beyond / math.sqrt(2)) < ALPHA / profile["rules"]:
            says = f"{number} is at {now:.0%} of its ranks where {group} is {category!r}"
            yield Break(group, f"{says}; {before:.0%} seen", severity=relation["bound"]["severity"])


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
    now, seen = np.corrcoef(pair.rank().to_numpy().T)[0, 1], relation["correlation"]
    distance = abs(_arc(now) - _arc(seen)) - relation["bound"]["allowed"]
    # The error of Fisher's z of ranks: Bonett and Wright, 2000.
    error = math.sqrt((1 + seen**2 / 2) / max(_together(len(pair), profile) - 3, 1.0))
    if math.erfc(max(0.0, distance) / error / math.sqrt(2)) < ALPHA / profile["rules"]:
        says = f"rank correlation {now:+.2f}; {seen:+.2f} seen"
        yield Break(about, says, severity=relation["bound"]["severity"])


def _arc(correlation: float) -> float:
    return math.atanh(max(-0.995, min(0.995, correlation)))


class Again:
    """Rows of a batch that repeat, beside those that the reference held.

    Args:
        batch: Its columns by name, as the schema types them.
        known: What is remembered of the reference.
    """

    def __init__(self, batch: Mapping[Any, Any], known: Mapping[str, Any]) -> None:
        self.known = known
        self.hashes = row_hashes(batch)
        self.held = np.frombuffer(base64.b64decode(known["rows"]), ">u8").astype(np.uint64)
        self.before = np.isin(self.hashes, self.held)
        there = len(np.unique(self.hashes[self.before])) / len(self.held)
        self.grown = there > 0.5
        """Whether this is the reference itself, or a table that has grown since."""

    def breaks(self, profile: Mapping[str, Any]) -> Iterator[Break]:
        """Rows that stand there twice, and rows that were there before."""
        twice = int(pd.Series(self.hashes).duplicated().sum())
        bound = self.known["repeated"]
        if too_many(twice, len(self.hashes), bound, profile):
            says = f"{twice / len(self.hashes):.1%} of the rows repeat another one"
            yield Break(None, says, severity=bound["severity"])
        if self.grown:
            return
        sampled = np.ones(len(self.hashes), bool)
        if len(self.held) == REMEMBERED:
            sampled = self.hashes <= self.held.max()
        before = int((sampled & self.before).sum())
        bound, of = self.known["delivered"], int(sampled.sum())
        fewer = {**profile, "rows": min(profile["rows"], REMEMBERED)}
        if too_many(before, of, bound, fewer):
            says = f"about {before / of:.1%} of the rows were there before"
            yield Break(None, says, severity=bound["severity"])


def row_hashes(batch: Mapping[Any, Any]) -> Any:
    """A hash for each row, of what its cells say."""
    total: Any = np.uint64(0)
    with np.errstate(over="ignore"):
        for place, values in enumerate(batch.values()):
            if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype.kind == "M":
                numbers = figures(values)
                one = pd.util.hash_array(np.where(np.isfinite(numbers), numbers + 0.0, -1.5))
            else:
                texts = values.astype(object).where(values.notna(), "").astype(str)
                one = pd.util.hash_array(texts.to_numpy(object))
            total = (total ^ one) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(place)
            total ^= total >> np.uint64(31)
    return total


def remembered(hashes: Any) -> str:
    """The smallest of the hashes, as text: the same sample of rows whatever else arrives."""
    return base64.b64encode(np.unique(hashes)[:REMEMBERED].astype(">u8").tobytes()).decode()
