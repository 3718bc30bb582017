"""Models that a notebook fits and then asks about rows: what it was written for.

The rows of the last fit are kept beside it: by them it is known what the model takes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from poc_graduate.dataflow.model import Statement
from poc_graduate.dataflow.rows import whole
from poc_graduate.plan.cells import Timeline
from poc_graduate.plan.keeps import stored_at, written
from poc_graduate.plan.layout import Constraints, Kept, Layout
from poc_graduate.plan.needs import bound_to_session

_FITS = frozenset({"fit", "partial_fit", "fit_transform", "fit_predict", "fit_resample"})
_ANSWERS = frozenset({"predict", "predict_proba", "decision_function", "forecast"})
_TRANSFORMS = frozenset({"transform"})
_MOST_TRANSFORMERS = 2
_MOST_ROWS = 1_000_000
_NO_MODELS = frozenset({"builtins", "pandas", "numpy", "polars"})


def keep_models(time: Timeline, stages: list[Layout], constraints: Constraints) -> None:
    """What a notebook trains is kept, also where no later stage needs it.

    Nothing of the pipeline reads it back: what it shares with other names need not come along.
    """
    for name, one in () if constraints.untrained else trained(time).items():
        stage = next((each for each in reversed(stages) if name in written(time, each)), None)
        if stage is None or name not in time.exists[stage.stop]:
            continue
        decided = time.cells[stage.start] in constraints.crossing
        if decided or any(name in kept.names for kept in stage.keeps):
            continue
        stored = stored_at(time, name, stage.stop)
        if stored is None or not stored.format or bound_to_session(time, name, stage.stop):
            continue
        if not one.rows:
            stage.keeps.append(Kept((name,), "pickle", stored.reason))
        elif stored.format == "parquet" and _is_as_fitted(time, name, one.cell, stage.stop):
            stage.keeps.append(Kept((name,), "parquet"))
        stage.keeps.sort(key=lambda kept: kept.key)


class Trained(NamedTuple):
    """Why a name is worth keeping.

    Attributes:
        cell: The cell that fits it last.
        rows: It is what the model is fitted on, and no model.
    """

    cell: int
    rows: bool


def trained(time: Timeline) -> dict[str, Trained]:
    """The model that was fitted last of those that were asked, its rows, what they went through.

    What a loop binds is one of many, and none that somebody has decided for.

    Args:
        time: The notebook's cells.

    Returns:
        Their names.
    """
    reader = _Reader(time)
    for statement in time.dataflow.statements:
        reader.read(statement)
    found = [name for name in reader.fitted if _is_object(time, name)]
    models = [name for name in found if name in reader.answered]
    others = [name for name in found if name in reader.transformed - reader.answered]
    if not models:
        return {}
    chosen = (*others[-_MOST_TRANSFORMERS:], models[-1])
    found_in = {name: Trained(reader.fitted[name], rows=False) for name in chosen}
    if rows := reader.rows.get(models[-1]):
        found_in.setdefault(rows, Trained(reader.fitted[models[-1]], rows=True))
    return found_in


def _is_object(time: Timeline, name: str) -> bool:
    """`df.transform` and the like are no question to a model."""
    value = time.value(name, len(time.cells))
    return value is None or value.kind.split(".")[0] not in _NO_MODELS


def _is_as_fitted(time: Timeline, name: str, cell: int, cut: int) -> bool:
    """Whether rows are at a cut what a model was fitted on, and few enough to keep."""
    if any(name in time.writes(at) for at in range(cut) if time.cells[at] > cell):
        return False
    known = time.facts.latest(name, cell)
    frame = known.frames.get(name) if known else None
    return frame is None or frame.rows <= _MOST_ROWS


class _Reader:
    """Collects names of the notebook, those fitted last at the end.

    Attributes:
        fitted: Names of what was fitted → position of the cell.
        answered: Names of what was asked for answers.
        transformed: Names of what was asked to transform rows.
        rows: Name of what was fitted → name of the table of which it was given rows last.
    """

    def __init__(self, time: Timeline) -> None:
        self.fitted: dict[str, int] = {}
        self._cell = 0
        self.answered: set[str] = set()
        self.transformed: set[str] = set()
        self.rows: dict[str, str] = {}
        self._picked: dict[str, str] = {}
        self._functions = {
            node.name: node
            for statement in time.dataflow.statements
            if isinstance(node := statement.node, ast.FunctionDef)
        }

    def read(self, statement: Statement) -> None:
        """One statement of a cell; in the order of the notebook."""
        self._cell = statement.cell
        for name in statement.defines | statement.changes:
            self._picked = {
                one: other for one, other in self._picked.items() if name not in (one, other)
            }
        match statement.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() as value):
                if isinstance(table := whole(value, set()), ast.Name):
                    self._picked[name] = table.id
        for node in _straight([statement.node]):
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Assign) and self._gives_fitted(node.value):
                for target in node.targets:
                    for one in ast.walk(target):
                        if isinstance(one, ast.Name):
                            self._fit(one.id, self._rows_of(node.value))

    def _fit(self, name: str, rows: str) -> None:
        self.fitted.pop(name, None)
        self.fitted[name] = self._cell
        # Rows of one time are not as those of another: the table tells of both.
        while rows in self._picked:
            rows = self._picked[rows]
        self.rows[name] = rows

    def _rows_of(self, value: ast.expr) -> str:
        """What an expression that gives something fitted says of the rows."""
        match value:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):
                return self.rows.get(name, "")
            case ast.Call(func=ast.Name(id=called)) if called in self._functions:
                function = self._functions[called]
                for parameter, argument in _bound(function, value):
                    if any(
                        rows == parameter and method in _FITS
                        for _, method, rows in _methods(function.body)
                    ):
                        return argument
            case ast.Call(args=[ast.Name(id=rows), *_]):
                return rows
        return ""

    def _call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if node.args or node.keywords:
                self._method(name, method, _first(node))
            case ast.Name(id=called) if called in self._functions:
                function = self._functions[called]
                given = dict(_bound(function, node))
                for owner, method, rows in _methods(function.body):
                    if owner in given:
                        self._method(given[owner], method, given.get(rows, ""))

    def _method(self, name: str, method: str, rows: str) -> None:
        if method in _FITS:
            self._fit(name, rows)
        elif method in _ANSWERS:
            self.answered.add(name)
        elif method in _TRANSFORMS:
            self.transformed.add(name)

    def _gives_fitted(self, value: ast.expr) -> bool:
        match value:
            case ast.Call(func=ast.Attribute(attr="fit" | "partial_fit")):
                return True
            case ast.Call(func=ast.Name(id=called)) if called in self._functions:
                return any(
                    isinstance(node, ast.Attribute) and node.attr in _FITS
                    for node in ast.walk(self._functions[called])
                )
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name), attr="best_estimator_"):
                return name in self.fitted
        return False


def _straight(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes that run once, in the order of the text: none of a loop, a function or a class."""
    for node in statements:
        if isinstance(
            node,
            ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef
            | ast.ClassDef | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp
            | ast.GeneratorExp,
        ):  # fmt: skip
            continue
        yield from _straight(ast.iter_child_nodes(node))
        yield node


def _bound(function: ast.FunctionDef, call: ast.Call) -> Iterator[tuple[str, str]]:
    """Parameters of a function that get a name, each with it."""
    parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    given = [*zip(parameters, call.args, strict=False)]
    given += [(one.arg, one.value) for one in call.keywords if one.arg]
    for parameter, argument in given:
        if isinstance(argument, ast.Name):
            yield parameter, argument.id


def _methods(body: Iterable[ast.AST]) -> Iterator[tuple[str, str, str]]:
    """Names of which statements call methods, these, and the name that each is given first."""
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
                    yield owner, method, _first(node)
                case ast.Call(func=ast.Attribute(attr=method)):
                    yield "", method, _first(node) if method in _FITS else ""


def _first(call: ast.Call) -> str:
    return call.args[0].id if call.args and isinstance(call.args[0], ast.Name) else ""
