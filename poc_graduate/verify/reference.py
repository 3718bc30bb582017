"""What the notebook computed, in the form in which a project keeps it to be verified again."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from poc_graduate.dataflow.facts import GENERATORS, CellFacts, RunFacts, Value
from poc_graduate.generate.project import Generated
from poc_graduate.plan.model import Plan
from poc_graduate.plan.record import from_record, to_record
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
        unrepeated_files: Written files that a second run of the notebook wrote differently.
        inner: Cell → variables that the function made of it keeps to itself, since no later
            cell reads them: the task may still hold their value from before.
        folder: Where the observed run took place; outputs kept in a project name it no more.
        places: Path that leads out of the notebook's folder → where the project has it.
        plan: The project's plan, for its pages.
    """

    package: str
    stages: tuple[StageReference, ...]
    cells: Mapping[int, CellFacts]
    start: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    unrepeated_files: frozenset[str] = frozenset()
    inner: Mapping[int, frozenset[str]] = field(default_factory=dict)
    folder: str = ""
    plan: Plan | None = None

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
            "start": {k: v for k, v in sorted(self.start.items()) if k in _SETTINGS},
            "apart": sorted(self.apart),
            "moved": sorted(self.moved),
            "unrepeated_files": sorted(self.unrepeated_files),
            "inner": {str(cell): sorted(names) for cell, names in sorted(self.inner.items())},
            "places": dict(sorted(self.places.items())),
            "cells": [_cell(self.cells[number]) for number in sorted(self.cells)],
            "plan": self.plan and to_record(self.plan),
        }
        text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        return text.replace(self.folder, "<folder>") if self.folder else text

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
            record["places"],
            frozenset(record["unrepeated_files"]),
            {int(cell): frozenset(names) for cell, names in record["inner"].items()},
            plan=from_record(record["plan"]) if record.get("plan") else None,
        )


# State that means the same on any machine; the environment and the locale do not.
_SETTINGS = ("cwd", "pandas", "numpy", "decimal", "recursion")
_LASTING = (*_SETTINGS, *GENERATORS)


def _cell(facts: CellFacts) -> dict[str, Any]:
    return {
        "cell": facts.cell,
        "values": {
            name: ["", v.kind, "", v.opaque]
            if name in facts.nondeterministic
            else [v.fingerprint, v.kind, v.summary, v.opaque]
            for name, v in sorted(facts.values.items())
        },
        "ambient": {
            component: mark
            for component, mark in sorted(facts.ambient.items())
            if component in _LASTING and component not in facts.ambient_nondeterministic
        },
        # What a second run does not repeat is not kept: two exports give the same bytes.
        "outputs": [] if facts.outputs_nondeterministic else [dict(o) for o in facts.outputs],
        "files": dict(sorted(facts.ambient_values.get("files", {}).items())),
        "writes": list(facts.writes),
        "deletes": list(facts.deletes),
        "not_repeated": sorted(facts.nondeterministic),
        "not_repeated_state": sorted(facts.ambient_nondeterministic & set(_LASTING)),
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
        ambient_values={"files": record["files"]},
        writes=tuple(record["writes"]),
        deletes=tuple(record["deletes"]),
        nondeterministic=frozenset(record["not_repeated"]),
        ambient_nondeterministic=frozenset(record["not_repeated_state"]),
        outputs_nondeterministic=frozenset(record["not_repeated_outputs"]),
    )


_HOLD_PATHS = frozenset({"str", "list", "tuple", "dict"})
_KNOW_THEIRS = ("pathlib.", "_io.")  # a closed file has the path that it was opened by


def _moved(settled: Settled, facts: RunFacts) -> frozenset[str]:
    """Names that hold a path which now points into the project: texts, paths, closed files."""
    names = {p.name for p in settled.plan.parameters if p.moved_from is not None}
    if not settled.paths.literals:
        return frozenset(names)
    paths = {
        name
        for cell in facts.cells
        for name, value in cell.values.items()
        if value.kind.removeprefix("builtins.") in _HOLD_PATHS
        or value.kind.startswith(_KNOW_THEIRS)
    }
    redirected = set(settled.paths.literals.values())
    for statement in settled.time.dataflow.statements:
        replaced = settled.parameters.replaced.get(statement.key, ())
        touched = any(r.name.strip("'\"") in redirected or r.name in names for r in replaced)
        touched = touched or any(isinstance(r.node, ast.JoinedStr) for r in replaced)
        if touched or statement.reads & names:
            names |= (statement.defines | statement.may_define) & paths
    return frozenset(names)


def reference(settled: Settled, facts: RunFacts, generated: Generated, folder: str) -> Reference:
    """What a build of this plan is compared with."""
    return Reference(
        settled.plan.package,
        tuple(
            StageReference(
                stage.name,
                stage.cells,
                generated.origins[stage.name],
                frozenset(n for product in stage.products for n in product.names),
            )
            for stage in settled.plan.stages
        ),
        {cell.cell: _masked(cell) for cell in facts.cells},
        facts.start,
        settled.time.fixed | settled.parameters.variables,
        _moved(settled, facts),
        {**settled.paths.literals, **settled.paths.moved},
        frozenset(
            path for cell in facts.cells for path in cell.ambient_values.get("unrepeated_files", ())
        ),
        {
            function.cell: function.hides - settled.time.live[position + 1]
            for position, function in generated.functions.items()
        },
        folder,
    )


_WARNINGS = "stderr"


def _masked(facts: CellFacts) -> CellFacts:
    """Without what is never compared, such as warnings with paths of this machine."""
    from dataclasses import replace

    kept = tuple(output for output in facts.outputs if output.get("name") != _WARNINGS)
    return replace(facts, outputs=kept)
