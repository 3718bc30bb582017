"""What one top-level statement surely binds, possibly binds and reads, in running order."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from poc_graduate.dataflow.names import (
    Comprehension,
    FunctionNode,
    ScopeNames,
    Scopes,
    at_definition,
    children,
    imported_name,
)
from poc_graduate.dataflow.paths import matches_all, meet, surely_runs, swallows


@dataclass(frozen=True)
class StatementNames:
    """Names of one top-level statement, without looking into what it calls.

    Attributes:
        defines: Surely bound when it has run.
        may_define: Bound on some path only.
        deletes: Unbound by `del`.
        reads: Read while it runs, bound before it.
        reads_later: Read by functions, lambdas, generators and methods that it makes.
        writes_later: Rebound through `global` by those.
    """

    defines: frozenset[str] = frozenset()
    may_define: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    reads_later: frozenset[str] = frozenset()
    writes_later: frozenset[str] = frozenset()


def statement_names(node: ast.stmt, scopes: Scopes) -> StatementNames:
    """What a top-level statement binds and reads.

    Args:
        node: The statement.
        scopes: Scopes of the same notebook, so that each function is looked at once.

    Returns:
        Its names; builtins are among the reads, since the statement alone cannot know whether
        the notebook binds them elsewhere.
    """
    flow = _Flow(scopes)
    flow.visit(node)
    sure = frozenset(flow.sure or ())
    return StatementNames(
        defines=sure,
        may_define=frozenset(flow.bound) - sure,
        deletes=frozenset(flow.deletes),
        reads=frozenset(flow.reads),
        reads_later=frozenset(flow.later),
        writes_later=frozenset(flow.writes_later),
    )


class _Flow:
    """Walks one top-level statement in the order in which it runs.

    `sure` is None where the code cannot be reached (after `raise`, `continue`, …), which is
    neutral when paths join.
    """

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.sure: set[str] | None = set()
        self.bound: set[str] = set()
        self.deletes: set[str] = set()
        self.reads: set[str] = set()
        self.later: set[str] = set()
        self.writes_later: set[str] = set()
        self.hidden: list[frozenset[str]] = []
        self.class_bodies: list[set[str]] = []
        self.exits: list[tuple[list[set[str]], list[set[str]]]] = []

    # expressions and simple statements

    def visit(self, node: ast.AST) -> None:
        """Visit one node."""
        special = _SPECIAL.get(type(node))
        if special is not None:
            special(self, node)
        else:
            for child in children(node):
                self.visit(child)

    def visit_all(self, nodes: Iterable[ast.AST]) -> None:
        """Visit nodes in order."""
        for node in nodes:
            self.visit(node)

    def read(self, name: str) -> None:
        """A name is read here."""
        if any(name in names for names in self.hidden):
            return
        if self.class_bodies and name in self.class_bodies[-1]:
            return
        if self.sure is None or name not in self.sure:
            self.reads.add(name)

    def bind(self, name: str) -> None:
        """A name is bound here."""
        if any(name in names for names in self.hidden):
            return
        if self.class_bodies:
            self.class_bodies[-1].add(name)
            return
        self.bound.add(name)
        self.deletes.discard(name)
        if self.sure is not None:
            self.sure.add(name)

    def unbind(self, name: str) -> None:
        """A name is deleted here."""
        if self.class_bodies:
            self.class_bodies[-1].discard(name)
            return
        if any(name in names for names in self.hidden):
            return
        if self.sure is not None:
            self.sure.discard(name)
        self.deletes.add(name)

    # the commonest nodes are spelled out, for speed

    def constant(self, node: ast.Constant) -> None:
        """Nothing happens."""

    def attribute(self, node: ast.Attribute | ast.Expr | ast.Starred) -> None:
        self.visit(node.value)

    def call(self, node: ast.Call) -> None:
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword.value)

    def subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        self.visit(node.slice)

    def bin_op(self, node: ast.BinOp) -> None:
        self.visit(node.left)
        self.visit(node.right)

    def name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        else:
            self.unbind(node.id)

    def assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self.visit_all(node.targets)

    def ann_assign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        self.visit(node.annotation)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def aug_assign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def named_expr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.bind(node.target.id)

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self.bind(imported_name(alias))

    def if_exp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self.branches([lambda: self.visit(node.body), lambda: self.visit(node.orelse)])

    def bool_op(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        before = self.copy()
        self.visit_all(node.values[1:])
        self.sure = before

    # scopes inside the statement

    def function(self, node: FunctionNode) -> None:
        self.visit_all(at_definition(node))
        names = self.scopes.of(node)
        self._later(names)
        if not isinstance(node, ast.Lambda):
            self.bind(node.name)

    def _later(self, names: ScopeNames) -> None:
        hidden = frozenset().union(*self.hidden)
        self.later |= (names.free - hidden) | names.global_reads
        self.writes_later |= names.global_writes

    def class_(self, node: ast.ClassDef) -> None:
        self.visit_all([*node.decorator_list, *node.bases, *(k.value for k in node.keywords)])
        self.class_bodies.append(set())
        self.visit_all(node.body)
        self.class_bodies.pop()
        self.bind(node.name)

    def comprehension(self, node: Comprehension) -> None:
        self.visit(node.generators[0].iter)
        names = self.scopes.of(node)
        before = self.copy()
        if isinstance(node, ast.GeneratorExp):
            self._later(names)
            for name in names.walrus:
                self.bound.add(name)
            return
        self.hidden.append(names.bound)
        if self.class_bodies:
            self.class_bodies.append(set())  # a class body's names are invisible in there
        for position, generator in enumerate(node.generators):
            if position:
                self.visit(generator.iter)
            self.visit(generator.target)
            self.visit_all(generator.ifs)
        self.visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        if self.class_bodies:
            self.class_bodies.pop()
        self.hidden.pop()
        self.sure = before

    def global_(self, node: ast.AST) -> None:
        """`global` at module level says nothing."""

    # paths

    def copy(self) -> set[str] | None:
        """The surely bound names, to come back to."""
        return None if self.sure is None else set(self.sure)

    def branches(self, ways: list[Callable[[], None]]) -> None:
        """Run alternatives from the same start; what all of them bind is bound."""
        start, ends = self.copy(), []
        for way in ways:
            self.sure = None if start is None else set(start)
            way()
            ends.append(self.sure)
        self.sure = meet(ends)

    def if_(self, node: ast.If) -> None:
        self.visit(node.test)
        self.branches([lambda: self.visit_all(node.body), lambda: self.visit_all(node.orelse)])

    def while_(self, node: ast.While) -> None:
        self.visit(node.test)
        before = self.copy()
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.exits.append(([], []))
        self.visit_all(node.body)
        breaks, _ = self.exits.pop()
        self.sure = None if forever else before
        self.visit_all(node.orelse)
        self.sure = meet([self.sure, *breaks])

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        before = self.copy()
        self.exits.append(([], []))
        self.visit(node.target)
        self.visit_all(node.body)
        breaks, continues = self.exits.pop()
        once = meet([self.sure, *breaks, *continues])
        self.sure = once if surely_runs(node.iter) else before
        self.visit_all(node.orelse)
        self.sure = meet([self.sure, *breaks])

    def leave_loop(self, node: ast.Break | ast.Continue) -> None:
        if self.exits and self.sure is not None:
            breaks, continues = self.exits[-1]
            (breaks if isinstance(node, ast.Break) else continues).append(set(self.sure))
        self.sure = None

    def leave(self, node: ast.AST) -> None:
        for child in children(node):
            self.visit(child)
        self.sure = None

    def try_(self, node: ast.Try) -> None:
        before = self.copy()
        self.visit_all([*node.body, *node.orelse])
        ends = [self.sure]
        for handler in node.handlers:
            self.sure = None if before is None else set(before)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name:
                self.hidden.append(frozenset({handler.name}))
            self.visit_all(handler.body)
            if handler.name:
                self.hidden.pop()
            ends.append(self.sure)
        self.sure = meet(ends)
        if node.finalbody:
            reached = self.copy()
            self.sure = None if before is None else set(before)
            self.visit_all(node.finalbody)
            if reached is not None and self.sure is not None:
                self.sure |= reached - self.deletes
            elif self.sure is not None:
                self.sure = None

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.visit(item.optional_vars)
        before = self.copy()
        self.visit_all(node.body)
        if self.sure is None or any(swallows(item.context_expr) for item in node.items):
            self.sure = before

    def match(self, node: ast.Match) -> None:
        self.visit(node.subject)

        def case(one: ast.match_case) -> None:
            self.visit(one.pattern)
            if one.guard is not None:
                self.visit(one.guard)
            self.visit_all(one.body)

        ways: list[Callable[[], None]] = [lambda one=one: case(one) for one in node.cases]  # type: ignore[misc]
        if not any(matches_all(one) for one in node.cases):
            ways.append(lambda: None)
        self.branches(ways)

    def pattern(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        for child in children(node):
            self.visit(child)
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self.bind(name)


_SPECIAL: dict[type[ast.AST], Callable[[_Flow, Any], None]] = {
    ast.Constant: _Flow.constant,
    ast.Attribute: _Flow.attribute,
    ast.Expr: _Flow.attribute,
    ast.Starred: _Flow.attribute,
    ast.Call: _Flow.call,
    ast.Subscript: _Flow.subscript,
    ast.BinOp: _Flow.bin_op,
    ast.Name: _Flow.name,
    ast.Assign: _Flow.assign,
    ast.AnnAssign: _Flow.ann_assign,
    ast.AugAssign: _Flow.aug_assign,
    ast.NamedExpr: _Flow.named_expr,
    ast.Import: _Flow.import_,
    ast.ImportFrom: _Flow.import_,
    ast.IfExp: _Flow.if_exp,
    ast.BoolOp: _Flow.bool_op,
    ast.FunctionDef: _Flow.function,
    ast.AsyncFunctionDef: _Flow.function,
    ast.Lambda: _Flow.function,
    ast.ClassDef: _Flow.class_,
    ast.ListComp: _Flow.comprehension,
    ast.SetComp: _Flow.comprehension,
    ast.DictComp: _Flow.comprehension,
    ast.GeneratorExp: _Flow.comprehension,
    ast.Global: _Flow.global_,
    ast.If: _Flow.if_,
    ast.While: _Flow.while_,
    ast.For: _Flow.for_,
    ast.AsyncFor: _Flow.for_,
    ast.Break: _Flow.leave_loop,
    ast.Continue: _Flow.leave_loop,
    ast.Return: _Flow.leave,
    ast.Raise: _Flow.leave,
    ast.Try: _Flow.try_,
    ast.TryStar: _Flow.try_,
    ast.With: _Flow.with_,
    ast.AsyncWith: _Flow.with_,
    ast.Match: _Flow.match,
    ast.MatchAs: _Flow.pattern,
    ast.MatchStar: _Flow.pattern,
    ast.MatchMapping: _Flow.pattern,
}
