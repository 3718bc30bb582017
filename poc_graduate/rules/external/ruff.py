"""Ruff, which reads notebooks itself and counts cells as we do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from poc_graduate.rules.external.process import run_module, said
from poc_graduate.rules.external.reported import Reported, ToolFailed

# Code that fails or is unsafe: ruff's own preview of "error" and "warning" knows no more.
_SERIOUS = re.compile(r"F(?:5|6|7|8[12])|E9|S|B0|PLE|ASYNC|invalid-syntax")


def ruff(paths: Sequence[Path]) -> Iterator[Reported]:
    """What ruff finds, by the project's own settings for it.

    Raises:
        ToolFailed: it is not installed, or did not understand its settings.
    """
    answer = run_module(
        "ruff", "check", "--output-format=json", "--no-fix", "--no-cache", "--exit-zero",
        "--force-exclude", "--", *map(str, paths),
    )  # fmt: skip
    if answer.returncode:
        raise ToolFailed(f"ruff failed: {said(answer)}", remedy="run it by itself to see more")
    by_name = {path.resolve(): path for path in paths}
    for record in json.loads(answer.stdout):
        path = by_name.get(Path(record["filename"]).resolve())
        if path is not None and record.get("cell") is not None:
            yield _reported(path, record)


def _reported(path: Path, record: Mapping[str, Any]) -> Reported:
    code = record.get("code") or record.get("name") or "invalid-syntax"
    start, end = record["location"], record["end_location"]
    return Reported(
        "ruff",
        path,
        record["cell"],
        start["row"],
        start["column"],
        code,
        record["message"],
        name=record.get("name") or "",
        link=record.get("url") or "",
        serious=_SERIOUS.match(code) is not None,
        end_line=end["row"],
        end_column=end["column"],
    )
