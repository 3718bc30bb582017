"""A cell's tree and its indexes, worked out once for each text: rules look up, none walks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from poc_graduate.dataflow.names import last_name
from poc_graduate.dataflow.roles import imports_of
from poc_graduate.notebook.python import Kept, forget_trees, tree_of
from poc_graduate.rules.names import INVOLVED, CellNames, cell_names

Node = TypeVar("Node", bound=ast.AST)
Result = TypeVar("Result")
Item = TypeVar("Item")

# Fields that never hold a node with a place: walking over them would be half of the work.
_TEXTS = frozenset(
    "arg asname attr conversion ctx id is_async kind kwd_attrs level module op ops rest simple tag "
    "type_comment type_ignores".split()
)
_LEAVES = ("Constant", "Global", "Nonlocal", "MatchSingleton")


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Names of the fields of a kind of node that may hold nodes, the last one first."""
    if kind.__name__ in _LEAVES:
        return ()
    plain = _TEXTS if kind.__name__ == "TypeAlias" else _TEXTS | {"name"}
    return tuple(name for name in reversed(kind._fields) if name not in plain)


_FIELDS = {
    kind: _fields(kind)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


@dataclass(frozen=True, eq=False)
class Parsed:
    """A cell's tree and the indexes that rules are dispatched by; it depends on the text only.

    Attributes:
        tree: The module.
        nodes: Every node, parents before their children, in the order of the text.
        parents: Node → the node it stands in.
        kinds: Kind of node → the nodes of this kind, in the order of the text.
        starts: Where in `nodes` each of the top-level statements begins.
        name_starts: The same among the names of `kinds`.
    """

    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    parents: dict[ast.AST, ast.AST]
    kinds: dict[type[ast.AST], list[Any]]
    starts: tuple[int, ...]
    name_starts: tuple[int, ...]
    _results: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    def of(self, *kinds: type[Node]) -> Iterable[Node]:
        """Nodes of some kinds, those of one kind in the order of the text."""
        if len(kinds) == 1:
            return self.kinds.get(kinds[0], ())
        return [node for kind in kinds for node in self.kinds.get(kind, ())]

    def once(self, work: Callable[[Parsed], Result]) -> Result:
        """What a function says of this text; it is asked once, and must look at nothing else."""
        if work not in self._results:
            self._results[work] = work(self)
        result: Result = self._results[work]
        return result

    def top(self, node: ast.AST) -> ast.AST:
        """The statement at the top level that a node stands in."""
        above = self.parents[node]
        while above is not self.tree:
            node, above = above, self.parents[above]
        return node

    @cached_property
    def calls(self) -> dict[str, tuple[ast.Call, ...]]:
        """Last name of what is called (`drop` of `df.drop(…)`) → the calls."""
        found: dict[str, list[ast.Call]] = {}
        for call in self.of(ast.Call):
            found.setdefault(last_name(call.func), []).append(call)
        return {name: tuple(calls) for name, calls in found.items()}

    @cached_property
    def texts(self) -> tuple[tuple[ast.expr, str], ...]:
        """Strings, and f-strings that begin with text, each with its text."""
        if not self.kinds.get(ast.JoinedStr):
            strings = ((n, n.value) for n in self.of(ast.Constant) if isinstance(n.value, str))
            return tuple(strings)
        found: list[tuple[ast.expr, str]] = []
        for node in self.nodes:
            if isinstance(node, ast.Constant):
                if isinstance(node.value, str) and not isinstance(
                    self.parents[node], ast.JoinedStr
                ):
                    found.append((node, node.value))
            elif isinstance(node, ast.JoinedStr) and node.values:
                first = node.values[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.append((node, first.value))
        return tuple(found)

    @cached_property
    def statements(self) -> tuple[ast.stmt, ...]:
        """Every statement in the order of the text, those inside others too."""
        found: list[ast.stmt] = []
        todo: list[ast.AST] = [*reversed(self.tree.body)]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.stmt):
                found.append(node)
            for part in ("finalbody", "cases", "orelse", "handlers", "body"):
                inner = getattr(node, part, ())
                if isinstance(inner, list):
                    todo += reversed(inner)
        return tuple(found)

    @cached_property
    def names(self) -> CellNames:
        """Global names that the cell binds and reads."""
        parts = _parts(self.kinds[ast.Name], self.name_starts)
        involved = [False] * len(parts)
        if not INVOLVED.isdisjoint(self.kinds):
            each = _parts(self.nodes, self.starts)
            involved = [not INVOLVED.isdisjoint(map(type, nodes)) for nodes in each]
        statements = zip(self.tree.body, parts, involved, strict=True)
        return cell_names(statements, self.calls, self.of(ast.ImportFrom))

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name → what it is imported as: `pd` → `pandas`, `sqrt` → `math.sqrt`."""
        if ast.Import not in self.kinds and ast.ImportFrom not in self.kinds:
            return {}
        found: dict[str, str] = {}
        for node in sorted(self.of(ast.Import, ast.ImportFrom), key=lambda node: node.lineno):
            found.update(imports_of(node))
        return found

    @cached_property
    def assigned(self) -> dict[str, tuple[ast.expr | None, ...]]:
        """Name, in any scope → what is assigned to it; None where it is bound otherwise."""
        found: dict[str, list[ast.expr | None]] = {}
        for node in self.of(ast.Name):
            if isinstance(node.ctx, ast.Load):
                continue
            value: ast.expr | None = None
            match self.parents[node]:
                case ast.Assign(targets=[_], value=assigned):
                    value = assigned
                case ast.AnnAssign(value=assigned):
                    value = assigned
            found.setdefault(node.id, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def given_first(self) -> dict[str, frozenset[str]]:
        """Name → last names of the calls whose first argument is it, or begins with it."""
        found: dict[str, set[str]] = {}
        for called, calls in self.calls.items():
            for call in calls:
                for name in map(_first_name, call.args[:1]):
                    found.setdefault(name, set()).add(called)
        return {name: frozenset(calls) for name, calls in found.items()}


def _parts(items: Sequence[Item], starts: Sequence[int]) -> list[Sequence[Item]]:
    return [items[a:b] for a, b in zip(starts, (*starts[1:], len(items)), strict=False)]


def _first_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.BinOp(left=left):
            return _first_name(left)
        case ast.JoinedStr(values=[ast.FormattedValue(value=value), *_]):
            return _first_name(value)
    return ""


_PARSED = Kept[Parsed]()


def parsed(code: str) -> Parsed:
    """The tree of a cell, kept: an editor asks again after each edit, and one cell has changed."""
    return _PARSED.get(code, len(code), lambda: _parse(code))


def forget_cells() -> None:
    """Forget all cells: who checks many notebooks one after the other meets none again."""
    _PARSED.forget()
    forget_trees()


def _parse(code: str) -> Parsed:
    return indexed(tree_of(code))


def indexed(tree: ast.Module) -> Parsed:
    """A tree with the indexes of its own."""
    nodes: list[ast.AST] = [tree]
    parents: dict[ast.AST, ast.AST] = {}
    names: list[ast.Name] = []
    kinds: dict[type[ast.AST], list[Any]] = {ast.Module: [tree], ast.Name: names}
    starts: list[int] = []
    name_starts: list[int] = []
    todo: list[ast.AST] = []
    pop, push, seen = todo.pop, todo.append, nodes.append
    for statement in tree.body:
        starts.append(len(nodes))
        name_starts.append(len(names))
        parents[statement] = tree
        push(statement)
        while todo:
            node = pop()
            seen(node)
            kind = node.__class__
            if kind in kinds:
                kinds[kind].append(node)
            else:
                kinds[kind] = [node]
            for name in _FIELDS[kind]:
                value = getattr(node, name)
                if value.__class__ is list:
                    for child in reversed(value):
                        if child is not None:
                            parents[child] = node
                            push(child)
                elif value is not None:
                    parents[value] = node
                    push(value)
    return Parsed(tree, tuple(nodes), parents, kinds, tuple(starts), tuple(name_starts))
