"""The notebook's code cells in order, with names alive, shared and written at each cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from poc_graduate.dataflow.facts import CellFacts, RunFacts, Value
from poc_graduate.dataflow.model import Dataflow, Statement
from poc_graduate.plan.definitions import Definitions, free_names


@dataclass(frozen=True)
class Timeline:
    """Cells by order; cut `p` lies after the `p`-th cell (from 1), cut 0 before the first.

    Attributes:
        dataflow: The notebook's statements.
        facts: What its run showed.
        definitions: What can be had without running a stage.
    """

    dataflow: Dataflow
    facts: RunFacts
    definitions: Definitions

    @cached_property
    def cells(self) -> tuple[int, ...]:
        """Positions (among all cells) of the code cells, in order."""
        return tuple(cell.index for cell in self.dataflow.notebook.code_cells)

    @cached_property
    def statements(self) -> tuple[tuple[Statement, ...], ...]:
        """Statements of each code cell, in order."""
        return tuple(self.dataflow.of_cell(cell) for cell in self.cells)

    @cached_property
    def cell_facts(self) -> tuple[CellFacts, ...]:
        """Facts of each code cell, in order; empty facts for a cell that did not run."""
        known = {facts.cell: facts for facts in self.facts.cells}
        return tuple(known.get(cell, CellFacts(cell)) for cell in self.cells)

    @cached_property
    def exists(self) -> tuple[frozenset[str], ...]:
        """Names that exist at each cut, as the run showed."""
        names: set[str] = set()
        result = [frozenset(names)]
        for facts in self.cell_facts:
            names |= facts.bound | facts.changed
            names -= facts.deleted
            result.append(frozenset(names))
        return tuple(result)

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Names that are the same everywhere: imports, package members, repeated definitions."""
        d = self.definitions
        return frozenset(d.imports) | frozenset(d.movable) | frozenset(d.repeatable)

    def needs(self, statement: Statement) -> frozenset[str]:
        """Names read by a statement, those that repeated functions read included."""
        names = set(statement.reads)
        seen: set[str] = set()
        todo = list(free_names(statement, self.definitions.stars))
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            names.add(name)
            definition = self.definitions.repeatable.get(name)
            if definition is not None:
                todo += [*definition.reads, *definition.reads_later, *definition.writes_later]
        return frozenset(names)

    def writes(self, position: int) -> frozenset[str]:
        """Names that the cell at `position` (from 0) bound or changed, or could have."""
        names: set[str] = set()
        facts = self.cell_facts[position]
        names |= facts.bound | facts.changed
        for statement in self.statements[position]:
            names |= statement.defines | statement.may_define | statement.changes
            for called in statement.calls:
                definition = self.definitions.repeatable.get(called)
                if definition is not None:
                    names |= definition.writes_later
        return frozenset(names)

    @cached_property
    def live(self) -> tuple[frozenset[str], ...]:
        """Data names that a later cell may need, at each cut (index 0 is before the first)."""
        alive: set[str] = set()
        result = [frozenset(alive)]
        for position in range(len(self.cells) - 1, -1, -1):
            facts = self.cell_facts[position]
            before = self.exists[position]
            for statement in reversed(self.statements[position]):
                alive -= statement.defines - statement.changes
                alive |= self.needs(statement) | statement.deletes | statement.changes
                if statement.dynamic:
                    alive |= before
            alive |= facts.changed & before
            result.append(frozenset(alive & before) - self.fixed)
        return tuple(reversed(result))

    def group(self, name: str, cut: int) -> frozenset[str]:
        """Names that share state with `name` at a cut, itself included."""
        if cut:
            for group in self.cell_facts[cut - 1].shared:
                if name in group:
                    return group - self.fixed
        return frozenset({name})

    def reaching(self, name: str, cut: int) -> Statement | None:
        """The statement whose binding of `name` surely holds at a cut, if there is just one."""
        for position in range(cut - 1, -1, -1):
            for statement in reversed(self.statements[position]):
                if name in statement.changes or name in statement.may_define:
                    return None
                if name in statement.defines:
                    return statement
                if name in statement.deletes:
                    return None
            if name in self.cell_facts[position].bound | self.cell_facts[position].changed:
                in_place = self.definitions.in_place
                stars = [s for s in self.statements[position] if s.key in in_place]
                return stars[-1] if len(stars) == 1 and name in self.definitions.stars else None
        return None

    def value(self, name: str, cut: int) -> Value | None:
        """What a name held at a cut, as the run showed."""
        for position in range(cut - 1, -1, -1):
            value = self.cell_facts[position].values.get(name)
            if value is not None:
                return value
        return None

    def ambient(self, component: str, cut: int) -> str:
        """Fingerprint of a component of process state at a cut."""
        if cut == 0:
            return self.facts.start.get(component, "")
        return self.cell_facts[cut - 1].ambient.get(component, "")

    def last_use(self, name: str, cut: int) -> int:
        """Position (from 0) of the last cell after a cut that needs `name`; -1 for none."""
        last = -1
        for position in range(cut, len(self.cells)):
            if name in self.live[position]:
                last = position
        return last


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Names in an order that does not depend on the hash seed."""
    return tuple(sorted(names, key=lambda name: (name.lower(), name)))


def kept_statements(
    time: Timeline, position: int, parameters: frozenset[str]
) -> tuple[Statement, ...]:
    """Statements of a cell that stay in its task: not imports, moved definitions, parameters."""
    d = time.definitions
    kept = []
    for statement in time.statements[position]:
        bound = statement.defines | statement.may_define
        if statement.role == "import":
            if statement.key in d.in_place:
                kept.append(statement)
                continue
            if statement.is_star_import or (bound and all(name in d.imports for name in bound)):
                continue
        elif (
            statement.role in ("definition", "constant")
            and bound
            and all(d.movable.get(name) is statement or name in parameters for name in bound)
        ):
            continue
        kept.append(statement)
    return tuple(kept)
