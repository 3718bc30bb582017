"""The records of a contract: plain, frozen, without logic beyond looking something up.

A bound holds what was seen in the reference beside what is allowed. For rules about rows both are
shares of the rows; for rules about a batch they are distances. What chance adds in a batch of a
given size is no part of a bound: the check adds it (`chance.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

Severity = Literal["stop", "warn", "off"]
SEVERITIES = ("stop", "warn", "off")
Kind = Literal["number", "date", "category", "code", "text", "empty"]
KINDS = ("number", "date", "category", "code", "text", "empty")
RelationKind = Literal["rank", "means", "together", "labels", "once", "order", "line", "lag"]
RELATION_KINDS = ("rank", "means", "together", "labels", "once", "order", "line", "lag")

ODD_ROWS = 0.01
"""Share of odd rows that a batch may always hold: they are put aside, and the rest goes on."""


@dataclass(frozen=True)
class Bound:
    """What was seen beside what is allowed, and what happens beyond it.

    `together` odd rows tell as much as one, where they come in bursts (`chance.bursts`). What is
    beyond `allowed` but not beyond `stop` is told and stops nothing: time alone may do so much.
    """

    seen: float = 0.0
    allowed: float = ODD_ROWS
    severity: Severity = "stop"
    together: float = 1.0
    stop: float = 0.0


USUAL = Bound()
"""The bound of every rule that a contract does not list."""


@dataclass(frozen=True)
class Range:
    """The smallest and the largest value, seen and allowed."""

    seen: tuple[float, float]
    allowed: tuple[float, float]


@dataclass(frozen=True)
class Profile:
    """How numbers are distributed: `shares[i]` of the rows are not above `values[i]`."""

    values: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Order:
    """How event times and counters move from batch to batch, and within one.

    Attributes:
        follows: Rank correlation of the column with the rows' order, 1 where it only grows.
        late: Seconds, or counts, that a row may be behind its neighbours, or behind the newest row
            of earlier batches; seen, and allowed.
        tail: How far the oldest row reaches below the batch's median, in spans from the median
            to the newest rows; seen, and allowed.
        gap: The longest way without a row.
        step: The mean way between two rows.
        lacking: The most rows that were due in such a way.
        hours: Rows at each hour of the day, beside an average one (`clock.py`); none if unknown.
        days: Rows on each day of the week, likewise.
    """

    follows: float
    late: Bound
    tail: Bound
    gap: float
    step: float
    lacking: float = 0.0
    hours: tuple[float, ...] = ()
    days: tuple[float, ...] = ()


@dataclass(frozen=True)
class Column:
    """What holds for one column.

    Attributes:
        name: As in the header; columns that share one are told apart by their position.
        kind: What its values are.
        style: How numbers or dates are written in it.
        range: Of numbers and dates; of a text, how many characters it has.
        decimals: Places behind the point, at most; None where they are no rule.
        patterns: Regular expressions of codes.
        cases: How letters are written: `upper`, `lower`, `title`, `mixed`, `none`.
        values: Values that repeat, few in number, with their shares.
        profile: The distribution of numbers and dates; of a text, of its lengths.
        common: Numbers that stand out as frequent, with their shares.
        order: Set where the column may be an event time or a counter.
        keys: Sketch of the values that rows refer to (`memory.py`).
        often: How many rows of the reference had each of them.
        rules: Bounds by rule; a rule that is not listed has the usual one.
        serial: Whether rows next to each other are alike: what is odd comes in bursts, too.
        near: How much of a number its neighbours tell (`beside.py`); 0 for rows in any order.
        jump: So many usual steps a row may be from its neighbours; 0 where that is no rule.
        step: The usual step from the neighbours.
        among: The column by whose values rows take turns, such as a station: a row's neighbours are
            then those of the same station.
    """

    name: str
    kind: Kind
    style: str = ""
    range: Range | None = None
    decimals: int | None = None
    patterns: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    profile: Profile = Profile()
    common: Mapping[float, float] = field(default_factory=dict)
    order: Order | None = None
    keys: str = ""
    often: str = ""
    rules: Mapping[str, Bound] = field(default_factory=dict)
    serial: bool = False
    near: float = 0.0
    jump: float = 0.0
    step: float = 0.0
    among: str = ""

    def bound(self, rule: str) -> Bound:
        """The bound of a rule."""
        return self.rules.get(rule, USUAL)


@dataclass(frozen=True)
class Relation:
    """What holds between columns.

    Attributes:
        kind: `rank`: correlation of ranks. `means`: where a number lies within its distribution
            for each category. `together`: shares of pairs of categories. `labels`: how probable a
            row's category is, given the columns that tell of it (`labels.py`). `once`: no two rows
            have the same pair. `order`: the first is not above the second. `line`: the first is a
            sum of the others (or of logarithms). `lag`: the second minus the first.
        columns: Their names.
        seen: The figures that the kind needs, as plain numbers by name.
        bound: Of the share of rows, or of the distance.
        odd: `together`: of the share of rows whose pair was never seen.
    """

    kind: RelationKind
    columns: tuple[str, ...]
    seen: Mapping[str, float]
    bound: Bound
    odd: Bound = USUAL


@dataclass(frozen=True)
class Source:
    """A reference batch; `encoding` of text files that are not in UTF-8."""

    name: str
    rows: int
    encoding: str = ""


@dataclass(frozen=True)
class Contract:
    """All that was learnt.

    Attributes:
        sources: The reference batches.
        ordered: Whether they were given in the order of time.
        columns: Each column.
        relations: What holds between columns.
        rules: Bounds of rules about the table as a whole.
        delivered: Sketch of the rows that the reference held (`memory.py`).
    """

    sources: tuple[Source, ...]
    ordered: bool
    columns: tuple[Column, ...]
    relations: tuple[Relation, ...] = ()
    rules: Mapping[str, Bound] = field(default_factory=dict)
    delivered: str = ""

    @property
    def rows(self) -> int:
        """Rows of the reference."""
        return sum(source.rows for source in self.sources)

    def bound(self, rule: str) -> Bound:
        """The bound of a rule about the table."""
        return self.rules.get(rule, USUAL)

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one rule says about one batch.

    Attributes:
        rule: Its name.
        columns: The columns it is about; none for the table.
        value: Share of the rows that break it, or distance from what was seen.
        bound: What it is measured by.
        p: How often chance alone gives as much, given that the bound holds.
        tests: How many statistics it looked at.
        chance: The value that chance explains once in a hundred times.
        odd: Rows that break it; None for rules about the batch.
        says: What was found against what is known, in words.
        far: Rows that break it by far; None where there is no more or less.
        newcomers: The value up to which the batch itself shows that time has done it.
    """

    rule: str
    columns: tuple[str, ...]
    value: float
    bound: Bound
    p: float
    tests: int = 1
    chance: float = 0.0
    odd: Mask | None = None
    says: str = ""
    far: Mask | None = None
    newcomers: float = 0.0


@dataclass(frozen=True)
class Finding:
    """Something in a batch that its contract does not have.

    Attributes:
        column: Names of the columns, ` / ` between them; empty for the table.
        rule: The rule.
        severity: `stop` and `warn` where the batch breaks the rule; `row` where single rows do,
            which are put aside while the batch goes on.
        rows: How many rows; 0 for shifts of the whole batch.
        first: Positions of the first of them, from 0, without the header.
        seen: In the reference.
        allowed: By the contract.
        found: In this batch.
        says: The whole in words.
    """

    column: str
    rule: str
    severity: Literal["stop", "warn", "row"]
    rows: int
    first: tuple[int, ...]
    seen: str
    allowed: str
    found: str
    says: str


@dataclass(frozen=True, eq=False)
class Report:
    """One batch against its contract.

    Attributes:
        batch: Its name.
        rows: How many it has.
        findings: What was found, the worst first.
        quarantine: Rows to put aside: position and reasons.
        profiles: For each column the shares of this batch in the parts of the reference's profile,
            or of its known values, for drawing them.
    """

    batch: str
    rows: int
    findings: tuple[Finding, ...]
    quarantine: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    profiles: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing stops the batch."""
        return all(finding.severity != "stop" for finding in self.findings)
