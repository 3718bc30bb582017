"""The update process: a candidate by the pipeline, a verdict by the benchmark, somebody's yes."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.part import (
    Part,
    Project,
    Swap,
    Target,
    choice,
    from_templates,
    needs_rows,
)


@dataclass(frozen=True)
class Updating:
    """Choices."""

    rule: bool = choice(
        False, "May the rule promote a candidate, without a person who says yes", dialog=True
    )
    margin: float = choice(
        0.01, "By how much of the metric a candidate may be worse, at most", dialog=True, least=0
    )
    slice_margin: float = choice(0.05, "The same for each slice of the benchmark", least=0)
    confidence: float = choice(0.95, "Share of resamples that the interval covers", least=0.5)
    tests: str = choice(
        "tests/unit tests/integration tests/evaluation tests/regression",
        "Folders of the tests that a candidate has to pass",
    )


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/candidate.py.jinja",
        "ops/compare.py.jinja",
        "ops/pipeline.py.jinja",
        "ops/steps.py.jinja",
        "ops/release.py.jinja",
        "tests/operate/test_update.py.jinja",
    )


PART = Part(
    "updating",
    "Update process",
    _files,
    Updating,
    needs_rows,
    swaps=(
        Swap(
            "`make candidate` on this machine",
            "Airflow, Argo, GitHub Actions (`poc-graduate emit`)",
            "deploy/",
            "a last step runs `python -m ops.candidate --built`",
        ),
    ),
    targets=(
        Target(
            "candidate",
            ("$(PYTHON) -m ops.candidate",),
            "train, test, compare with the champion; the exit status is the verdict",
        ),
        Target(
            "promote",
            ('$(PYTHON) -m ops.release promote --by "$(BY)"',),
            "make the challenger the champion: make promote BY=name",
        ),
        Target(
            "rollback",
            ("$(PYTHON) -m ops.release rollback --by $(or $(BY),$(error BY=name is missing))",),
            "back to the champion before: make rollback BY=name",
        ),
    ),
)
