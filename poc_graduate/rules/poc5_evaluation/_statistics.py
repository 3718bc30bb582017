"""What is learned from all rows at once: means, quantiles, groups, correlations, neighbours."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc5_evaluation import _models, _tables
from poc_graduate.rules.poc5_evaluation._called import Called
from poc_graduate.rules.poc5_evaluation._groups import group_key
from poc_graduate.rules.poc5_evaluation._values import NOTHING, Rows, Step, Value
from poc_graduate.rules.view import keyword

if TYPE_CHECKING:
    from poc_graduate.rules.poc5_evaluation._interpret import Interpreter

_DATES = re.compile(r"date|time|day|month|year", re.I)


def statistic(here: Interpreter, called: Called) -> Value | None:
    """A mean, a quantile, a sum: over rows, or row by row."""
    subject = called.receiver if called.receiver is not NOTHING else called.given(0, "a")[0]
    if subject.is_error:
        _models.scored(here, called, subject)
        return NOTHING
    if subject.predicted:  # the mean of several models' answers
        return subject
    if _grouped_count(called):
        return subject if called.name == "transform" else None
    if subject.is_mask or not subject.rows:
        return subject._replace(is_mask=False, typed=None) if subject.learned else NOTHING
    if along_columns(called) or _of_window(called.node):
        return subject
    if called.name in ("min", "max") and _DATES.search(ast.unparse(called.node.func)):
        return NOTHING  # a day to count from
    key = group_key(called.node)
    rows = subject.narrowed(Step("group", key, None)).rows if key else subject.rows
    learned = here.learn(called.node, rows, "statistic")
    if not grouped(called.node):
        return Value(learned=learned)
    if called.name == "transform":
        return subject._replace(learned=subject.learned | learned)
    # One row a group: as data they are other rows, mapped back they tell of all. Those of two parts
    # are as much apart as the parts: one function may group either.
    made = (Rows(("groups", id(called.node), rows.source), rows.steps) for rows in subject.rows)
    return Value(rows=frozenset(made), learned=learned)


def _grouped_count(called: Called) -> bool:
    """How many rows a group has: no value of theirs goes in."""
    match called.node:
        case ast.Call(args=[ast.Constant(value="count" | "size" | "nunique"), *_]):
            return grouped(called.node)
    return False


def along_columns(called: Called) -> bool:
    axis = keyword(called.node, "axis")
    if axis is None:
        place = 0 if called.receiver is not NOTHING else 1
        axis = called.node.args[place] if place < len(called.node.args) else None
        if not isinstance(axis, ast.Constant) or axis.value != 1 or called.name == "quantile":
            return False
    return ast.unparse(axis) in ("1", "-1", "'columns'")


def grouped(node: ast.expr) -> bool:
    return _follows(node, _tables.BY_GROUP)


def _of_window(node: ast.expr) -> bool:
    return _follows(node, _tables.WINDOWS)


def of_neighbours(node: ast.expr) -> bool:
    """Whether an expression looks from row to row: `x.shift().rolling(20).mean()`."""
    return _follows(node, _tables.LAGS | _tables.WINDOWS)


def _follows(node: ast.expr, calls: frozenset[str]) -> bool:
    """Whether one of these calls stands before in a chain of calls."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call) and last_name(node.func) in calls:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def transform(here: Interpreter, called: Called) -> Value | None:
    return statistic(here, called) if grouped(called.node) else None


def learning_function(here: Interpreter, called: Called) -> Value | None:
    subject, _ = called.given(0, "x", "X")
    learned = here.learn(called.node, subject.rows, "statistic")
    changed = subject._replace(learned=subject.learned | learned)
    return changed._replace(items=(changed, NOTHING)) if called.name == "boxcox" else changed


def cut(here: Interpreter, called: Called) -> Value | None:
    """`pd.cut` into so many bins of equal width reaches from minimum to maximum."""
    subject, _ = called.given(0, "x")
    bins = called.given(1, "bins")[1]
    if isinstance(bins, ast.Constant):
        return learning_function(here, called)
    return subject


def lag(here: Interpreter, called: Called) -> Value | None:
    subject = called.receiver
    if not subject.rows:
        return None
    learned = here.learn(called.node, subject.rows, "neighbours")
    return subject._replace(learned=subject.learned | learned)


def correlations(here: Interpreter, called: Called) -> Value | None:
    kind = "correlations" if called.name == "corr" else "correlation"
    if called.args:
        kind = "correlation"
    learned = here.learn(called.node, called.receiver.rows, kind)
    return Value(learned=learned) if learned else None
