"""`poc-graduate batch`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from poc_graduate.cli._options import PATH, output_options, output_options_of, timeout_option
from poc_graduate.cli._show import progress, show_json

SOME_FAILED = 1
STOPPED = 130
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class _Batch(click.Group):
    """`batch NOTEBOOK …` is short for `batch run NOTEBOOK …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


class _Bytes(click.ParamType[int]):
    """`500M`, `4G`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = str(value).strip().upper().removesuffix("B").removesuffix("I")
        unit = _UNITS.get(text[-1:], 0)
        try:
            size = round(float(text[:-1]) * unit) if unit else int(text)
        except ValueError:
            size = 0
        if size <= 0:
            self.fail(f"{value!r} is no size; write 500M or 4G", param, ctx)
        return size


@click.group("batch", cls=_Batch, short_help="Run a notebook or project for each row of a grid.")
def command() -> None:
    """Run a notebook or an exported project for each run of a grid of parameters.

    `batch NOTEBOOK …` is short for `batch run NOTEBOOK …`.

    \b
    Example:
      poc-graduate batch churn_poc.ipynb --grid grid.yaml --output churn-batch
      poc-graduate batch status churn-batch
      poc-graduate batch report churn-batch
    """


@command.command("run", short_help="Run all, or what is not done yet.")
@click.argument("source", type=PATH)
@click.option("--grid", type=PATH, required=True, metavar="FILE", help="YAML; see docs/batch.md.")
@click.option("--output", type=PATH, required=True, metavar="DIR", help="The batch's folder.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many runs at once; by default one a processor.",
)
@click.option(
    "--on",
    metavar="dask|ADDRESS",
    help="Workers of Dask: N of them here, or those of a scheduler, tcp://host:8786.",
)
@click.option("--resume", is_flag=True, help="Do what is not done, or whose inputs have changed.")
@click.option(
    "--retries",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    metavar="N",
    help="How often a run is tried again after what may pass: a dead kernel, a network error.",
)
@timeout_option("How long one run may take.")
@click.option("--memory", type=_Bytes(), metavar="SIZE", help="What one run may hold: 500M, 4G.")
@click.option("--fail-fast", is_flag=True, help="Begin nothing more once a run has failed.")
@click.option(
    "--warm/--no-warm", default=True, show_default=True,
    help="Fork a notebook's kernels from a process that has imported its libraries.",
)  # fmt: skip
@output_options
def run(
    source: Path,
    grid: Path,
    output: Path,
    workers: int | None,
    on: str | None,
    resume: bool,
    retries: int,
    timeout: float | None,
    memory: int | None,
    fail_fast: bool,
    warm: bool,
    form: str,
    quiet: bool,
) -> int:
    """Run SOURCE, a notebook with a cell tagged `parameters` or the folder of a project, for each
    run of the grid.

    Each run is executed in a copy of the notebook's folder. What it leaves, the executed notebook
    among it, goes to DIR/runs/NAME, of failed runs to DIR/failed/NAME. Ctrl-C lets the runs that
    are under way end; a second one ends them.

    \b
    Example:
      poc-graduate batch run churn_poc.ipynb --grid grid.yaml --output churn-batch --workers 4
      poc-graduate batch run churn_poc.ipynb --grid grid.yaml --output churn-batch --resume

    \b
    Exit status:
      0    all runs are done
      1    some failed, or the disk is full, or the notebook was changed meanwhile
      2    bad use or input: nothing was started
      130  stopped by the user; --resume goes on
    """
    from poc_graduate import api
    from poc_graduate.report.batch_text import summary_record, summary_text

    def tell(sentence: str) -> None:
        click.echo(f"\n{sentence}", err=True)

    with progress(quiet=quiet) as show:
        summary = api.batch(
            source,
            grid=grid,
            to=output,
            workers=workers,
            on=on,
            resume=resume,
            retries=retries,
            timeout=timeout,
            memory=memory,
            fail_fast=fail_fast,
            warm=warm,
            progress=show,
            tell=tell,
        )
    if form == "json":
        show_json(summary_record(summary))
    elif not quiet:
        click.echo(summary_text(summary), nl=False)
    if summary.status.ending == "stopped":
        return STOPPED
    return 0 if summary.all_done else SOME_FAILED


@command.command("status", short_help="How far a batch is.")
@click.argument("folder", type=PATH)
@output_options
def status(folder: Path, form: str, quiet: bool) -> int:
    """Say how far the batch in FOLDER is, while it is at work or afterwards.

    \b
    Example:
      poc-graduate batch status churn-batch

    \b
    Exit status:
      0  nothing has failed so far
      1  some runs failed
      2  there is no batch
    """
    from poc_graduate import api
    from poc_graduate.report.batch_text import status_record, status_text

    found = api.batch_status(folder)
    if form == "json":
        show_json(status_record(found))
    elif not quiet:
        click.echo(status_text(found), nl=False)
    return SOME_FAILED if found.failed else 0


@command.command("report", short_help="What came of a batch, as one page.")
@click.argument("folder", type=PATH)
@click.option(
    "--output", type=PATH, metavar="FILE", help="Where to write it; by default FOLDER/report.html."
)
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="Draw only this; repeat.")
@output_options_of(
    "text", "json", help="What is said on the terminal.", quiet="Write the page, say nothing."
)
def report(
    folder: Path, output: Path | None, metrics: tuple[str, ...], form: str, quiet: bool
) -> int:
    """Write a page about the batch in FOLDER, with links to the executed notebooks.

    Metrics are drawn over the grid; failures are grouped by cause, with cell and line.

    \b
    Example:
      poc-graduate batch report churn-batch
      poc-graduate batch report churn-batch --metric auc

    \b
    Exit status:
      0  no run failed
      1  some did
      2  there is no batch
    """
    from poc_graduate import api
    from poc_graduate.report.batch_text import summary_record

    page = api.batch_page(folder, metrics=metrics)
    path = output or folder / "report.html"
    api.write_text(path, page)
    summary = api.batch_summary(folder)
    if form == "json":
        show_json({"page": str(path), **summary_record(summary)})
    elif not quiet:
        click.echo(path)
    return SOME_FAILED if summary.status.failed else 0
