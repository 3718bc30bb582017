"""The commands of `%graduate`, with the options of the command line."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from poc_graduate.errors import GraduateError, InputError, UsageError
from poc_graduate.magics import screen, where
from poc_graduate.magics.graduate import HELP

if TYPE_CHECKING:
    from poc_graduate.magics.graduate import Magics

_PATH = click.Path(path_type=Path)
_notebook = click.argument("notebook", type=_PATH, required=False)
_self = click.pass_obj


def call(magics: Magics, line: str, cell: str | None) -> None:
    """Run one line; what is wrong with it is said in one sentence.

    Args:
        magics: The extension.
        line: What follows `%graduate`.
        cell: What stands below `%%graduate`.
    """
    try:
        words = shlex.split(line)
        if not words:
            print(HELP, end="")
            return
        if cell is not None:
            _on_cell(magics, words, cell)
            return
        command = COMMANDS.get(words[0])
        if command is None:
            close = ", ".join(sorted(COMMANDS))
            raise UsageError(f"%graduate has no command {words[0]!r}", remedy=f"it has {close}")
        command.main(words[1:], f"%graduate {words[0]}", standalone_mode=False, obj=magics)
    except ValueError as open_quote:
        screen.complain(UsageError(f"the line cannot be read: {open_quote}"))
    except click.UsageError as wrong:
        name = wrong.ctx.command_path if wrong.ctx else "%graduate"
        told = UsageError(wrong.format_message().rstrip("."), remedy=f"see `{name} --help`")
        screen.complain(told)
    except click.ClickException as wrong:
        screen.complain(UsageError(wrong.format_message()))
    except GraduateError as error:
        screen.complain(error)


def _on_cell(magics: Magics, words: Sequence[str], cell: str) -> None:
    if words[0] != "fix":
        raise UsageError(
            f"`%%graduate {words[0]}` is nothing", remedy="write `%%graduate fix [CODES]`"
        )
    from poc_graduate.magics.fixing import fix_cell

    fix_cell(magics, cell, [code for word in words[1:] for code in word.split(",")])


@click.command(short_help="Flags below each cell.")
@click.argument("state", type=click.Choice(["on", "off"]), required=False)
@click.option("--select", metavar="CODES", help="Only these codes or prefixes: POC1,POC203.")
@click.option("--ignore", metavar="CODES", help="Not these codes or prefixes.")
@_self
def live(magics: Magics, state: str | None, select: str | None, ignore: str | None) -> None:
    """Show flags below each cell that you run, from its text and from what it did."""
    from poc_graduate.magics import switch

    switch.live(magics, state, select=_codes(select), ignore=_codes(ignore))


@click.command(short_help="The shortcuts in the whole notebook.")
@_notebook
@click.option("--select", metavar="CODES", help="Only these codes or prefixes: POC1,POC203.")
@click.option("--ignore", metavar="CODES", help="Not these codes or prefixes.")
@_self
def check(magics: Magics, notebook: Path | None, select: str | None, ignore: str | None) -> None:
    """Flag the shortcuts of this notebook, as it is saved. Nothing is executed."""
    from poc_graduate import api
    from poc_graduate.settings import read_settings

    path = _path(magics, notebook)
    survey = api.check_all(
        [path],
        select=_codes(select),
        ignore=_codes(ignore),
        settings=read_settings(path.parent),
    )
    for error in survey.errors:
        raise error
    screen.findings(magics, survey)


@click.command(short_help="What an export would do, or how ready a project is.")
@click.argument("path", metavar="[NOTEBOOK|PROJECT]", type=_PATH, required=False)
@click.option("--run", is_flag=True, help="Of a project: run its tests first.")
@_self
def readiness(magics: Magics, path: Path | None, run: bool) -> None:
    """Say what an export of this notebook would do; nothing is executed.

    Given an exported project, say how ready it is for production, as `%graduate score` does.
    """
    from poc_graduate import api
    from poc_graduate.magics import exporting
    from poc_graduate.report.readiness import readiness_html, readiness_text

    if path is not None and path.is_dir():
        exporting.score(magics, path, run=run)
        return
    if run:
        raise UsageError(
            "--run is about a project, and none is given", remedy="%graduate readiness PROJECT"
        )
    found = api.readiness(_path(magics, path))
    screen.show(magics, readiness_text(found), readiness_html(found))


@click.command(short_help="How it would be cut into tasks.")
@_notebook
@click.option("--output", type=_PATH, metavar="FILE", help="Write the plan as YAML to this file.")
@click.option("--run", is_flag=True, help="Execute the notebook first; the plan then rests on it.")
@click.option("--timeout", type=float, metavar="SECONDS", help="How long one cell may take.")
@_self
def plan(
    magics: Magics, notebook: Path | None, output: Path | None, run: bool, timeout: float | None
) -> None:
    """Show how this notebook would be cut into tasks. Nothing is executed without --run."""
    from poc_graduate.magics import exporting

    exporting.plan(magics, _path(magics, notebook), output=output, run=run, timeout=timeout)


@click.command(short_help="Make a Ploomber project of it, and prove it.")
@_notebook
@click.option("--output", type=_PATH, metavar="PROJECT", help="The project's folder.")
@click.option("--plan", type=_PATH, metavar="FILE", help="A plan that you edited.")
@click.option("--no-run", is_flag=True, help="Do not execute the notebook: nothing is proved.")
@click.option("--timeout", type=float, metavar="SECONDS", help="How long one cell may take.")
@click.option("--dry-run", is_flag=True, help="Show what would change in PROJECT; write nothing.")
@_self
def export(magics: Magics, /, notebook: Path | None, **options: Any) -> None:
    """Turn this notebook into a Ploomber project and prove that both compute the same.

    The saved file is executed, twice, in scratch copies of its folder, in processes of their
    own: this kernel and its names are not touched.
    """
    from poc_graduate.magics import exporting

    exporting.export(magics, _path(magics, notebook), **options)


@click.command(short_help="Run it for each run of a grid of parameters.")
@_notebook
@click.option("--grid", type=_PATH, required=True, metavar="FILE", help="YAML; see docs/batch.md.")
@click.option("--output", type=_PATH, required=True, metavar="DIR", help="The batch's folder.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="How many runs at once.")
@click.option("--resume", is_flag=True, help="Do what is not done, or whose inputs have changed.")
@click.option("--timeout", type=float, metavar="SECONDS", help="How long one run may take.")
@click.option("--fail-fast", is_flag=True, help="Begin nothing more once a run has failed.")
@_self
def batch(magics: Magics, /, notebook: Path | None, **options: Any) -> None:
    """Run this notebook, as it is saved, for each run of a grid: each in a process of its own."""
    from poc_graduate.magics import exporting

    exporting.batch(magics, _path(magics, notebook), **options)


@click.command(short_help="How ready an exported project is.")
@click.argument("project", type=_PATH)
@click.option("--run", is_flag=True, help="Run the project's tests first.")
@_self
def score(magics: Magics, project: Path, run: bool) -> None:
    """Say how ready PROJECT is for production, by tests that ran and what people signed for."""
    from poc_graduate.magics import exporting

    exporting.score(magics, project, run=run)


@click.command(short_help="Generate what a project needs to be operated.")
@click.argument("project", type=_PATH)
@click.option("--choices", type=_PATH, metavar="FILE", help="YAML file with choices.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change.")
@_self
def operate(magics: Magics, project: Path, choices: Path | None, dry_run: bool) -> None:
    """Generate into PROJECT what it and its model need to be operated: docs/operate.md.

    Choices are those of FILE, else of PROJECT/operate.yaml, else defaults; they stand in
    PROJECT/operate.yaml from then on, each with what it decides. Your edits are merged.
    """
    from poc_graduate.magics import exporting

    exporting.operate(magics, project, choices=choices, dry_run=dry_run)


@click.command(short_help="What a rule finds, and why it bites.")
@click.argument("code", required=False)
@_self
def explain(magics: Magics, code: str | None) -> None:
    """Say what the rule CODE finds, why it bites and what an export does; without it, list all."""
    from poc_graduate.report.rule_text import rule_page
    from poc_graduate.rules.run import rule_of, rules

    if code is None:
        for rule in rules():
            print(f"{rule.code}  {rule.severity:<8} {rule.name}")
        return
    found = rule_of(code)
    if found is None:
        raise UsageError(f"there is no rule {code!r}", remedy="`%graduate explain` lists them")
    screen.show(magics, rule_page(found), markdown=True)


@click.command("help", short_help="This list.")
@_self
def help_(magics: Magics) -> None:
    """Show what there is."""
    print(HELP, end="")


@click.command(short_help="Findings and export with buttons.")
@_notebook
@_self
def panel(magics: Magics, notebook: Path | None) -> None:
    """Show the shortcuts of this notebook and its export as widgets, where there is no extension.

    Nothing is executed until you press Export.
    """
    from poc_graduate.magics import buttons
    from poc_graduate.magics.panel import Panel

    path = _path(magics, notebook)
    if not (magics.rich and buttons.available()):
        raise InputError(
            "the panel needs a notebook frontend and ipywidgets",
            remedy="pip install ipywidgets; or use `%graduate check` and `%graduate export`",
        )
    screen.display(Panel(path).box)


COMMANDS: dict[str, click.Command] = {
    "batch": batch,
    "check": check,
    "explain": explain,
    "export": export,
    "help": help_,
    "live": live,
    "operate": operate,
    "panel": panel,
    "plan": plan,
    "readiness": readiness,
    "score": score,
}


def _path(magics: Magics, given: Path | None) -> Path:
    """The notebook's file; what was run here and is not in it is told."""
    if given is not None:
        if not given.is_file():
            raise InputError(f"{given} does not exist", remedy="check the path")
        return given
    found = where.find(magics.shell, [run.source for run in magics.history.runs])
    screen.tell_unsaved(magics, found.path)
    return found.path


def _codes(given: str | None) -> tuple[str, ...]:
    from poc_graduate.rules.run import rules

    codes = tuple(word.strip().upper() for word in (given or "").split(",") if word.strip())
    for code in codes:
        if not any(rule.code.startswith(code) for rule in rules()):
            raise UsageError(
                f"no rule's code begins with {code!r}", remedy="`%graduate explain` lists them"
            )
    return codes
