"""`poc-graduate verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from poc_graduate.cli._show import end_progress, progress


@click.command("verify")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--timeout", type=float, help="Seconds that the build may take.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--quiet", is_flag=True, help="Show nothing but errors.")
def command(project: Path, timeout: float | None, form: str, quiet: bool) -> None:
    """Build PROJECT again, compare it with what its notebook computed, renew the certificate.

    \b
    Example: poc-graduate verify churn
    Exit status: 0 everything comparable is equal, 3 something differs.
    """
    from poc_graduate import api

    show = progress(quiet=quiet)
    certificate = api.verify(project, timeout=timeout, progress=show)
    end_progress(show)
    different = [v for v in certificate.verdicts if v.outcome == "different"]
    if not quiet:
        if form == "json":
            click.echo(certificate.to_json(), nl=False)
        else:
            for verdict in different:
                click.echo(
                    f"different: {verdict.subject} {verdict.name}, cell {verdict.cell}, task "
                    f"{verdict.stage}: {verdict.reason}"
                )
            click.echo(
                f"{certificate.count('equal')} equal, {len(different)} different, "
                f"{certificate.count('not comparable')} not comparable"
            )
    sys.exit(3 if different else 0)
