"""From a notebook to what each of its statements does with names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from poc_graduate.dataflow.aliases import UNKNOWN, Root, Value
from poc_graduate.dataflow.bindings import StatementNames, statement_names
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.files import file_use
from poc_graduate.dataflow.knowledge import Knowledge
from poc_graduate.dataflow.libraries.tables import Tables
from poc_graduate.dataflow.model import Dataflow, FileUse, Statement
from poc_graduate.dataflow.names import BUILTINS, Scopes
from poc_graduate.dataflow.results import name_results, refers_to_results
from poc_graduate.dataflow.roles import imports_of, role_of
from poc_graduate.dataflow.sources import parse_cell, start_of, statement_sources
from poc_graduate.dataflow.statements import Walker
from poc_graduate.notebook.model import Notebook

_DYNAMIC = re.compile(r"\b(exec|eval|globals|__main__)\b")


@dataclass(frozen=True)
class Parsed:
    """A statement before anything is known of the notebook around it.

    Attributes:
        cell: Position of its cell, from 1.
        index: Position in the cell, from 0.
        node: Its tree.
        source: Its text.
        names: Its names.
        last: It is the last of its cell.
    """

    cell: int
    index: int
    node: ast.stmt
    source: str
    names: StatementNames
    last: bool

    @property
    def shown(self) -> bool:
        """Whether IPython shows its value, unless that is None."""
        if not self.last or not isinstance(self.node, ast.Expr):
            return False
        return not re.search(r";\s*(#.*)?$", self.source)


def analyse(notebook: Notebook) -> Dataflow:
    """Work out what every statement of a notebook does.

    Args:
        notebook: The notebook, IPython syntax already made plain Python.

    Returns:
        Its statements, in order, and a notebook in which displayed values that later cells read
        by `_` or `Out[n]` have names.

    Raises:
        InputError: a cell is not valid Python.
    """
    scopes = Scopes()
    parsed = _parse(notebook, scopes)
    bound = _bound(parsed)
    last_results: dict[str, int] = {}
    if refers_to_results(notebook, bound):
        displayed = {
            one.cell
            for one, (_, value) in zip(parsed, _walk(parsed, scopes, bound), strict=True)
            if one.shown and value.kind != "NoneType"
        }
        notebook, last_results = name_results(notebook, displayed, bound)
        parsed = _parse(notebook, scopes)
        bound = _bound(parsed)
    statements = tuple(_statements(notebook, parsed, scopes, bound))
    bindings: dict[str, list[Statement]] = {}
    for statement in statements:
        for name in statement.defines | statement.may_define:
            bindings.setdefault(name, []).append(statement)
    return Dataflow(
        notebook,
        statements,
        {name: tuple(found) for name, found in bindings.items()},
        last_results,
    )


def _parse(notebook: Notebook, scopes: Scopes) -> list[Parsed]:
    parsed: list[Parsed] = []
    for cell in notebook.code_cells:
        body = parse_cell(notebook, cell.index, cell.code)
        texts = statement_sources(cell.code, body)
        for position, (node, text) in enumerate(zip(body, texts, strict=True)):
            names = statement_names(node, scopes)
            last = position == len(body) - 1
            parsed.append(Parsed(cell.index, position, node, text, names, last))
    return parsed


def _bound(parsed: list[Parsed]) -> frozenset[str]:
    names: set[str] = set()
    for one in parsed:
        names |= one.names.defines | one.names.may_define | one.names.writes_later
    return frozenset(names)


def _walk(
    parsed: list[Parsed], scopes: Scopes, bound: frozenset[str]
) -> Iterator[tuple[Walker, Value]]:
    """Run the statements in order on what is known; what each did and what it stood for."""
    knowledge = Knowledge(scopes, Tables(()), bound)
    for one in parsed:
        walker = Walker(knowledge, Effects(), "notebook")
        walker.statement(one.node)
        effects = walker.effects
        walker.aliases = _aliases(walker)
        for name, other in walker.aliases:
            knowledge.link(name, other)
        for holder, held in effects.holds:
            _pass_functions(knowledge, holder, held)
        if effects.dynamic:
            _forget(knowledge)
        yield walker, walker.last


def _pass_functions(knowledge: Knowledge, holder: Root, held: Root) -> None:
    """What a function was put into may call it, under whatever name."""
    kept = knowledge.variables.get(held.name)
    if holder.scope != "global" or held.scope != "global" or kept is None or not kept.code:
        return
    for name in knowledge.linked(holder.name):
        keeper = knowledge.variables.get(name)
        if keeper is None or kept.code <= keeper.code or name == held.name:
            continue
        if keeper.kind not in ("function", "class") or name == holder.name:
            code = keeper.code | kept.code
            knowledge.variables[name] = keeper._replace(code=code, flat=False)


def _forget(knowledge: Knowledge) -> None:
    """Any name may have been bound anew."""
    for name, value in knowledge.variables.items():
        if not value.target and not value.code:
            knowledge.variables[name] = Value(roots=frozenset({Root("global", name)}))


def _statements(
    notebook: Notebook, parsed: list[Parsed], scopes: Scopes, bound: frozenset[str]
) -> Iterator[Statement]:
    hidden = BUILTINS - bound
    functions: set[str] = set()
    for one, (walker, value) in zip(parsed, _walk(parsed, scopes, bound), strict=True):
        names, effects, node = one.names, walker.effects, one.node
        line, column = start_of(node)
        writes = frozenset(effects.writes) - names.defines
        changes = _global_names(effects.changes) | writes
        calls = frozenset(effects.calls) & functions
        imports = imports_of(node) if "import" in one.source else ()
        bound_values = [walker.variables.get(name, UNKNOWN) for name in names.defines]
        functions.update(
            name
            for name in names.defines | names.may_define
            if walker.variables.get(name, UNKNOWN).kind in ("function", "class")
        )
        functions.update(names.defines if isinstance(node, _DEFINITIONS) else ())
        yield Statement(
            cell=one.cell,
            index=one.index,
            node=node,
            place=notebook.place(one.cell, line, column + 1),
            source=one.source,
            role=role_of(node, effects, value=value, shown=one.shown),
            defines=names.defines,
            may_define=names.may_define | writes,
            deletes=names.deletes | effects.deletes,
            reads=(names.reads | effects.reads) - hidden,
            reads_later=names.reads_later - hidden,
            writes_later=names.writes_later,
            changes=changes,
            may_change=_global_names(effects.may_change) - changes,
            aliases=walker.aliases,
            calls=calls,
            imports=imports,
            settings=frozenset(effects.settings),
            seeds=frozenset(effects.seeds),
            draws=frozenset(effects.draws),
            files=_files(effects, node),
            dynamic=effects.dynamic or _is_dynamic(one, bound),
            ipython=effects.ipython or "get_ipython" in one.source,
            awaits=_awaits(one),
            resource=isinstance(node, ast.Assign | ast.AnnAssign)
            and (any(v.remade for v in bound_values) or _asks_environment(node)),
        )


def _asks_environment(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether it binds a variable of the environment, which is better asked again than stored."""
    match node:
        case (
            ast.Assign(targets=[ast.Name()], value=value)
            | ast.AnnAssign(target=ast.Name(), value=value)
        ):
            pass
        case _:
            return False
    match value:
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="os"), attr="environ")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="getenv")):
            return True
    return False


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _global_names(roots: set[Root]) -> frozenset[str]:
    return frozenset(root.name for root in roots if root.scope == "global")


def _aliases(walker: Walker) -> frozenset[tuple[str, str]]:
    found = {(name, root.name) for name, root in walker.pairs if root.scope == "global"}
    found |= {
        (holder.name, held.name)
        for holder, held in walker.effects.holds
        if holder.scope == held.scope == "global"
    }
    return frozenset(pair for pair in found if pair[0] != pair[1])


def _files(effects: Effects, node: ast.stmt) -> tuple[FileUse, ...]:
    if not effects.files:
        return ()
    call = next((part for part in ast.walk(node) if isinstance(part, ast.Call)), None)
    found: dict[tuple[str | None, str, int], FileUse] = {}
    for use in effects.files:
        record = file_use(use, statement=node, call=call)
        found.setdefault((record.path, record.mode, id(record.node)), record)
    return tuple(found.values())


def _is_dynamic(one: Parsed, bound: frozenset[str]) -> bool:
    """Whether a function defined here runs text as code, even if nothing calls it."""
    if not _DYNAMIC.search(one.source):
        return False
    for part in ast.walk(one.node):
        match part:
            case ast.Call(func=ast.Name(id="exec" | "eval" | "globals" as name)):
                if name not in bound:
                    return True
            case ast.Constant(value="__main__"):
                if not _guards_main(one.node):
                    return True
            case ast.ImportFrom(module="__main__"):
                return True
    return False


def _guards_main(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, which is always true in a notebook."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False


def _awaits(one: Parsed) -> bool:
    if "await" not in one.source and "async" not in one.source:
        return False
    todo: list[ast.AST] = [one.node]
    while todo:
        part = todo.pop()
        if isinstance(part, ast.Await | ast.AsyncFor | ast.AsyncWith):
            return True
        if isinstance(part, ast.comprehension) and part.is_async:
            return True
        if not isinstance(part, (*_DEFINITIONS[:2], ast.Lambda)):
            todo += ast.iter_child_nodes(part)
    return False
