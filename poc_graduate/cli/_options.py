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


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--format` and `--quiet`."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people or for machines.",
    )
    quiet = click.option("--quiet", is_flag=True, help="No progress, no summary: errors only.")
    return form(quiet(command))
