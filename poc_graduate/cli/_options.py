"""Options that several commands share, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PATH = click.Path(path_type=Path)


def notebook_argument() -> Decorator:
    """The notebook a command is about."""
    return click.argument("notebook", type=PATH)


def timeout_option(what: str) -> Decorator:
    """A limit in seconds."""
    seconds = click.FloatRange(min=0, min_open=True)
    return click.option("--timeout", type=seconds, metavar="SECONDS", help=what)


def prove_tests_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--prove-tests`."""
    option = click.option(
        "--prove-tests",
        is_flag=True,
        help="Show the tests mistakes in the functions, and run them 20 times unchanged: minutes.",
    )
    return option(command)


def output_options_of(*forms: str, help: str, quiet: str) -> Decorator:
    """`--format`, the first form by default, and `--quiet`, with what they say in the help."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=help,
    )
    hushed = click.option("--quiet", is_flag=True, help=quiet)
    return lambda command: form(hushed(command))


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--format` and `--quiet`, as most commands have them."""
    options = output_options_of(
        "text",
        "json",
        help="For people or for machines.",
        quiet="No progress, no summary: errors only.",
    )
    return options(command)
