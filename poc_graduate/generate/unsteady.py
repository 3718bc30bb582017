"""Tolerances of what no run of the notebook repeats: rows drawn without a seed, and more.

A resample says how far one draw lies from the rows at hand. Where each build draws anew, two draws
are compared, in each of many runs: the bound is one that chance crosses once in a million.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.generate.code import product_path
from poc_graduate.plan.settle import Settled

_ONCE_IN = 1_000_000
_DEVIATIONS = 5 * math.sqrt(2)
"""Of one draw. Five of the difference of two draws are passed about once in a million."""
_TOLERANCE = (
    "rows are drawn anew in each run: what two draws of so many differ by once in a million"
)
_MARGIN = "rows are drawn anew in each run: five standard deviations of the difference of two draws"


@dataclass(frozen=True)
class Unsteady:
    """What two runs of the notebook did not agree on.

    Attributes:
        products: Paths of products that hold some of it.
        tasks: Names of tasks that compute with some of it.
    """

    products: frozenset[str]
    tasks: frozenset[str]

    def profile(self, name: str) -> bool:
        """Whether a profile is of something unsteady: a product, or answers in a task."""
        return name in self.products or any(name.endswith(f" in {task}") for task in self.tasks)


def unsteady(settled: Settled, facts: RunFacts) -> Unsteady:
    """What a notebook's second run showed to be another one each time.

    Args:
        settled: The plan.
        facts: What the runs showed.
    """
    by_cell = {cell.cell: cell.nondeterministic for cell in facts.cells}
    names = frozenset().union(*by_cell.values())
    products, tasks = set(), set()
    for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True):
        taken = {name for _, kept in layout.loads for name in kept.names}
        if taken & names or any(by_cell.get(cell) for cell in stage.cells):
            tasks.add(stage.name)
        products |= {
            product_path(stage.name, f"{kept.key}.{kept.format}")
            for kept in layout.keeps
            if names & set(kept.names)
        }
    return Unsteady(frozenset(products), frozenset(tasks))


def widened(evidence: Mapping[str, Any], found: Unsteady) -> dict[str, Any]:
    """The evidence, with bounds for two draws where there was one for a resample."""
    profiles = {
        name: _two_draws(profile) if found.profile(name) else profile
        for name, profile in evidence.get("profiles", {}).items()
    }
    evaluation = [
        {**record, "metrics": [_two_figures(metric) for metric in record["metrics"]]}
        if record["task"] in found.tasks
        else record
        for record in evidence.get("evaluation", ())
    ]
    return {**evidence, "profiles": profiles, "evaluation": evaluation}


def _two_draws(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A profile of rows that are drawn anew: two samples are compared (Kolmogorov, Smirnov)."""
    rows = profile["rows"]
    distance = math.sqrt(math.log(2 * _ONCE_IN) / rows)

    def column(known: Mapping[str, Any]) -> dict[str, Any]:
        missing = known["missing"]
        blanks = _DEVIATIONS * math.sqrt(missing * (1 - missing) / rows)
        return {
            **known,
            "tolerance": _up_to_one(max(known["tolerance"], distance)),
            "missing_tolerance": _up_to_one(max(known["missing_tolerance"], blanks)),
            "tolerance_from": _TOLERANCE,
        }

    return {**profile, "columns": {name: column(k) for name, k in profile["columns"].items()}}


def _two_figures(metric: Mapping[str, Any]) -> dict[str, Any]:
    """A metric whose margin was two standard deviations of a resample."""
    margin = float(f"{metric['margin'] / 2 * _DEVIATIONS:.2g}")
    return {**metric, "margin": margin, "margin_from": _MARGIN}


def _up_to_one(value: float) -> float:
    return min(1.0, math.ceil(value * 1000) / 1000)
