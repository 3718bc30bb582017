"""Levels of tests above the unit: files, reference values, and what the README says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.generate import evaluation
from poc_graduate.generate.answers import Answers, answers
from poc_graduate.generate.project import Generated, render
from poc_graduate.plan.settle import Settled


@dataclass(frozen=True)
class Levels:
    """What was made.

    Attributes:
        python: Path → test file before it is formatted.
        references: Path below `tests/reference/` → content.
        readme: Sections for the README.
        qualities: Tasks with a model or a metric.
        answers: What the tasks show.
    """

    python: Mapping[str, str]
    references: Mapping[str, str]
    readme: str
    qualities: tuple[evaluation.Quality, ...]
    answers: Answers

    @property
    def text(self) -> str:
        """All test files in one."""
        return "\n".join(self.python.values())


def gathered(
    settled: Settled,
    generated: Generated,
    built: Path,
    evidence: Mapping[str, Any],
    *,
    unrepeated: frozenset[int],
    hidden: tuple[str, ...],
) -> Levels:
    """Tests of answers, from what the build and replays of its tasks showed.

    Args:
        settled: The plan.
        generated: The project's files.
        built: The folder of the build.
        evidence: What `evidence/` found.
        unrepeated: Cells whose second run showed something else.
        hidden: Secrets, which no test may hold.
    """
    python: dict[str, str] = {}
    references: dict[str, str] = {}
    told: list[str] = []
    found = evaluation.qualities(evidence, settled.plan.package)
    kernel = [q for q in found if q.replayed and _needs_kernel(generated, q.task)]
    qualities = [quality for quality in found if quality not in kernel]
    for quality in qualities:
        suffix = "" if len(qualities) == 1 else f"_of_{quality.task}"
        python[f"tests/evaluation/test_quality{suffix}.py"] = render(
            "tests/evaluation/test_quality.py.jinja", quality=quality
        )
    figures = evaluation.figures(evidence, frozenset(q.task for q in qualities))
    if figures:
        references["tests/reference/evaluation.json"] = _json(figures)
    shown = answers(settled, generated, built, unrepeated).without(hidden)
    if shown.texts or shown.drawn:
        python["tests/evaluation/test_answers.py"] = render(
            "tests/evaluation/test_answers.py.jinja", answers=shown
        )
    if shown.texts:
        references["tests/reference/answers.json"] = _json(shown.reference())
    told += [f"Quality of `{q.task}`: its cells need a kernel to run again." for q in kernel]
    if not found:
        told.append("Quality of a model: no task asks a fitted model or compares answers.")
    told += evaluation.not_held(evidence)
    return Levels(python, references, _section(told), tuple(qualities), shown)


def _needs_kernel(generated: Generated, task: str) -> bool:
    return "get_ipython()" in generated.files[f"tasks/{task}.py"]


def _json(record: object) -> str:
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def _section(told: list[str]) -> str:
    if not told:
        return ""
    return "\n".join(["", "## Not tested", "", *(f"- {line}" for line in told), ""])
