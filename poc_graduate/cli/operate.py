"""`poc-graduate operate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from poc_graduate.cli._options import PATH, output_options
from poc_graduate.cli._show import show_json

CONFLICTS = 4


@click.command("operate", short_help="Generate what updates a project's model and serves it.")
@click.argument("project", type=PATH)
@click.option("--choices", type=PATH, help="YAML file with choices, instead of a dialog.")
@click.option("--yes", is_flag=True, help="Ask nothing: the choices as they are, or defaults.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change.")
@output_options
def command(
    project: Path, choices: Path | None, yes: bool, dry_run: bool, form: str, quiet: bool
) -> None:
    """Generate into PROJECT what updates its model by a process, and serves it.

    On a terminal a short dialog asks what matters; PROJECT/operate.yaml keeps what was chosen.
    Files that you edited are merged with what is new, never overwritten; places that both changed
    are marked, and the exit status is 4.

    \b
    Example:
      poc-graduate operate churn --yes
      cd churn && pip install -e ".[serve,test]" && make up
    """
    from poc_graduate.api.operating import operate

    talks = not (yes or choices or quiet or form == "json" or dry_run) and sys.stdin.isatty()
    done = operate(project, choices, ask=_ask if talks else None, dry_run=dry_run)
    if form == "json":
        show_json(
            {
                "project": str(done.project),
                "files": {each.path: each.action for each in done.decisions},
                "conflicts": list(done.conflicts),
                "left_out": dict(done.left_out),
                "diff": done.diff,
            }
        )
    elif dry_run:
        click.echo(done.diff, nl=False)
    elif not quiet:
        for each in done.decisions:
            click.echo(f"{each.action.replace('_', ' ')}: {each.path}")
        for part, why in done.left_out.items():
            click.echo(f"left out: {part}: {why}")
        click.echo(f"Next: {done.project / 'docs' / 'operating.md'}")
    if done.conflicts:
        raise click.exceptions.Exit(CONFLICTS)


def _ask(question: str, default: Any) -> Any:
    if isinstance(default, bool):
        return click.confirm(question, default=default, err=True)
    return click.prompt(question, default=default, type=type(default), err=True)
