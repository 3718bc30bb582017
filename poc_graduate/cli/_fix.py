"""`check --fix` and `--diff`: which fixes are meant, and what is shown of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from poc_graduate.cli._show import show_json

if TYPE_CHECKING:
    from poc_graduate.rules.apply import Repairs
    from poc_graduate.rules.survey import Survey

SAFE = "SAFE"
_CODES = re.compile(r"(?i)(safe|POC\d*)(,\s*(safe|POC\d*))*,?")


class WithFix(click.Command):
    """A command whose `--fix` takes codes or none: what comes behind it may be a notebook."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See `click.Command`."""
        given = list(args)
        for at, word in enumerate(args):
            if word == "--":
                break
            if word == "--fix":
                behind = args[at + 1] if at + 1 < len(args) else ""
                if not _CODES.fullmatch(behind):
                    given[at] = f"--fix={SAFE}"
        return super().parse_args(ctx, given)


def fix_options(command: Any) -> Any:
    """`--fix [CODES]` and `--diff`."""
    fix = click.option(
        "--fix",
        metavar="[CODES]",
        help="Apply the safe fixes; with CODES those of these rules, offered ones too; "
        "`safe,POC202` for both.",
    )
    diff = click.option(
        "--diff", is_flag=True, help="Show what --fix would change, cell by cell; write nothing."
    )
    return fix(diff(command))


def show_repairs(survey: Survey, repairs: Repairs, form: str, *, quiet: bool) -> None:
    """What was done, or would be: a diff where nothing is written, then one line."""
    from poc_graduate.report.fixes import as_diffs, as_fix_record, fixes_summary, not_fixed

    if form == "json":
        from poc_graduate.report.findings import as_document

        show_json({**as_document(survey), "fixes": as_fix_record(repairs)})
    elif not repairs.written:
        click.echo(as_diffs(repairs), nl=False)
    for sentence in not_fixed(repairs):
        click.echo(sentence, err=True)
    if not quiet and form == "text":
        click.echo(fixes_summary(repairs), err=not repairs.written)
