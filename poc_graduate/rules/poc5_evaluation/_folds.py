"""Folds: positions that a cross-validator deals, and the rows that are taken by them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from poc_graduate.rules.poc5_evaluation import _tables
from poc_graduate.rules.poc5_evaluation._events import Object
from poc_graduate.rules.poc5_evaluation._values import Step, Value
from poc_graduate.rules.view import keyword

if TYPE_CHECKING:
    from poc_graduate.rules.poc5_evaluation._called import Called
    from poc_graduate.rules.poc5_evaluation._interpret import Interpreter


def is_splitter(here: Interpreter, value: Value) -> bool:
    """Whether a value is a cross-validator."""
    return any(_tables.SPLITTER.match(here.flow.objects[one].kind) for one in value.objects)


def dealt(here: Interpreter, called: Called) -> Value:
    """`KFold(5).split(X)`: positions among the rows of X, in their order unless shuffled."""
    key = (id(called.node), here.context)
    if not any(_shuffles(here.flow.objects[one]) for one in called.receiver.objects):
        here.in_order[key] = called.given(0, "X")[0].rows
    return Value(folds=key)


def taken(here: Interpreter, steps: Iterable[Step], held: Value) -> Iterator[Step]:
    """Folds, as they are taken from rows: those may be more than the rows that were dealt."""
    for step in steps:
        astray = any(
            dealt.source == rows.source
            and len(dealt.steps) > len(rows.steps)
            and dealt.steps[: len(rows.steps)] == rows.steps
            for dealt in here.in_order.get(step.key, ())
            for rows in held.rows
        )
        yield replace(step, astray=True) if astray else step


def _shuffles(splitter: Object) -> bool:
    """Whether a splitter deals rows at random."""
    shuffle = keyword(splitter.call, "shuffle") if splitter.call is not None else None
    typed = isinstance(shuffle, ast.Constant) and not shuffle.value
    return "Shuffle" in splitter.kind or (shuffle is not None and not typed)
