"""Which functions, classes and constants can move to the package, and which can be repeated."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.dataflow.model import Dataflow, Statement

_SIMPLE = (int, float, str, bool, type(None))


@dataclass(frozen=True)
class Definitions:
    """What can be had without running a stage.

    Attributes:
        imports: Name → the import statements that bind it, all to the same thing.
        movable: Name → its definition, which may live in the package: bound once, never changed,
            and reading only imports and other movable names.
        repeatable: Name → its definition, which reads or writes the notebook's globals: it stays
            in the tasks, repeated where it is needed.
        constants: Name → its statement, bound once to a literal and never changed.
        why_not: Name of a definition → why it cannot move.
        stars: Names that star imports brought in, as the run showed.
        in_place: Star imports that hide something which the notebook uses, by cell and index:
            where they stand matters.
    """

    imports: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    movable: dict[str, Statement] = field(default_factory=dict)
    repeatable: dict[str, Statement] = field(default_factory=dict)
    constants: dict[str, Statement] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)
    stars: frozenset[str] = frozenset()
    in_place: frozenset[tuple[int, int]] = frozenset()


def literal(node: ast.expr) -> object:
    """The value of a literal scalar.

    Raises:
        ValueError: it is not a plain number, string, boolean or None.
    """
    value = ast.literal_eval(node)
    if not isinstance(value, _SIMPLE):
        raise ValueError(node)
    return value


def definitions(
    dataflow: Dataflow,
    facts: RunFacts,
    *,
    inline: frozenset[str] = frozenset(),
    staying: frozenset[str] = frozenset(),
) -> Definitions:
    """Sort the notebook's definitions by how later stages may have them.

    Args:
        dataflow: The notebook's statements.
        facts: What its run showed.
        inline: Names that must stay in their tasks.
        staying: Constants that are computed in their task like any value, unless a function
            that moves reads them.
    """
    changed = _changed(dataflow, facts)
    rebound = _rebound(dataflow, facts)
    stars, in_place = _star_names(dataflow, facts, rebound)
    found = Definitions(stars=frozenset(stars), in_place=in_place)
    found.imports.update(
        (name, sources)
        for name, sources in stars.items()
        if in_place.isdisjoint(s.key for s in sources)
    )
    local = {module.split(".")[0] for cell in facts.cells for module in cell.modules}
    if facts.python:  # what nobody installed was made by the notebook
        installed = sys.stdlib_module_names | facts.distributions.keys()
        targets = {target.split(".")[0] for s in dataflow.statements for _, target in s.imports}
        local |= targets - installed
    candidates: dict[str, Statement] = {}
    for statement in dataflow.statements:
        bound = statement.defines | statement.may_define
        for name in sorted(bound if statement.role == "import" else statement.defines):
            if name in rebound:
                if statement.role == "definition":
                    found.why_not[name] = "its name is bound more than once"
                continue
            if statement.role == "import":
                # A module of the notebook's own may be written, or put on the path, by an
                # earlier cell: its import stays where it is.
                if any(target.split(".")[0] in local for _, target in statement.imports):
                    continue
                found.imports[name] = (*found.imports.get(name, ()), statement)
            elif statement.role in ("definition", "constant"):
                if name in changed:
                    found.why_not[name] = "it is changed after its definition"
                elif name in inline or statement.dynamic or statement.ipython:
                    found.why_not[name] = "it depends on the notebook's own process"
                elif not _plain(statement, name):
                    found.why_not[name] = "it binds several names at once"
                else:
                    candidates[name] = statement
                    if statement.role == "constant":
                        found.constants[name] = statement
    imported = set(found.imports)
    movable = {name: s for name, s in candidates.items() if not s.writes_later and not s.awaits}
    while True:
        known = imported | set(movable)
        stuck = {
            name
            for name, s in movable.items()
            if not (free_names(s, found.stars) - {name}) <= known
        }
        if not stuck:
            break
        for name in stuck:
            del movable[name]
    read = {n for s in movable.values() for n in free_names(s, found.stars)}
    found.movable.update({n: s for n, s in movable.items() if n not in staying or n in read})
    known = imported | set(found.movable)
    while True:
        grown = {
            name: s
            for name, s in candidates.items()
            if name not in found.movable
            and name not in found.repeatable
            and isinstance(s.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign)
            and s.role == "definition"
            and s.defines == {name}
            and (s.reads - {name}) <= known | set(found.repeatable)
        }
        if not grown:
            return found
        found.repeatable.update(grown)


def _plain(statement: Statement, name: str) -> bool:
    """Whether the statement binds just this name, to one definition or literal."""
    node = statement.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return True
    if isinstance(node, ast.Assign):
        return len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    if isinstance(node, ast.AnnAssign):
        return node.value is not None and isinstance(node.target, ast.Name)
    return False


def _changed(dataflow: Dataflow, facts: RunFacts) -> frozenset[str]:
    names: set[str] = set()
    for statement in dataflow.statements:
        names |= statement.changes
        names |= statement.writes_later
        names |= statement.deletes
    for cell in facts.cells:
        names |= cell.changed | cell.deleted
    return frozenset(names)


def _rebound(dataflow: Dataflow, facts: RunFacts) -> frozenset[str]:
    """Names bound by more than one statement, or by one that the text does not show."""
    seen: dict[str, Statement] = {}
    twice: set[str] = set()
    for statement in dataflow.statements:
        for name in statement.defines | statement.may_define:
            if name in seen and not _same_import(seen[name], statement, name):
                twice.add(name)
            seen.setdefault(name, statement)
        if statement.role != "import":
            twice |= statement.may_define
    where: dict[str, set[int]] = {}
    for statement in dataflow.statements:
        for name in statement.defines:
            where.setdefault(name, set()).add(statement.cell)
    for cell in facts.cells:
        for name in cell.bound:
            if name in where and cell.cell not in where[name]:
                twice.add(name)
    return frozenset(twice)


def _same_import(one: Statement, other: Statement, name: str) -> bool:
    """Importing the same thing again under the same name changes nothing."""
    if one.role != "import" or other.role != "import":
        return False
    first, second = dict(one.imports).get(name, ""), dict(other.imports).get(name, "")
    return first == second or first.split(".")[0] == second.split(".")[0] == name


def free_names(statement: Statement, stars: frozenset[str]) -> frozenset[str]:
    """Names that a statement, or a function defined by it, reads from the notebook.

    Names of star imports hide builtins, which the text alone cannot know.
    """
    names = statement.reads | statement.reads_later
    if stars:
        used = {node.id for node in ast.walk(statement.node) if isinstance(node, ast.Name)}
        names |= used & stars
    return names


def _star_names(
    dataflow: Dataflow, facts: RunFacts, rebound: frozenset[str]
) -> tuple[dict[str, tuple[Statement, ...]], frozenset[tuple[int, int]]]:
    """What star imports bring in.

    Returns:
        Names that only a star import can have bound → that import; and the star imports that
        hide a name which means something else elsewhere, a builtin before them or another's.
    """
    written: dict[str, set[int]] = {}
    first_use: dict[str, tuple[int, int]] = {}
    for statement in dataflow.statements:
        for name in statement.defines | statement.may_define | statement.writes_later:
            written.setdefault(name, set()).add(statement.cell)
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Name):
                first_use.setdefault(node.id, statement.key)
    bound = {cell.cell: cell.bound for cell in facts.cells}
    found: dict[str, tuple[Statement, ...]] = {}
    hiding: set[tuple[int, int]] = set()
    for statement in dataflow.statements:
        if statement.is_star_import:
            here = bound.get(statement.cell, frozenset())
            if any(written.get(name, {statement.cell}) - {statement.cell} for name in here):
                hiding.add(statement.key)
            for name in here - written.keys() - rebound:
                found[name] = (*found.get(name, ()), statement)
    for name in found.keys() & first_use.keys():
        sources = found[name]
        modules = {target for source in sources for _, target in source.imports}
        if len(modules) > 1 or first_use[name] < sources[0].key:
            hiding.update(source.key for source in sources)
    return found, frozenset(hiding)
