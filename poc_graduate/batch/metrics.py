"""What a run says about itself: scraps in its notebook, entries of JSON files that it wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from poc_graduate.batch.model import Value

_SCRAP = "application/scrapbook.scrap.json+json"
_RECORD = "application/papermill.record+json"
_LARGEST = 1_000_000
_LONGEST = 500
_MOST = 200
_PLAIN = "metrics"
"""Entries of `metrics.json` keep their names; those of `scores.json` become `scores.auc`."""


def scraps(cells: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """Values that the notebook recorded with scrapbook's `glue` or papermill's `record`.

    Args:
        cells: Its cells, as nbformat has them.
    """
    found: dict[str, Value] = {}
    for cell in cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            scrap = data.get(_SCRAP)
            if isinstance(scrap, Mapping) and scrap.get("encoder") in ("json", "text"):
                found.update(_flat(str(scrap.get("name")), scrap.get("data")))
            record = data.get(_RECORD)
            if isinstance(record, Mapping):
                for name, value in record.items():
                    found.update(_flat(str(name), value))
    return _few(found)


def entries(files: Iterable[Path], folder: Path) -> dict[str, Value]:
    """Numbers and short texts in JSON files.

    Args:
        files: What a run wrote.
        folder: They are named relative to it.
    """
    found: dict[str, Value] = {}
    for path in sorted(files):
        if path.suffix != ".json" or path.stat().st_size > _LARGEST or path.name.startswith("."):
            continue
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:  # a file that only looks like JSON is a product like any other
            continue
        if isinstance(record, dict):
            stem = path.relative_to(folder).with_suffix("").as_posix().replace("/", ".")
            prefix = "" if path.stem == _PLAIN else stem
            for name, value in record.items():
                for key, one in _flat(".".join(filter(None, (prefix, name))), value):
                    found.setdefault(key, one)
    return _few(found)


def _flat(name: str, value: object) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif (value is None or isinstance(value, bool | int | float)) or (
        isinstance(value, str) and len(value) <= _LONGEST
    ):
        yield name, value


def _few(found: dict[str, Value]) -> dict[str, Value]:
    return dict(list(found.items())[:_MOST])
