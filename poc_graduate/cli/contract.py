"""`poc-graduate contract`."""

from __future__ import annotations

from pathlib import Path

import click

from poc_graduate.cli._options import PATH, output_options, output_options_of

BROKEN = 1


@click.group("contract", short_help="Learn what batches of data hold to, and check new ones.")
def command() -> None:
    """Learn what batches of data hold to, and check new ones.

    BATCHES are CSV, Parquet, Excel or JSON lines files, or a table of SQLite: data.db::orders.

    \b
    Example:
      poc-graduate contract learn january.csv february.csv --output contract.yaml
      poc-graduate contract check contract.yaml march.csv
    """


@command.command("learn", short_help="Learn a contract from reference batches.")
@click.argument("batches", nargs=-1, required=True)
@click.option("--output", type=PATH, metavar="FILE", help="Write the contract to this file.")
@click.option("--unordered", is_flag=True, help="The batches are not in the order of time.")
@output_options
def learn(
    batches: tuple[str, ...], output: Path | None, unordered: bool, form: str, quiet: bool
) -> None:
    """Learn what the reference BATCHES hold to, as YAML to be read and edited.

    Give them in the order of time. One batch is enough; several show what batches differ by
    themselves. The contract keeps figures, patterns and hashes; values only where there are few.

    \b
    Example:
      poc-graduate contract learn january.csv february.csv --output contract.yaml
    """
    from poc_graduate import api
    from poc_graduate.cli._show import show_json
    from poc_graduate.contracts.text import to_yaml

    contract = api.contract_learn(*batches, ordered=not unordered)
    text = to_yaml(contract)
    if output is not None:
        api.write_text(output, text)
    if form == "json":
        from dataclasses import asdict

        show_json(asdict(contract))
    elif output is None:
        click.echo(text, nl=False)
    elif not quiet:
        count = f"{len(contract.columns)} columns, {len(contract.relations)} relations"
        click.echo(f"{output}: {count}, from {contract.rows:,} rows")


@command.command("check", short_help="Check batches against a contract.")
@click.argument("contract", type=PATH)
@click.argument("batches", nargs=-1, required=True)
@output_options_of(
    "text",
    "json",
    "html",
    help="For people, machines, or as one page.",
    quiet="Nothing but violations of a batch.",
)
@click.option("--output", type=PATH, metavar="FILE", help="Write the report to this file.")
def check(
    contract: Path, batches: tuple[str, ...], form: str, quiet: bool, output: Path | None
) -> int:
    """Check BATCHES against CONTRACT and name every violation.

    Single odd rows are named with their reasons, to be put aside, and break nothing; more of them
    than chance allows do. Rows are counted from 0, without the header.

    \b
    Example:
      poc-graduate contract check contract.yaml march.csv
      poc-graduate contract check contract.yaml march.csv --format html --output march.html

    \b
    Exit status:
      0  the contract holds
      1  it is broken
      2  bad use, or input that cannot be read
    """
    from poc_graduate import api
    from poc_graduate.report.contract_text import contract_text, record, verdict

    known = api.contract_read(contract)
    reports = api.contract_check(known, *batches)
    holds = all(report.holds for report in reports)
    if form == "json":
        import json

        text = json.dumps(record(reports), indent=2, ensure_ascii=False) + "\n"
    elif form == "html":
        from poc_graduate.report.contract_html import contract_html

        text = contract_html(known, reports)
    else:
        text = contract_text(reports)
    if output is not None:
        api.write_text(output, text)
        if not quiet:
            for report in reports:
                click.echo(f"{report.batch}: {verdict(report)}")
    elif form != "text" or not quiet or not holds:
        click.echo(text, nl=False)
    return 0 if holds else BROKEN
