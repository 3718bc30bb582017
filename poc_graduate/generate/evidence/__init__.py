"""Runs in the built project, after sampling: what its tests of models and data may rest on.

Loaded by its path in the process of `sampling.py`; nothing else of poc_graduate is imported, since
the project's own environment must do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import (
    cases,
    confined,
    evaluation,
    leaks,
    libraries,
    moved_rows,
    profiles,
    replay,
    stages,
    stops,
)

__all__ = [
    "cases",
    "confined",
    "gather",
    "moved_rows",
    "stages",
]


def gather(spec: dict[str, Any], output: Path, results: dict[str, Any]) -> None:
    """Replay the tasks that ask a model or a metric, on all of the data; look at products.

    Args:
        spec: What `sampling.py` was asked.
        output: Folder for `evidence.json` and for the rows of a benchmark.
        results: Function of the package → arguments of a call on samples, and its result.
    """
    record: dict[str, Any] = {"evaluation": [], "profiles": {}, "stops": [], "probes": []}
    record["leak"] = {}
    written = output / "evidence.json"

    def keep() -> None:
        written.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")

    benchmark = output / "benchmark"
    for stage in replay.asking(spec):
        replayed = replay.replayed(spec, stage)
        if replayed is not None:
            found = evaluation.of_stage(replayed, benchmark)
            for model in found["models"]:
                profile = profiles.of_value(model.pop("_column"))
                if profile is not None:
                    model["profile"] = f"answers of {model['model'][5:]} in {stage['name']}"
                    record["profiles"][model["profile"]] = profile
            record["evaluation"].append(found)
    keep()
    for path in spec["kept"]:
        known = profiles.of_product(Path(path))
        if known is not None:
            record["profiles"][path] = known
    keep()
    record["leak"] = leaks.measured(spec, record["evaluation"], output / "leaks")
    keep()
    record["stops"] = stops.stops(spec, output)
    record["probes"] = libraries.probes(spec, results)
    keep()
