"""`%%stage NAME [--params a,b]`: marks the cell for the plan, and runs it as it is."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.error import UsageError

from poc_graduate.notebook import stage

_LINE = re.compile(r"[ \t]*%%stage(?=\s|$)[ \t]*(?P<arguments>.*)")


def unmarked(lines: list[str]) -> list[str]:
    """The cell without its mark, every other line where it was.

    An input transformer of IPython: what is run, shown and told in tracebacks is then the cell
    itself, with its last expression, its `await` and its magics. A cell magic would run a copy.

    Args:
        lines: The cell's lines, each with its end.
    """
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    match = _LINE.match(lines[first]) if first is not None else None
    if first is None or match is None:
        return lines
    try:
        stage.parse(match["arguments"])
    except ValueError:
        return lines  # the magic below says what is wrong
    rest = lines[first + 1 :]
    below = next((line for line in rest if line.strip()), "")
    # IPython knows a cell magic by its place at the top.
    return rest if below.startswith("%%") else [*lines[:first], "\n", *rest]


def refused(line: str, cell: str) -> None:
    """Mark the cell as part of a stage: `%%stage NAME [--params a,b]`.

    The cell runs exactly as without this line. `%graduate export` and `poc-graduate export` make
    one task of consecutive cells with the same NAME and cut where it changes; a cell without a
    mark belongs to the stage above it. The names after --params become parameters of the
    pipeline: `%%stage train --params depth,rate`.
    """
    try:
        stage.parse(line)
    except ValueError as wrong:
        raise UsageError(f"%%stage: {wrong}") from None
    raise UsageError("%%stage stands in the first line of a cell")


def install(shell: Any) -> None:
    """Bring `%%stage` into a shell."""
    shell.input_transformers_cleanup.append(unmarked)
    shell.register_magic_function(refused, "cell", "stage")


def remove(shell: Any) -> None:
    """Take it out again."""
    if unmarked in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(unmarked)
    shell.magics_manager.magics["cell"].pop("stage", None)
