"""The registry: versions that never change, and which of them answers."""

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
class Registry:
    """Choices."""

    folder: str = choice("var/registry", "Where versions of the model are kept")
    parity: float = choice(1e-5, "How far an answer of a converted model may be off", least=0)


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/__init__.py.jinja",
        "ops/settings.py.jinja",
        "ops/model.py.jinja",
        "ops/formats.py.jinja",
        "ops/converted.py.jinja",
        "ops/registry.py.jinja",
        "var/.gitignore",
        "tests/operate/__init__.py.jinja",
        "tests/operate/conftest.py.jinja",
        "tests/operate/test_registry.py.jinja",
    )


PART = Part(
    "registry",
    "Registry",
    _files,
    Registry,
    needs_rows,
    swaps=(
        Swap(
            "files in `var/registry`",
            "MLflow registry (mlflow-skinny with sqlalchemy and alembic)",
            "ops/registry.py",
            "`add`, `folder`, `live` and `change` call MlflowClient",
        ),
    ),
    targets=(
        Target("versions", ("$(PYTHON) -m ops.release show",), "versions, and which one answers"),
    ),
    requires=("onnxruntime>=1.20", "skl2onnx>=1.18", "skops>=0.11"),
)
