"""What it is made of and how little it may: bill of materials, image, threats."""

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
class Supply:
    """Choices."""

    python: str = choice("3.11", "Python of the image")


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/sbom.py.jinja",
        "deploy/service/Dockerfile.jinja",
        "deploy/service/Dockerfile.dockerignore.jinja",
        "deploy/service/compose.yaml.jinja",
        "docs/threats.md.jinja",
        "tests/operate/test_supply.py.jinja",
    )


PART = Part(
    "supply",
    "Supply and threats",
    _files,
    Supply,
    needs_rows,
    swaps=(
        Swap(
            "`make sbom`",
            "a scanner that knows holes (Trivy, Grype, pip-audit)",
            "ops/sbom.py",
            "it reads `var/sbom.json`",
        ),
    ),
    targets=(Target("sbom", ("$(PYTHON) -m ops.sbom",), "list packages and licences"),),
    requires=("cyclonedx-bom>=5",),
    docs="docs/sections/security.md.jinja",
)
