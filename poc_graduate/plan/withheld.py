"""Secrets leave the notebook before it is planned: what is generated asks the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from poc_graduate.dataflow.sources import characters
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.rules.secrets import Secret, commented, secrets
from poc_graduate.rules.view import CellView, NotebookView

MASK = "•••"


@dataclass(frozen=True)
class Withheld:
    """A secret that stays out of everything that is generated.

    Attributes:
        variable: The environment variable that holds it.
        cell: Position of the cell it stood in, from 1.
        line: Line in that cell, from 1.
        value: The literal, for the build that proves; never written to a file.
        texts: What must not be shown: the literal, and the part of it that gives access.
    """

    variable: str
    cell: int
    line: int
    value: str = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)


def withhold(notebook: Notebook) -> tuple[Notebook, tuple[Withheld, ...]]:
    """The notebook with its secrets read from the environment, and the secrets.

    What is run stays as it is (`Cell.source`); what is planned and generated (`Cell.code`) changes,
    line by line.

    Args:
        notebook: As it was read.
    """
    view = NotebookView(notebook)
    found: list[Withheld] = []
    codes: dict[int, str] = {}
    for cell in view.cells:
        edits = []
        for secret in secrets(cell):
            one = _withheld(secret, cell, found)
            found.append(one)
            edits.append((secret.node, one.variable))
        if edits:
            codes[cell.index] = _replaced(cell, edits)
    # Comments go along, and nothing reads them.
    noted = {one.text for cell in view.cells for one in commented(cell)}
    if not found and not noted:
        return notebook, ()
    if found and not _os_is_imported(view, min((one.cell, one.line) for one in found)):
        _import_os(view, codes)
    hidden = noted.union(*(one.texts for one in found))
    cells = tuple(
        _masked(cell, codes.get(cell.index, cell.code), hidden) for cell in notebook.cells
    )
    return replace(notebook, cells=cells), tuple(found)


def masked(text: str, withheld: Iterable[Withheld]) -> str:
    """A text without the secrets."""
    return _without({hidden for one in withheld for hidden in one.texts}, text)


def _without(hidden: set[str], text: str) -> str:
    for one in sorted(hidden, key=len, reverse=True):  # a part of another comes after it
        text = text.replace(one, MASK)
    return text


def _withheld(secret: Secret, cell: CellView, before: list[Withheld]) -> Withheld:
    value = str(secret.node.value)
    line = secret.node.lineno
    for one in before:
        if one.value == value:
            return replace(one, cell=cell.index, line=line)
    taken = {one.variable for one in before}
    variable, number = secret.variable, 1
    while variable in taken:
        number += 1
        variable = f"{secret.variable}_{number}"
    return Withheld(variable, cell.index, line, value, tuple({value, secret.text}))


def _os_is_imported(view: NotebookView, before: tuple[int, int]) -> bool:
    """Whether a cell imports `os` at its top level above a place."""
    return any(
        alias.name == "os" and alias.asname is None
        for cell in view.cells
        for statement in cell.body
        if isinstance(statement, ast.Import) and (cell.index, statement.lineno) < before
        for alias in statement.names
    )


def _replaced(cell: CellView, edits: list[tuple[ast.Constant, str]]) -> str:
    """The cell's code with literals replaced, from the last to the first."""
    lines = cell.cell.code.split("\n")
    for node, variable in sorted(edits, key=lambda e: (e[0].lineno, e[0].col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        begin = characters(lines[first], node.col_offset)
        end = characters(lines[last], node.end_col_offset or 0)
        lines[first] = f'{lines[first][:begin]}os.environ["{variable}"]{lines[last][end:]}'
        # As many lines as before: positions in messages are the user's.
        lines[first + 1 : last + 1] = [""] * (last - first)
    return "\n".join(lines)


def _import_os(view: NotebookView, codes: dict[int, str]) -> None:
    """Before the first statement that can share its line, or at each place where it is needed."""
    for cell in view.cells:
        for statement in cell.body:
            if isinstance(statement, ast.Import | ast.Assign | ast.Expr) or (
                isinstance(statement, ast.ImportFrom) and statement.module != "__future__"
            ):
                lines = codes.get(cell.index, cell.cell.code).split("\n")
                line = lines[statement.lineno - 1]
                at = characters(line, statement.col_offset)
                lines[statement.lineno - 1] = f"{line[:at]}import os; {line[at:]}"
                codes[cell.index] = "\n".join(lines)
                return
        if cell.index in codes:
            codes[cell.index] = codes[cell.index].replace(
                "os.environ[", '__import__("os").environ['
            )


def _masked(cell: Cell, code: str, hidden: set[str]) -> Cell:
    """The cell without secrets in what is not run: comments and text."""
    if cell.kind == "code":
        return replace(cell, code=_without(hidden, code))
    return replace(cell, source=_without(hidden, cell.source))
