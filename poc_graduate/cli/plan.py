"""`poc-graduate plan`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from poc_graduate.cli._options import PATH, notebook_argument, output_options, timeout_option
from poc_graduate.cli._show import progress, show_json


@click.command("plan", short_help="Show how a notebook would be cut into tasks.")
@notebook_argument()
@click.option("--output", type=PATH, metavar="FILE", help="Write the plan as YAML to this file.")
@click.option("--run", is_flag=True, help="Execute the notebook first; the plan then rests on it.")
@timeout_option("With --run: how long one cell may take.")
@output_options
def command(
    notebook: Path, output: Path | None, run: bool, timeout: float | None, form: str, quiet: bool
) -> None:
    """Show how NOTEBOOK would be cut into tasks.

    Nothing is executed without --run. The plan is YAML: rename a stage, move a cut, drop a
    parameter, then give it back with `export --plan`.

    \b
    Example:
      poc-graduate plan churn_poc.ipynb --output plan.yaml
      poc-graduate export churn_poc.ipynb --plan plan.yaml --output churn
    """
    from poc_graduate import api

    with progress(quiet=quiet) as show:
        plan = api.plan(notebook, run=run, timeout=timeout, progress=show)
    if output is not None:
        api.write_text(output, plan.to_yaml())
    if form == "json":
        show_json(asdict(plan))
    elif quiet:
        return
    elif output is None:
        click.echo(plan.to_yaml(), nl=False)
    else:
        tasks = "1 task" if len(plan.stages) == 1 else f"{len(plan.stages)} tasks"
        click.echo(f"{output}: {tasks} ({', '.join(stage.name for stage in plan.stages)})")
