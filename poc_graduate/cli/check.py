"""`poc-graduate check`."""

from __future__ import annotations

from pathlib import Path

import click

from poc_graduate.cli._options import PATH, output_options_of
from poc_graduate.cli._show import progress
from poc_graduate.errors import InputError, UsageError

FOUND = 1


@click.command("check", short_help="Flag the shortcuts that would bite in production.")
@click.argument("paths", type=PATH, nargs=-1, required=True)
@click.option("--select", metavar="CODES", help="Only these codes or prefixes: POC1,POC203.")
@click.option("--ignore", metavar="CODES", help="Not these codes or prefixes.")
@output_options_of(
    "text",
    "json",
    "github",
    help="For people, for machines, or as annotations on GitHub.",
    quiet="No progress, no summary: findings and errors only.",
)
def command(
    paths: tuple[Path, ...], select: str | None, ignore: str | None, form: str, quiet: bool
) -> int:
    """Flag the shortcuts in notebooks that would bite in production.

    PATHS are notebooks and folders; folders are searched for .ipynb files. Nothing is executed.
    Settings stand in pyproject.toml under [tool.poc_graduate]: select, ignore, exclude,
    per-file-ignores. `# noqa: POC101` silences a line, `# poc: ignore[POC101]` a cell, the tag
    poc-ignore the whole cell.

    \b
    Example:
      poc-graduate check churn_poc.ipynb
      poc-graduate check notebooks --select POC1,POC2 --format json

    \b
    Exit status:
      0  nothing found
      1  something found
      2  bad use, or a notebook that cannot be read
    """
    from poc_graduate import api
    from poc_graduate.report.errors import error_sentence
    from poc_graduate.report.findings import summary
    from poc_graduate.report.formats import FORMATS
    from poc_graduate.settings import read_settings

    with progress(quiet=quiet) as show:
        survey = api.check_all(
            paths,
            select=_codes(select),
            ignore=_codes(ignore),
            settings=read_settings(Path.cwd()),
            progress=show,
        )
    click.echo(FORMATS[form](survey), nl=False)
    for error in survey.errors:
        click.echo(error_sentence(error), err=True)
    if form == "text" and not quiet and (survey.notebooks or not survey.errors):
        click.echo(summary(survey))
    if survey.errors:
        return InputError.exit_status
    return FOUND if survey.findings else 0


def _codes(given: str | None) -> tuple[str, ...]:
    """`POC1,POC203` as codes; each must begin the code of some rule."""
    from poc_graduate.rules.run import rules

    codes = tuple(word.strip().upper() for word in (given or "").split(",") if word.strip())
    for code in codes:
        if not any(rule.code.startswith(code) for rule in rules()):
            raise UsageError(
                f"no rule's code begins with {code!r}", remedy="`poc-graduate explain` lists them"
            )
    return codes
