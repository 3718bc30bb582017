"""A line that the probe wrote → CellFacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from poc_graduate.dataflow import kept
from poc_graduate.dataflow.facts import CellFacts, Overlap, Stored, Twin, Value
from poc_graduate.observe.scratch import Scratch


def cell_facts(
    record: Mapping[str, Any],
    *,
    cell: int,
    outputs: Iterable[Mapping[str, Any]] = (),
    stored: Mapping[str, Any] | None = None,
    scratch: Scratch | None = None,
) -> CellFacts:
    """Facts of one cell.

    Args:
        record: What the probe wrote.
        cell: Position among all cells, from 1.
        outputs: What the cell displayed.
        stored: What the probe found on storing the names live after it.
        scratch: The copy that it ran in; its paths become the user's.
    """

    def paths(name: str) -> tuple[str, ...]:
        return tuple(scratch.as_original(p) if scratch else p for p in record[name])

    details = dict(record["ambient_values"])
    if record["hashes"]:
        hashes = record["hashes"].items()
        details["files"] = {scratch.as_original(p) if scratch else p: mark for p, mark in hashes}
    return CellFacts(
        cell=cell,
        seconds=record["seconds"],
        peak_memory=record["peak"],
        bound=frozenset(record["bound"]),
        changed=frozenset(record["changed"]),
        deleted=frozenset(record["deleted"]),
        values={name: Value(*fields) for name, fields in record["values"].items()},
        shared=tuple(frozenset(group) for group in record["shared"]),
        ambient=record["ambient"],
        ambient_values=details,
        reads=paths("reads"),
        writes=paths("writes"),
        lists=paths("lists"),
        makes=paths("makes"),
        deletes=paths("deletes"),
        modules=record["modules"],
        network=tuple(record["network"]),
        subprocesses=tuple(record["subprocesses"]),
        outputs=tuple(with_users_paths(output, scratch) for output in outputs),
        frames={name: kept.frame(told) for name, told in record.get("frames", {}).items()},
        overlaps=tuple(Overlap(**told) for told in record.get("overlaps", ())),
        twins=tuple(Twin(**told) for told in record.get("twins", ())),
        stored={key: Stored(*fields) for key, fields in (stored or {}).items()},
    )


def with_users_paths(value: Any, scratch: Scratch | None) -> Any:
    """An output with the scratch copy's paths replaced by the user's."""
    if scratch is None:
        return value
    if isinstance(value, str):
        return value.replace(str(scratch.root), str(scratch.original))
    if isinstance(value, Mapping):
        return {key: with_users_paths(part, scratch) for key, part in value.items()}
    if isinstance(value, list):
        return [with_users_paths(part, scratch) for part in value]
    return value
