"""Has a project's functions called on samples (by `sampling.py`), and collects the calls."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from poc_graduate.generate import sampling
from poc_graduate.generate.code import product_path
from poc_graduate.generate.functions import Function
from poc_graduate.generate.project import Generated
from poc_graduate.observe.script import Script
from poc_graduate.plan.settle import Settled

_PATIENCE = 300
"""Seconds for sampling all functions; without samples a project still has its build as a test."""
_BENCHMARK = "benchmark"
_CALLED = ("made", "own", "prints", "calls")
"""Where `cases.json` tells of calls: of functions made of cells; of the author's, as literals that
give or print something, and with arguments that are kept beside the tests."""
HOLDS_SECRET = "a sample of what it takes or gives would hold a secret"


class Sampler(Script):
    """The process that calls a project's functions on samples.

    Args:
        libraries: Dotted names of what the notebook imports and somebody installed; they are
            loaded while the project is built.
        secrets: Environment variables that hold what the notebook's secrets were.
    """

    def __init__(self, libraries: Iterable[str], secrets: Mapping[str, str] | None = None) -> None:
        own = {"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg"}
        environment = {**os.environ, **own, **(secrets or {})}
        super().__init__(Path(sampling.__file__), environment, answers=False)
        self.libraries = sorted(libraries)

    def __enter__(self) -> Sampler:
        super().__enter__()
        self.ask(self.libraries)
        return self

    def sample(self, built: Path, spec: Path, output: Path) -> None:
        """Call the functions; what is not done in time is left out."""
        temporary = built.parent / "tmp"
        temporary.mkdir(exist_ok=True)
        folders = {"folder": built, "spec": spec, "output": output, "temporary": temporary}
        self.ask({name: str(path) for name, path in folders.items()})
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE)


def sampled(
    settled: Settled,
    generated: Generated,
    built: Path,
    sampler: Sampler,
    cleaning: frozenset[int],
    leaks: str = "",
) -> tuple[dict[str, bytes], dict[str, Any], dict[str, Any]]:
    """Sample files by path, what is known of each function's calls, and `evidence.json`.

    Args:
        settled: The plan.
        generated: The project's files.
        built: The folder where it was built.
        sampler: Calls its functions.
        cleaning: Cells in which somebody cleans by hand.
        leaks: The task with the first leak that may be measured.
    """
    nothing: dict[str, Any] = {"skipped": {}, "touches": {}, **{kind: {} for kind in _CALLED}}
    spec = built.parent / "sampling.json"
    output = built.parent / "samples"
    clean = _clean(generated, built)
    known = {**_spec(settled, generated, cleaning), "clean": str(clean), "leaks": leaks}
    known["scratch"] = _scratch(built)
    spec.write_text(json.dumps(known), encoding="utf-8")
    sampler.sample(built, spec, output)
    if not (output / "cases.json").exists():
        return {}, nothing, {}
    cases: dict[str, Any] = json.loads((output / "cases.json").read_text(encoding="utf-8"))
    files = {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file()
        and path.relative_to(output).parts[0] in {*cases["made"], *cases["calls"], _BENCHMARK}
    }
    found = output / "evidence.json"
    evidence = json.loads(found.read_text(encoding="utf-8")) if found.exists() else {}
    return files, cases, evidence


def without(
    hidden: tuple[str, ...],
    samples: dict[str, bytes],
    cases: dict[str, Any],
    evidence: dict[str, Any],
) -> tuple[dict[str, bytes], dict[str, Any], dict[str, Any]]:
    """What was sampled, less the functions whose calls hold a secret, and evidence with one."""

    def tells(name: str) -> bool:
        literal = json.dumps([cases[kind].get(name) for kind in _CALLED])
        kept = [data for path, data in samples.items() if path.startswith(f"{name}/")]
        return any(
            json.dumps(text)[1:-1] in literal or any(text.encode() in data for data in kept)
            for text in hidden
        )

    telling = {name for kind in _CALLED for name in cases[kind] if tells(name)}
    kept = {path: data for path, data in samples.items() if path.split("/")[0] not in telling}
    called = {
        kind: {name: known for name, known in cases[kind].items() if name not in telling}
        for kind in _CALLED
    }
    known = {
        **cases,
        **called,
        "skipped": {**cases["skipped"], **dict.fromkeys(telling, HOLDS_SECRET)},
    }
    written = json.dumps(evidence)
    open_ = any(json.dumps(text)[1:-1] in written for text in hidden)
    return kept, known, {} if open_ else evidence


def _clean(generated: Generated, built: Path) -> Path:
    """The project as it is before its first build: where its unit tests run."""
    # Below a folder of its own: what depends on where the project lies shows itself.
    folder = built.parent / "clean" / built.name
    for path in generated.files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    for path in generated.inputs:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if (built / path).is_file():
            target.symlink_to(built / path)
    return folder


def _scratch(built: Path) -> str:
    """The name of the temporary folder that all this happens in: no sample may hold it."""
    above = Path(tempfile.gettempdir()).resolve()
    return built.relative_to(above).parts[0] if built.is_relative_to(above) else built.parent.name


def _spec(settled: Settled, generated: Generated, cleaning: frozenset[int]) -> dict[str, Any]:
    by_cell = {function.cell: function for function in generated.functions.values()}
    products = {
        stage.name: {
            kept.key: product_path(stage.name, f"{kept.key}.{kept.format}") for kept in layout.keeps
        }
        | {g + "_state": product_path(stage.name, f"{g}_state.pickle") for g in layout.hands_over}
        for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True)
    }
    stages = []
    for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True):
        blocks = _code_blocks(generated.files[f"tasks/{stage.name}.py"])
        origins = [o for o in generated.origins[stage.name] if o == 0 or o in stage.cells]
        marks = origins[len(origins) - len(blocks) :]
        first = next((i for i, origin in enumerate(marks) if origin), len(marks))
        before = blocks[1:first]
        stages.append(
            {
                "name": stage.name,
                "reads": [path for path in stage.reads if path in generated.inputs],
                "upstream": {name: products[name] for name in stage.upstream},
                "before": before,
                "loaded": [list(kept.names) for _, kept in layout.loads],
                "loaded_from": [
                    product_path(settled.plan.stages[i].name, f"{kept.key}.{kept.format}")
                    for i, kept in layout.loads
                ],
                "keeps": [
                    (list(kept.names), products[stage.name][kept.key]) for kept in layout.keeps
                ],
                "cells": [
                    {"text": text, "call": _call(by_cell.get(origin), cleaning)}
                    for text, origin in zip(blocks, marks, strict=True)
                    if origin
                ],
            }
        )
    return {
        "package": settled.plan.package,
        "modules": [module.name for module in generated.modules],
        "parameters": {p.name: p.value for p in settled.plan.parameters},
        "stages": stages,
        "kept": [
            product_path(stage.name, f"{kept.key}.{kept.format}")
            for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True)
            for kept in layout.keeps
        ],
        "writes": sorted({path for stage in settled.plan.stages for path in stage.writes}),
    }


def _code_blocks(script: str) -> list[str]:
    """Texts of a script's code cells, in order."""
    import jupytext

    cells = jupytext.reads(script, fmt={"extension": ".py"}).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def _call(function: Function | None, cleaning: frozenset[int]) -> dict[str, Any] | None:
    if function is None:
        return None
    names = [a.name for a in (*function.inputs, *function.parameters)]
    cleans = function.cell in cleaning
    gives = [a.name for a in function.outputs]
    return {"function": function.name, "arguments": names, "gives": gives, "cleans": cleans}
