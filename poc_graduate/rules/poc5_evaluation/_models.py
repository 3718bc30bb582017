"""Models and transformers: made, fitted, asked, scored."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc5_evaluation import _folds, _tables, _thresholds
from poc_graduate.rules.poc5_evaluation._events import CrossValidation, Evaluation, Fit
from poc_graduate.rules.poc5_evaluation._values import (
    NOTHING,
    Learned,
    Prediction,
    Relation,
    Rows,
    Value,
    combined,
    relation,
)
from poc_graduate.rules.view import keyword

if TYPE_CHECKING:
    from poc_graduate.rules.poc5_evaluation._called import Called
    from poc_graduate.rules.poc5_evaluation._interpret import Interpreter

_SEEDS = frozenset("random_state seed random_seed verbose n_jobs name".split())
_EARLY = ("EarlyStopping", "ModelCheckpoint", "early_stopping", "early_stop", "es_callback")
_STOPPERS = frozenset("EarlyStopping ModelCheckpoint early_stopping EarlyStop".split())
_NAMED_CROSS_VALIDATION = re.compile(r"(?i)cross_?val|kfold_|cv_score")
_KEEPS_ALL = "a checkpoint of each epoch"
"""The kind of a ModelCheckpoint that chooses none."""


def made(here: Interpreter, called: Called) -> Value | None:
    """The object that a call makes; None where it makes none that matters."""
    name = called.name
    if name in _tables.STATSMODELS:
        given = combined((*reversed(called.args), *called.keywords.values()))
        return here.make(name, given=given) if given.rows else None
    if not (name[:1].isupper() or name in _tables.COMPOSED or name in ("clone", "early_stopping")):
        return None
    if name in _tables.DATA_CLASSES or (name.isupper() and len(name) < 2):
        return None
    if name in _tables.NO_MODELS:
        return NOTHING
    args = (*called.args, *called.keywords.values())
    parts = frozenset().union(*(_objects(value) for value in args))
    if name == "clone":
        kinds = [here.flow.objects[one].kind for one in parts]
        loops = called.everything.loops
        return here.make(kinds[0] if kinds else name, loops=loops, parts=tuple(sorted(parts)))
    deciding = [*called.args]
    deciding += [value for key, value in called.keywords.items() if key not in _SEEDS]
    loops = frozenset().union(*(_loops(value) for value in deciding))
    loops |= frozenset().union(*(here.flow.objects[one].loops for one in parts))
    early = "early_stopping_rounds" in called.keywords or _keeps_best(name, called.node)
    typed = "" if parts or loops else _typed_out(called.node)
    best_only = keyword(called.node, "save_best_only")
    if name == "ModelCheckpoint" and (
        best_only is None or (isinstance(best_only, ast.Constant) and best_only.value is False)
    ):
        name = _KEEPS_ALL
    return here.make(
        name, parts=tuple(sorted(parts)), loops=loops, stops_early=early, made=typed,
        call=called.node, cell=here.cell,
    )  # fmt: skip


def _keeps_best(name: str, call: ast.Call) -> bool:
    """Whether a model goes back to the best of its rounds by itself: CatBoost, unless told not to.

    Source: `use_best_model` in CatBoost's reference of training parameters.
    """
    best = keyword(call, "use_best_model")
    return name.startswith("CatBoost") and not (
        isinstance(best, ast.Constant) and best.value is False
    )


def _typed_out(call: ast.Call) -> str:
    if last_name(call.func) in ("Sequential", "Model"):
        return ""  # layers come later
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return ast.dump(call) if all(isinstance(value, ast.Constant) for value in given) else ""


def _objects(value: Value) -> frozenset[int]:
    inner = (_objects(item) for item in value.items or ())
    return value.objects.union(*inner)


def _loops(value: Value) -> frozenset[int]:
    inner = (_loops(item) for item in value.items or ())
    return value.loops.union(*inner)


def state(here: Interpreter, value: Value) -> frozenset[Learned]:
    """What transformers have learned."""
    return frozenset().union(*(here.flow.objects[one].learned for one in value.objects))


def done(here: Interpreter, called: Called) -> Value | None:
    """What a call does with a model, or None where it is about none."""
    name, objects = called.name, called.receiver.objects
    if name in _tables.CROSS_VALIDATED:
        return _cross_validated(here, called)
    if _NAMED_CROSS_VALIDATION.search(name):  # somebody's own
        for one in frozenset[int]().union(*map(_objects, called.args)):
            here.flow.objects[one].validated = True
    if name in _tables.METRICS:
        compared = combined((*called.args, *called.keywords.values()))
        scored(here, called, compared)
        return _thresholds.curve(here, called, compared)
    if name == "train" and not objects and called.args:
        return _boosted(here, called)
    if name == _tables.BOOSTED_FOLDS and not objects and called.args:
        return _boosted_on_folds(here, called)
    if not objects:
        return _of_unknown(here, called)
    if called.receiver.rows:
        return None
    if name == "split":
        if _folds.is_splitter(here, called.receiver):
            return _folds.dealt(here, called)
        return None
    if name in _tables.RESAMPLE:
        return _resampled(here, called)
    if name in ("fit_transform", "fit_predict"):
        return _fit_transform(here, called)
    if name in _tables.LEARNERS or name in ("fit_on_texts", "fit_on_sequences", "adapt"):
        return _fit(here, called)
    if name == "transform" or name.startswith("texts_to_"):
        given, _ = called.given(0, "X", "raw_documents")
        return given._replace(learned=given.learned | state(here, called.receiver), items=None)
    if name == "inverse_transform":
        return called.given(0, "X")[0]  # in other units
    if name in _tables.PREDICTS:
        return _predicted(here, called, scores=False)
    if name in _tables.SCORES:
        _predicted(here, called, scores=True)
        return NOTHING
    if name == "set_params":
        for one in objects:
            here.flow.objects[one].loops |= called.everything.loops
        return called.receiver
    return called.receiver


def _of_unknown(here: Interpreter, called: Called) -> Value | None:
    """A call of a model itself, as in torch; or of a loss."""
    func = called.node.func
    if called.name in _tables.SCORES and len(called.args) > 1:
        here.flow.of_others.append(called.args[0].rows)
    if called.name == "backward":
        return _trained_backward(here, called)
    if not isinstance(func, ast.Name | ast.Attribute) or called.receiver is not NOTHING:
        return None
    itself = here.value(func) if isinstance(func, ast.Name) else NOTHING
    if not itself.objects or itself.rows:
        return None
    given = combined((*called.args, *called.keywords.values()))
    if given.predicted:
        scored(here, called, given)
        return given._replace(is_error=True)
    argument = called.node.args[0] if called.node.args else None
    return _answers(here, itself, given, argument)


def _trained_backward(here: Interpreter, called: Called) -> Value:
    """`loss.backward()`: what was scored before it was training."""
    for one in called.receiver.predicted:
        here.flow.evaluations = [e for e in here.flow.evaluations if e.prediction != one]
        _record_fit(here, called, one.model, Value(rows=one.rows, learned=one.learned), None)
    return NOTHING


def _fit_transform(here: Interpreter, called: Called) -> Value:
    given, argument = called.given(0, "X", "raw_documents", "data")
    if called.name == "fit_transform" or all(
        _transforms(here, one) for one in called.receiver.objects
    ):
        for one in called.receiver.objects:
            _learn(here, called, one, given)
    else:
        _fit(here, called)
    result = given._replace(learned=given.learned | state(here, called.receiver), items=None)
    if called.name == "fit_predict" and any(
        not _transforms(here, one) for one in called.receiver.objects
    ):
        return _answers(here, called.receiver, given, argument)
    return result._replace(column=None, typed=None)


def _learn(here: Interpreter, called: Called, one: int, given: Value) -> None:
    """A transformer is fitted."""
    learned = here.learn(called.node, given.rows, "statistic")
    held = learned | given.learned if _learns(here, one) else frozenset[Learned]()
    here.flow.objects[one].learned = held


def _transforms(here: Interpreter, one: int) -> bool:
    """Whether an object is no model but prepares rows."""
    made = here.flow.objects[one]
    if made.kind in _tables.COMPOSED:
        return not any(_predicts(here, part) for part in made.parts)
    return _stateful(made.kind) or made.kind in _tables.NEUTRAL


def _stateful(kind: str) -> bool:
    if kind in _tables.NEUTRAL:
        return False
    return kind in _tables.STATEFUL or kind.endswith(("Imputer", "Scaler", "Vectorizer"))


def _predicts(here: Interpreter, one: int) -> bool:
    """Whether a step of a pipeline is a model, by its name."""
    made = here.flow.objects[one]
    if made.kind in _tables.COMPOSED:
        return not _transforms(here, one)
    return bool(_tables.ESTIMATOR.search(made.kind)) and not _stateful(made.kind)


def _learns(here: Interpreter, one: int) -> bool:
    made = here.flow.objects[one]
    if made.kind in _tables.COMPOSED:
        return any(_learns(here, part) for part in made.parts)
    return _stateful(made.kind)


def _fit(here: Interpreter, called: Called) -> Value:
    given, argument = called.given(0, "X", "x", "raw_documents", "generator", "train_data")
    _note_stack(here, given)
    for one in called.receiver.objects:
        made = here.flow.objects[one]
        if made.given is not NOTHING:
            given, argument = made.given, None
        if _transforms(here, one):
            _learn(here, called, one, given)
            continue
        if given.rows:
            _record_fit(here, called, one, given, argument)
    return called.receiver


def _record_fit(
    here: Interpreter, called: Called, one: int, given: Value, argument: ast.expr | None
) -> None:
    made = here.flow.objects[one]
    made.fit = len(here.flow.fits)
    loops = made.loops | given.loops | called.receiver.loops
    watched = _watched(called) if made.stops_early or _stops_early(here, called) else frozenset()
    target = called.given(1, "y")[1] if called.name == "fit" else None
    part = keyword(called.node, "validation_split")
    apart = part is not None and not (isinstance(part, ast.Constant) and not part.value)
    here.flow.fits.append(
        Fit(
            called.node, here.cell, one, given.rows, given.learned, loops, watched, argument,
            target=target, beside=apart or _is_watched_aside(called, given),
        )
    )  # fmt: skip
    if apart:
        made.validated = True  # on rows that it is not trained on
    if _tables.SEARCHES.match(made.kind):
        made.validated = True
        here.flow.validations.append(
            CrossValidation(made.kind, called.node, here.cell, given.rows, given.learned, argument)
        )


def _stops_early(here: Interpreter, called: Called) -> bool:
    """Whether a callback chooses an epoch by what is watched."""
    if "early_stopping_rounds" in called.keywords:
        return True
    callbacks = called.keywords.get("callbacks", NOTHING)
    kinds = {here.flow.objects[one].kind for one in _objects(callbacks)}
    return bool(kinds & _STOPPERS)


def _watched(called: Called) -> frozenset[Rows]:
    """The rows that a training is validated on: the last set, where there are several."""
    for name in ("validation_data", "eval_set", "valid_sets", "evals"):
        value = called.keywords.get(name)
        if name == "evals" and called.name == "train":
            value = called.given(3, name)[0]  # as `xgb.train` and `lgb.train` have it
        while value is not None and value.items:
            value = value.items[0 if name == "validation_data" or not _sets(value) else -1]
        if value is not None:
            return value.rows
    return frozenset()


def _is_watched_aside(called: Called, given: Value) -> bool:
    """Whether a network is handed rows to be measured on, and not those that it learns from."""
    value = called.keywords.get("validation_data")
    if value is None:
        return False
    rows = value.items[0].rows if value.items else value.rows
    return relation(rows, given.rows) is not Relation.SAME


def _sets(value: Value) -> bool:
    """A list of sets, not one set of features and target."""
    return any(item.items for item in value.items or ()) or len(value.items or ()) != 2


def _boosted(here: Interpreter, called: Called) -> Value | None:
    """`lgb.train`, `xgb.train`: the model is the result."""
    given, argument = called.given(1, "train_set", "dtrain")
    if not given.rows:
        return None
    made = here.make("Booster", loops=_loops(called.args[0]))
    for one in made.objects:
        _record_fit(here, called, one, given, argument)
    return made


def _boosted_on_folds(here: Interpreter, called: Called) -> Value | None:
    """`lgb.cv`, `xgb.cv`: a search, for what is trained with the parameters that it found."""
    if not called.given(1, "train_set", "dtrain")[0].rows:
        return None
    tried = here.make("Booster").objects
    for one in here.make("BoosterSearchCV", parts=tuple(tried)).objects:
        here.flow.objects[one].validated = True
    return NOTHING


def _answers(here: Interpreter, model: Value, given: Value, argument: ast.expr | None) -> Value:
    """What models say of rows."""
    said = set()
    for one in model.objects:
        object_ = here.flow.objects[one]
        loops = object_.loops | model.loops | given.loops
        if object_.fit >= 0:
            loops |= here.flow.fits[object_.fit].loops
        said.add(Prediction(one, object_.fit, given.rows, given.learned, loops, argument))
    return Value(rows=given.rows, predicted=frozenset(said))


def _predicted(here: Interpreter, called: Called, *, scores: bool) -> Value:
    given, argument = called.given(0, "X", "x", "exog", "generator")
    _note_stack(here, given)
    found = _answers(here, called.receiver, given, argument)
    target = called.given(1, "y")[0]
    _record(here, called, found, target.loops, scored=scores)
    return found


def _note_stack(here: Interpreter, given: Value) -> None:
    """Write down whose answers, of several models, a model is given as its features."""
    said = given.predicted.union(*(one.predicted for one in given.items or ()))
    fits = frozenset(one.fit for one in said if one.fit >= 0)
    if len(fits) > 1:
        here.flow.stacked.append(fits)


def scored(here: Interpreter, called: Called, value: Value) -> None:
    """A figure is worked out from predictions and the truth."""
    if not value.predicted and _tables.kind_of_metric(called.name):
        here.flow.of_others.append(value.rows)
    truth = [one for one in (*called.args, *called.keywords.values()) if not one.predicted]
    target = combined(truth) if value.is_error is False else NOTHING
    _record(here, called, value, target.loops, scored=True)


def _record(
    here: Interpreter, called: Called, value: Value, target: frozenset[int], *, scored: bool
) -> None:
    for one in sorted(value.predicted, key=lambda p: (p.fit, p.model)):
        loops = ((one.loops | value.loops) - target) & frozenset(here.loops)
        curves = frozenset(one for one in value.curves if one.chosen)
        told = here.called_from or (called.node, here.cell)
        here.flow.evaluations.append(
            Evaluation(called.node, here.cell, one, loops, scored, called.name, told, curves)
        )


def _cross_validated(here: Interpreter, called: Called) -> Value:
    models, _ = called.given(0, "estimator")
    given, argument = called.given(1, "X")
    for one in _objects(models):
        here.flow.objects[one].validated = True
    here.flow.validations.append(
        CrossValidation(called.name, called.node, here.cell, given.rows, given.learned, argument)
    )
    return NOTHING


def _resampled(here: Interpreter, called: Called) -> Value:
    """Rows made up from others, by an oversampler; fewer rows, by the others."""
    given, _ = called.given(0, "X")
    target, _ = called.given(1, "y")
    if any(here.flow.objects[one].kind in _tables.OVERSAMPLERS for one in called.receiver.objects):
        learned = here.learn(called.node, given.rows, "copies")
        given = given._replace(learned=given.learned | learned)
        target = target._replace(learned=target.learned | learned)
    return Value(items=(given._replace(items=None), target._replace(items=None)))
