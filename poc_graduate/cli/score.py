"""`poc-graduate score`."""

from __future__ import annotations

from pathlib import Path

import click

from poc_graduate.cli._options import PATH, output_options, timeout_option
from poc_graduate.cli._show import progress, show_json


@click.command("score", short_help="How ready a project is for production, by checks that ran.")
@click.argument("project", type=PATH)
@click.option("--run", is_flag=True, help="Run the project's tests first; this executes its code.")
@timeout_option("With --run: how long the tests may take.")
@click.option("--output", type=PATH, metavar="FILE", help="Write one HTML page to this file.")
@output_options
def command(
    project: Path, run: bool, timeout: float | None, output: Path | None, form: str, quiet: bool
) -> None:
    """Say how ready PROJECT is, after The ML Test Score (Breck et al., 2017).

    Only what ran and passed on the files as they are counts a point; what a person did counts half
    a point where readiness.yaml, written beside the README the first time, says who, when and
    where. The weakest of the four sections is the score.

    \b
    Example:
      poc-graduate score churn --run
      poc-graduate score churn --output churn/graduation/readiness.html

    \b
    Exit status:
      0  the score was told
      2  bad use or input
    """
    from poc_graduate import api
    from poc_graduate.report.score_text import score_text

    with progress(quiet=quiet) as show:
        found = api.score(project, run=run, timeout=timeout, progress=show)
    if output is not None:
        api.write_text(output, api.score_page(found))
    if form == "json":
        show_json(api.score_record(found))
    elif not quiet:
        click.echo(score_text(found))
        if output is not None:
            click.echo(f"\nPage: {output}")
