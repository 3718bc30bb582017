"""`poc-graduate check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from poc_graduate.cli._options import PATH, output_options_of
from poc_graduate.cli._show import error_record, error_sentence, progress, show_json
from poc_graduate.errors import GraduateError, InputError, NoCode, UsageError

if TYPE_CHECKING:
    from poc_graduate.rules.finding import Finding

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
    from poc_graduate.report import findings
    from poc_graduate.settings import read_settings

    settings = read_settings(Path.cwd())
    wanted = _codes(select) or settings.select
    unwanted = (*settings.ignore, *_codes(ignore))
    files = list(dict.fromkeys(p for p in api.notebooks_in(paths) if not settings.excludes(p)))
    if not files:
        raise InputError("no notebook found", remedy="give an .ipynb file, or a folder with some")
    found: list[tuple[str, Finding]] = []
    errors: list[GraduateError] = []
    with progress(quiet=quiet) as show:
        for number, path in enumerate(files):
            if show is not None:
                show(path.name, number, len(files))
            try:
                left_out = (*unwanted, *settings.ignored_in(path))
                found += [
                    (str(path), one) for one in api.check(path, select=wanted, ignore=left_out)
                ]
            except NoCode as failure:
                if path in paths:  # nobody asked for one that was come across
                    errors.append(failure)
            except GraduateError as failure:
                errors.append(failure)
    match form:
        case "json":
            show_json(findings.as_document(found, [error_record(error) for error in errors]))
        case "github":
            for name, one in found:
                click.echo(findings.as_github(name, one))
        case _:
            for name, one in found:
                click.echo(findings.as_text(name, one))
    for error in errors:
        click.echo(error_sentence(error), err=True)
    if form == "text" and not quiet and len(errors) < len(files):
        click.echo(findings.summary([one for _, one in found], len(files) - len(errors)))
    if errors:
        return InputError.exit_status
    return FOUND if found else 0


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
