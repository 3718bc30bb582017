"""Pipeline and Options → the files of one engine."""

from __future__ import annotations

from poc_graduate.generate.engines.options import PATH, Options
from poc_graduate.generate.engines.pipeline import Pipeline
from poc_graduate.generate.style import formatted
from poc_graduate.generate.templating import RUFF, rendered

ENGINES: dict[str, dict[str, str]] = {
    "airflow": {"deploy/airflow/{name}_dag.py": "airflow/dag.py.jinja"},
    "argo": {
        "deploy/argo/Dockerfile": "argo/Dockerfile.jinja",
        "deploy/argo/Dockerfile.dockerignore": "argo/dockerignore.jinja",
        "deploy/argo/workflow-template.yaml": "argo/workflow-template.yaml.jinja",
        "deploy/argo/workflow.yaml": "argo/workflow.yaml.jinja",
        "deploy/argo/cron-workflow.yaml": "argo/cron-workflow.yaml.jinja",
    },
    "dask": {
        "deploy/dask/run.py": "dask/run.py.jinja",
        "deploy/dask/crontab": "dask/crontab.jinja",
    },
    "github-actions": {
        ".github/workflows/{name}.yml": "github-actions/workflow.yml.jinja",
        "deploy/github-actions/run_task.sh": "github-actions/run_task.sh.jinja",
    },
}


def emitted(
    engine: str,
    pipeline: Pipeline,
    options: Options,
    *,
    kept: str = PATH,
    operated: bool = False,
) -> dict[str, str]:
    """The files by which an engine runs a pipeline; the same input gives the same bytes.

    Args:
        engine: One of ENGINES.
        pipeline: What it runs.
        options: Where and how.
        kept: The file in which people change that; it is written, too, where it is `emit`'s own.
        operated: Whether the project has a service, whose state is no task's business.

    Returns:
        Path in the project → text.
    """
    templates = {
        **ENGINES[engine],
        f"deploy/{engine}/DEPLOY.md": f"{engine}/DEPLOY.md.jinja",
    }
    again = "poc-graduate operate ."
    if kept == PATH:
        templates[PATH] = "shared/deploy.yaml.jinja"
        again = f"poc-graduate emit {engine} ."
    if engine != "github-actions":  # there each job has a checkout of its own
        templates["deploy/run_task.py"] = "shared/run_task.py.jinja"
        if options.store:
            templates["deploy/store.py"] = "shared/store.py.jinja"
    if not options.schedule:
        for path in ("deploy/argo/cron-workflow.yaml", "deploy/dask/crontab"):
            templates.pop(path, None)
    files = {
        path.format(name=pipeline.name): rendered(
            "engines",
            template,
            pipeline=pipeline,
            options=options,
            kept=kept,
            again=again,
            operated=operated,
        )
        for path, template in templates.items()
    }
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    return files | formatted(python, RUFF)


def of_engine(engine: str, path: str) -> bool:
    """Whether a file that was emitted earlier is the engine's alone."""
    if path.startswith(".github/"):
        return engine == "github-actions"
    return path.startswith(f"deploy/{engine}/")
