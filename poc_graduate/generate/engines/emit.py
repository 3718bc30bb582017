"""Pipeline and Options → the files of one engine."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from poc_graduate.generate.engines.options import PATH, Options
from poc_graduate.generate.engines.pipeline import Pipeline
from poc_graduate.generate.style import formatted

if TYPE_CHECKING:
    from jinja2 import Environment

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

_RUFF = "[tool.ruff]\nline-length = 100\n"


def emitted(engine: str, pipeline: Pipeline, options: Options) -> dict[str, str]:
    """The files by which an engine runs a pipeline; the same input gives the same bytes.

    Args:
        engine: One of ENGINES.
        pipeline: What it runs.
        options: Where and how.

    Returns:
        Path in the project → text.
    """
    templates = {
        **ENGINES[engine],
        f"deploy/{engine}/DEPLOY.md": f"{engine}/DEPLOY.md.jinja",
        PATH: "shared/deploy.yaml.jinja",
    }
    if engine != "github-actions":  # there each job has a checkout of its own
        templates["deploy/run_task.py"] = "shared/run_task.py.jinja"
        if options.store:
            templates["deploy/store.py"] = "shared/store.py.jinja"
    if not options.schedule:
        for path in ("deploy/argo/cron-workflow.yaml", "deploy/dask/crontab"):
            templates.pop(path, None)
    files = {
        path.format(name=pipeline.name): _render(template, pipeline, options)
        for path, template in templates.items()
    }
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    return files | formatted(python, _RUFF)


def of_engine(engine: str, path: str) -> bool:
    """Whether a file that was emitted earlier is the engine's alone."""
    if path.startswith(".github/"):
        return engine == "github-actions"
    return path.startswith(f"deploy/{engine}/")


def _render(template: str, pipeline: Pipeline, options: Options) -> str:
    text: str = _environment().get_template(template).render(pipeline=pipeline, options=options)
    return re.sub(r"\n{3,}", "\n\n", text) if template.endswith(".md.jinja") else text


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Engines write {{ }} themselves.
    environment = Environment(
        loader=PackageLoader("poc_graduate.generate", "templates/engines"),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,
    )
    environment.filters["json"] = _json
    return environment


def _json(value: Any) -> str:
    """A number or text as Python, JSON and YAML write it alike."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
