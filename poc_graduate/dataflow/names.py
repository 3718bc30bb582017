"""Scoping: which names of the notebook a statement binds and reads, now and later."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

BUILTINS = frozenset(dir(builtins)) | {
    "__class__",
    "__file__",
    "__name__",
    "__doc__",
    "display",
    "get_ipython",
    "exit",
    "quit",
    "In",
    "Out",
    "_ih",
    "_oh",
    "_dh",
}
"""Names that every notebook has without binding them."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode = FunctionNode | Comprehension | ast.ClassDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class ScopeNames:
    """Names of one function, lambda, class body or comprehension.

    Attributes:
        bound: Its own names.
        free: Names read, in it or in scopes inside it, that an enclosing scope binds.
        global_reads: Names read that are global whatever encloses them (`global` statement).
        global_writes: Names rebound through `global`, in it or in scopes inside it.
        outer_writes: Names of enclosing functions that it rebinds through `nonlocal`.
        walrus: Names that assignment expressions of a comprehension bind around it.
    """

    bound: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    global_reads: frozenset[str] = frozenset()
    global_writes: frozenset[str] = frozenset()
    outer_writes: frozenset[str] = frozenset()
    walrus: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """Names that it takes from the notebook when nothing but the notebook encloses it."""
        return self.free | self.global_reads


class Scopes:
    """Scope names of the nodes of one notebook, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[ast.AST, ScopeNames] = {}

    def of(self, node: ScopeNode) -> ScopeNames:
        """Names of a function, lambda, class body or comprehension."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = _Collector(self).scope(node)
        return found


def target_names(node: ast.AST) -> Iterator[str]:
    """Names bound by an assignment target, a pattern or a `for` target."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
            yield part.name
        elif isinstance(part, ast.MatchMapping) and part.rest:
            yield part.rest


def parameter_names(arguments: ast.arguments) -> list[str]:
    """Names of a function's parameters: positional, `*rest`, keyword-only, `**options`."""
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg:
        names.append(arguments.vararg.arg)
    names += [a.arg for a in arguments.kwonlyargs]
    if arguments.kwarg:
        names.append(arguments.kwarg.arg)
    return names


def at_definition(node: FunctionNode) -> Iterator[ast.expr]:
    """Expressions evaluated when a function is defined: decorators, defaults, annotations."""
    arguments = node.args
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        everyone = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        everyone += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        yield from (a.annotation for a in everyone if a.annotation is not None)
        if node.returns is not None:
            yield node.returns


def children(node: ast.AST) -> list[ast.AST]:
    """Nodes directly below a node, as `ast.iter_child_nodes` but without contexts and operators."""
    found: list[ast.AST] = []
    for name in _parts(type(node).__name__):
        part = getattr(node, name, None)
        if isinstance(part, list):
            found += [one for one in part if isinstance(one, ast.AST)]
        elif isinstance(part, ast.AST):
            found.append(part)
    return found


@cache
def _parts(kind: str) -> tuple[str, ...]:
    """Fields that can hold nodes of interest."""
    plain = {
        "ctx",
        "op",
        "ops",
        "id",
        "attr",
        "arg",
        "lineno",
        "type_comment",
        "conversion",
        "kind",
    }
    if kind == "Constant":
        return ()
    return tuple(name for name in getattr(ast, kind)._fields if name not in plain)


def last_name(called: ast.expr) -> str:
    """`drop` of `df.drop`, `print` of `print`; empty for anything else."""
    match called:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def imported_packages(statement: ast.stmt) -> list[str]:
    """The packages that a statement imports; none where it is no import, or a relative one.

    Examples:
        >>> imported_packages(ast.parse("import os.path, numpy as np").body[0])
        ['os', 'numpy']
    """
    match statement:
        case ast.Import(names=names):
            return [one.name.partition(".")[0] for one in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
    return []


def imported_paths(statement: ast.stmt) -> list[str]:
    """All that a statement imports, from the package on; none for a relative import.

    Examples:
        >>> imported_paths(ast.parse("from google import colab, cloud").body[0])
        ['google.colab', 'google.cloud']
    """
    match statement:
        case ast.Import(names=names):
            return [one.name for one in names]
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return [f"{module}.{one.name}" for one in names]
    return []


def imported_name(alias: ast.alias) -> str:
    """The name that `import a.b` (`a`) or `… as c` (`c`) binds."""
    return alias.asname or alias.name.partition(".")[0]


# Kinds of nodes, beside names, by which a scope gets or gives names.
_NAMING = frozenset(
    {*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef, ast.NamedExpr, ast.Import, ast.ImportFrom}
    | {ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.AugAssign}
    | {ast.Global, ast.Nonlocal}
)


@dataclass
class _Collector:
    """Collects the names of one scope, whatever the order of its statements."""

    scopes: Scopes
    loads: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)
    declared_outer: set[str] = field(default_factory=set)
    walrus: set[str] = field(default_factory=set)
    inner: list[ScopeNode] = field(default_factory=list)
    in_comprehension: bool = False

    def scope(self, node: ScopeNode) -> ScopeNames:
        """Names of `node`'s own scope."""
        if isinstance(node, FUNCTIONS):
            self.stores.update(parameter_names(node.args))
            body: Iterable[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
        elif isinstance(node, ast.ClassDef):
            body = node.body
        else:
            self.in_comprehension = True
            body = _inside_comprehension(node)
        self._walk(body)
        return self._result(is_class=isinstance(node, ast.ClassDef))

    def _walk(self, nodes: Iterable[ast.AST]) -> None:
        todo = list(nodes)
        while todo:
            node = todo.pop()
            kind = type(node)
            if isinstance(node, ast.Name):
                (self.loads if isinstance(node.ctx, ast.Load) else self.stores).add(node.id)
                continue
            if kind not in _NAMING:  # most of them
                todo += children(node)
                continue
            if isinstance(node, FUNCTIONS):
                self.inner.append(node)
                if not isinstance(node, ast.Lambda):
                    self.stores.add(node.name)
                todo += at_definition(node)
                continue
            if isinstance(node, ast.ClassDef):
                self.inner.append(node)
                self.stores.add(node.name)
                todo += [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
                continue
            if isinstance(node, COMPREHENSIONS):
                self.inner.append(node)
                todo.append(node.generators[0].iter)
                continue
            if isinstance(node, ast.NamedExpr) and self.in_comprehension:
                self.walrus.add(node.target.id)
                todo.append(node.value)
                continue
            self._declare(node)
            todo += children(node)

    def _declare(self, node: ast.AST) -> None:
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                self.stores.update(imported_name(a) for a in names if a.name != "*")
            case ast.ExceptHandler(name=str(name)):
                self.stores.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self.stores.add(name)
            case ast.MatchMapping(rest=str(name)):
                self.stores.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                self.loads.add(name)
            case ast.Global(names=names):
                self.declared_global.update(names)
            case ast.Nonlocal(names=names):
                self.declared_outer.update(names)

    def _result(self, *, is_class: bool) -> ScopeNames:
        inner = [self.scopes.of(node) for node in self.inner]
        for names in inner:
            (self.walrus if self.in_comprehension else self.stores).update(names.walrus)
        bound = self.stores - self.declared_global - self.declared_outer
        inner_free = _union(names.free for names in inner)
        if is_class:  # its names are invisible to the functions and comprehensions in it
            free = (self.loads - bound) | inner_free
        else:
            free = (self.loads | inner_free | (self.stores & self.declared_outer)) - bound
        outer = _union(names.outer_writes for names in inner)
        return ScopeNames(
            bound=frozenset(bound),
            free=frozenset(free - self.declared_global),
            global_reads=frozenset(
                (free & self.declared_global) | _union(names.global_reads for names in inner)
            ),
            global_writes=frozenset(
                (self.stores & self.declared_global)
                | _union(names.global_writes for names in inner)
            ),
            outer_writes=frozenset(
                (self.stores & self.declared_outer) | (outer if is_class else outer - bound)
            ),
            walrus=frozenset(self.walrus),
        )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _inside_comprehension(node: Comprehension) -> Iterator[ast.AST]:
    """Parts of a comprehension that belong to its own scope."""
    if isinstance(node, ast.DictComp):
        yield node.key
        yield node.value
    else:
        yield node.elt
    for position, generator in enumerate(node.generators):
        yield generator.target
        yield from generator.ifs
        if position:
            yield generator.iter
