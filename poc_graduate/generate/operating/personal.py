"""Data of people: found, covered in logs, quarantine and reports, and dropped in time."""

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
class Personal:
    """Choices."""

    region: str = choice("", "Country (as DE) of phone numbers without a country code; or none")
    columns: str = choice("", "More columns that hold data of people, by a space between")
    not_columns: str = choice("", "Columns that hold none, whatever they are called")
    quarantine_days: int = choice(
        30, "After how many days quarantined rows are deleted", dialog=True, least=1
    )
    log_days: int = choice(30, "After how many days logs are deleted", dialog=True, least=1)


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/kinds.py.jinja",
        "ops/national.py.jinja",
        "ops/personal.py.jinja",
        "ops/columns.py.jinja",
        "ops/pages.py.jinja",
        "ops/masking.py.jinja",
        "ops/retention.py.jinja",
        "tests/operate/planted.py.jinja",
        "tests/operate/test_personal.py.jinja",
    )


PART = Part(
    "personal",
    "Data of people",
    _files,
    Personal,
    needs_rows,
    swaps=(
        Swap("forms and check digits", "Presidio, with a language model that is there",
             "ops/personal.py", "`found`; it also finds names in texts"),
    ),
    targets=(
        Target("mask", ("$(PYTHON) -m ops.masking",),
               "cover data of people in quarantine, executed notebooks and texts"),
        Target("retention", ("$(PYTHON) -m ops.retention",),
               "drop quarantine, logs and lines of the trail that are too old; run it daily"),
    ),
    requires=("email-validator>=2.1", "phonenumbers>=8.13", "python-stdnum>=1.20"),
    extensions=("ops.masking",),
)  # fmt: skip
