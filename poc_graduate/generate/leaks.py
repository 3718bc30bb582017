"""What a score owes to leaks: each stated in words, and measured where it can be closed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from poc_graduate.generate.imports import grouped
from poc_graduate.plan.settle import Settled
from poc_graduate.rules.finding import Finding

LEAKS = frozenset((*(f"POC50{number}" for number in range(1, 9)), "POC512"))
"""Findings by which a score promises more than new data will give."""
_CLOSED = frozenset(("POC501", "POC502"))
"""Those of them that may be closed by learning from the training rows only."""


@dataclass(frozen=True)
class Leaks:
    """What fills `tests/evaluation/test_leaks.py.jinja`.

    Attributes:
        package: The project's package.
        words: Each leak: where it stands in the notebook, and what it is.
        tasks: The tasks from the leak to the score.
        metric: Name of the score.
        call: Expression for it over `task`.
        classes: Estimators that learn from all rows.
        split_in: Modules of the package that split rows.
        higher: Whether a higher score is better.
        lines: Import lines of estimators and score.
    """

    package: str
    words: tuple[str, ...]
    tasks: list[str]
    metric: str
    call: str
    classes: tuple[str, ...]
    split_in: tuple[str, ...]
    higher: bool
    lines: tuple[str, ...]

    @property
    def learners(self) -> str:
        """The estimators in a sentence."""
        return _learners(self.classes)

    @property
    def imports(self) -> tuple[str, ...]:
        """Its import lines, sorted."""
        lines = [
            "import contextlib",
            "import runpy",
            "import shutil",
            "from pathlib import Path",
            "from types import SimpleNamespace",
            "from typing import Any, NamedTuple",
            "import numpy as np",
            "import pytest",
            "from sklearn import model_selection",
            "from conftest import Built, as_script, fresh, reference, rows_at",
            *(f"from {self.package} import {m.rpartition('.')[2]}" for m in self.split_in),
            *(line for line in self.lines if line),
        ]
        return grouped(lines, self.package)

    @property
    def modules(self) -> str:
        """Where the split is seen, as expressions."""
        return ", ".join(["model_selection", *(m.rpartition(".")[2] for m in self.split_in)])


def of(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The leaks among findings, in the order of the notebook."""
    return tuple(sorted((one for one in found if one.code in LEAKS), key=lambda one: one.order))


def first_task(settled: Settled, leaks: Iterable[Finding]) -> str:
    """The task in which the first leak stands that may be closed; empty where there is none."""
    for leak in leaks:
        for stage in settled.plan.stages:
            if leak.code in _CLOSED and leak.place.cell in stage.cells:
                return stage.name
    return ""


def sentences(leaks: Iterable[Finding]) -> tuple[str, ...]:
    """Each leak in words, with its place in the notebook."""
    return tuple(
        f"Cell {one.place.cell}, line {one.place.line} ({one.code}): {one.message}."
        for one in leaks
    )


def comments(words: Iterable[str]) -> tuple[str, ...]:
    """Sentences as lines of comments."""
    return tuple(
        f"# {line}" for text in words for line in textwrap.wrap(text, 96, break_on_hyphens=False)
    )


def measured(
    evidence: Mapping[str, Any], leaks: tuple[Finding, ...], package: str
) -> tuple[Leaks, dict[str, Any]] | None:
    """The tests' record and their reference; None where nothing could be measured.

    Args:
        evidence: What `evidence/` found.
        leaks: The notebook's leaks.
        package: The project's package.
    """
    known = evidence.get("leak")
    if not known:
        return None
    closed = _closed(leaks, known["classes"])
    record = Leaks(
        package,
        comments(sentences(closed)),
        known["tasks"],
        known["metric"],
        known["call"],
        tuple(known["classes"]),
        tuple(known["split_in"]),
        known["higher"],
        (known["import"], *known["imports"]),
    )
    margin_from = (
        f"2 standard deviations over 100 bootstrap samples of the {known['count']:,} rows, seeded"
    )
    kept = ("metric", "as_shipped", "closed", "margin", "classes")
    figures = {key: known[key] for key in kept}
    return record, {**figures, "margin_from": margin_from, "told": outcome(known)}


def section(evidence: Mapping[str, Any], leaks: tuple[Finding, ...]) -> str:
    """The README's section: every leak in words, and the figures where there are any."""
    if not leaks:
        return ""
    lines = ["", "## Leaks", "", "The prototype's scores promise more than new data will give:", ""]
    lines += [f"- {text}" for text in sentences(leaks)]
    known = evidence.get("leak")
    if known:
        lines += ["", outcome(known) + ": `tests/evaluation/test_leaks.py`."]
    closed = _closed(leaks, known["classes"]) if known else []
    unmeasured = [one for one in leaks if one not in closed]
    if unmeasured:
        codes = ", ".join(dict.fromkeys(one.code for one in unmeasured))
        lines += ["", f"Not measured: {codes}; no general way closes it and changes nothing else."]
    return "\n".join([*lines, ""])


def outcome(known: Mapping[str, Any]) -> str:
    """What was measured, as a sentence."""
    return (
        f"`{known['metric']}` is {known['as_shipped']:.4g} as shipped and {known['closed']:.4g} "
        f"where {_learners(known['classes'])} from the training rows only"
    )


def told(found: Iterable[Finding], known: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings, those that were measured with the figures.

    Args:
        found: Findings of the notebook.
        known: What `tests/reference/leaks.json` holds; empty where nothing was measured.
    """
    listed = tuple(found)
    closed = _closed(listed, known["classes"]) if known else []
    return tuple(
        replace(one, message=f"{one.message}; measured: {known['told']}") if one in closed else one
        for one in listed
    )


def _closed(leaks: Iterable[Finding], classes: Sequence[str]) -> list[Finding]:
    """The leaks that were closed: those by an estimator, which learnt from fewer rows.

    Where there is only one that may be closed, it is the one.
    """
    may = [one for one in leaks if one.code in _CLOSED]
    by_estimator = [one for one in may if any(n in one.message for n in (*classes, ".fit"))]
    return may if len(may) == 1 else by_estimator


def _learners(classes: Sequence[str]) -> str:
    return f"{' and '.join(classes)} {'learns' if len(classes) == 1 else 'learn'}"
