"""What the export did about each finding, and what remains for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.plan.model import Note, Plan
from poc_graduate.plan.withheld import Withheld
from poc_graduate.rules.finding import Finding

CLEANING = frozenset("POC201 POC202 POC203 POC204 POC205 POC206 POC208 POC209".split())
"""Findings of cleaning by hand: steps of their own, and tests that count what they touch."""
# A literal that became a parameter no longer decides; that its value was a guess remains.
_LITERALS = frozenset("POC101 POC102 POC103 POC205 POC403 POC406".split())
_ORDER = frozenset("POC301 POC304".split())
_STATE = frozenset("POC305 POC306 POC307".split())
_MAGICS = frozenset("POC901 POC902 POC904".split())


@dataclass(frozen=True)
class Step:
    """The function that a cell became.

    Attributes:
        name: Of the function.
        path: The module's file in the project.
        counted: A unit test counts the rows and values that it touches.
    """

    name: str
    path: str
    counted: bool = False


def with_outcomes(
    found: Iterable[Finding],
    plan: Plan,
    withheld: Iterable[Withheld],
    steps: Mapping[int, Step],
    contracts: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """The findings, each with what was done about it; nothing where it remains.

    Args:
        found: Findings of the notebook.
        plan: The plan that holds.
        withheld: Secrets that the project reads from its environment.
        steps: Position of a cell, from 1 → the function that it became.
        contracts: Position of a cell, from 1 → the schema that what it reads is checked by.
    """
    secrets = {(one.cell, one.line): one.variable for one in withheld}
    return tuple(
        dataclasses.replace(
            one,
            outcome=_outcome(
                one, plan, secrets, steps.get(one.place.cell), contracts.get(one.place.cell)
            ),
        )
        for one in found
    )


def notes_of(found: Iterable[Finding]) -> tuple[Note, ...]:
    """What was done, as notes of the plan."""
    return tuple(
        Note("finding", one.place.cell, one.place.line, f"{one.code} {one.name}: {one.outcome}")
        for one in found
        if one.outcome
    )


def repeatable(facts: RunFacts) -> RunFacts:
    """What any run would show: no times, no memory, nothing that a second run did not repeat.

    What is exported rests on this alone, so that two exports give the same bytes.
    """
    return dataclasses.replace(
        facts, seconds=0.0, capture_seconds=0.0, cells=tuple(map(_repeatable, facts.cells))
    )


def _repeatable(cell: CellFacts) -> CellFacts:
    frames = {n: told for n, told in cell.frames.items() if n not in cell.nondeterministic}
    outputs = tuple(
        output for i, output in enumerate(cell.outputs) if i not in cell.outputs_nondeterministic
    )
    whole = len(outputs) == len(cell.outputs)
    return dataclasses.replace(
        cell,
        seconds=0.0,
        peak_memory=0,
        frames=frames,
        overlaps=tuple(one for one in cell.overlaps if {one.left, one.right} <= frames.keys()),
        outputs=cell.outputs if whole else (),
    )


def _outcome(
    one: Finding,
    plan: Plan,
    secrets: Mapping[tuple[int, int], str],
    step: Step | None,
    contract: str | None,
) -> str:
    cell = one.place.cell
    lines = range(one.place.line, one.end_line + 1)
    done = []
    if one.code == "POC104":
        names = sorted({name for (c, line), name in secrets.items() if c == cell and line in lines})
        if names:
            done.append(f"read from the environment as {_listed(names)}")
    if one.code in _LITERALS:
        names = [p.name for p in plan.parameters if p.cell == cell and p.line in lines]
        if names:
            done.append(f"{_listed(names)} in `env.yaml`")
    if one.code in CLEANING and step is not None:
        tested = "; its unit test counts what it touches" if step.counted else ""
        done.append(f"a step of its own, `{step.name}` in `{step.path}`{tested}")
    if one.code in _ORDER:
        done.append("the pipeline runs the cells from top to bottom, each once")
    if one.code in _STATE and plan.proved:
        done.append("carried along: the proof compared it at every cell")
    if one.code in _MAGICS and plan.proved:
        done.append("translated; the proof compared what it did")
    if one.code in ("POC404", "POC405") and plan.proved:
        done.append("the versions of the run stand in `pyproject.toml`")
    if one.code == "POC310":
        done.append("the displayed value has a name")
    if one.code in ("POC106", "POC107"):
        done.append("taken along into the project")
    if one.code == "POC701" and contract is not None:
        done.append(f"each run checks it by the contract {contract}")
    return "; ".join(done)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
