"""The command line: parses, calls the API, shows; one file a command."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

from poc_graduate.errors import GraduateError


class _Commands(click.Group):
    """Every module in this folder is a command; it is imported when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name}").command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="poc-graduate", prog_name="poc-graduate")
def cli() -> None:
    """Turn a notebook into a Ploomber pipeline that provably computes the same.

    \b
    Example: poc-graduate export churn_poc.ipynb --output churn
    Exit status: 0 done and proved, 2 bad use or input, 3 refused.
    """


def main() -> None:
    """Run a command; an error is one sentence on standard error, never a traceback."""
    as_json = "--format=json" in sys.argv or {"--format", "json"} <= set(sys.argv)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(misuse.exit_code)
    except GraduateError as error:
        from poc_graduate.cli._show import error_text

        click.echo(error_text(error, as_json=as_json), err=True)
        sys.exit(error.exit_status)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
