"""What commands show while they work and when they fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import click

from poc_graduate.errors import GraduateError


def error_text(error: GraduateError, *, as_json: bool) -> str:
    """An error as a sentence, or as one JSON object for machines."""
    if not as_json:
        return str(error)
    place = error.place
    record = {
        "type": type(error).__name__,
        "found": error.found,
        "remedy": error.remedy,
        "notebook": place.notebook if place else None,
        "cell": place.cell if place else None,
        "line": place.line if place else None,
    }
    return json.dumps({"error": record}, ensure_ascii=False)


def progress(*, quiet: bool) -> Callable[[str, int, int], None] | None:
    """A line on standard error that says what is going on; None where nobody looks."""
    if quiet or not sys.stderr.isatty():
        return None

    def show(what: str, done: int, total: int) -> None:
        share = f" {done * 100 // total:3d} %" if total > 1 else ""
        click.echo(f"\r\033[K{what}{share}", nl=False, err=True)

    return show


def end_progress(show: Callable[[str, int, int], None] | None) -> None:
    """Clear the progress line."""
    if show is not None:
        click.echo("\r\033[K", nl=False, err=True)
