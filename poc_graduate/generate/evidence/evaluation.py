"""What models of a replayed task answer, how good that was, and which properties it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from .calls import PREDICTS, Seen
from .replay import Replayed, quiet, rows
from .values import Reach, arguments, imported, same, taken

_ANSWERS = tuple(name for name in PREDICTS if name != "score")
_RESAMPLES = 100
_FEWEST = 20
"""Rows below which a resampled margin says nothing."""
_FEWEST_IN_SLICE = 30
_MOST_METRICS, _MOST_MODELS, _MOST_SLICES, _MOST_VALUES = 6, 2, 12, 8


def of_stage(replayed: Replayed) -> dict[str, Any]:
    """Models and metrics of a task, each with what its tests need.

    Args:
        replayed: The task, run on all of its data.
    """
    reach = Reach(replayed)
    with quiet():
        models = _models(replayed, reach)
        metrics = _metrics(replayed, reach, models)
    for model in models:
        del model["_rows"], model["_answer"]
    return {
        "task": replayed.name,
        "names": {name: list(found) if found else None for name, found in reach.names.items()},
        "models": models,
        "metrics": metrics,
    }


def _models(replayed: Replayed, reach: Reach) -> list[dict[str, Any]]:
    """Fitted models that were asked about rows, those that were kept apart from the fit first."""
    fitted = [
        seen.args[0] for seen in replayed.calls if seen.method.startswith("fit") and seen.args
    ]
    found: list[tuple[bool, dict[str, Any]]] = []
    for seen in reversed(replayed.calls):
        if seen.method not in _ANSWERS or seen.receiver is None or len(seen.args) != 1:
            continue
        asked = seen.args[0]
        if _length(asked) is None or _length(seen.result) != _length(asked):
            continue
        used = dict(reach.names)
        model, features = reach.find(seen.receiver), reach.find(asked, arguments(seen)[0])
        ask = getattr(replayed.space.get((model or "")[5:]), seen.method, None)
        if model is None or features is None or not _answers_again(ask, replayed, features, seen):
            reach.names = used
            continue
        apart = not any(same(asked, known) for known in fitted)
        record = {
            "model": model,
            "method": seen.method,
            "rows": features,
            "count": _length(asked),
            "apart": apart,
            "kind": type(seen.receiver).__name__,
            "_ask": ask,
            "_rows": _value(replayed, features),
            "_answer": seen.result,
        }
        found.append((not apart, record))
    found.sort(key=lambda one: one[0])
    chosen: dict[str, dict[str, Any]] = {}
    for _, record in found:
        if len(chosen) < _MOST_MODELS and record["model"] not in chosen:
            chosen[record["model"]] = record
            record["properties"] = _properties(record.pop("_ask"), record["_rows"])
    needed = " ".join(f"{one['model']} {one['rows']}" for one in chosen.values())
    for name in list(reach.names):
        if not re.search(rf"\btask\.{name}\b", needed):
            del reach.names[name]
    return list(chosen.values())


def _value(replayed: Replayed, expression: str) -> Any:
    from types import SimpleNamespace

    return eval(expression, {"task": SimpleNamespace(**replayed.space)})


def _answers_again(ask: Any, replayed: Replayed, features: str, seen: Seen) -> bool:
    if ask is None:
        return False
    try:
        return _close(ask(_value(replayed, features)), seen.result)
    except Exception:  # what it was asked about has changed since
        return False


def _length(value: Any) -> int | None:
    if hasattr(value, "shape"):
        return int(value.shape[0]) if value.shape else None
    return len(value) if isinstance(value, list | tuple) else None


def _close(one: Any, other: Any, tolerance: float = 1e-6) -> bool:
    import numpy as np

    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return False
    if one.dtype.kind in "fc":
        return bool(np.allclose(one, other, rtol=tolerance, atol=1e-9, equal_nan=True))
    return bool((one == other).all())


def _properties(ask: Callable[[Any], Any], features: Any) -> dict[str, Any]:
    """Which ways of asking otherwise gave the same answers in this run."""
    import numpy as np

    count = _length(features) or 0
    answers = np.asarray(ask(features))
    order = np.random.default_rng(0).permutation(count)
    few = min(count, 20)
    found = {
        "again": _held(lambda: _close(ask(features), answers)),
        "order": _held(lambda: _close(ask(taken(features, order)), answers[order])),
        "twice": _held(
            lambda: _close(
                ask(taken(features, np.repeat(np.arange(count), 2))), np.repeat(answers, 2, axis=0)
            )
        ),
        "alone": few > 1
        and _held(
            lambda: all(
                _close(ask(taken(features, [place])), answers[[place]]) for place in range(few)
            )
        ),
        "digits": _held(lambda: _close(ask(_nudged(features)), answers, 1e-4)),
        "unused": [],
    }
    if hasattr(features, "columns") and features.columns.is_unique and len(features.columns) < 60:
        unused = [
            str(name)
            for name in features.columns
            if isinstance(name, str)
            and _held(partial(_same_without, ask, features, name, order, answers))
            and features[name].nunique() > 1
        ]
        found["unused"] = unused if len(unused) < len(features.columns) else []
    return found


def _held(test: Callable[[], bool]) -> bool:
    try:
        return bool(test())
    except Exception:  # a model that refuses to be asked this way does not have the property
        return False


def _same_without(
    ask: Callable[[Any], Any], features: Any, name: str, order: Any, answers: Any
) -> bool:
    return _close(ask(_shuffled(features, name, order)), answers)


def _nudged(features: Any) -> Any:
    if hasattr(features, "select_dtypes"):
        moved = features.copy()
        columns = list(features.select_dtypes("float").columns)
        if not columns:
            raise ValueError("no figures")
        moved[columns] = moved[columns] * (1 + 1e-9)
        return moved
    if features.dtype.kind != "f":
        raise ValueError("no figures")
    return features * (1 + 1e-9)


def _shuffled(features: Any, name: Any, order: Any) -> Any:
    moved = features.copy()
    moved[name] = moved[name].to_numpy()[order]
    return moved


def _metrics(
    replayed: Replayed, reach: Reach, models: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Calls that compare two columns, or a model's own score, resampled."""
    found: dict[str, dict[str, Any]] = {}
    for seen in replayed.calls:
        used = dict(reach.names)
        record = _own_score(replayed, reach, seen) or _comparison(replayed, reach, seen, models)
        if record is None:
            reach.names = used
            continue
        found[record["name"]] = record
    return list(found.values())[:_MOST_METRICS]


def _own_score(replayed: Replayed, reach: Reach, seen: Seen) -> dict[str, Any] | None:
    """`model.score(X, y)`."""
    if seen.method != "score" or len(seen.args) != 2 or _length(seen.args[0]) is None:
        return None
    texts = arguments(seen)
    model = reach.find(seen.receiver)
    parts = [reach.find(value, text) for value, text in zip(seen.args, texts, strict=True)]
    if model is None or None in parts or _length(seen.args[0]) != _length(seen.args[1]):
        return None
    asked, truth = (_value(replayed, str(part)) for part in parts)
    score = getattr(replayed.space[model[5:]], "score")  # noqa: B009

    def measure(places: Any) -> float:
        return float(score(taken(asked, places), taken(truth, places)))

    record = _resampled(measure, len(asked), float(seen.result), higher=True)
    if record is None:
        return None
    name = f"score_on_{_word(str(parts[0]))}"
    call = f"{model}.score({parts[0]}, {parts[1]})"
    return {**record, "name": name, "call": call, "import": "", "function": "", "slices": []}


def _comparison(
    replayed: Replayed, reach: Reach, seen: Seen, models: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """A function of truth and answer that gives a figure."""
    if len(seen.args) < 2 or rows(seen.args[0]) is None or rows(seen.args[1]) is None:
        return None
    if seen.receiver is not None and not _is_module(seen.receiver):
        return None
    line = imported(seen.function)
    answered = any(_is_answer(seen.args[1], model["_answer"]) for model in models)
    if line is None or not (answered or "metrics" in line):
        return None
    if any(rows(value) is not None for value in seen.args[2:]):
        return None
    if not all(
        isinstance(v, int | float | str | None) for v in [*seen.args[2:], *seen.kwargs.values()]
    ):
        return None
    texts = arguments(seen)
    parts = [reach.find(value, text) for value, text in zip(seen.args[:2], texts[:2], strict=True)]
    if parts[1] is None:
        parts[1] = _asked_again(seen.args[1], models)
    if None in parts:
        return None
    truth, answer = (_value(replayed, str(part)) for part in parts)
    further = list(seen.args[2:])

    def measured(one: Any, other: Any) -> float:
        return float(seen.function(one, other, *further, **seen.kwargs))

    def measure(places: Any) -> float:
        return measured(taken(truth, places), taken(answer, places))

    record = _resampled(
        measure, len(truth), float(seen.result), higher=_higher(measured, truth, answer)
    )
    if record is None:
        return None
    options = [repr(value) for value in further]
    options += [f"{key}={value!r}" for key, value in seen.kwargs.items()]
    rest = "".join(f", {option}" for option in options)
    name = f"{seen.method}_on_{_word(str(parts[0]))}"
    return {
        **record,
        "name": name,
        "call": f"{seen.method}({parts[0]}, {parts[1]}{rest})",
        "import": line,
        "function": seen.method,
        "truth": parts[0],
        "answer": parts[1],
        "options": rest,
        **_relevance(measured, truth, answer, models, higher=record["higher"]),
    }


def _word(expression: str) -> str:
    """`task.test["revenue"]` → `test_revenue`, for the name of a test."""
    return "_".join(re.findall(r"\w+", expression.removeprefix("task."))).lower()


def _is_module(value: Any) -> bool:
    return type(value).__name__ == "module"


def _is_answer(value: Any, answer: Any) -> bool:
    import numpy as np

    if getattr(answer, "ndim", 1) == 2 and answer.shape[1] == 2:
        answer = answer[:, 1]
    return _held(lambda: _close(np.asarray(value), np.asarray(answer)))


def _asked_again(value: Any, models: list[dict[str, Any]]) -> str | None:
    for model in models:
        if _is_answer(value, model["_answer"]):
            both = getattr(model["_answer"], "ndim", 1) == 2
            return f"{model['model']}.{model['method']}({model['rows']}){'[:, 1]' if both else ''}"
    return None


def _resampled(
    measure: Callable[[Any], float], count: int, value: float, *, higher: bool | None
) -> dict[str, Any] | None:
    """The figure with two standard deviations over bootstrap samples of its rows.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 6.
    """
    import numpy as np

    if count < _FEWEST or higher is None or not np.isfinite(value):
        return None
    if not _held(lambda: abs(measure(np.arange(count)) - value) <= 1e-9 * max(1.0, abs(value))):
        return None
    rng = np.random.default_rng(0)
    figures = []
    for _ in range(_RESAMPLES):
        try:
            figures.append(measure(rng.integers(0, count, count)))
        except Exception:  # a resample without one of the classes
            continue
    figures = [figure for figure in figures if np.isfinite(figure)]
    if len(figures) < _RESAMPLES * 0.9:
        return None
    margin = 2 * float(np.std(figures))
    return {
        "value": float(f"{value:.6g}"),
        "margin": float(f"{max(margin, 1e-6 * abs(value)):.2g}"),
        "higher": higher,
        "count": count,
    }


def _higher(measured: Callable[[Any, Any], float], truth: Any, answer: Any) -> bool | None:
    """Whether better answers give a higher figure: shuffled ones are worse."""
    import numpy as np

    rng = np.random.default_rng(0)

    def mixed() -> Any:
        values = np.asarray(answer)[rng.permutation(len(truth))]
        # Labels stay where they are: pandas would put the rows in order again by them.
        return type(answer)(values, index=answer.index) if hasattr(answer, "iloc") else values

    try:
        real = measured(truth, answer)
        shuffled = [measured(truth, mixed()) for _ in range(20)]
    except Exception:  # shuffled answers are none that it takes
        return None
    if real > max(shuffled):
        return True
    return False if real < min(shuffled) else None


def _relevance(
    measured: Callable[[Any, Any], float],
    truth: Any,
    answer: Any,
    models: list[dict[str, Any]],
    *,
    higher: bool,
) -> dict[str, Any]:
    """A guess that everybody could make, and the slices in which the model beat it."""
    import numpy as np

    kind, _ = _guess(np.asarray(truth), np.asarray(answer))
    sign = 1 if higher else -1

    def gain(places: Any) -> float:
        known = taken(truth, places)
        asked = np.asarray(answer) if kind == "mean" else np.asarray(known)
        guessed = np.full(len(known), _guess(np.asarray(known), asked)[1])
        return sign * (
            measured(known, taken(answer, places)) - measured(np.asarray(known), guessed)
        )

    everywhere = np.arange(len(truth))
    if not _held(lambda: gain(everywhere) > 0):
        return {"guess": "", "slices": []}
    slices: list[list[Any]] = []
    features = next((m["_rows"] for m in models if _length(m["_rows"]) == len(truth)), None)
    source = next((m["rows"] for m in models if m["_rows"] is features), "")
    if features is not None and hasattr(features, "columns") and features.columns.is_unique:
        for name, value in _candidates(features):
            places = np.flatnonzero((features[name] == value).to_numpy())
            if len(slices) == _MOST_SLICES:
                break
            if len(places) >= _FEWEST_IN_SLICE and _beats(gain, places):
                slices.append([name, value])
    return {"guess": kind, "slices": slices, "sliced": source}


def _beats(gain: Callable[[Any], float], places: Any) -> bool:
    """Better than the guess in the slice itself and in each of 20 resamples of it."""
    import numpy as np

    rng = np.random.default_rng(0)
    resampled = (places[rng.integers(0, len(places), len(places))] for _ in range(20))
    return all(_held(partial(_above, gain, some)) for some in (places, *resampled))


def _above(gain: Callable[[Any], float], places: Any) -> bool:
    return gain(places) > 0


def _guess(truth: Any, answer: Any) -> tuple[str, Any]:
    """The mean of figures, else the most frequent label."""
    import numpy as np

    labels, counts = np.unique(truth, return_counts=True)
    if truth.dtype.kind in "iufb" and not set(np.unique(answer).tolist()) <= set(labels.tolist()):
        return "mean", float(truth.mean())
    return "most_frequent", labels[counts.argmax()]


def _candidates(features: Any) -> list[tuple[str, Any]]:
    """Values of columns with few of them: of a dummy column, the rows that have it."""
    found: list[tuple[str, Any]] = []
    for name in features.columns:
        column = features[name]
        values = column.dropna().unique()
        if not isinstance(name, str) or not 2 <= len(values) <= _MOST_VALUES:
            continue
        if column.dtype.kind == "f" and not all(float(v).is_integer() for v in values):
            continue
        if len(values) == 2 and {bool(v) for v in values if v in (0, 1)} == {True, False}:
            found.append((name, True if column.dtype.kind == "b" else 1))
            continue
        plain = [v.item() if hasattr(v, "item") else v for v in values]
        if all(type(v) in (int, float, str) for v in plain):
            found += [(name, value) for value in sorted(plain, key=str)]
    return found
