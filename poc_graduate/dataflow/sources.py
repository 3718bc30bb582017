"""The text of each top-level statement, comments with the statement that they belong to."""

from __future__ import annotations

import ast
from itertools import zip_longest

from poc_graduate.errors import InputError
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.quiet import Quiet


def parse_cell(notebook: Notebook, index: int, code: str) -> list[ast.stmt]:
    """Top-level statements of a cell.

    Args:
        notebook: The notebook, for the message.
        index: Position of the cell among all cells, from 1.
        code: Its code as plain Python.

    Returns:
        Statements whose line numbers are those of the cell.

    Raises:
        InputError: the code is not valid Python.
    """
    try:
        with Quiet():  # invalid escapes are the author's, and rules' business
            return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        column = getattr(error, "offset", None) or 1
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InputError(
            f"this cell is not valid Python ({said})",
            remedy="mend the cell, or make it a raw or Markdown cell if it is not to run",
            place=notebook.place(index, min(line, code.count("\n") + 1), max(column, 1)),
        ) from error


def characters(line: str, offset: int) -> int:
    """Characters before a place in a line that `ast` gives in UTF-8 bytes."""
    return len(line.encode()[:offset].decode())


def start_of(node: ast.stmt) -> tuple[int, int]:
    """Line (from 1) and byte offset where a statement starts, its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    if decorators:
        first = decorators[0]
        return first.lineno, node.col_offset
    return node.lineno, node.col_offset


def statement_sources(code: str, body: list[ast.stmt]) -> list[str]:
    """Text of each statement: comment lines above it and comments behind it included.

    Args:
        code: The cell's code.
        body: Its top-level statements, in order.

    Returns:
        One text a statement, without blank lines around it. Joined by line breaks they are the
        cell's code but for blank lines and for `;` between two statements. The last text on a
        line keeps its trailing `;`.
    """
    lines = [line.encode() for line in code.split("\n")]
    texts: list[str] = []
    line, column = 0, 0
    for node, following in zip_longest(body, body[1:]):
        end_line, _end_column = (node.end_lineno or node.lineno) - 1, node.end_col_offset or 0
        if following is None:
            stop_line, stop_column = len(lines), 0
        elif (start := start_of(following))[0] - 1 == end_line:
            stop_line, stop_column = end_line, start[1]
        else:
            stop_line, stop_column = _after(lines, end_line, start[0] - 1), 0
        texts.append(_between(lines, line, column, stop_line, stop_column))
        if following is not None and stop_line == end_line:
            texts[-1] = texts[-1].rstrip().removesuffix(";").rstrip()
        line, column = stop_line, stop_column
    return texts


def _after(lines: list[bytes], end_line: int, next_line: int) -> int:
    """First line that belongs to the following statement.

    Indented comments below a block are the block's; the others belong to what follows.
    """
    stop = end_line + 1
    for number in range(end_line + 1, next_line):
        text = lines[number]
        if text.lstrip().startswith(b"#") and text[:1] in (b" ", b"\t"):
            stop = number + 1
        elif text.strip():
            break
    return stop


def _between(lines: list[bytes], line: int, column: int, stop: int, stop_column: int) -> str:
    if line == stop:
        chosen = [lines[line][column:stop_column]]
    else:
        chosen = [lines[line][column:], *lines[line + 1 : stop]]
        if stop_column:
            chosen.append(lines[stop][:stop_column])
    texts = [part.decode() for part in chosen]
    while texts and not texts[0].strip():
        texts.pop(0)
    text = "\n".join(texts).rstrip()
    return text
