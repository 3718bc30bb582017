"""Metrics of a replayed task: how far they move by chance, and what a guess would reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from .calls import Seen
from .replay import Replayed, rows
from .values import (
    Reach,
    arguments,
    asked,
    held,
    imported,
    is_answer,
    length,
    rounded,
    taken,
    value_of,
)

_RESAMPLES = 100
_FEWEST = 20
"""Rows below which a resampled margin says nothing."""
_FEWEST_IN_SLICE = 30
_RESAMPLES_OF_SLICE = 10
_MOST_METRICS, _MOST_SLICES, _MOST_VALUES = 6, 12, 8


def metrics_of(
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
    if seen.method != "score" or len(seen.args) != 2 or length(seen.args[0]) is None:
        return None
    texts = arguments(seen)
    model = reach.find(seen.receiver)
    parts = [reach.find(value, text) for value, text in zip(seen.args, texts, strict=True)]
    if model is None or None in parts or length(seen.args[0]) != length(seen.args[1]):
        return None
    rows_asked, truth = (value_of(replayed, str(part)) for part in parts)
    score = value_of(replayed, model).score

    def measure(places: Any) -> float:
        return float(score(taken(rows_asked, places), taken(truth, places)))

    record = _resampled(measure, len(rows_asked), float(seen.result), higher=True)
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
    answered = any(is_answer(seen.args[1], model["_answer"]) for model in models)
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
    truth, answer = (value_of(replayed, str(part)) for part in parts)
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


def _asked_again(value: Any, models: list[dict[str, Any]]) -> str | None:
    for model in models:
        if is_answer(value, model["_answer"]):
            return asked(model, f"{model['model']}.{model['method']}", model["rows"])
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
    if not held(lambda: abs(measure(np.arange(count)) - value) <= 1e-9 * max(1.0, abs(value))):
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
        "value": rounded(value),
        "margin": rounded(max(margin, 1e-6 * abs(value)), 2),
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
        beside = np.asarray(answer) if kind == "mean" else np.asarray(known)
        guessed = np.full(len(known), _guess(np.asarray(known), beside)[1])
        return sign * (
            measured(known, taken(answer, places)) - measured(np.asarray(known), guessed)
        )

    everywhere = np.arange(len(truth))
    if not held(lambda: gain(everywhere) > 0):
        return {"guess": "", "slices": []}
    slices: list[list[Any]] = []
    features = next((m["_rows"] for m in models if length(m["_rows"]) == len(truth)), None)
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
    """Better than the guess in the slice itself and in each of some resamples of it."""
    import numpy as np

    rng = np.random.default_rng(0)
    resampled = (
        places[rng.integers(0, len(places), len(places))] for _ in range(_RESAMPLES_OF_SLICE)
    )
    return all(held(partial(_above, gain, some)) for some in (places, *resampled))


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
