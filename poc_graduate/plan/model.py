"""The plan: stages, what crosses between them, parameters; engine-neutral and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Format = Literal["parquet", "pickle"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Parameter:
    """A literal of the notebook that became an entry of `env.yaml`.

    Attributes:
        name: Its name in `env.yaml` and in the tasks.
        value: The literal, the default.
        cell: Position of the cell it stood in, from 1.
        line: Line in that cell, from 1.
        kind: variable (the notebook binds it to a name), or what the literal is: path, seed,
            size, threshold, hyper-parameter, url, date.
        moved_from: For a path whose file was brought into the project, the literal it replaces.
    """

    name: str
    value: Any
    cell: int
    line: int
    kind: str = "variable"
    moved_from: str | None = None


@dataclass(frozen=True)
class Product:
    """One file that a stage leaves for later ones.

    Attributes:
        name: Its key in `pipeline.yaml`: the variable, or the variables joined by `_and_`.
        names: Variables kept in it; more than one where they share state and travel together.
        format: parquet where that keeps the value exactly, else pickle.
        why: Why it is pickled, or why names travel together; empty for plain parquet.
    """

    name: str
    names: tuple[str, ...]
    format: Format
    why: str = ""

    @property
    def file(self) -> str:
        """File name without folder."""
        return f"{self.name}.{self.format}"


@dataclass(frozen=True)
class Load:
    """A product of an earlier stage that a stage starts from."""

    stage: str
    product: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """One task of the pipeline: consecutive cells of the notebook.

    Attributes:
        name: Task name, an identifier.
        title: Heading or description, for people.
        cells: Positions of its code cells among all cells, from 1, in order.
        loads: What it starts from.
        products: What it leaves.
        upstream: Stages it waits for, sorted: those it loads from and those whose files it reads.
        parameters: Names of the parameters it takes, in order of use.
        settings: Cells whose ambient settings are replayed at its start.
        carries: Generators whose state it takes from an earlier stage: name → stage.
        reads: Input files it reads that no earlier stage wrote, sorted.
        writes: Files it writes, sorted.
    """

    name: str
    title: str
    cells: tuple[int, ...]
    loads: tuple[Load, ...] = ()
    products: tuple[Product, ...] = ()
    upstream: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    settings: tuple[int, ...] = ()
    carries: tuple[tuple[str, str], ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something that the plan has to explain.

    Attributes:
        kind: merged (a cut was wished and cannot be), inline (code that stays in its task),
            moved (definition that went to the package), unproven, input, changed, left out (a
            generated test that failed in its first run), untried (tests that did not end in
            theirs), leak (what was measured of one).
        cell: Position of the cell it is about, from 1; 0 for the whole notebook.
        line: Line in that cell, from 1.
        text: One sentence.
    """

    kind: str
    cell: int
    line: int
    text: str


@dataclass(frozen=True)
class Plan:
    """How a notebook becomes a pipeline.

    Attributes:
        notebook: File name of the notebook.
        package: Name of the generated package.
        stages: In the notebook's order.
        parameters: In order of first use.
        definitions: Functions, classes and constants that move to the package → module name.
        notes: Why it is so.
        proved: False for a plan made without a run.
    """

    notebook: str
    package: str
    stages: tuple[Stage, ...]
    parameters: tuple[Parameter, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    proved: bool = False

    def stage_of(self, cell: int) -> Stage | None:
        """The stage that holds the code cell at position `cell`, if any."""
        for stage in self.stages:
            if cell in stage.cells:
                return stage
        return None

    def to_yaml(self) -> str:
        """The plan as text that a person can edit and give back."""
        from poc_graduate.plan.text import to_yaml

        return to_yaml(self)
