"""`poc-graduate export`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from poc_graduate.cli._show import end_progress, progress


@click.command("export")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="Folder of the project."
)
@click.option("--plan", type=click.Path(path_type=Path), help="A plan that you edited.")
@click.option("--no-run", is_flag=True, help="Do not execute the notebook: nothing is proved.")
@click.option("--timeout", type=float, help="Seconds that one cell may take.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def command(
    notebook: Path,
    output: Path,
    plan: Path | None,
    no_run: bool,
    timeout: float | None,
    dry_run: bool,
    form: str,
    quiet: bool,
) -> None:
    """Turn NOTEBOOK into a Ploomber project and prove that both compute the same.

    The notebook is executed in a scratch copy of its folder, twice, and the pipeline is built.

    \b
    Example: poc-graduate export churn_poc.ipynb --output churn
    """
    from poc_graduate import api

    show = progress(quiet=quiet)
    if not quiet and not no_run and form == "text":
        click.echo(f"{notebook.name} will be executed in a copy of its folder.", err=True)
    done = api.export(
        notebook, to=output, plan=plan, run=not no_run, timeout=timeout, dry_run=dry_run,
        progress=show,
    )  # fmt: skip
    end_progress(show)
    if quiet:
        return
    certificate = done.certificate
    if form == "json":
        record = {
            "project": str(done.project),
            "tasks": [stage.name for stage in done.plan.stages],
            "proved": certificate is not None,
            "equal": certificate.count("equal") if certificate else 0,
            "not_comparable": certificate.count("not comparable") if certificate else 0,
            "conflicts": list(done.conflicts),
        }
        click.echo(json.dumps(record, indent=2, ensure_ascii=False))
        return
    if dry_run:
        click.echo(done.diff or "nothing would change", nl=not done.diff.endswith("\n"))
        return
    names = ", ".join(stage.name for stage in done.plan.stages)
    click.echo(f"{done.project}: {len(done.plan.stages)} tasks ({names})")
    if certificate is None:
        click.echo("Unproven: the notebook was not run.")
    else:
        apart = certificate.count("not comparable")
        rest = f"; {apart} could not be compared" if apart else ""
        click.echo(f"All {certificate.count('equal')} compared values are equal{rest}.")
        click.echo(f"Certificate: {done.project / 'graduation' / 'certificate.html'}")
    for path in done.conflicts:
        click.echo(f"Conflict: {path} was changed on both sides; look for <<<<<<< in it.")
    click.echo(f"Build it: cd {done.project} && ploomber build")
