"""`poc-graduate export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from poc_graduate.cli._options import (
    PATH,
    notebook_argument,
    output_options,
    prove_tests_option,
    timeout_option,
)
from poc_graduate.cli._show import progress, show_json

if TYPE_CHECKING:
    from poc_graduate.api import Exported
    from poc_graduate.generate.merge import Decision

CONFLICTS = 4


@click.command("export", short_help="Turn a notebook into a project, and prove it.")
@notebook_argument()
@click.option("--output", type=PATH, required=True, metavar="PROJECT", help="The project's folder.")
@click.option("--plan", type=PATH, metavar="FILE", help="A plan that you edited.")
@click.option("--no-run", is_flag=True, help="Do not execute the notebook: nothing is proved.")
@timeout_option("How long one cell may take.")
@click.option("--facts", type=PATH, metavar="FILE", help="Write what the run showed, for `check`.")
@prove_tests_option
@click.option("--dry-run", is_flag=True, help="Show what would change in PROJECT; write nothing.")
@output_options
def command(
    notebook: Path,
    output: Path,
    plan: Path | None,
    no_run: bool,
    timeout: float | None,
    facts: Path | None,
    prove_tests: bool,
    dry_run: bool,
    form: str,
    quiet: bool,
) -> None:
    """Turn NOTEBOOK into a Ploomber project and prove that both compute the same.

    The notebook will be executed, twice, in a scratch copy of its folder; then the project is
    built and every value compared. PROJECT is a new folder, or that of an earlier export: what
    you edited there is merged.

    \b
    Example:
      poc-graduate export churn_poc.ipynb --output churn
      cd churn && ploomber build

    \b
    Exit status:
      0  done and proved
      2  bad use or input
      3  refused; the message names cell, line, reason and remedy
      4  done, but you and the export changed the same lines: settle what is listed
    """
    from poc_graduate import api

    if not quiet and not no_run:
        click.echo(f"{notebook.name} will be executed in a scratch copy of its folder.", err=True)
    with progress(quiet=quiet) as show:
        exported = api.export(
            notebook,
            to=output,
            plan=plan,
            run=not no_run,
            timeout=timeout,
            dry_run=dry_run,
            facts=facts,
            prove_tests=prove_tests,
            progress=show,
        )
    if form == "json":
        show_json(_record(exported, dry_run=dry_run))
    elif dry_run and not quiet:
        text = exported.diff or "Nothing would change.\n"
        click.echo(text, nl=not text.endswith("\n"))
    elif not quiet:
        for line in _summary(exported):
            click.echo(line)
    if exported.conflicts and not dry_run:
        raise click.exceptions.Exit(CONFLICTS)


def _record(exported: Exported, *, dry_run: bool) -> dict[str, object]:
    certificate = exported.certificate
    return {
        "project": str(exported.project),
        "stages": [stage.name for stage in exported.plan.stages],
        "proved": certificate is not None and certificate.equal,
        "equal": certificate.count("equal") if certificate else 0,
        "different": certificate.count("different") if certificate else 0,
        "not_comparable": certificate.count("not comparable") if certificate else 0,
        "conflicts": list(exported.conflicts),
        "dry_run": dry_run,
        "diff": exported.diff,
    }


def _summary(exported: Exported) -> list[str]:
    names = [stage.name for stage in exported.plan.stages]
    tasks = "1 task" if len(names) == 1 else f"{len(names)} tasks"
    lines = [f"{exported.project}: {tasks} ({' → '.join(names)})"]
    certificate = exported.certificate
    if certificate is None:
        lines.append("Unproven: the notebook was not executed.")
    else:
        apart = certificate.count("not comparable")
        rest = f"; {apart} not comparable, each with its reason" if apart else ""
        lines.append(f"Proved: {certificate.count('equal')} compared values are equal{rest}.")
        from poc_graduate.report.certificate_text import trial_lines

        lines.extend(trial_lines(certificate.trials))
        lines.append(f"Certificate: {exported.project / 'graduation' / 'certificate.html'}")
    lines.extend(line for decision in exported.decisions if (line := _told(decision)))
    lines.extend(f"Note: {note}" for note in exported.notes)
    if exported.edited and certificate is not None:
        lines.append(
            f"The proof is of what was generated; to prove it with your edits: "
            f"poc-graduate verify {exported.project}"
        )
    lines.append(f"Next: cd {exported.project} && ploomber build")
    return lines


def _told(decision: Decision) -> str:
    """One line about a file that holds the user's edits; empty for others."""
    path, why = decision.path, decision.why
    if decision.action == "conflict":
        place = ""
        if decision.conflicts:
            count = f" ({decision.conflicts} places)" if decision.conflicts > 1 else ""
            place = f"look for <<<<<<< in it{count}"
        elif decision.beside:
            place = f"the other one is {path}.{decision.beside}"
        return f"Conflict: {path}: {'; '.join(filter(None, (why, place)))}."
    if decision.action == "merge":
        return f"Merged: {path}: {why or 'your edits and what is new'}."
    if decision.action == "keep_local":
        return f"Kept: {path}: {why}."
    return ""
