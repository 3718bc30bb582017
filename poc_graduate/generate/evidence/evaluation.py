"""What models of a replayed task answer, how good that was, and which properties it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .benchmark import set_apart
from .calls import PREDICTS, Seen
from .metrics import metrics_of
from .replay import Replayed, quiet
from .values import (
    Reach,
    arguments,
    close,
    column_of,
    held,
    is_wide,
    length,
    same,
    taken,
    value_of,
)

_ANSWERS = tuple(name for name in PREDICTS if name != "score")
_MOST_MODELS = 2


def of_stage(replayed: Replayed, benchmark: Path) -> dict[str, Any]:
    """Models and metrics of a task, each with what its tests need.

    Args:
        replayed: The task, run on all of its data.
        benchmark: Folder for rows by which a later model is compared with this one.
    """
    reach = Reach(replayed)
    with quiet():
        models = _models(replayed, reach)
        metrics = metrics_of(replayed, reach, models)
        # A model that a product holds is the one that others can be compared with later.
        kept = [one for one in models if reach.names[one["model"].removeprefix("task.")]]
        for some in (kept, models):
            for metric in metrics:
                set_apart(replayed, metric, some, benchmark)
    for model in models:
        answer = model.pop("_answer")
        model["wide"] = is_wide(answer)
        model["_column"] = column_of(answer)
        del model["_rows"]
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
        if length(asked) is None or length(seen.result) != length(asked):
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
            "count": length(asked),
            "apart": apart,
            "kind": type(seen.receiver).__name__,
            "_ask": ask,
            "_rows": value_of(replayed, features),
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


def _answers_again(ask: Any, replayed: Replayed, features: str, seen: Seen) -> bool:
    """What it was asked about may have changed since."""
    return ask is not None and held(lambda: close(ask(value_of(replayed, features)), seen.result))


def _properties(ask: Callable[[Any], Any], features: Any) -> dict[str, Any]:
    """Which ways of asking otherwise gave the same answers in this run."""
    import numpy as np

    count = length(features) or 0
    answers = np.asarray(ask(features))
    order = np.random.default_rng(0).permutation(count)
    few = min(count, 20)
    found = {
        "again": held(lambda: close(ask(features), answers)),
        "order": held(lambda: close(ask(taken(features, order)), answers[order])),
        "twice": held(
            lambda: close(
                ask(taken(features, np.repeat(np.arange(count), 2))), np.repeat(answers, 2, axis=0)
            )
        ),
        "alone": few > 1
        and held(
            lambda: all(
                close(ask(taken(features, [place])), answers[[place]]) for place in range(few)
            )
        ),
        "digits": held(lambda: close(ask(_nudged(features)), answers, 1e-4)),
        "unused": [],
    }
    if hasattr(features, "columns") and features.columns.is_unique and len(features.columns) < 60:
        unused = [
            str(name)
            for name in features.columns
            if isinstance(name, str)
            and held(partial(_same_without, ask, features, name, order, answers))
            and features[name].nunique() > 1
        ]
        found["unused"] = unused if len(unused) < len(features.columns) else []
    return found


def _same_without(
    ask: Callable[[Any], Any], features: Any, name: str, order: Any, answers: Any
) -> bool:
    return close(ask(_shuffled(features, name, order)), answers)


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
