"""Magics and shell lines that are lines of their own: nearly all there are, read without IPython.

IPython takes a third of a second to import and tokenizes a cell again for each line it changes.
A line that cannot be anything else needs neither.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from poc_graduate.notebook.python import problem_of, tree_of

# `%=` and `!=` are operators, also for IPython.
_BEGINS = re.compile(r"^[%!](?!=)", re.MULTILINE)
# It goes on in the next line, asks for help, or opens a text that may end in any line below.
_UNSURE = re.compile(r"\\$|\?\s*$|'''|\"\"\"")


def whole_lines(code: str) -> tuple[int, ...]:
    """Positions of the magics and shell lines of a cell, where it holds no other IPython syntax.

    Args:
        code: The cell as the user wrote it.

    Returns:
        Positions from 0; none where there are none, or where only IPython can tell.
    """
    if not _BEGINS.search(code):
        return ()
    lines = code.removesuffix("\n").split("\n")
    found = tuple(at for at, line in enumerate(lines) if _BEGINS.match(line))
    if any(_UNSURE.search(lines[at]) or (at and lines[at - 1].endswith("\\")) for at in found):
        return ()
    for at in found:
        lines[at] = "pass"
    # One that stands in a text or in brackets is no statement of its own now.
    plain = "\n".join(lines)
    if problem_of(plain) is not None:
        return ()
    passes = {node.lineno - 1 for node in tree_of(plain).body if isinstance(node, ast.Pass)}
    return found if passes.issuperset(found) else ()


def called(line: str) -> str:
    """The call that IPython makes of a line that begins with `%` or `!`.

    Args:
        line: The line, not indented.

    Returns:
        As `EscapedCommand` of `IPython.core.inputtransformer2` writes it.
    """
    line = line.rstrip()
    if line.startswith("%"):
        name, _, arguments = line[1:].partition(" ")
        return f"get_ipython().run_line_magic({name!r}, {arguments!r})"
    if line.startswith("!!"):
        return f"get_ipython().getoutput({line[2:]!r})"
    return f"get_ipython().system({line[1:]!r})"


def called_cell(lines: Sequence[str]) -> str:
    """The call that IPython makes of a cell that begins with `%%`.

    Args:
        lines: The cell's lines, each with its line break.

    Returns:
        As `cell_magic` of `IPython.core.inputtransformer2` writes it.
    """
    name, _, arguments = lines[0][2:].rstrip().partition(" ")
    return f"get_ipython().run_cell_magic({name!r}, {arguments!r}, {''.join(lines[1:])!r})\n"
