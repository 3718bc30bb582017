"""`poc-graduate operate`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from poc_graduate.cli._options import PATH, output_options
from poc_graduate.cli._show import show_json

if TYPE_CHECKING:
    from poc_graduate.generate.operating.questions import Question

CONFLICTS = 4


@click.command("operate", short_help="Generate what a project and its model need to be operated.")
@click.argument("project", type=PATH)
@click.option("--choices", type=PATH, help="YAML file with choices, instead of a dialog.")
@click.option("--yes", is_flag=True, help="Ask nothing: the choices as they are, or defaults.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change.")
@output_options
def command(
    project: Path, choices: Path | None, yes: bool, dry_run: bool, form: str, quiet: bool
) -> None:
    """Generate into PROJECT what it needs to be operated: registry, update process, service with
    failover, access, audit trail, data of people, supply chain, observability, ownership and
    business case. A project without a model gets the parts that make sense, and is told which do
    not apply.

    On a terminal a short dialog asks what matters; PROJECT/operate.yaml keeps what was chosen.
    Files that you edited are merged with what is new, never overwritten; places that both changed
    are marked, and the exit status is 4. What only people know is asked for by file and line.

    \b
    Example:
      poc-graduate operate churn --yes
      cd churn && pip install -e ".[serve,test]" && make up
    """
    from poc_graduate.api.operating import operate
    from poc_graduate.report.operated_text import operated_lines

    talks = not (yes or choices or quiet or form == "json" or dry_run) and sys.stdin.isatty()
    done = operate(project, choices, ask=_ask if talks else None, dry_run=dry_run)
    if form == "json":
        show_json(
            {
                "project": str(done.project),
                "files": {each.path: each.action for each in done.decisions},
                "conflicts": list(done.conflicts),
                "left_out": dict(done.left_out),
                "asked": [asdict(one) for one in done.unstated],
                "diff": done.diff,
            }
        )
    elif dry_run:
        click.echo(done.diff, nl=False)
    elif not quiet:
        click.echo("\n".join(operated_lines(done)))
    if done.conflicts:
        raise click.exceptions.Exit(CONFLICTS)


def _ask(question: Question) -> Any:
    if question.kind == "bool":
        return click.confirm(question.asks, default=question.value, err=True)
    kinds: dict[str, click.ParamType[Any]] = {
        "int": click.IntRange(min=None if question.least is None else int(question.least)),
        "float": click.FloatRange(min=question.least),
        "str": click.STRING,
    }
    return click.prompt(question.asks, default=question.value, type=kinds[question.kind], err=True)
