"""What commands show while they work and when they fail."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from poc_graduate.errors import GraduateError, InputError, UsageError
from poc_graduate.report.errors import error_record, error_sentence

_CLEAR = "\r\033[K"
_BAR = 24
_REDRAW_AFTER = 0.1


class Progress(Protocol):
    """What the API calls: what is going on, how much is done, of how much."""

    def __call__(self, what: str, done: int, total: int, /) -> None: ...


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress | None]:
    """A bar on standard error while the block runs; None where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from shutil import get_terminal_size  # here, so that `--help` does not wait for it

    drawn = 0.0

    def show(what: str, done: int, total: int, /) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn < _REDRAW_AFTER and done < total:
            return
        drawn = now
        width = get_terminal_size().columns - 1
        click.echo(_CLEAR + bar(what, done, total)[:width], nl=False, err=True)

    try:
        yield show
    finally:
        click.echo(_CLEAR, nl=False, err=True)


def bar(what: str, done: int, total: int) -> str:
    """One line that shows how far the work is: `[######------]  50 %  cell 4 of 8`."""
    if total <= 1:
        return what
    share = min(max(done / total, 0.0), 1.0)
    filled = round(share * _BAR)
    return f"[{'#' * filled}{'-' * (_BAR - filled)}] {share:4.0%}  {what}"


def as_our_error(error: Exception) -> GraduateError:
    """Misuse that click found and refusals of the file system, told as every other error."""
    match error:
        case GraduateError():
            return error
        case click.UsageError():
            name = error.ctx.command_path if error.ctx else "poc-graduate"
            return UsageError(error.format_message().rstrip("."), remedy=f"see `{name} --help`")
        case click.ClickException():
            return UsageError(error.format_message().rstrip("."))
        case OSError(filename=str(name), strerror=str(reason)):
            return InputError(f"{name}: {reason}")
        case _:
            return GraduateError(str(error))


def show_error(error: GraduateError, *, as_json: bool) -> None:
    """The sentence on standard error; for machines the record on standard output, too."""
    if as_json:
        show_json({"error": error_record(error)})
    click.echo(error_sentence(error), err=True)


def show_json(record: object) -> None:
    """One indented JSON document on standard output."""
    import json

    click.echo(json.dumps(record, indent=2, ensure_ascii=False))
