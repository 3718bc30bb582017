"""What the notebook computed, in the form in which a project keeps it to be verified again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from poc_graduate.dataflow.facts import CellFacts, RunFacts, Value
from poc_graduate.plan.settle import Settled


@dataclass(frozen=True)
class StageReference:
    """A stage, as far as a comparison needs it.

    Attributes:
        name: Task name.
        cells: Positions of its code cells among all cells, from 1.
        origins: For each cell of its script, the notebook's cell it came from; 0 for ours.
        boundary: Names that it keeps for later tasks.
    """

    name: str
    cells: tuple[int, ...]
    origins: tuple[int, ...]
    boundary: frozenset[str]


@dataclass(frozen=True)
class Reference:
    """What a build is compared with.

    Attributes:
        package: Name of the generated package.
        stages: In the notebook's order.
        cells: What the notebook's run showed, by position of the cell.
        start: Ambient component → fingerprint before the first cell.
        apart: Names that are not compared: imports, members of the package, parameters.
        moved: Parameters whose path now points into the project.
    """

    package: str
    stages: tuple[StageReference, ...]
    cells: Mapping[int, CellFacts]
    start: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()

    def before(self, cell: int, component: str) -> str:
        """Fingerprint of a component of process state before a cell."""
        earlier = [number for number in self.cells if number < cell]
        if not earlier:
            return self.start.get(component, "")
        return self.cells[max(earlier)].ambient.get(component, "")

    def latest(self, name: str, cell: int) -> CellFacts | None:
        """The last cell up to this one that bound or changed a name."""
        found = None
        for number in sorted(self.cells):
            if number <= cell and name in self.cells[number].values:
                found = self.cells[number]
        return found

    def to_json(self) -> str:
        """Stable JSON; figures are kept whole, since they are compared by pixels."""
        record = {
            "package": self.package,
            "stages": [
                {
                    "name": s.name,
                    "cells": list(s.cells),
                    "origins": list(s.origins),
                    "boundary": sorted(s.boundary),
                }
                for s in self.stages
            ],
            "start": dict(sorted(self.start.items())),
            "apart": sorted(self.apart),
            "moved": sorted(self.moved),
            "cells": [_cell(self.cells[number]) for number in sorted(self.cells)],
        }
        return json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Reference:
        """Read back what `to_json` wrote."""
        record = json.loads(text)
        cells = [_facts(cell) for cell in record["cells"]]
        return cls(
            record["package"],
            tuple(
                StageReference(
                    s["name"], tuple(s["cells"]), tuple(s["origins"]), frozenset(s["boundary"])
                )
                for s in record["stages"]
            ),
            {cell.cell: cell for cell in cells},
            record["start"],
            frozenset(record["apart"]),
            frozenset(record["moved"]),
        )


def _cell(facts: CellFacts) -> dict[str, Any]:
    return {
        "cell": facts.cell,
        "values": {
            name: [v.fingerprint, v.kind, v.summary, v.opaque]
            for name, v in sorted(facts.values.items())
        },
        "ambient": dict(sorted(facts.ambient.items())),
        "outputs": [dict(output) for output in facts.outputs],
        "writes": list(facts.writes),
        "deletes": list(facts.deletes),
        "not_repeated": sorted(facts.nondeterministic),
        "not_repeated_state": sorted(facts.ambient_nondeterministic),
        "not_repeated_outputs": sorted(facts.outputs_nondeterministic),
    }


def _facts(record: Mapping[str, Any]) -> CellFacts:
    return CellFacts(
        record["cell"],
        values={
            name: Value(fingerprint, kind, summary, opaque=opaque)
            for name, (fingerprint, kind, summary, opaque) in record["values"].items()
        },
        ambient=record["ambient"],
        outputs=tuple(record["outputs"]),
        writes=tuple(record["writes"]),
        deletes=tuple(record["deletes"]),
        nondeterministic=frozenset(record["not_repeated"]),
        ambient_nondeterministic=frozenset(record["not_repeated_state"]),
        outputs_nondeterministic=frozenset(record["not_repeated_outputs"]),
    )


def reference(
    settled: Settled, facts: RunFacts, origins: Mapping[str, tuple[int, ...]]
) -> Reference:
    """What a build of this plan is compared with."""
    parameters = settled.plan.parameters
    return Reference(
        settled.plan.package,
        tuple(
            StageReference(
                stage.name,
                stage.cells,
                origins[stage.name],
                frozenset(n for product in stage.products for n in product.names),
            )
            for stage in settled.plan.stages
        ),
        {cell.cell: _masked(cell) for cell in facts.cells},
        facts.start,
        settled.time.fixed | settled.parameters.variables,
        frozenset(p.name for p in parameters if p.moved_from is not None),
    )


_WARNINGS = "stderr"


def _masked(facts: CellFacts) -> CellFacts:
    """Without what is never compared, such as warnings with paths of this machine."""
    from dataclasses import replace

    kept = tuple(output for output in facts.outputs if output.get("name") != _WARNINGS)
    return replace(facts, outputs=kept)
