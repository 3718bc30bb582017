"""Which global names each cell binds and reads: enough for rules that look across cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from poc_graduate.dataflow.bindings import StatementNames, statement_names
from poc_graduate.dataflow.names import COMPREHENSIONS, FUNCTIONS, Scopes, imported_name
from poc_graduate.notebook.magic_effects import MagicEffect, magic_effects

_SIGNS = re.compile(
    r"(?m)^[ \t]*(?:(?:def|class)\s+(\w+)"
    r"|for\s+([\w\s,()]+?)\s+in\b"
    r"|(?:from\s+[\w.]+\s+)?import\s+([\w ,.]+)"
    r"|([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*(?:[-+*/]|//|\*\*)?=(?!=))"
)

Calls = Mapping[str, tuple[ast.Call, ...]]

# Whoever calls one of these may bind or read any name.
_ANYTHING = frozenset("exec globals locals vars run_path ex run_cell push".split())
_SHELL = ("system", "getoutput", "system_raw", "system_piped", "sx")
_MAGIC = ("run_line_magic", "run_cell_magic", "magic")
_ASKED = frozenset((*_SHELL, *_MAGIC))


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


def cell_names(
    body: Iterable[tuple[ast.stmt, Sequence[ast.Name], bool]],
    calls: Calls,
    imports: Iterable[ast.ImportFrom],
) -> CellNames:
    """The names of a cell.

    Args:
        body: Each of its statements, the names in it, and whether one of `INVOLVED` is in it.
        calls: Its calls, by the last name of what is called.
        imports: Its `from … import`.
    """
    scopes = Scopes()
    statements, functions = list[StatementNames](), dict[str, frozenset[str]]()
    for node, named, involved in body:
        if not involved and type(node) in _SIMPLE:
            statements.append(_simple_names(node, named))
            continue
        statements.append(statement_names(node, scopes))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions[node.name] = scopes.of(node).reads
    binds, may_bind, deletes = set[str](), set[str](), set[str]()
    reads, later = set[str](), set[str]()
    for one in statements:
        reads |= one.reads - binds
        later |= one.reads_later
        may_bind |= one.may_define
        may_bind |= one.writes_later
        if one.deletes:
            binds -= one.deletes
            deletes |= one.deletes
        binds |= one.defines
    effects = () if _ASKED.isdisjoint(calls) else tuple(_magics(calls))
    for effect in effects:
        may_bind |= effect.defines
    return CellNames(
        binds=frozenset(binds),
        may_bind=frozenset(may_bind - binds),
        deletes=frozenset(deletes - binds),
        reads=frozenset(reads),
        reads_later=frozenset(later),
        mentions=frozenset[str]().union(*(effect.reads for effect in effects)),
        functions=functions,
        statements=tuple(statements),
        anything=any(effect.unknown for effect in effects)
        or not _ANYTHING.isdisjoint(calls)
        or any(node.names[0].name == "*" for node in imports),
    )


_SIMPLE = frozenset({ast.Expr, ast.Assign, ast.Import, ast.ImportFrom})
INVOLVED = frozenset({*FUNCTIONS, *COMPREHENSIONS, ast.NamedExpr})
"""With these the order in which things happen matters, or names that are not the notebook's."""


def _simple_names(node: ast.stmt, names: Sequence[ast.Name]) -> StatementNames:
    """What `statement_names` gives, for most statements, in a fraction of its time."""
    reads = frozenset([one.id for one in names if one.ctx.__class__ is ast.Load])
    binds = [one.id for one in names if one.ctx.__class__ is not ast.Load]
    if isinstance(node, ast.Import | ast.ImportFrom):
        binds += [imported_name(alias) for alias in node.names if alias.name != "*"]
    return StatementNames(defines=frozenset(binds), reads=reads)


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


def names_by_looks(code: str) -> frozenset[str]:
    """Names that a cell seems to bind which does not parse: `rows` of Python 2's `rows = 1`.

    The words at the beginnings of its lines tell; one too many only makes rules more careful.
    """
    found: set[str] = set()
    for signs in _SIGNS.finditer(code):
        words = next(filter(None, signs.groups()))
        for one in re.split(r"[,()]", words):
            parts = one.split()
            found.update(parts[-1:])  # `np` of `numpy as np`
    return frozenset(name.partition(".")[0] for name in found)


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
