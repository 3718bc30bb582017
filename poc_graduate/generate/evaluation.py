"""Tests of how good the answers are, from what a replay of the built tasks showed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from poc_graduate.generate.imports import grouped

_MARGIN = "2 standard deviations over 100 bootstrap samples of the {count:,} rows, seeded"


@dataclass(frozen=True)
class Named:
    """A value that the tests of a task work with: its name, and the expression that reads it."""

    name: str
    expression: str


@dataclass(frozen=True)
class Model:
    """A fitted model, how it is asked, and what held when it was asked otherwise.

    Attributes:
        suffix: Part of its tests' names where a task has several.
        kind: Its class.
        call: Expression for its method.
        rows: Expression for the rows that it was asked about.
        properties: Names of the properties that held.
        unused: Columns whose values made no difference.
        apart: Whether it had not been fitted on these rows.
        profile: Name of the profile of its answers.
        wide: Whether it answers with a probability for each of two labels.
    """

    suffix: str
    kind: str
    call: str
    rows: str
    properties: frozenset[str]
    unused: tuple[str, ...]
    apart: bool
    profile: str
    wide: bool


@dataclass(frozen=True)
class Metric:
    """A figure of the notebook's, with what it is compared with."""

    name: str
    call: str
    function: str
    options: str
    higher: bool
    truth: str
    answer: str
    guess: str
    sliced: str
    slices: tuple[tuple[str, Any], ...]
    candidate: Mapping[str, Any]


@dataclass(frozen=True)
class Quality:
    """What fills `tests/evaluation/test_quality.py.jinja`."""

    task: str
    package: str
    functions: tuple[str, ...]
    names: tuple[Named, ...]
    models: tuple[Model, ...]
    metrics: tuple[Metric, ...]
    leaks: tuple[str, ...] = ()

    @property
    def guesses(self) -> frozenset[str]:
        """The kinds of guess that its metrics are compared with."""
        return frozenset(metric.guess for metric in self.metrics if metric.guess)

    @property
    def imports(self) -> tuple[str, ...]:
        """Its import lines, sorted."""
        lines = {"from types import SimpleNamespace", "import pytest", *self.functions}
        if any(m.properties - {"again", "digits"} or m.unused for m in self.models) or self.guesses:
            lines.add("import numpy as np")
        if self.guesses or any(metric.slices for metric in self.metrics):
            lines.add("from typing import Any")
        return grouped([*lines, f"from conftest import {', '.join(self.helpers)}"], self.package)

    @property
    def helpers(self) -> tuple[str, ...]:
        """What it takes from the tests' `conftest.py`."""
        found = {"Built"}
        found |= (
            {"assert_same_answers"} if any(m.properties or m.unused for m in self.models) else set()
        )
        found |= (
            {"last_digits_moved"} if any("digits" in m.properties for m in self.models) else set()
        )
        found |= {"product"} if any("product(" in n.expression for n in self.names) else set()
        found |= {"reference"} if self.metrics else set()
        found |= {"replayed"} if self.replayed else set()
        asked = any(m.properties & {"order", "twice", "alone"} for m in self.models)
        found |= {"rows_at"} if asked or any(m.slices for m in self.metrics) else set()
        return tuple(found)

    @property
    def expressions(self) -> dict[str, str]:
        """Name → the expression that reads it."""
        return {named.name: named.expression for named in self.names}

    @property
    def replayed(self) -> bool:
        """Whether a name stands in no product."""
        return any("replayed(" in named.expression for named in self.names)


def qualities(
    evidence: Mapping[str, Any], package: str, leaks: tuple[str, ...] = ()
) -> list[Quality]:
    """One record for each task that has a model or a metric.

    Args:
        evidence: What `evidence/` found.
        package: The project's package.
        leaks: Comments on what the notebook's scores promise too much.
    """
    found = []
    for record in evidence.get("evaluation", ()):
        if not record["models"] and not record["metrics"]:
            continue
        metrics = tuple(_metric(metric) for metric in record["metrics"])
        several = len(record["models"]) > 1
        models = tuple(_model(model, several=several) for model in record["models"])
        parts = [f"{m.call} {m.rows}" for m in models]
        parts += [f"{m.call} {m.truth} {m.answer} {m.sliced}" for m in metrics]
        text = " ".join(parts)
        names = tuple(
            Named(name, _read(name, where, record["task"]))
            for name, where in sorted(record["names"].items())
            if re.search(rf"\btask\.{name}\b", text)
        )
        lines = {metric["import"] for metric in record["metrics"] if metric["import"]}
        found.append(Quality(record["task"], package, tuple(lines), names, models, metrics, leaks))
    return found


def _read(name: str, where: list[Any] | None, task: str) -> str:
    if where is None:
        return f'replayed(built, "{task}")["{name}"]'
    path, place = where
    return f'product(built, "{path}")' + (f"[{place}]" if place >= 0 else "")


def _model(record: Mapping[str, Any], *, several: bool) -> Model:
    held = record["properties"]
    name = record["model"].removeprefix("task.")
    return Model(
        f"_of_{name.lower()}" if several else "",
        record["kind"],
        f"{record['model']}.{record['method']}",
        record["rows"],
        frozenset(key for key, value in held.items() if value and key != "unused"),
        tuple(held["unused"]),
        record["apart"],
        record.get("profile", ""),
        record.get("wide", False),
    )


def _metric(record: Mapping[str, Any]) -> Metric:
    return Metric(
        record["name"],
        record["call"],
        record["function"],
        record.get("options", ""),
        record["higher"],
        record.get("truth", ""),
        record.get("answer", ""),
        record.get("guess", ""),
        record.get("sliced", ""),
        tuple((column, value) for column, value in record["slices"]),
        record.get("candidate", {}),
    )


def figures(evidence: Mapping[str, Any], tasks: frozenset[str]) -> dict[str, dict[str, Any]]:
    """What `tests/reference/evaluation.json` holds: figures, margins, and where these are from."""
    return {
        record["task"]: {
            metric["name"]: {
                "value": metric["value"],
                "margin": metric["margin"],
                "margin_from": metric.get("margin_from", _MARGIN.format(count=metric["count"])),
            }
            for metric in record["metrics"]
        }
        for record in evidence.get("evaluation", ())
        if record["metrics"] and record["task"] in tasks
    }


_NOT_HELD = {
    "order": "its answers depend on the order of the rows",
    "twice": "its answers depend on rows that occur twice",
    "alone": "a row alone does not get the answer that it gets among others",
    "again": "asked again it answers otherwise",
}


def not_held(evidence: Mapping[str, Any]) -> list[str]:
    """Sentences for the README: what a user of a model should know, since it did not hold."""
    return [
        f"`{model['model'].removeprefix('task.')}` in task `{record['task']}`: {sentence}; "
        "no test asks for it."
        for record in evidence.get("evaluation", ())
        for model in record["models"]
        for key, sentence in _NOT_HELD.items()
        if not model["properties"][key]
    ]
