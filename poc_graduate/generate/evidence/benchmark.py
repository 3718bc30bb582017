"""Rows that are kept apart, so that a later model can be compared with this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .replay import Replayed
from .values import asked, is_answer, length, rounded, taken, value_of

_BENCHMARK, _LARGEST = 500, 400_000


def set_apart(
    replayed: Replayed, metric: dict[str, Any], models: list[dict[str, Any]], folder: Path
) -> None:
    """Keep rows, their truth and the model's answers, once: edges first, then evenly spaced."""
    import pickle

    import numpy as np

    if folder.exists() or not metric.get("truth"):
        return
    truth = value_of(replayed, metric["truth"])
    answer = value_of(replayed, metric["answer"])
    for model in models:
        features = model["_rows"]
        if not is_answer(answer, model["_answer"]) or length(features) != len(truth):
            continue
        places = _edges(features, len(truth))
        kept = {"rows": taken(features, places), "truth": taken(truth, places)}
        column = np.asarray(taken(answer, places))
        measured = {key: pickle.dumps(value, protocol=5) for key, value in kept.items()}
        if max(map(len, measured.values())) > _LARGEST or column.ndim != 1:
            continue
        folder.mkdir()
        for key, content in measured.items():
            (folder / f"{key}.pickle").write_bytes(content)
        metric["candidate"] = {
            "model": model["model"],
            "ask": asked(model, f"model.{model['method']}", "rows"),
            "answers": rounded(column.tolist()),
        }
        return


def _edges(rows: Any, count: int) -> Any:
    """The rows with the least and the most of each figure, and others from all over."""
    import numpy as np

    places = set(np.linspace(0, count - 1, min(count, _BENCHMARK)).astype(int).tolist())
    if hasattr(rows, "select_dtypes"):
        for name in rows.select_dtypes("number").columns[:50]:
            column = rows[name].to_numpy()
            places |= {int(np.nanargmin(column)), int(np.nanargmax(column))}
    return np.array(sorted(places))
