"""Tests that nothing moves unnoticed: distributions, a later model, libraries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from poc_graduate.generate.imports import grouped
from poc_graduate.rules.personal import personal

_TOLERANCE = "the largest distance of 50 resamples of the prototype's rows, rounded up"


@dataclass(frozen=True)
class Predicted:
    """What a model of a task answers: a name in the profiles and the expression for it."""

    name: str
    expression: str


@dataclass(frozen=True)
class Distributions:
    """What fills `tests/regression/test_distributions.py.jinja`."""

    predicted: tuple[Predicted, ...]
    package: str

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines of its tests, sorted."""
        text = " ".join(p.expression for p in self.predicted)
        helpers = {"Built", "product", "reference"}
        helpers |= {"replayed"} if "replayed(" in text else set()
        lines = ["from typing import Any", "import numpy as np", "import pandas as pd"]
        return grouped([*lines, "import pytest", f"from conftest import {', '.join(helpers)}"], "")


@dataclass(frozen=True)
class Candidate:
    """What fills `tests/regression/test_candidate.py.jinja`."""

    model: str
    ask: str
    function: str
    functions: tuple[str, ...]
    options: str
    higher: bool
    package: str

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines of its tests, sorted."""
        helpers = "Built, benchmark, product, reference, rows_at"
        if "replayed(" in self.model:
            helpers = helpers.replace("product", "replayed")
        lines = ["import os", "import pickle", "from pathlib import Path", "from typing import Any"]
        lines += ["import numpy as np", "import pytest", *self.functions]
        return grouped([*lines, f"from conftest import {helpers}"], self.package)


@dataclass(frozen=True)
class Probe:
    """A call of a library and its answer, as Python."""

    name: str
    label: str
    call: str
    result: str


@dataclass(frozen=True)
class Dependencies:
    """What fills `tests/regression/test_dependencies.py.jinja`."""

    probes: tuple[Probe, ...]
    functions: tuple[str, ...]

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines of its tests, sorted."""
        text = " ".join(f"{probe.call} {probe.result}" for probe in self.probes)
        lines = ["from importlib.metadata import version", "import pytest", *self.functions]
        lines += ["import numpy as np"] if "np." in text else []
        lines += ["import pandas as pd"] if "pd." in text else []
        helpers = "reference, assert_same" if self.probes else "reference"
        return grouped([*lines, f"from conftest import {helpers}"], "")


def profiles(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What `tests/reference/profiles.json` holds; categories that tell of people are left out."""
    found: dict[str, Any] = {}
    for name, profile in evidence.get("profiles", {}).items():
        columns = {
            column: {**known, "tolerance_from": known.get("tolerance_from", _TOLERANCE)}
            for column, known in profile["columns"].items()
            if not any(any(personal(text)) for text in known.get("categories", ()))
        }
        if columns:
            found[name] = {"rows": profile["rows"], "columns": columns}
    return found


def dependencies(evidence: Mapping[str, Any], hidden: tuple[str, ...]) -> Dependencies:
    """Probes of the libraries that the package's functions call."""
    kept = [
        probe
        for probe in evidence.get("probes", ())
        if not any(personal(probe["call"]))
        and not any(text in probe["call"] + probe["result"] for text in hidden)
    ]
    found = tuple(
        Probe(
            re.sub(r"\W+", "_", probe["name"]).lower(),
            probe["name"],
            probe["call"],
            probe["result"],
        )
        for probe in kept
    )
    lines = tuple(sorted({probe["import"] for probe in kept if probe["import"]}))
    return Dependencies(found, lines)


def expression(text: str, names: Mapping[str, str]) -> str:
    """An expression over `task.name`, with what reads each name in its place."""
    return re.sub(r"\btask\.(\w+)", lambda match: names[match[1]], text)
