"""What is known of a value without running: whose rows it has, and what it learned from others."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from poc_graduate.rules.poc5_evaluation._groups import lies_on_one_side


class Relation(Enum):
    """How two sets of rows of one source lie to each other."""

    SAME = "same"
    OVERLAP = "overlap"
    DISJOINT = "disjoint"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a source of rows to some of them.

    Attributes:
        kind: `part` of a split, `draw` of a sample, `slice` by position, `filter` by a condition,
            `group` of those with one value of a key, whichever.
        key: Which split, draw or condition; equal keys deal the same rows alike.
        part: Which side of it: a number or a role, bounds for slices, a truth for the others.
        loops: Loops in which it is made anew with each turn.
        ways: Branches in which it is made: each a condition, and whether it holds there.
        astray: Its positions were counted among fewer rows than those that they are taken from.
    """

    kind: str
    key: object
    part: object
    loops: frozenset[int] = field(default=frozenset(), compare=False)
    ways: frozenset[tuple[object, bool]] = field(default=frozenset(), compare=False)
    astray: bool = field(default=False, compare=False)

    @property
    def held_out(self) -> bool:
        """It is the side of a split that is there to be tested on."""
        return self.kind == "part" and self.part not in (0, "train")


def _between(one: Step, other: Step) -> Relation:
    if one.kind != other.kind:
        return Relation.UNKNOWN if "filter" in (one.kind, other.kind) else Relation.OVERLAP
    if one.kind == "slice":
        return _between_slices(one.part, other.part)
    if one.key == other.key:
        return Relation.SAME if one.part == other.part else Relation.DISJOINT
    if one.astray or other.astray:
        return Relation.UNKNOWN  # unshuffled, they may end before the others begin
    return Relation.UNKNOWN if one.kind == "filter" else Relation.OVERLAP


def _between_slices(one: object, other: object) -> Relation:
    match one, other:
        case (a, b) if a == b:
            return Relation.SAME
        case ((low, high), (from_, to)):
            if (high and high == from_) or (to and to == low):
                return Relation.DISJOINT
            bounds = [_number(low, 0), _number(high, 1 << 60), _number(from_, 0)]
            bounds.append(_number(to, 1 << 60))
            if any(bound is None or bound < 0 for bound in bounds):
                return Relation.UNKNOWN
            a, b, c, d = (bound or 0 for bound in bounds)
            return Relation.OVERLAP if max(a, c) < min(b, d) else Relation.DISJOINT
    return Relation.UNKNOWN


def _number(text: object, otherwise: int) -> int | None:
    if not text:
        return otherwise
    try:
        return int(str(text))
    except ValueError:
        return None


class Rows(NamedTuple):
    """Rows of one source, narrowed step by step."""

    source: object
    steps: tuple[Step, ...] = ()

    def narrowed(self, *steps: Step) -> Rows:
        """Those of them that the steps leave."""
        return Rows(self.source, self.steps + steps)


def relation(one: frozenset[Rows], other: frozenset[Rows]) -> Relation:
    """How two sets of rows lie to each other; overlap where it is certain."""
    if one == other:
        return Relation.SAME
    if _dealt_apart(one, other):
        return Relation.DISJOINT
    found = {_of_pair(a, b) for a in one for b in other if not _exclude(a, b)}
    if Relation.OVERLAP in found or Relation.SAME in found:
        return Relation.OVERLAP
    return Relation.DISJOINT if found == {Relation.DISJOINT} else Relation.UNKNOWN


def _exclude(one: Rows, other: Rows) -> bool:
    """Whether no run has both: they are made in the two branches of one condition."""
    ways = {way for step in one.steps for way in step.ways}
    return any(
        (condition, not holds) in ways for step in other.steps for condition, holds in step.ways
    )


def _dealt_apart(one: frozenset[Rows], other: frozenset[Rows]) -> bool:
    """Whether one split has dealt all of one set to other sides than all of the other."""
    sides: dict[object, tuple[set[tuple[Rows, object]], set[tuple[Rows, object]]]] = {}
    for place, rows in enumerate((one, other)):
        for single in rows:
            for step in single.steps:
                if step.kind == "part":
                    sides.setdefault(step.key, (set(), set()))[place].add((single, step.part))
    return any(
        len(here) == len(one)
        and len(there) == len(other)
        and not {part for _, part in here} & {part for _, part in there}
        for here, there in sides.values()
    )


def _of_pair(one: Rows, other: Rows) -> Relation:
    if one.source != other.source:
        return Relation.DISJOINT
    if _are_apart(one, other) or _are_apart(other, one):
        return Relation.UNKNOWN
    # Which group it is says nothing else: it may be any.
    steps, others = ([s for s in rows.steps if s.kind != "group"] for rows in (one, other))
    for a, b in zip(steps, others, strict=False):
        between = _between(a, b)
        if between is not Relation.SAME:
            return between
    return Relation.SAME if len(steps) == len(others) else Relation.OVERLAP


def _are_apart(one: Rows, other: Rows) -> bool:
    """Whether a group lies on one side of a condition, maybe on the other one than these rows."""
    return any(
        group.kind == "group" and step.kind == "filter" and step not in one.steps
        and lies_on_one_side(str(group.key), str(step.key))
        for group in one.steps
        for step in other.steps
    )  # fmt: skip


def shares(one: frozenset[Rows], other: frozenset[Rows]) -> bool:
    """Whether two sets certainly have rows in common."""
    return relation(one, other) in (Relation.SAME, Relation.OVERLAP)


class Learned(NamedTuple):
    """Something that rows went into as a whole, and that a value now carries.

    Attributes:
        node: Where it was learned.
        cell: Position of that cell.
        rows: The rows it was learned from.
        kind: `statistic`, `copies`, `neighbours` in time, `correlation`, or `correlations` among
            all columns, which choose nothing yet.
        column: The column that holds it, where only one does.
    """

    node: ast.expr
    cell: int
    rows: frozenset[Rows]
    kind: str = "statistic"
    column: str | None = None


class Prediction(NamedTuple):
    """What a model said of some rows.

    Attributes:
        model: The object.
        fit: Its training at that time, counted from 0; -1 where none was seen.
        rows: The rows.
        learned: What their features carry.
        loops: Loops with each turn of which it is another candidate's.
        argument: The rows as they stand in the call.
    """

    model: int
    fit: int
    rows: frozenset[Rows]
    learned: frozenset[Learned]
    loops: frozenset[int]
    argument: ast.expr | None


class Dealt(NamedTuple):
    """Rows that a cross-validator deals by their positions.

    Attributes:
        rows: The rows.
        argument: As they stand in its call.
        shuffled: They are dealt at random.
    """

    rows: frozenset[Rows]
    argument: ast.expr | None
    shuffled: bool


class Curve(NamedTuple):
    """What a metric says of some rows for each threshold there is.

    Attributes:
        node: The call of the metric; where a threshold was chosen by it, that call.
        cell: Position of its cell.
        rows: The rows.
        metric: Its name.
        chosen: One of the thresholds was chosen.
    """

    node: ast.expr
    cell: int
    rows: frozenset[Rows]
    metric: str
    chosen: bool = False


class Value(NamedTuple):
    """What is known of a value.

    Attributes:
        rows: Whose rows it has, row for row.
        learned: What it carries from other rows.
        objects: The models and transformers it may be.
        items: Its elements, where it is a tuple, list or dictionary that was seen growing.
        predicted: The predictions it was made from.
        loops: Loops with each turn of which it is another.
        steps: Where it is a set of positions: what they leave of any rows.
        is_mask: It is a condition.
        is_error: It is a difference of predictions and truth.
        folds: Key of a cross-validator's split, where it iterates over one.
        typed: The literal, where it is one.
        column: It is one column.
        curves: What it has of a metric's curve over all thresholds.
    """

    rows: frozenset[Rows] = frozenset()
    learned: frozenset[Learned] = frozenset()
    objects: frozenset[int] = frozenset()
    items: tuple[Value, ...] | None = None
    predicted: frozenset[Prediction] = frozenset()
    loops: frozenset[int] = frozenset()
    steps: tuple[Step, ...] | None = None
    is_mask: bool = False
    is_error: bool = False
    folds: object = None
    typed: object = None
    column: str | None = None
    curves: frozenset[Curve] = frozenset()

    def narrowed(self, *steps: Step) -> Value:
        """Some of its rows."""
        rows = frozenset(one.narrowed(*steps) for one in self.rows)
        predicted = frozenset(
            one._replace(rows=frozenset(rows.narrowed(*steps) for rows in one.rows))
            for one in self.predicted
        )
        return self._replace(rows=rows, predicted=predicted, items=None)

    def element(self) -> Value:
        """Any one of its elements."""
        if self.items is not None:
            return joined(self.items)
        return self._replace(folds=None)

    def columns(self, names: Iterable[str]) -> Value:
        """Some of its columns: what others carry stays behind."""
        if not self.learned and self.items is None:
            return self
        wanted = set(names)
        learned = frozenset(one for one in self.learned if one.column in wanted or not one.column)
        return self._replace(learned=learned, items=None)

    def without(self, names: Iterable[str]) -> Value:
        """Without some of its columns, and what they carry."""
        gone = set(names)
        if not any(one.column in gone for one in self.learned):
            return self
        learned = frozenset(one for one in self.learned if one.column not in gone)
        return self._replace(learned=learned)


NOTHING = Value()
MASK = Value(is_mask=True)


def joined(values: Iterable[Value]) -> Value:
    """What is known of a value that may be any of these."""
    every = [value for value in values if value is not NOTHING]
    if not every:
        return NOTHING
    first = every[0]
    if len(every) == 1 or all(value == first for value in every[1:]):
        return first
    items: tuple[Value, ...] | None = None
    lengths = {len(value.items) if value.items is not None else -1 for value in every}
    if lengths != {-1}:
        if len(lengths) == 1:
            zipped = zip(*(value.items or () for value in every), strict=True)
            items = tuple(joined(group) for group in zipped)
        else:
            items = tuple(item for value in every for item in value.items or (value,))
    return Value(
        rows=frozenset().union(*(value.rows for value in every)),
        learned=frozenset().union(*(value.learned for value in every)),
        objects=frozenset().union(*(value.objects for value in every)),
        items=items,
        predicted=frozenset().union(*(value.predicted for value in every)),
        loops=frozenset().union(*(value.loops for value in every)),
        steps=first.steps,
        is_mask=all(value.is_mask for value in every),
        is_error=any(value.is_error for value in every),
        folds=first.folds,
        column=first.column,
        curves=frozenset().union(*(value.curves for value in every)),
    )


def combined(values: Iterable[Value]) -> Value:
    """A value worked out from these, row by row: the rows are those of the first that has some."""
    every = [value for value in values if value is not NOTHING]
    if not every:
        return NOTHING
    with_rows = next((value for value in every if value.rows), every[0])
    if len(every) == 1:
        return every[0]
    return Value(
        rows=with_rows.rows,
        learned=frozenset().union(*(value.learned for value in every)),
        objects=frozenset().union(*(value.objects for value in every)),
        predicted=frozenset().union(*(value.predicted for value in every)),
        loops=frozenset().union(*(value.loops for value in every)),
        column=with_rows.column,
        curves=frozenset().union(*(value.curves for value in every)),
    )
