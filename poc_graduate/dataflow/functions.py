"""Functions and classes of the notebook, and which argument meets which parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from poc_graduate.dataflow.aliases import NO_ROOTS, Value, holding
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.names import FunctionNode, ScopeNames, children

if TYPE_CHECKING:
    from poc_graduate.dataflow.frame import Frame


Context = tuple[tuple[str, Value], ...]
"""What is known of the objects that parameters stand for, their origin apart."""

MOST_CONTEXTS = 6
"""A function called with more kinds of arguments is looked at without knowing them."""


@dataclass(eq=False)
class Code:
    """A function, lambda or generator expression.

    Attributes:
        node: Its definition.
        names: Its names.
        around: The call of the function that it is defined in, if any.
        defaults: Parameter → value of its default.
        owner: The class that it is a method of.
        decorators: Names of its decorators, `property`.
        summary: What going through a generator expression does.
        summaries: What a call does, once that is known, for each combination of kinds of
            arguments that it was called with.
        partial: The same as far as it is known, while it is being worked out.
    """

    node: FunctionNode | ast.GeneratorExp
    names: ScopeNames
    around: Frame | None = None
    defaults: dict[str, Value] = field(default_factory=dict)
    owner: ClassCode | None = None
    decorators: frozenset[str] = frozenset()
    summary: Effects | None = None
    summaries: dict[Context, Effects] = field(default_factory=dict)
    partial: Effects | None = None

    @cached_property
    def is_generator(self) -> bool:
        """Whether it gives its values one by one, when somebody goes through it."""
        if isinstance(self.node, ast.GeneratorExp):
            return True
        if isinstance(self.node, ast.Lambda):
            return _yields(self.node.body)
        return any(_yields(statement) for statement in self.node.body)


@dataclass(eq=False)
class ClassCode:
    """A class.

    Attributes:
        node: Its definition.
        attributes: What its body bound, methods included.
        bases: What it inherits from.
    """

    is_generator: ClassVar[bool] = False

    node: ast.ClassDef
    attributes: dict[str, Value] = field(default_factory=dict)
    bases: tuple[Value, ...] = ()

    def find(self, name: str) -> Value | None:
        """The attribute of that name, its own or inherited from a class of the notebook."""
        found = self.attributes.get(name)
        if found is not None:
            return found
        for base in self.bases:
            for code in base.code:
                if isinstance(code, ClassCode) and code is not self:
                    found = code.find(name)
                    if found is not None:
                        return found
        return None

    def methods(self) -> Iterator[Code]:
        """Functions of its body and of its bases."""
        for value in self.attributes.values():
            yield from (code for code in value.code if isinstance(code, Code))
        for base in self.bases:
            for code in base.code:
                if isinstance(code, ClassCode) and code is not self:
                    yield from code.methods()

    def library_bases(self) -> Iterator[str]:
        """Classes of libraries that it inherits from."""
        for base in self.bases:
            if base.target:
                yield base.target
            for code in base.code:
                if isinstance(code, ClassCode) and code is not self:
                    yield from code.library_bases()

    @property
    def shares_state(self) -> bool:
        """Whether its body binds something that all instances share and can change."""
        return any(
            not (value.flat and value.fixed) and not value.code and not value.target
            for value in self.attributes.values()
        )


def _yields(node: ast.AST) -> bool:
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    return any(_yields(child) for child in children(node))


@dataclass
class Arguments:
    """What a call is given.

    Attributes:
        positional: Values by position, as far as positions are known.
        keywords: Values by keyword.
        rest: What starred arguments hold.
        nodes: Expressions of the positional arguments, where there are any.
        keyword_nodes: Expressions of the keyword arguments.
    """

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    rest: list[Value] = field(default_factory=list)
    nodes: list[ast.expr | None] = field(default_factory=list)
    keyword_nodes: dict[str, ast.expr] = field(default_factory=dict)
    _everything: list[Value] | None = None

    def everything(self) -> list[Value]:
        """All values, once they are complete."""
        if self._everything is None:
            self._everything = [*self.positional, *self.keywords.values(), *self.rest]
        return self._everything

    def after(self, receiver: Value, node: ast.expr | None) -> Arguments:
        """The same with a method's object in front."""
        return Arguments(
            [receiver, *self.positional],
            self.keywords,
            self.rest,
            [node, *self.nodes],
            self.keyword_nodes,
        )

    def get(self, position: int, *names: str) -> tuple[Value | None, ast.expr | None]:
        """The argument at a position (from 0) or of one of these keywords, with its node."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name], self.keyword_nodes.get(name)
        if position < len(self.positional):
            node = self.nodes[position] if position < len(self.nodes) else None
            return self.positional[position], node
        return None, None


def matched(code: Code, given: Arguments, callee: Value) -> dict[str, Value]:
    """Parameter → what a call gives it.

    Args:
        code: The function.
        given: The call's arguments.
        callee: The function object itself, which keeps its mutable defaults.
    """
    if isinstance(code.node, ast.GeneratorExp):
        return {}
    arguments = code.node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    keyword_only = [a.arg for a in arguments.kwonlyargs]
    found: dict[str, Value] = dict(zip(names, given.positional, strict=False))
    surplus = given.positional[len(names) :]
    options: list[Value] = []
    for key, value in given.keywords.items():
        if key in names or key in keyword_only:
            found[key] = value
        else:
            options.append(value)
    if given.rest:
        rest = holding("", given.rest)
        for name in (*names, *keyword_only):
            found.setdefault(name, rest)
    for name in (*names, *keyword_only):
        default = code.defaults.get(name)
        if name not in found and default is not None:
            mutable = not (default.flat and default.fixed)
            found[name] = Value(
                roots=default.roots | callee.roots if mutable else NO_ROOTS,
                code=default.code,
                flat=not mutable,
                fixed=not mutable,
            )
    if arguments.vararg:
        found[arguments.vararg.arg] = holding("tuple", [*surplus, *given.rest])
    if arguments.kwarg:
        found[arguments.kwarg.arg] = holding("dict", [*options, *given.rest])
    return found


def context_of(code: Code, given_to: dict[str, Value]) -> Context:
    """What a call tells about the kinds of a function's parameters.

    Args:
        code: The function.
        given_to: Parameter → what the call gives it.
    """
    known: list[tuple[str, Value]] = []
    for name, value in given_to.items():
        if value.kind or value.classes or value.inner:
            about = Value(
                value.kind,
                classes=value.classes,
                inner=value.inner,
                flat=value.flat,
                fixed=value.fixed and value.flat,
            )
            known.append((name, about))
    found = tuple(known)
    return found if found in code.summaries or len(code.summaries) < MOST_CONTEXTS else ()
