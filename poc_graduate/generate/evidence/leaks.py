"""How much of a score is owed to a leak: the tasks once more, learning from training rows only.

What "closed" means: wherever an estimator learns from all rows that are split into a training and
a test part, it learns from those of the training part instead, and nothing else changes. Leaks
that this does not close are not measured.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from .calls import MARK, Recorder, rewritten
from .replay import quiet, rewrite_modules
from .values import imported, length, rounded, taken

_LEARN = ("fit", "fit_transform")


class _Watch(Recorder):
    """Remembers which rows a split gave to training, and who learned from how many rows."""

    def __init__(self) -> None:
        super().__init__(lambda _: False)
        self.splits: list[tuple[int, Any]] = []
        self.learners: list[tuple[type, int]] = []

    def __call__(self, source: str, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        name, receiver = getattr(function, "__name__", ""), getattr(function, "__self__", None)
        if name == "train_test_split" and args:
            import numpy as np

            count = _size(args[0])
            *dealt, train, _ = function(*args, np.arange(count), **kwargs)
            self.splits.append((count, train))
            return dealt
        if name in _LEARN and receiver is not None and args:
            self.learners.append((type(receiver), _size(args[0])))
        return super().__call__(source, function, *args, **kwargs)


def _size(values: Any) -> int:
    """Rows of a table, a sparse matrix or a column; 0 of anything else."""
    count = length(values)
    return len(values) if count is None and hasattr(values, "__len__") else count or 0


def measured(
    spec: dict[str, Any], evaluation: list[dict[str, Any]], folder: Path
) -> dict[str, Any]:
    """The first metric behind the leak, as shipped and with the leak closed; {} where unknown.

    Args:
        spec: What `sampling.py` was asked; `leaks` names the task where the first leak stands.
        evaluation: What was found for each task that has metrics.
        folder: An empty folder for copies of the project.
    """
    names = [stage["name"] for stage in spec["stages"]]
    if not spec.get("leaks"):
        return {}
    first = names.index(spec["leaks"])
    scored = [one for one in evaluation if one["metrics"] and names.index(one["task"]) >= first]
    if not scored:
        return {}
    task, metric = scored[0]["task"], scored[0]["metrics"][0]
    tasks = names[first : names.index(task) + 1]
    watch = _Watch()
    try:
        with quiet():
            rewrite_modules(spec, watch)
            shipped = _score(_run(tasks, folder / "shipped", watch), metric)
            if len(watch.splits) != 1 or abs(shipped - metric["value"]) > 1e-5 * abs(shipped):
                return {}
            count, train = watch.splits[0]
            classes = dict.fromkeys(kind for kind, rows in watch.learners if rows == count)
            lines = [imported(kind) for kind in classes]
            if not classes or None in lines:
                return {}
            with contextlib.ExitStack() as stack:
                for kind in classes:
                    stack.enter_context(_learning_from(kind, train, count))
                closed = _score(_run(tasks, folder / "closed", Recorder(lambda _: False)), metric)
    except Exception:  # a task that cannot be run in this way is not measured
        return {}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "tasks": tasks,
        "task": task,
        "metric": metric["name"],
        "call": metric["call"],
        "import": metric["import"],
        "higher": metric["higher"],
        "classes": [kind.__name__ for kind in classes],
        "imports": lines,
        "split_in": _splitters(spec),
        "as_shipped": rounded(shipped),
        "closed": rounded(closed),
        "margin": metric["margin"],
        "count": metric["count"],
    }


def _splitters(spec: dict[str, Any]) -> list[str]:
    """Modules of the package in which `train_test_split` stands under its name."""
    modules = (f"{spec['package']}.{name}" for name in spec["modules"])
    return [m for m in modules if hasattr(importlib.import_module(m), "train_test_split")]


def _run(tasks: list[str], project: Path, recorder: Recorder) -> dict[str, Any]:
    """Run the tasks, as they were built, in a copy of the project; the names of the last."""
    built = os.getcwd()
    shutil.copytree(built, project, symlinks=True)
    names: dict[str, Any] = {}
    with contextlib.chdir(project):
        for task in tasks:
            text = Path("products", f"{task}.ipynb").read_text(encoding="utf-8")
            cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
            code = "\n\n".join("".join(cell["source"]) for cell in cells)
            names = {"__name__": "__main__", MARK: recorder}
            exec(compile(rewritten(code.replace(built, str(project))), task, "exec"), names)
    return names


def _score(names: dict[str, Any], metric: dict[str, Any]) -> float:
    from types import SimpleNamespace

    space: dict[str, Any] = {"task": SimpleNamespace(**names)}
    exec(metric["import"], space)
    return float(eval(metric["call"], space))


@contextlib.contextmanager
def _learning_from(kind: type, rows: Any, count: int) -> Iterator[None]:
    """An estimator that is given all rows to learn from learns from these."""
    fit: Callable[..., Any] = vars(kind).get("fit") or kind.fit  # type: ignore[attr-defined]

    def on_rows(self: Any, X: Any, y: Any = None, **options: Any) -> Any:
        if _size(X) != count:
            return fit(self, X, y, **options)
        return fit(self, taken(X, rows), None if y is None else taken(y, rows), **options)

    def fit_transform(self: Any, X: Any, y: Any = None, **options: Any) -> Any:
        return self.fit(X, y, **options).transform(X)

    with mock.patch.object(kind, "fit", on_rows):
        if hasattr(kind, "fit_transform"):
            with mock.patch.object(kind, "fit_transform", fit_transform):
                yield
        else:
            yield
