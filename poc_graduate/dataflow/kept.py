"""RunFacts on disk: what an observed run showed, for `check` as long as the code is the same.

Kept in the user's cache folder (XDG Base Directory Specification), or in the one that
`POC_GRADUATE_CACHE` names, never beside the notebook.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import (
    CellFacts,
    ColumnFacts,
    FrameFacts,
    Overlap,
    RunFacts,
    Stored,
    Twin,
    Value,
)
from poc_graduate.errors import InputError
from poc_graduate.notebook.model import Notebook

VERSION = 1
_MOST_TEXT = 20_000
"""Characters of one displayed text; more is no help to a rule."""
_SETS = frozenset(
    name for name, kind in CellFacts.__annotations__.items() if str(kind).startswith("frozenset")
)
_TUPLES = frozenset(
    name for name, kind in CellFacts.__annotations__.items() if str(kind).startswith("tuple")
)


def to_json(facts: RunFacts, notebook: Notebook) -> str:
    """The facts as text, with a mark of the code that they are about."""
    cells = [{**_plain(cell), "outputs": _texts(cell.outputs)} for cell in facts.cells]
    record = {
        "version": VERSION,
        "notebook": notebook.name,
        "code": code_mark(notebook),
        "run": {**_plain(dataclasses.replace(facts, cells=())), "cells": cells},
    }
    return json.dumps(record, indent=1, sort_keys=True) + "\n"


def from_json(text: str, notebook: Notebook, *, name: str) -> RunFacts | None:
    """The facts; None where they are about other code than the notebook's.

    Args:
        text: What `to_json` gave.
        notebook: The notebook as it is now.
        name: Of the file, for the message.

    Raises:
        InputError: it is no such text.
    """
    try:
        record = json.loads(text)
        if record["version"] != VERSION:
            raise InputError(
                f"{name} was written by another version of poc_graduate",
                remedy="run the notebook again with `poc-graduate export`",
            )
        if record["code"] != code_mark(notebook):
            return None
        run = record["run"]
        return RunFacts(**{**run, "cells": tuple(_cell(cell) for cell in run["cells"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{name} holds no facts of a run",
            remedy="give the file that `poc-graduate export --facts` wrote",
        ) from None


def code_mark(notebook: Notebook) -> str:
    """A hash of the code cells: other outputs, texts and metadata leave it as it is."""
    hashed = hashlib.sha256()
    for cell in notebook.code_cells:
        hashed.update(f"{cell.index}\0{cell.source}\0".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()


def kept_file(notebook: Path) -> Path:
    """Where the facts of a notebook's last run are kept."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    own = Path(os.environ.get("POC_GRADUATE_CACHE") or home / "poc_graduate")
    mark = hashlib.sha256(os.fsencode(notebook.resolve())).hexdigest()[:32]
    return own / "runs" / f"{mark}.json"


def keep(facts: RunFacts, notebook: Notebook) -> None:
    """Keep the facts of a run; where the cache cannot be written, they are not kept."""
    with contextlib.suppress(OSError, RuntimeError):  # no home folder: RuntimeError
        target = kept_file(notebook.path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = to_json(facts, notebook)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, delete=False
        ) as temporary:
            temporary.write(text)
        os.replace(temporary.name, target)


def kept(notebook: Notebook) -> RunFacts | None:
    """Facts of the last run of the same code, if any are kept."""
    try:
        path = kept_file(notebook.path)
        return from_json(path.read_text(encoding="utf-8"), notebook, name=path.name)
    except (OSError, RuntimeError, UnicodeDecodeError, InputError):
        return None  # nobody asked for this file


def _plain(value: Any) -> Any:
    """Records as mappings, sets as sorted lists."""
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_plain(part) for part in value)
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


def _texts(outputs: tuple[Mapping[str, Any], ...]) -> list[dict[str, Any]]:
    """Outputs without pictures, at their places."""
    found = []
    for output in outputs:
        record = {key: value for key, value in output.items() if key != "metadata"}
        if isinstance(record.get("data"), Mapping):
            record["data"] = {
                kind: text
                for kind, text in record["data"].items()
                if kind.startswith("text/") and len(str(text)) <= _MOST_TEXT
            }
        elif len(str(record)) > _MOST_TEXT:
            record = {"output_type": output.get("output_type", "")}
        found.append(record)
    return found


def _cell(record: dict[str, Any]) -> CellFacts:
    made: dict[str, Any] = dict(record)
    for name in _SETS:
        made[name] = frozenset(record[name])
    for name in _TUPLES:
        made[name] = tuple(record[name])
    made["shared"] = tuple(frozenset(group) for group in record["shared"])
    made["values"] = {name: Value(**told) for name, told in record["values"].items()}
    made["stored"] = {name: Stored(**told) for name, told in record["stored"].items()}
    made["frames"] = {name: frame(told) for name, told in record["frames"].items()}
    made["overlaps"] = tuple(Overlap(**told) for told in record["overlaps"])
    made["twins"] = tuple(Twin(**told) for told in record["twins"])
    return CellFacts(**made)


def frame(told: Mapping[str, Any]) -> FrameFacts:
    """A frame's profile from a mapping, as the probe writes it."""
    columns = tuple(
        ColumnFacts(**{**column, "common": tuple(map(tuple, column.get("common", ())))})
        for column in told["columns"]
    )
    return FrameFacts(told["rows"], columns, told["unique_index"])
