"""Which names later cells still need."""

from __future__ import annotations

from poc_graduate.dataflow.model import Dataflow, Statement


def live_after(dataflow: Dataflow, cell: int) -> frozenset[str]:
    """Names whose value, as it is after a cell, a later cell may read.

    Args:
        dataflow: The notebook's statements.
        cell: Position of the cell among all cells, from 1.

    Returns:
        Names that some later statement may read before a later statement surely binds them
        anew. Names that only imports bind are left out. Where a live name's definition has
        functions, what those read is live as well. Names that merely share an object with a
        live one are not added.
    """
    before = [s for s in dataflow.statements if s.cell <= cell]
    later = [s for s in dataflow.statements if s.cell > cell]
    exists = {name for s in before for name in s.defines | s.may_define}
    alive: set[str] = set()
    for statement in reversed(later):
        alive -= statement.defines
        alive |= _needed(statement, exists)
    makers: dict[str, set[str]] = {}
    for statement in before:
        for name in statement.defines | statement.may_define | statement.changes:
            makers.setdefault(name, set()).update(statement.reads_later, statement.writes_later)
    todo = list(alive)
    while todo:
        for name in makers.get(todo.pop(), set()) - alive:
            alive.add(name)
            todo.append(name)
    return frozenset((alive & exists) - _only_imports(before))


def _needed(statement: Statement, exists: set[str]) -> frozenset[str]:
    if statement.dynamic:
        return frozenset(exists)
    return statement.reads | statement.reads_later | statement.deletes


def _only_imports(statements: list[Statement]) -> set[str]:
    imported = {n for s in statements if s.role == "import" for n in s.defines | s.may_define}
    others = {n for s in statements if s.role != "import" for n in s.defines | s.may_define}
    return imported - others
