"""The pipeline on Airflow and Argo: what `poc-graduate emit` writes, from the same choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from poc_graduate.generate.engines.emit import emitted
from poc_graduate.generate.engines.options import Options, checked
from poc_graduate.generate.operating.choices import PATH
from poc_graduate.generate.operating.part import Part, Project, Swap, choice

LOCK = "deploy/argo/requirements.lock"


@dataclass(frozen=True)
class Runs:
    """Choices of every engine."""

    schedule: str = choice(
        "", "When an engine runs the pipeline: five fields of cron, in UTC; empty: on demand",
        dialog=True,
    )  # fmt: skip
    retries: int = choice(2, "How often a failed task is run again", least=0)
    timeout_minutes: int = choice(60, "How long one task may take", least=1)
    cpu: int = choice(1, "Cores of one task (Argo), slots of its pool (Airflow)", least=1)
    memory: str = choice("2Gi", "Memory of one task (Argo)")
    products: str = choice(
        "",
        "What shares products: s3://BUCKET/FOLDER, gs://BUCKET/FOLDER, a folder; empty: volume",
    )


@dataclass(frozen=True)
class Airflow:
    """Choices."""

    use: bool = choice(True, "Write the files by which Airflow runs the pipeline", dialog=True)


@dataclass(frozen=True)
class Argo:
    """Choices."""

    use: bool = choice(True, "Write the files by which Argo runs the pipeline", dialog=True)
    image: str = choice("registry.example/pipeline:latest", "Image of the pipeline's steps")
    volume: str = choice("", "Volume claim that holds project and products; empty: NAME-pipeline")


def options(project: Project) -> Options:
    """What `emit` would be given.

    Raises:
        InputError: a choice that no engine can be given.
    """
    runs, argo = project.choices["pipeline"], project.choices["argo"]
    return checked(
        Options(
            schedule=runs.schedule,
            retries=runs.retries,
            timeout_minutes=runs.timeout_minutes,
            cpu=runs.cpu,
            memory=runs.memory,
            python=project.choices["supply"].python,
            image=argo.image,
            volume=argo.volume or f"{project.pipeline.slug}-pipeline",
            products=runs.products,
        )
    )


def _files(engine: str) -> Callable[[Project], dict[str, str]]:
    def files(project: Project) -> dict[str, str]:
        if not project.choices[engine].use:
            return {}
        found = emitted(engine, project.pipeline, options(project), kept=PATH, operated=True)
        return found | ({LOCK: project.lock} if engine == "argo" else {})

    return files


def _needs(engine: str) -> Callable[[Project], str]:
    def needs(project: Project) -> str:
        return project.unwritten.get(engine, "") if project.choices[engine].use else ""

    return needs


PARTS: tuple[Part, ...] = (
    Part(
        "pipeline",
        "Pipeline on an engine",
        lambda project: {},
        Runs,
        swaps=(
            Swap("Airflow, Argo", "Dask, GitHub Actions, cron", "deploy/run_task.py",
                 "`poc-graduate emit dask .`, or `github-actions`; cron can call it, task by task"),
        ),
        docs="docs/sections/engines.md.jinja",
    ),
    Part("airflow", "Pipeline on Airflow", _files("airflow"), Airflow, _needs("airflow")),
    Part("argo", "Pipeline on Argo Workflows", _files("argo"), Argo, _needs("argo")),
)  # fmt: skip
