"""What is known of each statement of a notebook without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from poc_graduate.notebook.model import Notebook, Place

Role = Literal["import", "definition", "constant", "setting", "display", "compute"]


@dataclass(frozen=True)
class FileUse:
    """A file that a statement names.

    Attributes:
        path: The literal path, or None where it is computed.
        mode: read, write (from scratch), append (or update in place), or list (a folder).
        node: The literal's or the call's node.
        name: The variable that holds the literal, where the call was given one.
        role: A word for the file from its keyword, variable or stem (`customers`).
    """

    path: str | None
    mode: Literal["read", "write", "append", "list"]
    node: ast.expr = field(compare=False)
    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class Statement:
    """One top-level statement of a code cell.

    All sets hold names of the notebook's global namespace. Comprehensions, lambdas, functions and
    class bodies have their own scope, as in Python; builtins are never listed, unless the
    notebook binds that name somewhere.

    Attributes:
        cell: Position of its cell among all cells, from 1.
        index: Position in the cell, from 0.
        node: The syntax tree, line numbers as the user sees them.
        place: Where it starts.
        source: Its text, comments on its own lines and directly above it included.
        role: import: only binds modules or their members, also in `try`/`if`; definition:
            function, class, or a name bound to a lambda; constant: a name bound to a literal
            (numbers, strings, containers of literals, unary minus, simple arithmetic of those);
            setting: a call or assignment that changes ambient state only; display: an expression
            whose value is shown or which draws or prints; compute: anything else.
        defines: Names surely bound when it has run.
        may_define: Names bound on some path only.
        deletes: Names unbound by `del`.
        reads: Names read while it runs, bound before it. Includes names read by the bodies of
            functions of this notebook only where they are called directly here (`calls`).
        reads_later: Names read when a function, lambda, generator or method defined here is
            called after the statement has ended.
        writes_later: Names rebound through `global` when a function defined here is called.
        changes: Names whose object is surely or by table changed in place: subscript, attribute
            or augmented assignment, known mutators, `inplace=True`, `out=`, `setattr`, `del x[0]`.
        may_change: Names whose object an unknown call could change: arguments of unknown
            functions and receivers of unknown methods.
        aliases: Pairs (new, old): `new` may be, hold or view the same object as `old`.
        calls: Notebook-defined functions and classes that it calls, directly or by handing them on.
        imports: Names bound by imports → what they stand for (`pd` → `pandas`,
            `sqrt` → `math.sqrt`); a star import is `*math` → `math`.
        settings: Ambient components it changes: environ, cwd, path, pandas, numpy, matplotlib,
            warnings, locale, decimal, logging, random, numpy_random, torch_random, other.
        seeds: Generators that it seeds: random, numpy_random, torch_random.
        draws: Global generators that it may draw from.
        files: Files that it names.
        dynamic: It uses exec, eval, globals(), locals(), vars(), `__main__` or a star import, so
            that names cannot be known without a run.
        ipython: It calls `get_ipython()`.
        awaits: It awaits at top level.
        resource: It binds a name to something that cannot be stored and is made anew by running
            the statement again (`sqlite3.connect('file.db')`, `create_engine(...)`), by table; or
            a variable of the environment.
    """

    cell: int
    index: int
    node: ast.stmt = field(compare=False)
    place: Place
    source: str
    role: Role
    defines: frozenset[str] = frozenset()
    may_define: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    reads_later: frozenset[str] = frozenset()
    writes_later: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    may_change: frozenset[str] = frozenset()
    aliases: frozenset[tuple[str, str]] = frozenset()
    calls: frozenset[str] = frozenset()
    imports: tuple[tuple[str, str], ...] = ()
    settings: frozenset[str] = frozenset()
    seeds: frozenset[str] = frozenset()
    draws: frozenset[str] = frozenset()
    files: tuple[FileUse, ...] = ()
    dynamic: bool = False
    ipython: bool = False
    awaits: bool = False
    resource: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """What tells it from all others: its cell, and its index in the cell."""
        return self.cell, self.index

    @property
    def is_star_import(self) -> bool:
        """Whether it imports whatever a module holds."""
        return any(name.startswith("*") for name, _ in self.imports)


@dataclass(frozen=True)
class Dataflow:
    """A notebook with everything that its text says about names.

    Attributes:
        notebook: What was analysed, `_`/`Out[n]` references already rewritten to names.
        statements: All top-level statements of all code cells, in order.
        bindings: Name → every statement that binds it (in order).
        last_results: Names invented for displayed values that a later cell reads by `_` or
            `Out[n]` → position of the cell that displays the value.
    """

    notebook: Notebook
    statements: tuple[Statement, ...]
    bindings: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    last_results: dict[str, int] = field(default_factory=dict)

    def of_cell(self, index: int) -> tuple[Statement, ...]:
        """Statements of the cell at position `index`, from 1."""
        return tuple(s for s in self.statements if s.cell == index)
