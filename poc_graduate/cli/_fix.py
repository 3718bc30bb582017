"""`check --fix` and `--diff`: which fixes are meant, and what is shown of them."""

from __future__ import annotations

import re
from typing import Any

import click

SAFE = "SAFE"
_CODES = re.compile(r"(?i)(safe|POC\d*)(,\s*(safe|POC\d*))*,?")


class WithFix(click.Command):
    """A command whose `--fix` takes codes or none: what comes behind it may be a notebook."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See `click.Command`."""
        given = list(args)
        for at, word in enumerate(args):
            if word == "--":
                break
            if word == "--fix":
                behind = args[at + 1] if at + 1 < len(args) else ""
                if not _CODES.fullmatch(behind):
                    given[at] = f"--fix={SAFE}"
        return super().parse_args(ctx, given)


def fix_options(command: Any) -> Any:
    """`--fix [CODES]` and `--diff`."""
    fix = click.option(
        "--fix",
        metavar="[CODES]",
        help="Apply the safe fixes; with CODES those of these rules, offered ones too; "
        "`safe,POC202` for both.",
    )
    diff = click.option(
        "--diff", is_flag=True, help="Show what --fix would change, cell by cell; write nothing."
    )
    return fix(diff(command))
