"""Stages with everything that a task script needs, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from poc_graduate.dataflow.model import Statement
from poc_graduate.plan.cells import Timeline
from poc_graduate.plan.model import Format, Note


@dataclass(frozen=True)
class Constraints:
    """What planning has to respect, given by the user or learnt from a build that disagreed.

    Attributes:
        forbidden: Cuts that must not be made → why.
        inline: Definitions that stay in their tasks.
        inline_cells: Cells whose code does not become a function.
        needs: (cell, name) pairs: the cell's stage has to load the name.
        all_imports: Every import is repeated in every later task, used or not.
        unchecked: Ploomber's static check refused the tasks, and is left out.
        cuts: Cuts asked for by the user; None leaves the choice to us.
        names: Names of the stages asked for by the user, by position of their first cell.
        crossing: Names that the user wants to see kept, by position of the stage's first cell.
        dropped: Parameters that the user does not want.
        renamed: Parameters that the user renamed: old → new.
        contracts: Tasks check their tables against data contracts.
        uncontracted: Tables that are not checked all the same → why.
        untrained: What the notebook trains is not kept for its own sake.
    """

    forbidden: dict[int, str] = field(default_factory=dict)
    inline: frozenset[str] = frozenset()
    inline_cells: frozenset[int] = frozenset()
    needs: frozenset[tuple[int, str]] = frozenset()
    all_imports: bool = False
    unchecked: bool = False
    cuts: tuple[int, ...] | None = None
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    crossing: dict[int, frozenset[str]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)
    contracts: bool = False
    uncontracted: dict[str, str] = field(default_factory=dict)
    untrained: bool = False


@dataclass(frozen=True)
class Kept:
    """Names that are kept together in one file at the end of a stage."""

    names: tuple[str, ...]
    format: Format
    why: str = ""

    @property
    def key(self) -> str:
        """The product's name."""
        return "_and_".join(self.names)


@dataclass
class Layout:
    """One stage under construction.

    Attributes:
        start: Position (from 0, among code cells) of its first cell.
        stop: Position after its last cell.
        loads: (stage index, kept names) in a stable order.
        keeps: What it leaves for later stages.
        imports: Imported names that it needs.
        package: Names that it takes from the package.
        repeats: Statements of earlier cells to run at its start: imports bound twice, functions
            over globals, connections, in the notebook's order.
        settings: Setting statements of earlier cells to replay, in order.
        values: Ambient state to set by value: component → detail.
        seeds: Seeding statements to replay.
        carries: Generator → index of the stage that hands its state over.
        hands_over: Generators whose state it keeps for later stages.
        waits: Indices of stages whose files it reads.
        reads: Input files.
        writes: Files written.
        needed: Data names it needs from before.
    """

    start: int
    stop: int
    loads: list[tuple[int, Kept]] = field(default_factory=list)
    keeps: list[Kept] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    package: set[str] = field(default_factory=set)
    repeats: list[Statement] = field(default_factory=list)
    settings: list[Statement] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    seeds: list[Statement] = field(default_factory=list)
    carries: dict[str, int] = field(default_factory=dict)
    hands_over: set[str] = field(default_factory=set)
    waits: set[int] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Problem:
    """Cuts that turned out to be impossible, and why."""

    cuts: frozenset[int]
    note: Note


def problem(time: Timeline, cuts: range, position: int, text: str, line: int = 1) -> Problem:
    """Why the cell at a position forbids these cuts."""
    note = Note("merged", time.cells[position], line, text)
    return Problem(frozenset(cuts), note)
