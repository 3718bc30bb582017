"""Two runs of a cell: what the second did not repeat."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from poc_graduate.dataflow.facts import CellFacts

ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
"""Where an object lies in memory; a longer number is a digest, which is a result."""
KERNEL_FILE = re.compile(r"ipykernel_\d+/\d+\.py")


def compared(one: CellFacts, other: CellFacts) -> CellFacts:
    """The first run's facts, with what the second run did not repeat."""
    names = one.values.keys() | other.values.keys()
    ambient = one.ambient.keys() | other.ambient.keys()
    details = dict(one.ambient_values)
    first, second = (facts.ambient_values.get("files", {}) for facts in (one, other))
    unrepeated = sorted(path for path, mark in first.items() if second.get(path) != mark)
    if unrepeated:
        details["unrepeated_files"] = unrepeated
    return dataclasses.replace(
        one,
        ambient_values=details,
        frames=one.frames or other.frames,
        overlaps=one.overlaps or other.overlaps,
        twins=one.twins or other.twins,
        nondeterministic=frozenset(
            name
            for name in names
            if one.values.get(name) is None
            or other.values.get(name) is None
            or one.values[name].fingerprint != other.values[name].fingerprint
        ),
        ambient_nondeterministic=frozenset(
            name for name in ambient if one.ambient.get(name) != other.ambient.get(name)
        ),
        outputs_nondeterministic=frozenset(
            place
            for place, output in enumerate(one.outputs)
            if place >= len(other.outputs) or normalised(output) != normalised(other.outputs[place])
        ),
    )


def widened(known: CellFacts, other: CellFacts) -> CellFacts:
    """What two runs showed, with what one more run did not repeat either."""
    again = compared(known, other)
    unrepeated = {
        *known.ambient_values.get("unrepeated_files", ()),
        *again.ambient_values.get("unrepeated_files", ()),
    }
    details = {"unrepeated_files": sorted(unrepeated)} if unrepeated else {}
    return dataclasses.replace(
        known,
        ambient_values={**known.ambient_values, **details},
        nondeterministic=known.nondeterministic | again.nondeterministic,
        ambient_nondeterministic=known.ambient_nondeterministic | again.ambient_nondeterministic,
        outputs_nondeterministic=known.outputs_nondeterministic | again.outputs_nondeterministic,
    )


def normalised(output: Mapping[str, Any]) -> str:
    """An output as text, without what differs from one process to the next by nature."""
    text = json.dumps(output, sort_keys=True, default=str)
    return KERNEL_FILE.sub("ipykernel", ADDRESS.sub("0x", text))
