"""`_`, `Out[3]` and the like: displayed values that later cells read get names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from poc_graduate.dataflow.sources import parse_cell
from poc_graduate.notebook.model import Cell, Notebook

_SHORT = {"_": 1, "__": 2, "___": 3}
_INPUTS = {"_i": 1, "_ii": 2, "_iii": 3}
_MAYBE = re.compile(r"\b(_{1,3}|_\d+|_i{1,3}|_i\d+|Out|In|_oh|_ih)\b")


@dataclass(frozen=True)
class _Edit:
    """A piece of a cell's code to be replaced, in bytes of its line."""

    line: int
    start: int
    end: int
    text: str


def refers_to_results(notebook: Notebook, bound: frozenset[str]) -> bool:
    """Whether some cell may read a displayed value.

    Args:
        notebook: The notebook.
        bound: Names that it binds.
    """
    for cell in notebook.code_cells:
        for match in _MAYBE.finditer(cell.code):
            if match.group() not in bound:
                return True
    return False


def name_results(
    notebook: Notebook, displayed: set[int], bound: frozenset[str]
) -> tuple[Notebook, dict[str, int]]:
    """Give names to displayed values that are read later.

    Args:
        notebook: The notebook.
        displayed: Positions of cells that show a value.
        bound: Names that the notebook binds, which never mean displayed values.

    Returns:
        The notebook with readers and displaying cells rewritten, line counts kept, and name →
        position of the cell that displays the value.
    """
    cells = notebook.code_cells
    counts = dict(enumerate(cells, start=1))
    edits: dict[int, list[_Edit]] = {}
    wanted: dict[str, int] = {}
    taken = bound | set(re.findall(r"\w+", "\n".join(cell.code for cell in cells)))
    for number, cell in counts.items():
        shown = [counts[n] for n in range(1, number) if counts[n].index in displayed]
        for node, source in _references(notebook, cell, bound):
            text = None
            if isinstance(source, int):
                found = _result(source, shown, counts, displayed, number)
                if found is not None:
                    name = _fresh(found, taken)
                    wanted[name] = found.index
                    text = name
            else:
                text = _input(source, number, counts)
            if text is not None and node.end_col_offset is not None:
                edit = _Edit(node.lineno, node.col_offset, node.end_col_offset, text)
                edits.setdefault(cell.index, []).append(edit)
    if not edits:
        return notebook, {}
    changed = []
    for cell in notebook.cells:
        code = _edited(cell.code, edits.get(cell.index, []))
        for name, index in wanted.items():
            if index == cell.index:
                code = _named(notebook, cell, code, name)
        changed.append(replace(cell, code=code) if code != cell.code else cell)
    return replace(notebook, cells=tuple(changed)), wanted


def _references(
    notebook: Notebook, cell: Cell, bound: frozenset[str]
) -> Iterator[tuple[ast.expr, int | str]]:
    """Expressions that read a result (a number: count, or negative: how far back) or an input."""
    if not _MAYBE.search(cell.code):
        return
    for statement in parse_cell(notebook, cell.index, cell.code):
        for node in ast.walk(statement):
            match node:
                case ast.Name(id=name, ctx=ast.Load()) if name not in bound:
                    if name in _SHORT:
                        yield node, -_SHORT[name]
                    elif name in _INPUTS:
                        yield node, f"-{_INPUTS[name]}"
                    elif re.fullmatch(r"_\d+", name):
                        yield node, int(name[1:])
                    elif re.fullmatch(r"_i\d+", name):
                        yield node, name[2:]
                case ast.Subscript(
                    value=ast.Name(id="Out" | "_oh" as name),
                    slice=ast.Constant(value=int(count)),
                ) if name not in bound and count > 0:
                    yield node, count
                case ast.Subscript(value=ast.Name(id="In" | "_ih" as name), slice=index) if (
                    name not in bound
                ):
                    match index:
                        case ast.Constant(value=int(count)):
                            yield node, str(count)
                        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(back))):
                            yield node, f"-{back - 1}"


def _result(
    source: int,
    shown: list[Cell],
    counts: dict[int, Cell],
    displayed: set[int],
    number: int,
) -> Cell | None:
    if source < 0:
        return shown[source] if len(shown) >= -source else None
    if source >= number or source not in counts:
        return None
    return counts[source] if counts[source].index in displayed else None


def _input(source: str, number: int, counts: dict[int, Cell]) -> str | None:
    count = number + int(source) if source.startswith("-") else int(source)
    if count == 0:
        return repr("")
    return repr(counts[count].source.rstrip("\n")) if count in counts else None


def _fresh(cell: Cell, taken: frozenset[str] | set[str]) -> str:
    name = f"result_of_cell_{cell.index}"
    while name in taken:
        name += "_"
    return name


def _edited(code: str, edits: list[_Edit]) -> str:
    lines = [line.encode() for line in code.split("\n")]
    for edit in sorted(edits, key=lambda edit: (edit.line, edit.start), reverse=True):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.start] + edit.text.encode() + line[edit.end :]
    return "\n".join(line.decode() for line in lines)


def _named(notebook: Notebook, cell: Cell, code: str, name: str) -> str:
    """The trailing expression bound to a name, then shown by that name."""
    last = parse_cell(notebook, cell.index, code)[-1]
    lines = [line.encode() for line in code.split("\n")]
    end, column = (last.end_lineno or last.lineno) - 1, last.end_col_offset or 0
    lines[end] = lines[end][:column] + f"; {name}".encode() + lines[end][column:]
    start = last.lineno - 1
    lines[start] = (
        lines[start][: last.col_offset] + f"{name} = ".encode() + lines[start][last.col_offset :]
    )
    return "\n".join(line.decode() for line in lines)
