"""`poc-graduate check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from poc_graduate.cli._fix import SAFE, WithFix, fix_options
from poc_graduate.cli._options import PATH, output_options_of
from poc_graduate.cli._report import report_options, shown
from poc_graduate.cli._show import progress
from poc_graduate.cli._watch import watch
from poc_graduate.errors import UsageError

if TYPE_CHECKING:
    from poc_graduate.rules.apply import Repairs
    from poc_graduate.rules.survey import Survey


@click.command("check", cls=WithFix, short_help="Flag the shortcuts that would bite in production.")
@click.argument("paths", type=PATH, nargs=-1, required=True)
@click.option("--select", metavar="CODES", help="Only these codes or prefixes: POC1,POC203.")
@click.option("--ignore", metavar="CODES", help="Not these codes or prefixes.")
@click.option(
    "--run",
    "facts",
    type=PATH,
    metavar="FACTS",
    help="What a run showed, written by `export --facts`; by default what the last one left.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes for many notebooks; by default, as many as there are cores.",
)
@output_options_of(
    "text",
    "json",
    "sarif",
    "github",
    "html",
    help="For people, machines, code scanners, annotations on GitHub, or as one page.",
    quiet="No progress, no summary: findings and errors only.",
)
@report_options
@fix_options
def command(
    paths: tuple[Path, ...],
    select: str | None,
    ignore: str | None,
    facts: Path | None,
    jobs: int | None,
    form: str,
    quiet: bool,
    output: Path | None,
    baseline: Path | None,
    write_baseline: bool,
    tools: tuple[str, ...],
    watched: bool,
    fix: str | None,
    diff: bool,
) -> int:
    """Flag the shortcuts in notebooks that would bite in production.

    PATHS are notebooks, folders, and patterns such as 'notebooks/*.py'; folders are searched for
    .ipynb files, and for scripts and Markdown files that are notebooks. Nothing is executed.
    Settings stand in the nearest pyproject.toml above a notebook, under [tool.poc_graduate]:
    select, ignore, exclude, per-file-ignores. `# noqa: POC101` silences a line,
    `# poc: ignore[POC101]` a cell, the tag poc-ignore the whole cell.

    --fix writes the notebook: sources only, all else stays as it is to the byte. Safe fixes change
    no result; offered ones, and what they need beside the notebook, are applied where their code
    is named. What a baseline accepts is left as it is.

    \b
    Example:
      poc-graduate check churn_poc.ipynb
      poc-graduate check notebooks --select POC1,POC2 --format json
      poc-graduate check churn_poc.ipynb --diff --fix POC202
      poc-graduate check notebooks --with ruff,mypy --format html --output findings.html
      poc-graduate check notebooks --baseline baseline.json --write-baseline

    \b
    Exit status:
      0  nothing found, or nothing left
      1  something found, or left
      2  bad use, or a notebook that cannot be read
    """
    from poc_graduate import api
    from poc_graduate.rules.many import cores

    if diff and form not in ("text", "json"):
        raise UsageError(f"--diff is not shown as {form}", remedy="use --format text or json")
    if write_baseline and baseline is None:
        raise UsageError("--write-baseline needs --baseline FILE", remedy="say which file")
    chosen, left_out = _codes(select), _codes(ignore)

    def look(some: tuple[Path, ...], fixed: bool = False) -> tuple[Survey, Repairs | None]:
        repairs = None
        with progress(quiet=quiet) as show:
            survey = api.check_all(
                some,
                select=chosen,
                ignore=left_out,
                facts=facts,
                jobs=jobs or cores(),
                progress=show,
            )
            if fixed:
                repairs = api.fix_all(
                    survey,
                    _fix_codes(fix),
                    select=chosen,
                    ignore=left_out,
                    facts=facts,
                    baseline=None if write_baseline else baseline,
                    write=not diff,
                    progress=show,
                )
                survey = survey if diff else repairs.survey
            if tools:
                survey = api.with_tools(survey, tools, progress=show)
        return survey, repairs

    def report(survey: Survey, repairs: Repairs | None = None) -> int:
        if baseline is not None:
            survey = api.against_baseline(
                survey, baseline, select=chosen, ignore=left_out, tools=tools, write=write_baseline
            )
        return shown(survey, repairs, form, output, quiet=quiet)

    if watched:
        if fix is not None or diff or write_baseline:
            raise UsageError("--watch only looks", remedy="use it without --fix and the like")

        return watch(lambda: api.notebooks_in(paths), lambda some: look(some)[0], report)
    return report(*look(paths, fixed=fix is not None or diff))


def _fix_codes(given: str | None) -> tuple[str, ...]:
    """Whose fixes are asked for; the safe ones where no code is given."""
    words = [word.strip().upper() for word in (given or SAFE).split(",")]
    codes = _codes(",".join(word for word in words if word != SAFE))
    return (*codes, *([SAFE] if SAFE in words else []))


def _codes(given: str | None) -> tuple[str, ...]:
    """`POC1,POC203` as codes; each must begin the code of some rule."""
    from poc_graduate.rules.run import known

    return known((given or "").split(","))
