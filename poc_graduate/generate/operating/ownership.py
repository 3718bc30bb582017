"""Ownership: who answers for it, what they may do, what they have to know, and when."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating import ownership_questions as questions
from poc_graduate.generate.operating.business_inputs import serves, threshold, tie
from poc_graduate.generate.operating.forms import NOTHING, Form
from poc_graduate.generate.operating.part import Part, Project, Swap, Target, choice
from poc_graduate.generate.operating.training import lessons
from poc_graduate.generate.templating import rendered


@dataclass(frozen=True)
class Ownership:
    """Choices."""

    review_months: int = choice(3, "Months between two reviews of all of it", dialog=True, least=1)
    retrain_months: int = choice(1, "Months between two candidates", least=1)
    keys_months: int = choice(3, "Months after which keys are replaced", least=1)
    drill_months: int = choice(6, "Months between two drills", least=1)
    course_months: int = choice(6, "Months between two courses", least=1)


_TEMPLATES = (
    "OWNERS.yaml.jinja",
    "docs/cards.yaml.jinja",
    "docs/handover.md.jinja",
    "ops/__init__.py.jinja",
    "ops/forms.py.jinja",
    "ops/owners.py.jinja",
    "ops/dates.py.jinja",
    "ops/cards.py.jinja",
    "ops/papers.py.jinja",
    "training/README.md.jinja",
    "training/checks.py.jinja",
    "training/solutions.py.jinja",
    "tests/operate/__init__.py.jinja",
    "tests/operate/test_ownership.py.jinja",
    "tests/operate/test_training.py.jinja",
)


def _files(project: Project) -> dict[str, str]:
    course = lessons(project)
    templates = (*_TEMPLATES, *(f"training/{lesson.file}.jinja" for lesson in course))
    return {
        template.removesuffix(".jinja"): rendered(
            "operate", template, project=project, owners=questions.owners(project),
            cards=questions.cards(project), duties=questions.duties(project), lessons=course,
            serves=serves(project), tie=tie(project), threshold=threshold(project), nothing=NOTHING,
        )
        for template in templates
    }  # fmt: skip


def _forms(project: Project) -> tuple[Form, ...]:
    def asks(sections: tuple[questions.Section, ...]) -> dict[str, dict[str, str]]:
        return {one.name: {line.name: line.asks for line in one.lines} for one in sections}

    return (
        Form("OWNERS.yaml", asks(questions.owners(project))),
        Form("docs/cards.yaml", asks(questions.cards(project))),
    )


PART = Part(
    "ownership",
    "Ownership",
    _files,
    Ownership,
    swaps=(
        Swap("`OWNERS.yaml`", "a service catalogue (Backstage, OpsLevel)", "ops/owners.py",
             "`read` asks it; CODEOWNERS and calendar are made of the same fields"),
        Swap("`docs/calendar.ics`", "a team calendar", "ops/dates.py",
             "it is imported or subscribed to as it is"),
    ),
    targets=(
        Target("papers", ("$(PYTHON) -m ops.papers",),
               "CODEOWNERS, calendar, cards of data and model; what is still asked of whom"),
        Target("course", ("$(PYTHON) -m pytest -q tests/operate/test_training.py",),
               "run the course in training/ with its solutions"),
    ),
    docs="docs/sections/ownership.md.jinja",
    forms=_forms,
)  # fmt: skip
