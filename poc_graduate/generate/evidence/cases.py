"""The calls of a project's functions on sampled rows, as its unit tests take them."""

from __future__ import annotations

import functools
import importlib
import re
import time
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from . import own_calls, samples, stages
from .confined import attempt
from .properties import properties
from .touched_rows import touches

_SPARE = 10.0
"""Seconds for tasks that are run only to see how they call the author's own functions."""


def recorded(spec: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What records the calls of the author's own functions, and why that failed, if so."""
    names = {call["function"] for call in _calls(spec)}
    found: dict[str, Any] = {}

    def record() -> None:
        modules = (spec["package"], spec["modules"])
        found.update(own_calls.recorders(*modules, names, samples.kept, samples.plain))

    return found, attempt(record)


def run(
    spec: dict[str, Any],
    called: stages.Calls,
    recorders: dict[str, Any],
    failed: str,
    restore: Callable[[], None],
) -> dict[str, str]:
    """Run the stages; function that has no result → why."""
    reasons: dict[str, str] = {}
    spare = _SPARE
    for stage in spec["stages"]:
        calls = [cell["call"] for cell in stage["cells"] if cell["call"]]
        labels: list[Any] = []
        if any(call["cleans"] for call in calls):
            restore()
            labels = stages.touched_labels(stage, spec["parameters"])
        for rows in samples.SIZES:
            wanted = {call["function"] for call in calls} - set(called.results)
            uncalled = {name for name, one in recorders.items() if not one.record.asked}
            named = {name for name in uncalled if _mentioned(name, stage)}
            if not wanted and not (named and spare > 0):
                break
            restore()  # a cell on few rows has written its file from them
            started = time.process_time()
            why = stages.run_stage(stage, rows, called, spec["parameters"], labels)
            if not wanted:
                spare -= time.process_time() - started
            reasons.update({name: why.get(name, failed) for name in wanted - set(called.results)})
    return reasons


def made(
    spec: dict[str, Any],
    folder: Path,
    results: dict[str, Any],
    record: dict[str, Any],
) -> None:
    """Keep what the functions that were made of cells took and gave, and what held of it."""
    cleaning = {call["function"] for call in _calls(spec) if call["cleans"]}
    gives = {call["function"]: call.get("gives", ()) for call in _calls(spec)}
    functions = {
        name: found for module in spec["modules"] for name, found in _members(spec, module)
    }

    def counted(name: str, arguments: dict[str, Any], result: Any) -> None:
        record["touches"][name] = touches(arguments, result)

    def held(name: str, arguments: dict[str, Any], result: Any) -> None:
        """Properties that held; arguments as they are afterwards lie beside the sample."""
        found: dict[str, Any] = properties(functions[name], arguments, result, stages.seed)
        for given in gives.get(name, ()):  # the caller's own is another from then on
            found["after"].pop(given, None)
        after = {f"{key}_after": value for key, value in found["after"].items()}
        samples.write(folder, name, after)
        record["properties"][name] = {**found, "after": sorted(found["after"])}

    for name, (arguments, result) in sorted(results.items()):
        values = {**arguments, "result": result}
        reason = attempt(functools.partial(stages.check, functions[name], arguments, result))
        reason = reason or attempt(
            functools.partial(samples.stay_anywhere, values, spec.get("scratch", ""))
        )
        large = reason or attempt(functools.partial(samples.write, folder, name, values))
        if large and not reason:
            values["result"] = samples.few(result)
            reason = attempt(functools.partial(samples.write, folder, name, values))
            record["few"] += [] if reason else [name]
        if reason:
            record["skipped"][name] = reason
            continue
        record["made"][name] = {
            key: repr(value) if samples.plain(value) else None for key, value in arguments.items()
        }
        attempt(functools.partial(held, name, arguments, result))
        if name in cleaning:
            attempt(functools.partial(counted, name, arguments, result))


def own(
    spec: dict[str, Any],
    folder: Path,
    recorders: dict[str, Any],
    record: dict[str, Any],
) -> None:
    """Keep the calls of the author's own functions."""

    def keep(name: str, values: dict[str, Any]) -> None:
        samples.stay_anywhere(values, spec.get("scratch", ""))
        samples.write(folder, name, values)

    bench = own_calls.Bench(samples.plain, stages.seed, attempt, stages.check, keep)
    for name, recorder in sorted(recorders.items()):
        lines, printed, kept = own_calls.cases(
            name, recorder.function, recorder.record.picked(), bench
        )
        if lines:
            record["own"][name] = lines
        if printed:
            record["prints"][name] = printed
        if kept:
            record["calls"][name] = kept
        if not lines and not printed and not kept:
            record["skipped"][name] = (
                own_calls.SHOWS_NOTHING if recorder.record.asked else own_calls.UNCALLED
            )


def _calls(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls of the functions that were made of cells."""
    return [c["call"] for stage in spec["stages"] for c in stage["cells"] if c["call"]]


def _mentioned(name: str, stage: dict[str, Any]) -> bool:
    """Whether a task's cells speak of a name."""
    return any(re.search(rf"\b{re.escape(name)}\b", cell["text"]) for cell in stage["cells"])


def _members(spec: dict[str, Any], module: str) -> Iterable[tuple[str, Any]]:
    """The functions of a module by name, but for those behind a recorder."""
    for name, value in vars(importlib.import_module(f"{spec['package']}.{module}")).items():
        if isinstance(value, types.FunctionType):
            yield name, value
