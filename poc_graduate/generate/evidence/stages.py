"""A task's cells run on sampled rows: what the functions made of them are given, and give."""

from __future__ import annotations

import copy
import os
import pickle
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .confined import attempt
from .samples import kept, sampled
from .touched_rows import cleaned_frames, labels_of


def seed() -> None:
    """The state in which the tests call every function."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)


def prepared(
    stage: dict[str, Any], parameters: dict[str, Any], rows: int, labels: Iterable[Any] = ()
) -> tuple[dict[str, Any], str]:
    """The names that a task's cells start from, on sampled rows, and why that failed, if so."""
    space: dict[str, Any] = {"__name__": "__sample__", **parameters}
    upstream = {
        task: {key: os.path.abspath(path) for key, path in products.items()}
        for task, products in stage["upstream"].items()
    }
    space.update(upstream=upstream, product={}, resources_=None)
    failed = attempt(lambda: exec("\n".join(stage["before"]), space))
    for name in (name for names in stage["loaded"] for name in names):
        if name in space:
            space[name] = sampled(space[name], rows, labels)
    return space, failed


@dataclass
class Calls:
    """Calls of the functions that were made of cells.

    Attributes:
        move: Gives rows of tables what a function compares them with; says what.
        results: Function → its arguments, and what it gave.
        moved: Function → what rows of its tables were given.
    """

    move: Callable[[Callable[..., Any], dict[str, Any]], list[str]]
    results: dict[str, tuple[dict[str, Any], Any]] = field(default_factory=dict)
    moved: dict[str, list[str]] = field(default_factory=dict)


def run_stage(
    stage: dict[str, Any],
    rows: int,
    calls: Calls,
    parameters: dict[str, Any],
    labels: Iterable[Any] = (),
) -> dict[str, str]:
    """Run a task's cells on sampled rows; keep arguments and result of each made function.

    Returns:
        Function that has no result yet → why. A cell that fails does not keep the others from
        being tried.
    """
    reasons: dict[str, str] = {}
    space, failed = prepared(stage, parameters, rows, labels)
    for cell in stage["cells"]:
        call = cell["call"]
        if call is not None and call["function"] not in calls.results:
            reason = failed or attempt(lambda c=call: call_once(c, space, calls))  # type: ignore[misc]
            if reason:
                reasons[call["function"]] = reason
        attempt(lambda c=cell: exec(c["text"], space))  # type: ignore[misc]
    return reasons


def touched_labels(stage: dict[str, Any], parameters: dict[str, Any]) -> list[Any]:
    """Labels of the rows that a task's cleaning by hand leaves out or changes, in all the data."""
    found: dict[Any, None] = {}
    space, failed = prepared(stage, parameters, sys.maxsize)
    for cell in [] if failed else stage["cells"]:
        call = cell["call"]
        if call is not None and call["cleans"]:
            attempt(lambda c=call: found.update(_touched(c, space)))  # type: ignore[misc]
        attempt(lambda c=cell: exec(c["text"], space))  # type: ignore[misc]
    return list(found)


def _touched(call: dict[str, Any], space: dict[str, Any]) -> dict[Any, None]:
    arguments = {name: copy.deepcopy(space[name]) for name in call["arguments"]}
    result = space[call["function"]](**copy.deepcopy(arguments))
    found: dict[Any, None] = {}
    for before, after in cleaned_frames(arguments, result):
        found.update(labels_of(before, after))
    return found


def call_once(call: dict[str, Any], space: dict[str, Any], calls: Calls) -> None:
    """Call a made function with what its cell would give it.

    Raises:
        ValueError: it cannot be tested by what it takes and gives.
    """
    name = call["function"]
    arguments = {name: copy.deepcopy(space[name]) for name in call["arguments"]}
    content = kept(((), arguments))
    if content is None:
        size = len(pickle.dumps(arguments, protocol=5))
        raise ValueError(f"the sample takes {size:,} bytes")
    found: list[list[str]] = []

    def moved() -> bytes:
        other = pickle.loads(content)[1]
        found.append([] if call["cleans"] else calls.move(space[name], other))
        if not found[0]:
            raise ValueError("nothing was moved")
        return pickle.dumps(((), other), protocol=5)

    def once(content: bytes) -> None:
        seed()
        result = space[name](**pickle.loads(content)[1])
        again = pickle.loads(content)[1]
        check(space[name], again, result)
        calls.results[name] = (again, result)

    if attempt(lambda: once(moved())):
        once(content)
    else:
        calls.moved[name] = found[0]


def check(function: Callable[..., Any], arguments: dict[str, Any], result: Any) -> None:
    """Call a function once more, with copies of its arguments, and compare.

    Raises:
        ValueError: it gives something else.
    """
    seed()
    repeated = function(**copy.deepcopy(arguments))
    if pickle.dumps(result) != pickle.dumps(repeated) and not _close(result, repeated):
        raise ValueError("two calls with the same arguments differ")


def _close(one: Any, other: Any) -> bool:
    """Pickles of equal values may differ in how they share strings."""
    return repr(one) == repr(other)
