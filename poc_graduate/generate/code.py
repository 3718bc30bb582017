"""The author's statements as text: literals replaced by parameters, removed ones left out."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Sequence, Set

from poc_graduate.dataflow.model import Statement
from poc_graduate.dataflow.sources import characters
from poc_graduate.plan.definitions import Definitions
from poc_graduate.plan.parameters import Replacement

_INDENT = "    "


def _offset(lines: Sequence[str], line: int, column: int) -> int:
    """Character offset of a position that `ast` gives in lines and UTF-8 bytes."""
    before = sum(len(text) + 1 for text in lines[: line - 1])
    return before + characters(lines[line - 1], column)


def statement_text(
    statement: Statement, code: str, replacements: Iterable[Replacement] = ()
) -> str:
    """The statement as the author wrote it, comments included, with parameters put in.

    Args:
        statement: The statement.
        code: Plain Python of its whole cell.
        replacements: Literals to replace by a name.
    """
    text = statement.source.strip("\n")
    start = code.find(text)
    node = statement.node
    lines = code.split("\n")
    inside = _offset(lines, node.lineno, node.col_offset)
    while start != -1 and not start <= inside < start + len(text):
        start = code.find(text, start + 1)
    edits = []
    for replacement in replacements:
        old = replacement.node
        if old.end_lineno is None or old.end_col_offset is None or start == -1:
            continue
        first = _offset(lines, old.lineno, old.col_offset) - start
        last = _offset(lines, old.end_lineno, old.end_col_offset) - start
        edits.append((first, last, replacement.name))
    for first, last, name in sorted(edits, reverse=True):
        text = text[:first] + name + text[last:]
    return text


def is_hidden(statement: Statement) -> bool:
    """An expression whose value IPython does not show because of a trailing semicolon."""
    return isinstance(statement.node, ast.Expr) and statement.source.rstrip().endswith(";")


def returns_nothing(node: ast.stmt) -> bool:
    """A call to print: showing its value would show nothing."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
    return not isinstance(node, ast.Expr)


def silenced(text: str) -> str:
    """The same expression with its value bound, so that it is not shown."""
    lines = text.rstrip().removesuffix(";").rstrip().split("\n")
    first = next(
        i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")
    )
    lines[first] = f"_ = {lines[first]}"
    return "\n".join(lines)


def cell_text(kept: Sequence[tuple[Statement, str]], original: Sequence[Statement]) -> str:
    """The text of a cell in its task.

    Args:
        kept: Statements that stay, with their text.
        original: All statements of the cell: what it shows must not change.
    """
    parts: list[str] = []
    previous: Statement | None = None
    for number, (statement, text) in enumerate(kept):
        last_of_cell = statement is original[-1] if original else True
        ends = number == len(kept) - 1
        newly_last = ends and not last_of_cell and not returns_nothing(statement.node)
        if (is_hidden(statement) and ends) or newly_last:
            text = silenced(text)
        else:
            text = re.sub(r";\s*$", "", text) if isinstance(statement.node, ast.Expr) else text
        if previous is not None and has_gap(previous, statement):
            parts.append("")
        parts.append(text)
        previous = statement
    return "\n".join(parts)


def has_gap(one: Statement, other: Statement) -> bool:
    """Whether the author left a blank line between two statements."""
    end = one.node.end_lineno or one.node.lineno
    lines = other.source.strip("\n").split("\n")
    comments = 0
    for line in lines:
        if line.lstrip().startswith("#"):
            comments += 1
        elif line.strip():
            break
    return _first_line(other) - comments > end + 1


def _first_line(statement: Statement) -> int:
    decorators = getattr(statement.node, "decorator_list", [])
    return int(min([statement.node.lineno, *(d.lineno for d in decorators)]))


def indented(text: str) -> str:
    """The text one level deeper; the inside of multi-line strings is left as it is."""
    inside = _string_lines(text)
    return "\n".join(
        line if not line.strip() or number in inside else _INDENT + line
        for number, line in enumerate(text.split("\n"), start=1)
    )


def _string_lines(text: str) -> set[int]:
    """Lines that begin within a string literal."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno:
            if isinstance(node, ast.Constant) and not isinstance(node.value, str | bytes):
                continue
            found |= set(range(node.lineno + 1, node.end_lineno + 1))
    return found


def import_lines(definitions: Definitions, names: Iterable[str]) -> list[str]:
    """Import statements that bind just these names, in the notebook's order.

    A star import is spelt out where it is the only one: which of several brought a name in
    cannot be known from the names.
    """
    wanted = set(names) & set(definitions.imports)
    found = {s.key: s for name in wanted for s in definitions.imports[name]}
    stars = {key for name in definitions.stars for key in _keys(definitions, name)}
    lines: list[str] = []
    for key in sorted(found):
        spelt = wanted & definitions.stars if len(stars) == 1 else frozenset({"*"})
        for line in _import_lines(found[key], wanted, spelt):
            if line not in lines:
                lines.append(line)
    return lines


def _keys(definitions: Definitions, name: str) -> list[tuple[int, int]]:
    return [s.key for s in definitions.imports.get(name, ())]


def _import_lines(statement: Statement, wanted: set[str], spelt: Set[str]) -> list[str]:
    node = statement.node
    if isinstance(node, ast.Import):
        return [
            f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            for alias in node.names
            if (alias.asname or alias.name.split(".")[0]) in wanted
        ]
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        if any(alias.name == "*" for alias in node.names):
            return [f"from {module} import {', '.join(sorted(spelt))}"] if spelt else []
        picked = [
            alias.name + (f" as {alias.asname}" if alias.asname else "")
            for alias in node.names
            if (alias.asname or alias.name) in wanted
        ]
        return [f"from {module} import {', '.join(picked)}"] if picked else []
    if (statement.defines | statement.may_define) & wanted:
        return [statement.source.strip("\n")]
    return []


def product_path(stage: str, file: str) -> str:
    """Where a stage keeps a file."""
    return posixpath.join("products", stage, file)
