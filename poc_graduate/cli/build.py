"""`poc-graduate build`."""

from __future__ import annotations

from pathlib import Path

import click

from poc_graduate.cli._options import PATH, output_options
from poc_graduate.cli._show import progress, show_json


@click.command("build", short_help="Build a project: what Ploomber makes of it, sooner.")
@click.argument("project", type=PATH, default=".")
@click.option("--force", is_flag=True, help="Run all tasks, those that are up to date, too.")
@output_options
def command(project: Path, force: bool, form: str, quiet: bool) -> None:
    """Run the tasks of PROJECT that are not up to date, by Ploomber, in warm kernels.

    The products are those of plain `ploomber build`, and each may go on where the other ended.
    After a failed task the next build begins with that task.

    \b
    Example:
      poc-graduate build churn

    \b
    Exit status:
      0  everything is up to date
      1  a task failed; the cell and its error are named
      2  bad use or input
    """
    from poc_graduate.api.building import build

    with progress(quiet=quiet) as show:
        built = build(project, force=force, progress=show)
    if form == "json":
        show_json({"ran": list(built.ran), "current": built.current, "seconds": built.seconds})
    elif not quiet and built.ran:
        click.echo(
            f"{project}: {', '.join(built.ran)} ran, {built.current} up to date, "
            f"{built.seconds:.1f} s"
        )
    elif not quiet:
        click.echo(f"{project}: nothing to do, {built.current} tasks are up to date")
