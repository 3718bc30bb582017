"""The command line: parses, calls the API, shows; one file a command."""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from poc_graduate import __version__
from poc_graduate.errors import GraduateError

DEBUG = "POC_GRADUATE_DEBUG"
STOPPED = 130
FAILED = 1
# click 8.1 prints the help by itself.
_HELP_WANTED: tuple[type[click.UsageError], ...] = tuple(
    filter(None, [getattr(click.exceptions, "NoArgsIsHelpError", None)])
)


class _Commands(click.Group):
    """Every module in this folder is a command; it is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="poc-graduate")
def cli() -> None:
    """Turn a notebook into a Ploomber pipeline that provably computes the same.

    \b
    Example:
      poc-graduate export churn_poc.ipynb --output churn

    \b
    Exit status:
      0  done, and proved where the notebook was run; check: nothing found
      1  check: something found; contract: broken; batch: runs failed
      2  bad use or input
      3  refused: nothing that provably computes the same can be made
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error is one sentence on standard error, never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a notebook may hold half of a pair
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_status(given))


def _status(arguments: list[str]) -> int:
    try:
        return cli.main(arguments, prog_name="poc-graduate", standalone_mode=False) or 0
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("\nStopped.", err=True)
        return STOPPED
    except _HELP_WANTED as bare:  # a group without a command: its help, as it is
        click.echo(bare.format_message(), err=True)
        return bare.exit_code
    except (GraduateError, click.ClickException, OSError) as error:
        from poc_graduate.cli import _show

        _raise_when_debugging(error)
        told = _show.as_our_error(error)
        _show.show_error(told, as_json=_asks_for_json(arguments))
        return told.exit_status
    except Exception as defect:
        from poc_graduate.cli import _show

        _raise_when_debugging(defect)
        told = GraduateError(
            f"poc-graduate has a defect: {type(defect).__name__}: {defect}",
            remedy=f"report it, please, with what {DEBUG}=1 shows",
        )
        _show.show_error(told, as_json=_asks_for_json(arguments))
        return FAILED


def _asks_for_json(arguments: list[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _raise_when_debugging(error: Exception) -> None:
    if os.environ.get(DEBUG):
        raise error
