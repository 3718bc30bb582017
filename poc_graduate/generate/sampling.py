"""Runs in the built project: calls its functions on sampled rows and keeps what they gave.

Two lines of JSON come on standard input: the libraries to load, when it starts; what to do, when
the project has been built: its `folder`, a `spec` (a file: package, and for each stage its loads,
set-up and cells), and the folders `output` and `temporary`. The output gets `cases.json` and the
values that do not fit into a line of Python. Nothing of poc_graduate is imported: the project's
own environment must do.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import json
import os
import re
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_SPARE = 10.0
"""Seconds for tasks that are run only to see how they call the author's own functions."""
_KINDS = ("made", "own", "prints", "calls", "skipped", "touches", "properties")


class Kernel:
    """Stands in for IPython: what magics do is seen on a screen, and no function needs it."""

    def run_line_magic(self, *_: Any, **__: Any) -> None:
        """Do nothing."""

    run_cell_magic = run_line_magic
    events = types.SimpleNamespace(register=run_line_magic)
    """Where matplotlib asks to be told when a cell has ended."""


def main(evidence: Any, spec_file: str, output: str) -> None:
    """Sample every stage, with more rows where few are not enough.

    Args:
        evidence: The package beside this file.
        spec_file: What is asked.
        output: Folder for what is found.
    """
    os.environ["MPLBACKEND"] = "Agg"
    home = os.getcwd()
    sys.path.insert(0, str(Path("src").resolve()))
    spec = json.loads(Path(spec_file).read_text(encoding="utf-8"))
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ImportError):
        vars(importlib.import_module("IPython"))["get_ipython"] = Kernel
    confined = evidence.confined
    confined.stay_below(os.getcwd(), output, spec["clean"], tempfile.gettempdir())
    restore = confined.keeper(spec["writes"])
    recorders, failed = _recorders(evidence, spec)
    called = evidence.stages.Calls(evidence.moved_rows.moved)
    reasons = _run(evidence, spec, called, recorders, failed, restore)
    record: dict[str, Any] = {kind: {} for kind in _KINDS}
    record |= {"moved": called.moved, "few": []}
    # The tests run where nothing has been built: no product, no file that the pipeline writes.
    os.chdir(spec["clean"])
    _made(evidence, spec, folder, called.results, record)
    _own(evidence, spec, folder, recorders, record)
    record["skipped"].update({n: r for n, r in reasons.items() if n not in called.results})
    (folder / "cases.json").write_text(json.dumps(record, indent=1, sort_keys=True))
    os.chdir(home)
    restore()
    confined.attempt(lambda: evidence.gather(spec, folder, called.results))


def _recorders(evidence: Any, spec: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What records the calls of the author's own functions, and why that failed, if so."""
    made = {call["function"] for call in _calls(spec)}
    samples = evidence.samples
    found: dict[str, Any] = {}

    def record() -> None:
        modules = (spec["package"], spec["modules"])
        found.update(evidence.own_calls.recorders(*modules, made, samples.kept, samples.plain))

    return found, evidence.confined.attempt(record)


def _run(
    evidence: Any,
    spec: dict[str, Any],
    called: Any,
    recorders: dict[str, Any],
    failed: str,
    restore: Callable[[], None],
) -> dict[str, str]:
    """Run the stages; function that has no result → why."""
    stages = evidence.stages
    reasons: dict[str, str] = {}
    spare = _SPARE
    for stage in spec["stages"]:
        calls = [cell["call"] for cell in stage["cells"] if cell["call"]]
        labels: list[Any] = []
        if any(call["cleans"] for call in calls):
            restore()
            labels = stages.touched_labels(stage, spec["parameters"])
        for rows in evidence.samples.SIZES:
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


def _made(
    evidence: Any,
    spec: dict[str, Any],
    folder: Path,
    results: dict[str, Any],
    record: dict[str, Any],
) -> None:
    """Keep what the functions that were made of cells took and gave, and what held of it."""
    attempt, samples, stages = evidence.confined.attempt, evidence.samples, evidence.stages
    cleaning = {call["function"] for call in _calls(spec) if call["cleans"]}
    gives = {call["function"]: call.get("gives", ()) for call in _calls(spec)}
    functions = {
        name: found for module in spec["modules"] for name, found in _members(spec, module)
    }

    def counted(name: str, arguments: dict[str, Any], result: Any) -> None:
        record["touches"][name] = evidence.touched_rows.touches(arguments, result)

    def held(name: str, arguments: dict[str, Any], result: Any) -> None:
        """Properties that held; arguments as they are afterwards lie beside the sample."""
        found: dict[str, Any] = evidence.properties.properties(
            functions[name], arguments, result, stages.seed
        )
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


def _own(
    evidence: Any,
    spec: dict[str, Any],
    folder: Path,
    recorders: dict[str, Any],
    record: dict[str, Any],
) -> None:
    """Keep the calls of the author's own functions."""
    own, samples, stages = evidence.own_calls, evidence.samples, evidence.stages

    def keep(name: str, values: dict[str, Any]) -> None:
        samples.stay_anywhere(values, spec.get("scratch", ""))
        samples.write(folder, name, values)

    attempt = evidence.confined.attempt
    bench = own.Bench(samples.plain, stages.seed, attempt, stages.check, keep)
    for name, recorder in sorted(recorders.items()):
        lines, printed, kept = own.cases(name, recorder.function, recorder.record.picked(), bench)
        if lines:
            record["own"][name] = lines
        if printed:
            record["prints"][name] = printed
        if kept:
            record["calls"][name] = kept
        if not lines and not printed and not kept:
            record["skipped"][name] = own.SHOWS_NOTHING if recorder.record.asked else own.UNCALLED


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


def beside(name: str) -> Any:
    """A package of this folder, loaded by its path: its neighbours must hide no other modules."""
    path = Path(__file__).with_name(name)
    found = importlib.util.spec_from_file_location(
        f"poc_graduate_{name}", path / "__init__.py", submodule_search_locations=[str(path)]
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


if __name__ == "__main__":
    package = beside("evidence")
    package.confined.preload(json.loads(sys.stdin.readline()))
    asked = json.loads(sys.stdin.readline())
    os.chdir(asked["folder"])
    os.environ["TMPDIR"] = tempfile.tempdir = asked["temporary"]
    main(package, asked["spec"], asked["output"])
