"""`poc-graduate explain`."""

from __future__ import annotations

import click

from poc_graduate.cli._options import output_options
from poc_graduate.cli._show import show_json
from poc_graduate.errors import UsageError


@click.command("explain", short_help="Say what a rule finds, and why it bites.")
@click.argument("code", required=False)
@output_options
def command(code: str | None, form: str, quiet: bool) -> None:
    """Say what the rule CODE finds, why it bites, what can be done; without CODE, list all.

    CODE is a rule's code or name. With examples: found ones, how one is told and mended, and such
    as look alike and are not found.

    \b
    Example:
      poc-graduate explain POC202
      poc-graduate explain row-by-label-drop
      poc-graduate explain --format json
    """
    from poc_graduate.report.rule_text import rule_page, rule_record, rules_list
    from poc_graduate.rules.run import rule_of, rules

    if code is None:
        if form == "json":
            show_json([rule_record(rule) for rule in rules()])
            return
        click.echo(rules_list(rules()), nl=False)
        return
    found = rule_of(code)
    if found is None:
        raise UsageError(f"there is no rule {code!r}", remedy="`poc-graduate explain` lists them")
    if form == "json":
        show_json(rule_record(found))
    else:
        click.echo(rule_page(found), nl=False)
