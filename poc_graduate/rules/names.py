"""Which global names each cell binds and reads: enough for rules that look across cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from poc_graduate.dataflow.bindings import StatementNames, statement_names
from poc_graduate.dataflow.names import Scopes
from poc_graduate.notebook.magics import MagicEffect, magic_effects

Calls = Mapping[str, tuple[ast.Call, ...]]

# Whoever calls one of these may bind or read any name.
_ANYTHING = ("exec", "globals", "locals", "vars", "run_path", "ex", "run_cell", "push")
_SHELL = ("system", "getoutput", "system_raw", "system_piped", "sx")
_MAGIC = ("run_line_magic", "run_cell_magic", "magic")


@dataclass(frozen=True)
class CellNames:
    """Global names of one cell.

    Attributes:
        binds: Surely bound when it has run.
        may_bind: Bound on some path only, by a function that it makes, or by a magic.
        deletes: Unbound by `del`.
        reads: Read while it runs, before it binds them itself.
        reads_later: Read by the functions, lambdas, generators and methods that it makes.
        mentions: Perhaps read: `{name}` and `$name` in shell lines and magics.
        functions: Functions that it defines → what their bodies read.
        statements: The same for each top-level statement.
        anything: It may bind and read any name: star imports, `exec`, `%run`.
    """

    binds: frozenset[str] = frozenset()
    may_bind: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    reads_later: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    statements: tuple[StatementNames, ...] = ()
    anything: bool = False

    @property
    def bound(self) -> frozenset[str]:
        """Names bound, surely or perhaps."""
        return self.binds | self.may_bind

    @property
    def used(self) -> frozenset[str]:
        """Names read, now, later or perhaps, that it does not first bind itself."""
        return self.reads | self.reads_later | self.mentions


def cell_names(tree: ast.Module, calls: Calls) -> CellNames:
    """The names of a cell.

    Args:
        tree: Its tree.
        calls: Its calls, by the last name of what is called.
    """
    scopes = Scopes()
    statements = tuple(statement_names(node, scopes) for node in tree.body)
    binds, may_bind, deletes = set[str](), set[str](), set[str]()
    reads, later = set[str](), set[str]()
    for one in statements:
        reads |= one.reads - binds
        later |= one.reads_later
        may_bind |= one.may_define | one.writes_later
        binds = (binds - one.deletes) | one.defines
        deletes = (deletes | one.deletes) - one.defines
    functions = {
        node.name: scopes.of(node).reads
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    effects = tuple(_magics(calls))
    for effect in effects:
        may_bind |= effect.defines
    return CellNames(
        binds=frozenset(binds),
        may_bind=frozenset(may_bind - binds),
        deletes=frozenset(deletes),
        reads=frozenset(reads),
        reads_later=frozenset(later),
        mentions=frozenset[str]().union(*(effect.reads for effect in effects)),
        functions=functions,
        statements=statements,
        anything=any(effect.unknown for effect in effects)
        or any(name in calls for name in _ANYTHING)
        or any(_is_star(node) for node in ast.iter_child_nodes(tree))
        or any(_is_star(node) for node in _inside(tree)),
    )


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _inside(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements of blocks at the top: a star import may stand in a `try`."""
    for node in tree.body:
        if isinstance(node, ast.Try | ast.If | ast.With):
            yield from (n for n in ast.walk(node) if isinstance(n, ast.ImportFrom))


def _magics(calls: Calls) -> Iterator[MagicEffect]:
    """What the magics and shell lines of a cell do to names."""
    for method in (*_SHELL, *_MAGIC):
        for call in calls.get(method, ()):
            if not _asks_ipython(call):
                continue
            texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
            given = [text for text in texts if isinstance(text, str)]
            if len(given) < len(call.args) or not given:
                yield MagicEffect(unknown=True)
            elif method in _SHELL:
                yield magic_effects("!", given[0])
            else:
                name, rest = given[0], given[1:]
                if method == "magic":
                    name, _, arguments = name.strip().partition(" ")
                    rest = [arguments]
                yield magic_effects(name, *rest[:2] or [""])


def _asks_ipython(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"))):
            return True
        case ast.Attribute(value=ast.Name(id=name)):
            return name in ("ip", "ipython", "shell")
    return False


@dataclass(frozen=True)
class NotebookNames:
    """The names of all code cells; positions count code cells from 0.

    Attributes:
        cells: Names of each code cell, in order.
    """

    cells: tuple[CellNames, ...]

    @cached_property
    def bound(self) -> dict[str, tuple[int, ...]]:
        """Name → positions of the cells that bind it, surely or perhaps."""
        return _positions(cell.bound for cell in self.cells)

    @cached_property
    def used(self) -> dict[str, tuple[int, ...]]:
        """Name → positions of the cells that read it before they bind it, now, later or perhaps."""
        return _positions(cell.used for cell in self.cells)

    @cached_property
    def known_until(self) -> int:
        """Position of the first cell that may bind and read any name; else the number of cells."""
        found = (at for at, cell in enumerate(self.cells) if cell.anything)
        return next(found, len(self.cells))

    @property
    def all_known(self) -> bool:
        """Whether what the cells bind and read is what their text shows."""
        return self.known_until == len(self.cells)

    def is_used_elsewhere(self, name: str, position: int) -> bool:
        """Whether another cell reads a name; also an earlier one, whose functions run later."""
        return not self.all_known or any(at != position for at in self.used.get(name, ()))


def _positions(cells: Iterator[frozenset[str]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for at, names in enumerate(cells):
        for name in names:
            found.setdefault(name, []).append(at)
    return {name: tuple(where) for name, where in found.items()}
