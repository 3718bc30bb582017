"""POC904 top-level-await."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import FUNCTIONS
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc9_notebook_only._shell import cut
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class TopLevelAwait(Rule):
    """A cell awaits something outside of any function.

    Why it bites: only a notebook has an event loop running; in a script or a module the same line
    is a syntax error, and within a running loop `asyncio.run` fails here.
    On export: the statement stays in its task, where a kernel runs it; it moves into no function.
    """

    code, name, severity = "POC904", "top-level-await", Severity.RISK
    message = "`{awaits}` stands outside of any function; as a script it is a syntax error"

    flagged = (
        Flagged("pages = «await fetch_all(urls)»", says="`await fetch_all(urls)`"),
        Flagged("«async for row in rows():\n    print(row)»", says="`async for row in rows():`"),
        Flagged("x = 1\n# %%\n«async with session() as s:\n    data = s.get()»"),
    )
    ignored = (
        "async def load():\n    return await fetch()",
        "import asyncio\nasyncio.run(load())",
        "awaited = 1",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        if "await " not in cell.cell.code and "async " not in cell.cell.code:
            return
        for node in cell.nodes:
            if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) and _is_outside(
                node, cell
            ):
                shown = cell.source(node) if isinstance(node, ast.Await) else cell.line(node.lineno)
                yield self.found(node, cell, awaits=cut(shown.strip()))
                return


def _is_outside(node: ast.AST, cell: CellView) -> bool:
    at = cell.parent(node)
    while at is not None:
        if isinstance(at, FUNCTIONS):
            return False
        at = cell.parent(at)
    return True
