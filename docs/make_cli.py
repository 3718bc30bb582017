"""Write docs/cli.md from the commands' own help.

python docs/make_cli.py            write the page
python docs/make_cli.py --check    exit with 1 where the page is stale, and write nothing
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from poc_graduate.cli import cli

PAGE = Path(__file__).with_name("cli.md")
PROGRAM = "poc-graduate"
WIDTH = 88
HEAD = """\
# Command line

Written by `make docs` from what `--help` says.

Results go to standard output; progress, remarks and errors to standard error. An error is one
sentence: where, what was found, what to do. With `--format json` a command prints one JSON
document, and `{"error": {…}}` where it fails. `POC_GRADUATE_DEBUG=1` shows where in the program an
error came from.

| exit status | meaning |
|---|---|
| 0 | done, and proved where the notebook was run |
| 1 | `check`: something found; `contract check`: broken; `batch`: runs failed; else a defect |
| 2 | bad use or input |
| 3 | refused: nothing that provably computes the same can be made; `verify`: something differs |
| 130 | stopped by the user |
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *sections(cli, PROGRAM, None)])


def sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """The help of a command, then those of the commands in it."""
    context = click.Context(
        command,
        parent,
        info_name=name,
        terminal_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    path = context.command_path
    yield f"## {path}\n\n```text\n$ {path} --help\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for found in command.list_commands(context):
            one = command.get_command(context, found)
            assert one is not None
            yield from sections(one, found, context)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    made = page()
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print("docs/cli.md is stale; write it with `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
