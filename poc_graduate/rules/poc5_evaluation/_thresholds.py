"""Thresholds that are chosen by a metric's curve: the one where it is best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poc_graduate.rules.poc5_evaluation._values import NOTHING, Curve, Value

if TYPE_CHECKING:
    from poc_graduate.rules.poc5_evaluation._called import Called
    from poc_graduate.rules.poc5_evaluation._interpret import Interpreter

_CURVES = frozenset({"roc_curve", "precision_recall_curve", "det_curve"})

CHOOSES = frozenset("argmax argmin nanargmax nanargmin idxmax idxmin".split())
"""Calls that say where something is best."""


def curve(here: Interpreter, called: Called, value: Value) -> Value:
    """What a metric gives: of a curve, where it comes from.

    Args:
        here: Where in the notebook.
        called: The metric's call.
        value: All that it is given.
    """
    rows = frozenset().union(*(one.rows for one in value.predicted))
    if called.name not in _CURVES or not rows:
        return NOTHING
    return Value(curves=frozenset({Curve(called.node, here.cell, rows, called.name)}))


def choice(here: Interpreter, called: Called) -> Value | None:
    """Where a curve is best; None of anything else."""
    curves = called.everything.curves
    if not curves or called.everything.rows:
        return None
    node, cell = here.called_from or (called.node, here.cell)
    return Value(
        curves=frozenset(one._replace(node=node, cell=cell, chosen=True) for one in curves)
    )


def at(held: Value, chosen: Value) -> Value:
    """One of a curve's thresholds, at a place: what chose the place chose the threshold."""
    return held._replace(curves=held.curves | chosen.curves)
