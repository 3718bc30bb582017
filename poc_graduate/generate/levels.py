"""Levels of tests above the unit: files, reference values, and what the README says of them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.generate import evaluation, integration, leaks, regression, unsteady
from poc_graduate.generate.answers import Answers, answers
from poc_graduate.generate.project import Generated, render
from poc_graduate.plan.settle import Settled
from poc_graduate.rules.finding import Finding


@dataclass(frozen=True)
class Levels:
    """What was made.

    Attributes:
        python: Path → test file before it is formatted.
        references: Path below `tests/reference/` → content.
        benchmark: Path below `tests/` → rows by which models are compared.
        readme: Sections for the README.
        qualities: Tasks with a model or a metric.
        answers: What the tasks show.
        last: The task by whose failure a restart is tried.
        leaks: Section for the README on what the scores promise too much.
    """

    python: Mapping[str, str]
    references: Mapping[str, str]
    benchmark: Mapping[str, bytes]
    readme: str
    qualities: tuple[evaluation.Quality, ...]
    answers: Answers
    last: str
    leaks: str

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
    facts: RunFacts,
    hidden: tuple[str, ...],
    benchmark: Mapping[str, bytes],
    leaking: tuple[Finding, ...] = (),
) -> Levels:
    """Tests of the whole: evaluation, regression, integration.

    Args:
        settled: The plan.
        generated: The project's files.
        built: The folder of the build.
        evidence: What `evidence/` found.
        facts: What the prototype's run showed.
        hidden: Secrets, which no test may hold.
        benchmark: Rows that were set apart to compare models on.
        leaking: The notebook's leaks.
    """
    evidence = unsteady.widened(evidence, unsteady.unsteady(settled, facts))
    made = _Making(settled, generated, evidence, hidden)
    found = evaluation.qualities(
        evidence, settled.plan.package, leaks.comments(leaks.sentences(leaking))
    )
    kernel = [
        q
        for q in found
        if q.replayed and integration.needs_kernel(generated.files[f"tasks/{q.task}.py"])
    ]
    qualities = tuple(quality for quality in found if quality not in kernel)
    for quality in qualities:
        suffix = "" if len(qualities) == 1 else f"_of_{quality.task}"
        made.test("evaluation", f"quality{suffix}", "quality", quality)
    leak = leaks.measured(evidence, leaking, settled.plan.package)
    if leak is not None:
        made.test("evaluation", "leaks", "leaks", leak[0])
        made.refer("leaks", leak[1])
    figures = evaluation.figures(evidence, frozenset(q.task for q in qualities))
    made.refer("evaluation", figures)
    unrepeated = {c.cell for c in facts.cells if c.outputs_nondeterministic}
    shown = answers(settled, generated, built, unrepeated).without(hidden)
    if shown.texts or shown.drawn:
        made.test("evaluation", "answers", "answers", shown)
    made.refer("answers", shown.reference())
    made.told += [f"Quality of `{q.task}`: its cells need a kernel to run again." for q in kernel]
    if not found:
        made.told.append("Quality of a model: no task asks a fitted model or compares answers.")
    made.told += evaluation.not_held(evidence)
    made.distributions(qualities)
    kept = benchmark if made.candidate(qualities, benchmark) else {}
    made.dependencies(facts)
    pipeline = integration.pipeline(settled, generated, built, facts, evidence)
    made.test("integration", "pipeline", "pipeline", pipeline)
    if not pipeline.last:
        made.told.append("Restart after a failure: there is one task, which starts again.")
    if not pipeline.bad:
        made.told.append("Bad data: no task was seen to fail on an empty file.")
    return Levels(
        made.python,
        made.references,
        kept,
        _section(made.told),
        qualities,
        shown,
        pipeline.last,
        leaks.section(evidence, leaking),
    )


class _Making:
    """Files of tests as they come."""

    def __init__(
        self,
        settled: Settled,
        generated: Generated,
        evidence: Mapping[str, Any],
        hidden: tuple[str, ...],
    ) -> None:
        self.package = settled.plan.package
        self.generated = generated
        self.evidence = evidence
        self.hidden = hidden
        self.python: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.told: list[str] = []

    def test(self, level: str, name: str, key: str, record: object) -> None:
        """Render one file; `key` names its template and the record in it."""
        template = f"tests/{level}/test_{key}.py.jinja"
        self.python[f"tests/{level}/test_{name}.py"] = render(template, **{key: record})

    def refer(self, name: str, record: object) -> None:
        """Keep reference values, where there are any."""
        if record:
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            self.references[f"tests/reference/{name}.json"] = text

    def distributions(self, qualities: tuple[evaluation.Quality, ...]) -> None:
        """Profiles of products and predictions."""
        known = regression.profiles(self.evidence)
        predicted = []
        for quality in qualities:
            for model in quality.models:
                if model.profile in known:
                    asked = f"{model.call}({model.rows}){'[:, 1]' if model.wide else ''}"
                    read = regression.expression(asked, quality.expressions)
                    predicted.append(regression.Predicted(model.profile, read))
        answered = {one.name for one in predicted}
        known = {n: v for n, v in known.items() if n.startswith("products/") or n in answered}
        if known:
            record = regression.Distributions(tuple(predicted), self.package)
            self.test("regression", "distributions", "distributions", record)
            self.refer("profiles", known)
        else:
            self.told.append("Distributions: no task keeps a table of 20 rows or more.")

    def candidate(
        self, qualities: tuple[evaluation.Quality, ...], benchmark: Mapping[str, bytes]
    ) -> bool:
        """A later model against this one, on rows that were set apart."""
        if any(text.encode() in data for text in self.hidden for data in benchmark.values()):
            return False
        for quality in qualities:
            for metric in quality.metrics:
                if metric.candidate and benchmark:
                    known = metric.candidate
                    record = regression.Candidate(
                        regression.expression(known["model"], quality.expressions),
                        known["ask"],
                        metric.function,
                        quality.functions,
                        metric.options,
                        metric.higher,
                        self.package,
                    )
                    self.test("regression", "candidate", "candidate", record)
                    self.refer("released", {"answers": known["answers"]})
                    return True
        return False

    def dependencies(self, facts: RunFacts) -> None:
        """Versions of what the project needs, and answers of what it calls."""
        needed = re.findall(r'^    "([\w.-]+)>=', self.generated.files["pyproject.toml"], re.M)
        proved = {name: facts.packages[name] for name in needed if name in facts.packages}
        record = regression.dependencies(self.evidence, self.hidden)
        if proved:
            self.test("regression", "dependencies", "dependencies", record)
            self.refer("dependencies", proved)


_WHAT = (
    ("unit/", "each function on rows of the prototype's run, and properties that held there"),
    ("integration/", "the build: complete, in time, repeatable, stopped by bad data, restarted"),
    ("evaluation/test_quality", "metrics with their margins, consistency, slices against a guess"),
    ("evaluation/test_leaks", "what the score owes to rows that should not have been seen"),
    ("evaluation/test_answers", "printed answers, tables and figures"),
    ("regression/test_distributions", "inputs, intermediate tables and predictions"),
    (
        "regression/test_candidate",
        "`CANDIDATE=model.pickle` against the released model; the exit status is the verdict",
    ),
    ("regression/test_contracts", "contracts: silent on the prototype's tables, heard on others"),
    ("regression/test_dependencies", "releases and answers of the libraries that are called"),
)


def table(paths: Collection[str]) -> str:
    """The README's section on what is tested where, by the paths of the tests."""
    lines = [
        f"| `tests/{start}{'' if start.endswith('/') else '*'}` | {what} |"
        for start, what in _WHAT
        if any(path.startswith(f"tests/{start}") for path in paths)
    ]
    head = ["", "## Tests", "", "| where | what |", "|---|---|"]
    return "\n".join([*head, *lines, ""])


def _section(told: list[str]) -> str:
    if not told:
        return ""
    return "\n".join(["", "## Not tested", "", *(f"- {line}" for line in told), ""])
