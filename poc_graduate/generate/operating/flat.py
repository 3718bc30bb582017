"""A pipeline's statements in a row: where one calls a function of the package, its body stands."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from poc_graduate.dataflow.rows import root, whole

_DEEPEST = 4
_HELPERS = frozenset({"storage", "batches"})


class Unread(Exception):
    """The way from a contract to the model's rows does not have a form that is known."""


@dataclass
class Script:
    """A task, or a module of the package.

    Attributes:
        tree: Its statements.
        module: Its dotted name; empty for a task.
        imported: Name → the line that imports it.
    """

    tree: ast.Module
    module: str = ""
    imported: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, module: str = "") -> Script:
        """Read a file.

        Raises:
            Unread: there is none.
        """
        if not path.is_file():
            raise Unread(f"there is no {path.name}")
        script = cls(ast.parse(path.read_text(encoding="utf-8")), module)
        package = module.rpartition(".")[0]
        for node in script.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for each in node.names:
                    name = each.asname or each.name
                    text = f"{each.name} as {each.asname}" if each.asname else each.name
                    where = ""
                    if isinstance(node, ast.ImportFrom):
                        inner = f"{package}." if node.level else ""
                        where = f"from {inner}{node.module} "
                    script.imported[name] = f"{where}import {text}"
        return script

    def own(self) -> set[str]:
        """Names that a module binds at its top."""
        return {name for node in self.tree.body if not _is_import(node) for name in bound(node)} | {
            node.name for node in self.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }

    def line(self, name: str) -> str | None:
        """How another file gets what a name stands for here; empty for what is there anyway."""
        if name in self.imported:
            return self.imported[name]
        if self.module and name in self.own():
            return f"from {self.module} import {name}"
        return "" if hasattr(builtins, name) else None


@dataclass(frozen=True)
class Step:
    """A statement, and the file in which its names are known."""

    node: ast.stmt
    script: Script


class Pipeline:
    """Tasks of a project.

    Args:
        project: Its folder.
        package: Its package.
    """

    def __init__(self, project: Path, package: str) -> None:
        self._project = project
        self._package = package
        self._modules: dict[str, Script] = {}

    def steps(self, task: str) -> list[Step]:
        """The statements of a task.

        Raises:
            Unread: there is no such task.
        """
        script = Script.of(self._project / "tasks" / f"{task}.py")
        taken = {node.id for node in ast.walk(script.tree) if isinstance(node, ast.Name)}
        return list(self._flat(script.tree.body, script, taken, 0))

    def _flat(
        self, body: Iterable[ast.stmt], script: Script, taken: set[str], depth: int
    ) -> Iterator[Step]:
        for node in body:
            if _is_import(node) or isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            called = self._called(node, script) if depth < _DEEPEST else None
            if called is None:
                yield Step(node, script)
                continue
            home, function, call = called
            targets = _targets(node)
            if targets is None or _stays(function, call, targets):
                yield Step(node, script)
                continue
            inner = _Body(function, call, targets, taken)
            if not inner.before and inner.statements is None:
                yield Step(node, script)
                continue
            yield from (Step(one, script) for one in inner.before)
            yield from self._flat(inner.statements or (), home, taken, depth + 1)
            yield from (Step(one, home) for one in inner.after)

    def _called(
        self, node: ast.stmt, script: Script
    ) -> tuple[Script, ast.FunctionDef, ast.Call] | None:
        """A function of the package that a statement calls, and nothing else."""
        match node:
            case (
                ast.Assign(value=ast.Call(func=ast.Name(id=name)) as call)
                | ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call)
            ):
                home = self._home(script, name)
        if not isinstance(node, ast.Assign | ast.Expr) or not isinstance(node.value, ast.Call):
            return None
        if not isinstance(node.value.func, ast.Name) or home is None:
            return None
        for one in home.tree.body:
            if isinstance(one, ast.FunctionDef) and one.name == name:
                return home, one, call
        return None

    def _home(self, script: Script, name: str) -> Script | None:
        line = script.imported.get(name, "")
        if not line:
            return script if script.module else None
        if not line.startswith(f"from {self._package}."):
            return None
        module = line.split()[1].removeprefix(f"{self._package}.")
        if module in _HELPERS or not line.endswith(f" import {name}"):
            return None
        if module not in self._modules:
            path = self._project / "src" / self._package / f"{module}.py"
            self._modules[module] = Script.of(path, f"{self._package}.{module}")
        return self._modules[module]


class _Body:
    """The body of a function as if it stood where the function is called.

    Attributes:
        before: Statements that bind parameters to what has no name.
        statements: The body; None where it cannot stand there.
        after: Statements that bind what it returns.
    """

    def __init__(
        self, function: ast.FunctionDef, call: ast.Call, targets: Sequence[str], taken: set[str]
    ) -> None:
        self.before: list[ast.stmt] = []
        self.after: list[ast.stmt] = []
        self.statements: list[ast.stmt] | None = None
        body = function.body[1:] if ast.get_docstring(function) else function.body
        returns = [node for one in body for node in _own(one) if isinstance(node, ast.Return)]
        last = body[-1] if body and isinstance(body[-1], ast.Return) else None
        given = _given(function, call)
        if given is None or len(returns) > (last is not None) or _leaves(body):
            return
        inner = body[:-1] if last is not None else body
        gives = _returned(last, len(targets))
        if gives is None:
            return
        known = {argument.id for argument in given.values() if isinstance(argument, ast.Name)}
        names: dict[str, str] = {}
        rebound = {name for one in inner for name in bound(one)}
        for parameter, argument in given.items():
            same = isinstance(argument, ast.Name) and (
                parameter not in rebound or (argument.id in targets and _gives(gives, targets,
                parameter, argument.id))
            )  # fmt: skip
            if same and isinstance(argument, ast.Name):
                names[parameter] = argument.id
            else:
                names[parameter] = _free(parameter, function.name, taken)
                self.before.append(_assignment(names[parameter], argument))
        for value, target in zip(gives, targets, strict=True):
            if isinstance(value, ast.Name) and value.id not in names and target not in known:
                names[value.id] = target
        for name in sorted(rebound - set(names)):
            names[name] = _free(name, function.name, taken)
        renamed = _Renamed(names)
        self.statements = [renamed.visit(copy.deepcopy(one)) for one in inner]
        for value, target in zip(gives, targets, strict=True):
            found = renamed.visit(copy.deepcopy(value))
            if not (isinstance(found, ast.Name) and found.id == target):
                self.after.append(_assignment(target, found))


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)


def bound(node: ast.AST) -> set[str]:
    """Names that a statement binds, what its comprehensions and functions bind left out."""
    return {
        one.id for one in _own(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }


def changed(node: ast.AST) -> set[str]:
    """Names whose object a statement changes: by a key, an attribute, or in place."""
    found: set[str] = set()
    for one in _own(node):
        match one:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store()):
                found.add(root(one))
            case ast.AugAssign(target=target):
                found.add(root(target))
            case ast.Call(func=ast.Attribute(value=value, attr="pop" | "insert" | "update")):
                found.add(root(value))
            case ast.Call(func=ast.Attribute(value=value), keywords=words) if any(
                word.arg == "inplace" and getattr(word.value, "value", False) for word in words
            ):
                found.add(root(value))
    return found - {""}


def read(node: ast.AST) -> set[str]:
    """Names that a statement reads, those left out that are its own only."""
    inner = {
        one.id
        for part in ast.walk(node)
        if isinstance(part, ast.comprehension)
        for one in ast.walk(part.target)
        if isinstance(one, ast.Name)
    }
    inner |= {
        one.arg for part in ast.walk(node) if isinstance(part, ast.Lambda) for one in part.args.args
    }
    if isinstance(node, ast.For):
        inner |= {one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)}
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    } - inner


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those in it that belong to the same scope."""
    yield node
    if isinstance(
        node,
        ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp
        | ast.GeneratorExp,
    ):  # fmt: skip
        return
    for child in ast.iter_child_nodes(node):
        yield from _own(child)


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _targets(node: ast.stmt) -> list[str] | None:
    match node:
        case ast.Expr():
            return []
        case ast.Assign(targets=[ast.Name(id=name)]):
            return [name]
        case ast.Assign(targets=[ast.Tuple(elts=parts)]):
            names = [one.id for one in parts if isinstance(one, ast.Name)]
            return names if len(names) == len(parts) else None
    return None


def _stays(function: ast.FunctionDef, call: ast.Call, targets: Sequence[str]) -> bool:
    """Whether a call says as much as the body: one table comes in, and goes out again."""
    if len(targets) != 1:
        return False
    given = _given(function, call) or {}
    for node in ast.walk(function):
        match node:
            case ast.Attribute(attr="fit" | "train_test_split") | ast.Name(id="train_test_split"):
                return False
            case ast.Assign(value=value):
                if ast.dump(whole(value, set())) != ast.dump(value):
                    return False
            case ast.Return(value=ast.expr() as value):
                if ast.dump(whole(value, set())) != ast.dump(value):
                    return False
    inner = {name for one in function.body for name in changed(one)}
    for one in function.body:
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            inner |= read(one)
    return all(
        isinstance(argument, ast.Name) and argument.id == targets[0]
        for parameter, argument in given.items()
        if parameter in inner
    )


def _given(function: ast.FunctionDef, call: ast.Call) -> dict[str, ast.expr] | None:
    """Parameter → what it gets; None where that is not plain to see."""
    every = function.args
    if every.vararg or every.kwarg or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    places = [one.arg for one in (*every.posonlyargs, *every.args)]
    given: dict[str, ast.expr] = {}
    defaults = every.defaults
    given |= dict(zip(places[len(places) - len(defaults) :], defaults, strict=True))
    given |= {
        one.arg: value
        for one, value in zip(every.kwonlyargs, every.kw_defaults, strict=True)
        if value is not None
    }
    given |= dict(zip(places, call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords if word.arg}
    wanted = {*places, *(one.arg for one in every.kwonlyargs)}
    return given if set(given) == wanted else None


def _returned(last: ast.Return | None, count: int) -> list[ast.expr] | None:
    """One expression for each target."""
    if not count:
        return []
    if last is None or last.value is None:
        return None
    if count == 1:
        return [last.value]
    if isinstance(last.value, ast.Tuple) and len(last.value.elts) == count:
        return list(last.value.elts)
    return None


def _gives(gives: Sequence[ast.expr], targets: Sequence[str], name: str, target: str) -> bool:
    """Whether a name comes back as a target."""
    return any(
        isinstance(value, ast.Name) and value.id == name and other == target
        for value, other in zip(gives, targets, strict=True)
    )


def _leaves(body: Iterable[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Global | ast.Nonlocal | ast.Yield | ast.Await)
        for one in body
        for node in ast.walk(one)
    )


def _free(name: str, function: str, taken: set[str]) -> str:
    """A name that nothing else has: the same one where it is free."""
    found = name if name not in taken else f"{name}_of_{function}"
    while found in taken:
        found += "_"
    taken.add(found)
    return found


def _assignment(name: str, value: ast.expr) -> ast.Assign:
    made = ast.Assign([ast.Name(name, ast.Store())], value)
    return ast.fix_missing_locations(ast.copy_location(made, value))
