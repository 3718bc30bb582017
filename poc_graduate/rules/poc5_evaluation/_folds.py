"""Folds: positions that a cross-validator deals, and the rows that are taken by them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from poc_graduate.rules.poc5_evaluation import _tables
from poc_graduate.rules.poc5_evaluation._events import Object
from poc_graduate.rules.poc5_evaluation._values import Dealt, Rows, Step, Value
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
    given, argument = called.given(0, "X")
    shuffled = any(_shuffles(here.flow.objects[one]) for one in called.receiver.objects)
    here.dealt[key] = Dealt(given.rows, argument, shuffled)
    return Value(folds=key)


def taken(here: Interpreter, steps: Iterable[Step], held: Value, index: ast.expr) -> Iterator[Step]:
    """Folds, as they are taken from rows: those may be more than the rows that were dealt.

    Args:
        here: Where in the notebook.
        steps: Of the folds.
        held: The rows that are taken from.
        index: The positions, as they stand there.
    """
    for step in steps:
        among = here.dealt.get(step.key)
        if among is None or not any(_lies_in(a, b) for a in among.rows for b in held.rows):
            yield step
            continue
        if among.argument is not None:
            here.flow.astray.setdefault(step.key, (index, here.cell, among.argument))
        yield step if among.shuffled else replace(step, astray=True)


def _lies_in(part: Rows, rows: Rows) -> bool:
    """Whether a split has dealt some rows to other sides before it came to this part of them."""
    more = part.steps[len(rows.steps) :]
    return (
        part.source == rows.source
        and part.steps[: len(rows.steps)] == rows.steps
        and any(step.kind == "part" for step in more)
    )


def _shuffles(splitter: Object) -> bool:
    """Whether a splitter deals rows at random."""
    shuffle = keyword(splitter.call, "shuffle") if splitter.call is not None else None
    typed = isinstance(shuffle, ast.Constant) and not shuffle.value
    return "Shuffle" in splitter.kind or (shuffle is not None and not typed)
