"""`poc-graduate verify`."""

from __future__ import annotations

from pathlib import Path

import click

from poc_graduate.cli._options import PATH, output_options, prove_tests_option, timeout_option
from poc_graduate.cli._show import progress

DIFFERENT = 3


@click.command("verify", short_help="Build a project again and compare it with its notebook.")
@click.argument("project", type=PATH)
@timeout_option("How long the build may take.")
@prove_tests_option
@output_options
@click.pass_context
def command(
    context: click.Context,
    project: Path,
    timeout: float | None,
    prove_tests: bool,
    form: str,
    quiet: bool,
) -> None:
    """Build PROJECT again, compare it with what its notebook computed, renew the certificate.

    \b
    Example:
      poc-graduate verify churn
      poc-graduate verify churn --prove-tests

    \b
    Exit status:
      0  everything that can be compared is equal
      2  bad use or input
      3  something differs, or a test fails unchanged; each is named
    """
    from poc_graduate import api

    with progress(quiet=quiet) as show:
        certificate = api.verify(project, timeout=timeout, prove_tests=prove_tests, progress=show)
    different = [v for v in certificate.verdicts if v.outcome == "different"]
    if form == "json":
        click.echo(certificate.to_json(), nl=False)
    elif not quiet:
        for verdict in different:
            click.echo(
                f"Different: {verdict.subject} {verdict.name} of cell {verdict.cell}, "
                f"task {verdict.stage}: {verdict.reason}"
            )
        click.echo(
            f"{project}: {certificate.count('equal')} equal, {len(different)} different, "
            f"{certificate.count('not comparable')} not comparable"
        )
        from poc_graduate.report.certificate_text import trial_lines

        for line in trial_lines(certificate.trials):
            click.echo(line)
    if different or (certificate.trials is not None and certificate.trials.failures):
        context.exit(DIFFERENT)
