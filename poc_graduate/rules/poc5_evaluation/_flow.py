"""Leaks of a notebook: what its evaluation has seen that new data will not bring."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import lru_cache

from poc_graduate.rules.poc5_evaluation._events import Evaluation, Fit, Flow
from poc_graduate.rules.poc5_evaluation._interpret import Interpreter
from poc_graduate.rules.poc5_evaluation._tables import CROSS_VALIDATED, METRICS, PREDICTS, SCORES
from poc_graduate.rules.poc5_evaluation._values import Learned, Relation, Rows, relation, shares
from poc_graduate.rules.view import CellView, NotebookView

_ASKED = frozenset(
    "fit fit_transform fit_generator train cross_val_score cross_validate backward".split()
)
_ANSWERED = (
    PREDICTS | SCORES | METRICS | CROSS_VALIDATED
    | frozenset("backward fit_generator GridSearchCV RandomizedSearchCV".split())
)  # fmt: skip
_EMPTY = Flow()


@lru_cache(maxsize=1)
def flow_of(notebook: NotebookView) -> Flow:
    """What happened to models; nothing, without a look, where none is trained and evaluated."""
    called = frozenset().union(*(view.calls for view in notebook.cells))
    if not (_ASKED & called and _ANSWERED & called):
        return _EMPTY
    try:
        return Interpreter(notebook).flow
    except RecursionError:  # an expression nested beyond reading: nothing is claimed of it
        return _EMPTY


def training(flow: Flow, evaluation: Evaluation) -> Fit | None:
    """The training of what is evaluated."""
    fit = evaluation.prediction.fit
    return flow.fits[fit] if fit >= 0 else None


def on_held_out(flow: Flow, evaluation: Evaluation) -> bool:
    """Whether it is about rows that the model was not trained on."""
    fit = training(flow, evaluation)
    if fit is None or not evaluation.prediction.rows:
        return False
    between = relation(fit.rows, evaluation.prediction.rows)
    if between in (Relation.SAME, Relation.OVERLAP):
        return False
    return evaluation.scored or is_dealt(evaluation.prediction.rows)


def is_dealt(rows: frozenset[Rows]) -> bool:
    """Whether rows are the test side of a split."""
    return any(step.held_out for one in rows for step in one.steps)


def held_out(flow: Flow) -> list[Evaluation]:
    """Evaluations on rows that the model was not trained on."""
    return [one for one in flow.evaluations if on_held_out(flow, one)]


@dataclass(frozen=True)
class Seen:
    """Something learned from rows that a model is then evaluated on.

    Attributes:
        learned: What, and where.
        argument: The rows evaluated on, as they stand in the call.
        cell: Position of the cell of the evaluation.
        apart: It comes from these rows alone, and what was trained on carries none of it.
        also: Lines of its cell that have more of it, for the same rows.
        folds: What deals the rows into folds, where these are what is evaluated on.
    """

    learned: Learned
    argument: ast.expr | None
    cell: int
    apart: bool = False
    also: tuple[int, ...] = ()
    folds: str = ""


def seen_before(flow: Flow, kinds: frozenset[str], *, in_test: bool = False) -> list[Seen]:
    """What was learned, or copied, from rows that are evaluated on: the first of each cell.

    Args:
        flow: The notebook's.
        kinds: Of what is learned.
        in_test: The rows evaluated on must carry it, too, not only those trained on.
    """
    found = []
    tests = held_out(flow)
    for one in tests:
        fit = training(flow, one)
        said = one.prediction
        trained = fit.learned if fit is not None else frozenset[Learned]()
        carried = said.learned & trained if in_test else said.learned | trained
        for learned in carried:
            if learned.kind in kinds and shares(learned.rows, said.rows):
                apart = fit is not None and not shares(learned.rows, fit.rows)
                apart = apart and learned not in trained
                found.append(Seen(learned, said.argument, one.cell, apart))
    if not tests:  # folds are what is reported
        for fold in flow.validations:
            for learned in fold.learned:
                if learned.kind in kinds and shares(learned.rows, fold.rows):
                    found.append(Seen(learned, fold.argument, fold.cell, folds=fold.by))
    found.sort(key=lambda seen: (*_where_learned(seen), seen.apart))
    first = {one.learned.cell: one for one in reversed(found)}
    return [replace(one, also=_also(one, found)) for one in reversed(first.values())]


def _also(first: Seen, found: list[Seen]) -> tuple[int, ...]:
    """Other lines of its cell where something like it is learned."""
    return tuple(
        dict.fromkeys(
            one.learned.node.lineno
            for one in found
            if one.learned.cell == first.learned.cell
            and one.learned.kind == first.learned.kind
            and one.apart == first.apart
            and one.learned.node.lineno != first.learned.node.lineno
        )
    )


def _where_learned(seen: Seen) -> tuple[int, int, int]:
    node = seen.learned.node
    return seen.learned.cell, node.lineno, node.col_offset


def made_anew(flow: Flow, seen: Seen) -> int:
    """The cell of a later evaluation, of rows under the same name, that carries none of it.

    The last word on those rows is then right, the one before it a trial. 0 without one, and where
    what was learned is evaluated again below.
    """
    names = [_name_in(one.prediction.argument) for one in flow.evaluations]
    found = 0
    for one, name in zip(flow.evaluations, names, strict=True):
        fit, said = training(flow, one), one.prediction
        carried = said.learned | (fit.learned if fit is not None else frozenset())
        if any(step.node is seen.learned.node for step in carried):
            found = 0
        elif name and name == _name_in(seen.argument) and one.cell > seen.cell and one.scored:
            sources = {rows.source for rows in said.rows} & {r.source for r in seen.learned.rows}
            clean = not any(shares(step.rows, said.rows) for step in carried)
            if sources and clean and on_held_out(flow, one):
                found = found or one.told[1]
    return found


def _name_in(argument: ast.expr | None) -> str:
    return argument.id if isinstance(argument, ast.Name) else ""


def view_of(notebook: NotebookView, cell: int) -> CellView:
    """The cell at a position."""
    return next(view for view in notebook.cells if view.index == cell)


def text_of(node: ast.expr | None, otherwise: str) -> str:
    """An expression, where it is short; it may stand in another cell than what it is told of."""
    text = ast.unparse(node) if node is not None else ""
    return text if 0 < len(text) <= 40 else otherwise
