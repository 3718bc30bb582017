"""The business case: what only people know, tied to how often the model is right."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.business_inputs import (
    DECISION,
    FIELDS,
    sections,
    serves,
    threshold,
    tie,
)
from poc_graduate.generate.operating.forms import NOTHING, Form
from poc_graduate.generate.operating.part import Part, Project, Swap, Target, choice
from poc_graduate.generate.templating import rendered


@dataclass(frozen=True)
class Business:
    """Choices."""

    draws: int = choice(20_000, "How often the business case is drawn", least=1000)
    seed: int = choice(0, "From which seed", least=0)


_TEMPLATES = (
    "business/__init__.py.jinja",
    "business/inputs.yaml.jinja",
    "business/inputs.py.jinja",
    "business/measured.py.jinja",
    "business/value.py.jinja",
    "business/case.py.jinja",
    "business/plots.py.jinja",
    "business/page.py.jinja",
    "business/page.html.jinja",
    "ops/__init__.py.jinja",
    "ops/forms.py.jinja",
    "tests/operate/__init__.py.jinja",
    "tests/operate/test_business.py.jinja",
)


def _files(project: Project) -> dict[str, str]:
    templates = [*_TEMPLATES]
    if project.served is not None:
        templates.append("business/quality.py.jinja")
    return {
        template.removesuffix(".jinja"): rendered(
            "operate", template, project=project, tie=tie(project), sections=sections(project),
            threshold=threshold(project), serves=serves(project), nothing=NOTHING,
            decision=DECISION,
        )
        for template in templates
    }  # fmt: skip


def _forms(project: Project) -> tuple[Form, ...]:
    path = "business/inputs.yaml"
    asks = {one.name: {each.name: each.asks for each in one.inputs} for one in sections(project)}
    return Form(path, {"decision": DECISION}), Form(path, asks, FIELDS)


PART = Part(
    "business",
    "Business case",
    _files,
    Business,
    swaps=(
        Swap("`business/inputs.yaml`", "a planning system", "business/inputs.py",
             "`read` gives back ranges, each with unit, source and date"),
    ),
    targets=(
        Target("business", ("$(PYTHON) -m business.case",),
               "the business case: page, PDF, and whether the answer is yes"),
        Target("measure", ("$(PYTHON) -m business.measured",),
               "run times and sizes that the business case prices"),
    ),
    requires=("jinja2>=3.1", "matplotlib>=3.10", "numpy>=2"),
    docs="docs/sections/business.md.jinja",
    forms=_forms,
)  # fmt: skip
