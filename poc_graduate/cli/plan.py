"""`poc-graduate plan`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from poc_graduate.cli._show import end_progress, progress


@click.command("plan")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="Write the plan as YAML here.")
@click.option("--run", is_flag=True, help="Execute the notebook first; the plan then rests on it.")
@click.option("--timeout", type=float, help="Seconds that one cell may take, with --run.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def command(
    notebook: Path, output: Path | None, run: bool, timeout: float | None, form: str, quiet: bool
) -> None:
    """Show how NOTEBOOK would be cut into tasks. Nothing is executed without --run.

    \b
    Example: poc-graduate plan churn_poc.ipynb --output plan.yaml
    Edit the plan and give it back: poc-graduate export churn_poc.ipynb --plan plan.yaml …
    """
    from poc_graduate import api

    show = progress(quiet=quiet)
    plan = api.plan(notebook, run=run, timeout=timeout, progress=show)
    end_progress(show)
    if output is not None:
        api.write_text(output, plan.to_yaml())
    if quiet:
        return
    if form == "json":
        click.echo(json.dumps(asdict(plan), indent=2, ensure_ascii=False))
    elif output is None:
        click.echo(plan.to_yaml(), nl=False)
    else:
        click.echo(f"{len(plan.stages)} tasks; the plan is in {output}")
