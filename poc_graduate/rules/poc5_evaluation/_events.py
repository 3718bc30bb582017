"""What happened to models along the notebook: trained, evaluated, cross-validated; rows split."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from poc_graduate.rules.poc5_evaluation._values import (
    NOTHING,
    Curve,
    Learned,
    Prediction,
    Rows,
    Value,
)


@dataclass
class Object:
    """A model, transformer or splitter that the notebook makes.

    Attributes:
        kind: Name of its class.
        parts: Objects it is made of: the steps of a pipeline, the estimator of a search.
        loops: Loops with each turn of which it is made otherwise.
        learned: What a transformer learned when it was last fitted.
        fit: Its last training, counted from 0; -1 where none was seen.
        stops_early: It was told when made to stop by what it is validated on.
        validated: It was cross-validated.
        given: Its rows, where it gets them when it is made.
        made: The call that makes it, in a form that can be compared; empty where it is not typed
            out: names may hold other values by then.
        call: That call.
        cell: Position of its cell.
    """

    kind: str
    parts: tuple[int, ...] = ()
    loops: frozenset[int] = frozenset()
    learned: frozenset[Learned] = frozenset()
    fit: int = -1
    stops_early: bool = False
    validated: bool = False
    given: Value = NOTHING
    made: str = ""
    call: ast.Call | None = None
    cell: int = 0


@dataclass(frozen=True)
class Fit:
    """A model's training.

    Attributes:
        node: The call.
        cell: Position of its cell.
        model: The object.
        rows: Rows it is trained on.
        learned: What their features carry.
        loops: Loops with each turn of which it is trained on other features.
        watched: Rows that decide when it stops.
        argument: The features as they stand in the call.
        target: What it learns to say, as it stands there; None where that is not seen.
        beside: It measures itself on other rows while it learns: `validation_split`.
    """

    node: ast.expr
    cell: int
    model: int
    rows: frozenset[Rows]
    learned: frozenset[Learned]
    loops: frozenset[int]
    watched: frozenset[Rows]
    argument: ast.expr | None
    target: ast.expr | None = None
    beside: bool = False


@dataclass(frozen=True)
class Evaluation:
    """Predictions compared with the truth, or only made.

    Attributes:
        node: The call of the metric, or of the model.
        cell: Position of its cell.
        prediction: What is compared.
        loops: Loops with each turn of which another candidate is compared.
        scored: A figure came of it.
        metric: Its name.
        told: Where it is shown: in a function of the notebook's own, that is where it is called.
        curves: The curves by which the threshold was chosen that made classes of it.
    """

    node: ast.expr
    cell: int
    prediction: Prediction
    loops: frozenset[int]
    scored: bool
    metric: str
    told: tuple[ast.expr, int]
    curves: frozenset[Curve] = frozenset()


@dataclass(frozen=True)
class CrossValidation:
    """A model trained and evaluated on the parts of its rows in turn.

    Attributes:
        by: What does so: a search's class, or a function.
        node: The call.
        cell: Position of its cell.
        rows: The rows.
        learned: What their features carry.
        argument: The features as they stand in the call.
    """

    by: str
    node: ast.expr
    cell: int
    rows: frozenset[Rows]
    learned: frozenset[Learned]
    argument: ast.expr | None


@dataclass(frozen=True)
class Split:
    """Rows dealt at random to two sides.

    Attributes:
        node: The call.
        cell: Position of its cell.
        value: What is dealt: the features.
        shuffled: Neighbours may land on different sides.
        argument: The features as they stand in the call.
    """

    node: ast.expr
    cell: int
    value: Value
    shuffled: bool
    argument: ast.expr | None


@dataclass
class Flow:
    """All of it, in order."""

    objects: list[Object] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    validations: list[CrossValidation] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    of_others: list[frozenset[Rows]] = field(default_factory=list)
    """Rows on which something was scored that nobody here saw made: read back from a file, say."""
    astray: dict[object, tuple[ast.expr, int, ast.expr]] = field(default_factory=dict)
    """Folds → where their positions are taken from more rows than were dealt, and those rows."""
    stacked: list[frozenset[int]] = field(default_factory=list)
    """Trainings whose answers are together what another model is given."""
