"""Runs in the built project, after sampling: what its tests of models and data may rest on.

Loaded by its path in the process of `sampling.py`; nothing else of poc_graduate is imported, since
the project's own environment must do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import evaluation, replay


def gather(spec: dict[str, Any], output: Path) -> None:
    """Replay the tasks that ask a model or a metric, on all of the data, and keep what they show.

    Args:
        spec: What `sampling.py` was asked, less what only samples need.
        output: Folder for `evidence.json` and for files of a benchmark.
    """
    record: dict[str, Any] = {"evaluation": []}
    for stage in replay.asking(spec):
        replayed = replay.replayed(spec, stage)
        if replayed is not None:
            record["evaluation"].append(evaluation.of_stage(replayed))
    text = json.dumps(record, indent=1, sort_keys=True)
    (output / "evidence.json").write_text(text, encoding="utf-8")
