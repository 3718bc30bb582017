"""Batches without kernels: an executor that answers from a table, and grids over it."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from poc_graduate.batch.model import Failure, Outcome, Work

Answer = Callable[[Work], Failure | None]


def write_notebook(path: Path, *sources: str, parameters: str = "a = 1\nb: str = 'x'") -> Path:
    """A notebook whose first cell holds its parameters."""
    cells = []
    for number, source in enumerate((parameters, *sources)):
        tags = {"tags": ["parameters"]} if number == 0 else {}
        cells.append(
            {
                "cell_type": "code",
                "id": f"c{number}",
                "metadata": tags,
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    record = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": cells,
    }
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


class Stub:
    """Answers at once; remembers what it was asked.

    Args:
        answer: Says how an attempt ends: None for well.
        metrics: What a run records, from its parameters.
    """

    def __init__(
        self,
        answer: Answer = lambda work: None,
        metrics: Callable[[dict[str, Any]], dict[str, Any]] = lambda parameters: {},
        slots: int = 2,
    ) -> None:
        self.slots = slots
        self.asked: list[Work] = []
        self._answer = answer
        self._metrics = metrics
        self._waiting: deque[Work] = deque()

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def submit(self, work: Work) -> None:
        self.asked.append(work)
        self._waiting.append(work)

    def collect(self, timeout: float) -> list[Outcome]:
        if not self._waiting:
            time.sleep(timeout)
            return []
        work = self._waiting.popleft()
        made = Path(work.folder, "made")
        made.mkdir(parents=True)
        (made / "n.ipynb").write_text(json.dumps(dict(work.parameters)))
        failure = self._answer(work)
        metrics = {} if failure else self._metrics(dict(work.parameters))
        return [Outcome(work.run, work.attempt, str(made), failure, metrics, time.time(), 0.1)]

    def kill(self) -> None:
        self._waiting = deque(self._waiting)

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """What was asked for, in order."""
        return [dict(work.parameters) for work in self.asked]


class Killed(Stub):
    """Gives back what was under way as stopped when it is killed."""

    def kill(self) -> None:
        self._answer = lambda work: Failure("stopped", "stopped")


def fails(cause: Any, **details: Any) -> Failure:
    """A failure at cell 2, line 1."""
    return replace(Failure(cause, "ValueError", "no", 2, 1), **details)
