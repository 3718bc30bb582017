"""What `check` makes of a survey: where it is written, and the exit status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from poc_graduate.cli._options import PATH
from poc_graduate.errors import InputError

if TYPE_CHECKING:
    from poc_graduate.rules.apply import Repairs
    from poc_graduate.rules.survey import Survey

FOUND = 1


def _words(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Words between commas, each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, (value or "").split(",")))))


def report_options(command: Any) -> Any:
    """`--output`, `--baseline`, `--write-baseline`, `--with`, `--watch`."""
    options = (
        click.option(
            "--output",
            type=PATH,
            metavar="FILE",
            help="Write the report to FILE; the summary is shown.",
        ),
        click.option(
            "--baseline", type=PATH, metavar="FILE", help="Leave out findings accepted in FILE."
        ),
        click.option(
            "--write-baseline", is_flag=True, help="Accept all of today's findings in FILE."
        ),
        click.option(
            "--with",
            "tools",
            callback=_words,
            metavar="TOOLS",
            help="Ask these, too: ruff, or what nbqa can run (mypy,pylint,…). They read settings "
            "and plugins beside the notebooks, and some execute them.",
        ),
        click.option(
            "--watch",
            "watched",
            is_flag=True,
            help="Look again whenever a notebook changes, until Ctrl-C.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def shown(
    survey: Survey, repairs: Repairs | None, form: str, output: Path | None, *, quiet: bool
) -> int:
    """Show or write what was found and what was done about it; the exit status."""
    from poc_graduate.api import write_text
    from poc_graduate.report.errors import error_sentence
    from poc_graduate.report.findings import summary
    from poc_graduate.report.fixes import fixes_summary, not_fixed, with_fixes
    from poc_graduate.report.formats import FORMATS

    report = FORMATS[form](survey) if repairs is None else with_fixes(survey, repairs, form)
    if output is None:
        click.echo(report, nl=False)
    else:
        write_text(output, report)
    errors = survey.errors if repairs is None else (*repairs.survey.errors, *survey.failures)
    for error in errors:
        click.echo(error_sentence(error), err=True)
    tell = not quiet and (form == "text" or output is not None)
    diff = repairs is not None and not repairs.written
    if tell and not diff and (survey.notebooks or not survey.errors):
        click.echo(summary(survey))
    if repairs is not None:
        for sentence in not_fixed(repairs):
            click.echo(sentence, err=True)
        if tell:
            click.echo(fixes_summary(repairs), err=diff)
    if errors:
        return InputError.exit_status
    return FOUND if survey.findings else 0
