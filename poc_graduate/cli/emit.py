"""`poc-graduate emit`."""

from __future__ import annotations

from pathlib import Path

import click

from poc_graduate.cli._options import PATH, output_options
from poc_graduate.cli._show import show_json

CONFLICTS = 4


@click.command("emit", short_help="Write the files by which an engine runs a project.")
@click.argument("engine", type=click.Choice(["airflow", "argo", "dask", "github-actions"]))
@click.argument("project", type=PATH)
@click.option("--schedule", metavar="CRON", help='Five fields, UTC; "" for on demand only.')
@click.option("--retries", type=click.IntRange(min=0), help="How often a failed task is run again.")
@click.option("--timeout-minutes", type=click.IntRange(min=1), help="How long a task may take.")
@click.option("--cpu", type=click.IntRange(min=1), help="Cores of a task; not for GitHub Actions.")
@click.option("--memory", help="Argo: memory of a task, such as 2Gi.")
@click.option("--python", help="Argo, GitHub Actions: version of Python.")
@click.option("--image", help="Argo: container image, with its tag.")
@click.option("--volume", help="Argo: volume claim that holds project and products.")
@click.option("--products", metavar="URL", help="Share products by s3://…, gs://… or a folder.")
@output_options
def command(engine: str, project: Path, form: str, quiet: bool, **options: object) -> None:
    """Write the files by which ENGINE runs PROJECT, one node for each task.

    Options are kept in PROJECT/deploy/deploy.yaml. Files that you edited are merged with what is
    new, never overwritten; places that both changed are marked, and the exit status is 4.

    \b
    Example:
      poc-graduate emit airflow churn --schedule "0 5 * * *"
      poc-graduate emit argo churn --image registry.example.com/churn:1 --volume churn
    """
    from poc_graduate.api.emitting import emit

    done = emit(engine, project, options)
    if form == "json":
        show_json(
            {
                "project": str(done.project),
                "engine": engine,
                "files": {each.path: each.action for each in done.decisions},
                "conflicts": list(done.conflicts),
            }
        )
    elif not quiet:
        for each in done.decisions:
            click.echo(f"{each.action.replace('_', ' ')}: {each.path}")
        click.echo(f"Next: {done.project / 'deploy' / engine / 'DEPLOY.md'}")
    if done.conflicts:
        raise click.exceptions.Exit(CONFLICTS)
