"""A notebook as rules look at it: trees, names and literals, each worked out once when asked."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from poc_graduate.dataflow.facts import CellFacts, FrameFacts, RunFacts
from poc_graduate.dataflow.sources import characters
from poc_graduate.notebook.model import Cell, Notebook, Place
from poc_graduate.rules.finding import Span
from poc_graduate.rules.names import CellNames, NotebookNames, names_by_looks
from poc_graduate.rules.parsed import Node, Parsed, indexed, parsed
from poc_graduate.rules.switches import Off, switched_off, without

Located = ast.expr | ast.stmt | ast.excepthandler | ast.keyword
"""Nodes that have a place in the text."""
_ANY_NAME = CellNames(anything=True)


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
    def whole(self) -> Parsed:
        """Its tree and what was worked out from its text, which outlives the notebook."""
        return parsed(self.cell.code)

    @cached_property
    def parsed(self) -> Parsed:
        """The same without what no run comes to, as a switch above is off: rules pass that by."""
        return indexed(without(self.whole, self.off)) if self.off else self.whole

    @property
    def off(self) -> tuple[Off, ...]:
        """Its branches that no run from top to bottom takes."""
        return self.notebook.off.get(self.index, ())

    def of(self, *kinds: type[Node]) -> Iterable[Node]:
        """Nodes of some kinds, those of one kind in the order of the text."""
        return self.parsed.of(*kinds)

    @property
    def body(self) -> list[ast.stmt]:
        """Top-level statements."""
        return self.parsed.tree.body

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, parents before children, in the order of the text."""
        return self.parsed.nodes

    @property
    def statements(self) -> tuple[ast.stmt, ...]:
        """Every statement in the order of the text, those inside others too: few, so cheap."""
        return self.parsed.statements

    @cached_property
    def calls(self) -> dict[str, tuple[ast.Call, ...]]:
        """Last name of what is called → the calls."""
        return self.parsed.calls

    def calls_of(self, names: frozenset[str]) -> list[ast.Call]:
        """The calls of what has one of some last names, in the order of the text."""
        found = [call for name in names & self.calls.keys() for call in self.calls[name]]
        return sorted(found, key=lambda call: (call.lineno, call.col_offset))

    @cached_property
    def library_calls(self) -> dict[str, tuple[ast.Call, ...]]:
        """`calls` without those of functions and classes that the notebook makes itself.

        Such a name is not the library's, whatever it is called.
        """
        own = self.notebook.makes(self.index) & self.calls.keys()
        if not own:
            return self.calls
        left = dict(self.calls)
        for name in own:
            left[name] = tuple(c for c in left[name] if not isinstance(c.func, ast.Name))
        return {name: calls for name, calls in left.items() if calls}

    @property
    def texts(self) -> tuple[tuple[ast.expr, str], ...]:
        """Strings, and f-strings that begin with text, each with its text."""
        return self.parsed.texts

    @property
    def names(self) -> CellNames:
        """Global names that the cell binds and reads; any, where it is no Python."""
        return self.parsed.names if self.cell.broken is None else _ANY_NAME

    @cached_property
    def lines(self) -> list[str]:
        """Source lines as the user wrote them."""
        return self.cell.source.split("\n")

    def line(self, number: int) -> str:
        """The source line, from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that this one stands in."""
        found = self.parsed.parents.get(node)
        return self.whole.parents.get(node) if found is None and self.off else found

    def taker(self, node: ast.AST) -> ast.AST | None:
        """What takes an argument, by its place or by keyword; of anything else, where it stands."""
        around = self.parent(node)
        return self.parent(around) if isinstance(around, ast.keyword) else around

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that a node stands in."""
        found: ast.AST | None = node
        while found is not None and not isinstance(found, ast.stmt):
            found = self.parent(found)
        return found

    def source(self, node: ast.AST) -> str:
        """The text of a node, on one line."""
        return " ".join(self.segment(node).split())

    def segment(self, node: ast.AST) -> str:
        """The text of a node as it stands in the code; empty where it has no place."""
        if isinstance(node, ast.expr) and node.lineno == node.end_lineno:
            line = self._code_lines[node.lineno - 1]
            # Few need the search of the whole text that `ast` does for each.
            if line.isascii():
                return line[node.col_offset : node.end_col_offset]
        return ast.get_source_segment(self.cell.code, node) or ""

    def span_of(self, node: Located) -> Span:
        """Where a node stands in the source."""
        end_line = node.end_lineno or node.lineno
        return Span(
            node.lineno,
            characters(self._code_lines[node.lineno - 1], node.col_offset) + 1,
            end_line,
            characters(self._code_lines[end_line - 1], node.end_col_offset or 0) + 1,
        )

    @cached_property
    def _code_lines(self) -> list[str]:
        return self.cell.code.split("\n")

    def span_of_line(self, number: int) -> Span:
        """A whole source line without the blanks round it: for magics and shell lines."""
        text = self.line(number)
        start = len(text) - len(text.lstrip()) + 1
        return Span(number, start, number, max(start, len(text.rstrip()) + 1))

    def literal(self, node: ast.AST | None) -> object:
        """The value that somebody typed here, or once for the name given here; `TYPED_NOT` else."""
        return self.notebook.literal(node)

    def module(self, called: ast.expr) -> str:
        """What a dotted name stands for by the notebook's imports; empty where unknown."""
        if isinstance(called, ast.Name) and called.id in self.notebook.makes(self.index):
            return ""
        return self.notebook.module(called)

    @property
    def facts(self) -> CellFacts | None:
        """What a run showed of this cell; None without a run, or where it did not run."""
        return self.notebook.facts_of.get(self.index)

    def frame_before(self, name: str) -> FrameFacts | None:
        """The frame that a name held when the cell began; None where no run tells."""
        return self.notebook.frame(name, self.index - 1)

    def frame_after(self, name: str) -> FrameFacts | None:
        """The frame that a name held when the cell had ended; None where no run tells."""
        return self.notebook.frame(name, self.index) if self.facts is not None else None


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
        facts: What a run of it showed, if there was one.
        cells: Its code cells.
    """

    notebook: Notebook
    facts: RunFacts | None = None
    cells: tuple[CellView, ...] = field(init=False)

    def __post_init__(self) -> None:
        views = tuple(CellView(self, cell) for cell in self.notebook.code_cells)
        object.__setattr__(self, "cells", views)

    @cached_property
    def off(self) -> dict[int, tuple[Off, ...]]:
        """Position of a cell → its branches that no run from top to bottom takes."""
        return switched_off(self.cells)

    def release(self) -> None:
        """Let go of the cells, at the end: they hold the notebook, too.

        Without this, trees of many nodes would be left to the cyclic collector, which takes as
        long over them as half of the rules do.
        """
        object.__setattr__(self, "cells", ())

    def place(self, cell: int, line: int, column: int) -> Place:
        """A place in the notebook, all from 1."""
        return self.notebook.place(cell, line, column)

    @property
    def complete(self) -> bool:
        """Whether every cell could be looked at; else a name may be bound or used unseen."""
        return all(view.cell.broken is None for view in self.cells)

    @cached_property
    def facts_of(self) -> dict[int, CellFacts]:
        """Position of a cell among all cells, from 1 → what a run showed of it."""
        return {one.cell: one for one in self.facts.cells} if self.facts is not None else {}

    def frame(self, name: str, cell: int) -> FrameFacts | None:
        """The frame that a name held after the cell at a position, as the run showed."""
        for index in sorted((i for i in self.facts_of if i <= cell), reverse=True):
            facts = self.facts_of[index]
            if name in facts.frames:
                return facts.frames[name]
            if name in facts.bound or name in facts.deleted:
                return None
        return None

    @cached_property
    def names(self) -> NotebookNames:
        """Which cells bind and read which global names."""
        return NotebookNames(tuple(view.names for view in self.cells))

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name → what it was imported as: `pd` → `pandas`, `sqrt` → `math.sqrt`."""
        found: dict[str, str] = {}
        for view in self.cells:
            found.update(view.parsed.imports)
        return found

    def makes(self, cell: int) -> frozenset[str]:
        """Names that stand for functions and classes of the notebook's own in a cell.

        One that is imported, too, is what the nearest cell above says.
        """
        if self._made.keys().isdisjoint(self.imports):
            return frozenset(self._made)
        imported = {
            name: max((v.index for v in self.cells[: self._at(cell)] if name in v.parsed.imports),
                      default=0)
            for name in self._made.keys() & self.imports.keys()
        }  # fmt: skip
        return frozenset(
            name
            for name, made in self._made.items()
            if name not in imported
            or max((at for at in made if at <= cell), default=-1) >= imported[name]
        )

    def _at(self, cell: int) -> int:
        return sum(view.index <= cell for view in self.cells)

    @cached_property
    def _made(self) -> dict[str, list[int]]:
        """Name of a function or class at the top level → the cells that define it."""
        found: dict[str, list[int]] = {}
        for view in self.cells:
            for node in view.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    found.setdefault(node.name, []).append(view.index)
        return found

    @cached_property
    def assigned(self) -> dict[str, tuple[ast.expr | None, ...]]:
        """Name, in any scope → what is assigned to it; None where it is bound otherwise."""
        found: dict[str, list[ast.expr | None]] = {}
        for view in self.cells:
            for name, values in view.parsed.assigned.items():
                found.setdefault(name, []).extend(values)
            if view.cell.broken is not None:  # bound otherwise, as far as can be seen
                for name in names_by_looks(view.cell.source):
                    found.setdefault(name, []).append(None)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def given_first(self) -> dict[str, frozenset[str]]:
        """Name → last names of the calls whose first argument is it, or begins with it."""
        found: dict[str, set[str]] = {}
        for view in self.cells:
            for name, called in view.parsed.given_first.items():
                found.setdefault(name, set()).update(called)
        return {name: frozenset(called) for name, called in found.items()}

    def made_by(self, name: str) -> frozenset[str]:
        """Methods whose results are assigned to a name: `read_csv` of `df = pd.read_csv(…)`."""
        return frozenset(
            value.func.attr
            for value in self.assigned.get(name, ())
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
        )

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


def is_given(call: ast.Call, name: str, value: bool) -> bool:
    """Whether an argument is given by keyword, as True or False in person."""
    given = keyword(call, name)
    return isinstance(given, ast.Constant) and given.value is value
