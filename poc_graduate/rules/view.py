"""A notebook as rules look at it: trees, names and literals, each worked out once when asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from poc_graduate.dataflow.names import imported_name
from poc_graduate.notebook.magics import tree_of
from poc_graduate.notebook.model import Cell, Notebook, Place
from poc_graduate.rules.finding import Span

_PARSED = 4_096
_NO_PLACE = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


@dataclass(frozen=True)
class Parsed:
    """A cell's tree and the indexes that rules are dispatched by.

    Attributes:
        tree: The module; empty where the cell is no Python.
        nodes: Every node, parents before their children, in the order of the text.
        parents: Node → the node it stands in.
        calls: Last name of what is called (`drop` of `df.drop(…)`) → the calls.
        texts: Strings, and f-strings that begin with text, each with its text.
    """

    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    parents: dict[ast.AST, ast.AST]
    calls: dict[str, tuple[ast.Call, ...]]
    texts: tuple[tuple[ast.expr, str], ...]


@lru_cache(maxsize=_PARSED)
def parsed(code: str) -> Parsed:
    """The tree of a cell, kept: an editor asks again after each edit, and one cell has changed."""
    tree = tree_of(code)
    nodes: list[ast.AST] = []
    parents: dict[ast.AST, ast.AST] = {}
    calls: dict[str, list[ast.Call]] = {}
    texts: list[tuple[ast.expr, str]] = []
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        nodes.append(node)
        if isinstance(node, ast.Call):
            calls.setdefault(last_name(node.func), []).append(node)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and not isinstance(parents[node], ast.JoinedStr):
                texts.append((node, node.value))
            continue
        elif isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                texts.append((node, first.value))
        inner = [child for child in ast.iter_child_nodes(node) if not isinstance(child, _NO_PLACE)]
        for child in inner:
            parents[child] = node
        todo += reversed(inner)
    by_name = {name: tuple(found) for name, found in calls.items()}
    return Parsed(tree, tuple(nodes), parents, by_name, tuple(texts))


def last_name(called: ast.expr) -> str:
    """`drop` of `df.drop`, `print` of `print`; empty for anything else."""
    match called:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


@dataclass(frozen=True, eq=False)
class CellView:
    """One code cell.

    Attributes:
        notebook: The notebook it belongs to.
        cell: What was read.
    """

    notebook: NotebookView
    cell: Cell

    @property
    def index(self) -> int:
        """Position among all cells, from 1."""
        return self.cell.index

    @cached_property
    def _parsed(self) -> Parsed:
        return parsed(self.cell.code)

    @property
    def body(self) -> list[ast.stmt]:
        """Top-level statements."""
        return self._parsed.tree.body

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, parents before children, in the order of the text."""
        return self._parsed.nodes

    @property
    def calls(self) -> dict[str, tuple[ast.Call, ...]]:
        """Last name of what is called → the calls."""
        return self._parsed.calls

    @property
    def texts(self) -> tuple[tuple[ast.expr, str], ...]:
        """Strings, and f-strings that begin with text, each with its text."""
        return self._parsed.texts

    @cached_property
    def lines(self) -> list[str]:
        """Source lines as the user wrote them."""
        return self.cell.source.split("\n")

    def line(self, number: int) -> str:
        """The source line, from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that this one stands in."""
        return self._parsed.parents.get(node)

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that a node stands in."""
        found: ast.AST | None = node
        while found is not None and not isinstance(found, ast.stmt):
            found = self.parent(found)
        return found

    def source(self, node: ast.AST) -> str:
        """The text of a node, on one line."""
        return " ".join((ast.get_source_segment(self.cell.code, node) or "").split())

    def span_of(self, node: ast.AST) -> Span:
        """Where a node stands in the source."""
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", None)
        start = self._characters(line, getattr(node, "col_offset", 0))
        end_line = end_line or line
        end = self._characters(end_line, getattr(node, "end_col_offset", None) or 0)
        return Span(line, start + 1, end_line, end + 1)

    def _characters(self, line: int, offset: int) -> int:
        """`ast` counts bytes; people count characters."""
        text = self._code_lines[line - 1] if 0 < line <= len(self._code_lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore"))

    @cached_property
    def _code_lines(self) -> list[str]:
        return self.cell.code.split("\n")

    def literal(self, node: ast.AST | None) -> object:
        """The value that somebody typed here, or once for the name given here; `TYPED_NOT` else."""
        return self.notebook.literal(node)

    def module(self, called: ast.expr) -> str:
        """What a dotted name stands for by the notebook's imports; empty where unknown."""
        return self.notebook.module(called)


class _Nothing:
    def __repr__(self) -> str:
        return "TYPED_NOT"


TYPED_NOT = _Nothing()
"""What `literal` gives for an expression that is computed."""


@dataclass(frozen=True, eq=False)
class NotebookView:
    """A notebook, its code cells, and what its names stand for.

    Attributes:
        notebook: What was read.
        cells: Its code cells.
        kept: What a family of rules works out once for the notebook, by a word of theirs.
    """

    notebook: Notebook
    cells: tuple[CellView, ...] = field(init=False)
    kept: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        views = tuple(CellView(self, cell) for cell in self.notebook.code_cells)
        object.__setattr__(self, "cells", views)

    def place(self, cell: int, line: int, column: int) -> Place:
        """A place in the notebook, all from 1."""
        return self.notebook.place(cell, line, column)

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name → what it was imported as: `pd` → `pandas`, `sqrt` → `math.sqrt`."""
        found: dict[str, str] = {}
        for view in self.cells:
            for node in view.nodes:
                match node:
                    case ast.Import(names=names):
                        for one in names:
                            bound = imported_name(one)
                            found[bound] = one.name if one.asname else bound
                    case ast.ImportFrom(module=module, names=names, level=level):
                        for one in names:
                            origin = f"{'.' * level}{module or ''}.{one.name}"
                            found[one.asname or one.name] = origin
        return found

    @cached_property
    def assigned(self) -> dict[str, tuple[ast.expr | None, ...]]:
        """Global name → the expressions assigned to it; None where it is bound otherwise."""
        found: dict[str, list[ast.expr | None]] = {}
        for view in self.cells:
            for node in view.nodes:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                    parent = view.parent(node)
                    value: ast.expr | None = None
                    match parent:
                        case ast.Assign(targets=[_], value=assigned):
                            value = assigned
                        case ast.AnnAssign(value=assigned):
                            value = assigned
                    found.setdefault(node.id, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    def definition(self, name: str) -> ast.expr | None:
        """The expression that a name is assigned, where the notebook assigns it once."""
        values = self.assigned.get(name, ())
        return values[0] if len(values) == 1 else None

    def literal(self, node: ast.AST | None) -> object:
        """The value of a literal, or of a name assigned once to a literal."""
        if isinstance(node, ast.Name):
            node = self.definition(node.id)
        if node is None:
            return TYPED_NOT
        try:
            value: object = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return TYPED_NOT
        return value

    def module(self, called: ast.expr) -> str:
        """`pandas.read_csv` of `pd.read_csv`; empty where the first name is not imported."""
        parts: list[str] = []
        while isinstance(called, ast.Attribute):
            parts.append(called.attr)
            called = called.value
        if not isinstance(called, ast.Name) or called.id not in self.imports:
            return ""
        return ".".join([self.imports[called.id], *reversed(parts)])


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The argument given by keyword."""
    return next((k.value for k in call.keywords if k.arg == name), None)


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument given by position (from 0) or by keyword."""
    if len(call.args) > position and not any(
        isinstance(one, ast.Starred) for one in call.args[: position + 1]
    ):
        return call.args[position]
    return keyword(call, name)


def shown_names(node: ast.AST) -> Iterator[str]:
    """Names read in an expression."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
