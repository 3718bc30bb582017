"""RunFacts: what one run of the notebook showed, cell by cell; `observe` fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AMBIENT = (
    "environ",
    "cwd",
    "path",
    "pandas",
    "numpy",
    "matplotlib",
    "warnings",
    "locale",
    "decimal",
    "logging",
    "recursion",
    "builtins",
    "random",
    "numpy_random",
    "torch_random",
)
"""Components of process state that the probe watches, in the order they are replayed."""

GENERATORS = ("random", "numpy_random", "torch_random")


@dataclass(frozen=True)
class Value:
    """What a name held when a cell had ended.

    Attributes:
        fingerprint: Canonical hash of the value: equal for equal values in another process and
            under another hash seed. Empty where the value cannot be compared.
        kind: Qualified type name, `pandas.DataFrame`; notebook classes as `__main__.Model`.
        summary: A short text for reports: `2,000 rows × 7 columns`, `0.25`; secrets never.
        annotation: A type annotation for generated code: `pd.DataFrame`, `list[str]`, `float`.
        opaque: Why it cannot be compared (a generator, an open file), or empty.
    """

    fingerprint: str
    kind: str
    summary: str = ""
    annotation: str = "Any"
    opaque: str = ""


@dataclass(frozen=True)
class Stored:
    """How a name, or a group of names that share state, can be kept on disk exactly.

    Attributes:
        format: parquet, pickle, or empty where nothing keeps it.
        reason: Why parquet did not do, or why nothing does.
    """

    format: str
    reason: str = ""


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a frame, or a series, when a cell had ended.

    Attributes:
        name: Its label; the text of it where it is none.
        dtype: As pandas prints it.
        missing: Rows without a value.
        distinct: Distinct values; -1 where they were not counted.
        minimum: Of a column of numbers, as the next three; None for others.
        maximum: Largest number.
        mean: Mean of the numbers there are.
        median: Their median.
        common: The most frequent values as text, each with its rows; none for near-unique columns
            of text, which may be personal.
    """

    name: str
    dtype: str
    missing: int = 0
    distinct: int = -1
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    median: float | None = None
    common: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class FrameFacts:
    """A data frame, a series (one column) or an array, when a cell had ended.

    An array of one dimension has one column, without a name; of two, none are told.

    Attributes:
        rows: How many.
        columns: In order.
        unique_index: No label occurs twice.
    """

    rows: int
    columns: tuple[ColumnFacts, ...] = ()
    unique_index: bool = True

    def column(self, name: str) -> ColumnFacts | None:
        """The column of this name."""
        return next((one for one in self.columns if one.name == name), None)


@dataclass(frozen=True)
class Overlap:
    """What two frames have in common when a cell had ended.

    Attributes:
        left: Name of one frame, by its name a training part.
        right: Name of the other, by its name a part to test on.
        rows: Rows of `right` that stand in `left` too.
        column: Where set, only values of this column were compared: an identifier on both sides.
    """

    left: str
    right: str
    rows: int
    column: str = ""


@dataclass(frozen=True)
class Twin:
    """A column that tells the target.

    Attributes:
        features: Name of the frame.
        column: Its column.
        target: Name of the target.
        how: `equal`, or `one to one`.
    """

    features: str
    column: str
    target: str
    how: str


@dataclass(frozen=True)
class CellFacts:
    """What one code cell did.

    Attributes:
        cell: Position among all cells, from 1.
        seconds: Wall time of the user's code.
        peak_memory: Bytes, peak resident size of the kernel by the end of the cell.
        bound: Names that are new or hold another object than before the cell.
        changed: Names that hold the same object as before, with another value.
        deleted: Names that are gone.
        values: Every name in `bound` and `changed` → its value when the cell had ended.
        shared: Groups of two or more names that reach the same mutable object or memory when the
            cell had ended (complete state, not a difference); modules and functions excluded.
        ambient: Component of process state → fingerprint when the cell had ended (complete).
        ambient_values: Component → JSON-able detail of what the cell changed in it
            (`environ`: {name: value or null}; masked where it looks like a secret).
        reads: Files read, relative to the notebook's folder where below it, else absolute.
        writes: Files created or changed, likewise.
        lists: Folders listed, likewise.
        makes: Folders created, likewise.
        deletes: Files removed, likewise.
        modules: Modules loaded from below the notebook's folder → file.
        network: Addresses connected to.
        subprocesses: Commands started.
        outputs: Displayed outputs (nbformat 4 dictionaries), in order.
        frames: Every name in `bound` and `changed` that holds a frame or series → what it holds.
        overlaps: Training and test parts that share rows, or values of an identifier.
        twins: Columns of features that tell the target.
        stored: For names live at a candidate cut after this cell → how they can be kept.
            A key is one name, or several joined by `+` for a group that shares state.
        nondeterministic: Names whose value another run, under another hash seed, did not repeat.
        ambient_nondeterministic: Components likewise.
        outputs_nondeterministic: Positions in `outputs` likewise.
    """

    cell: int
    seconds: float = 0.0
    peak_memory: int = 0
    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    values: Mapping[str, Value] = field(default_factory=dict)
    shared: tuple[frozenset[str], ...] = ()
    ambient: Mapping[str, str] = field(default_factory=dict)
    ambient_values: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)
    network: tuple[str, ...] = ()
    subprocesses: tuple[str, ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    frames: Mapping[str, FrameFacts] = field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()
    twins: tuple[Twin, ...] = ()
    stored: Mapping[str, Stored] = field(default_factory=dict)
    nondeterministic: frozenset[str] = frozenset()
    ambient_nondeterministic: frozenset[str] = frozenset()
    outputs_nondeterministic: frozenset[int] = frozenset()

    @property
    def takes(self) -> frozenset[str]:
        """Files that it needs from before: a module that it has written itself is none."""
        return frozenset({*self.reads, *(set(self.modules.values()) - set(self.writes))})


@dataclass(frozen=True)
class RunFacts:
    """One observed run, compared with a second one under another hash seed.

    Attributes:
        cells: Facts of each code cell with something in it, in order.
        start: Ambient component → fingerprint before the first cell.
        seconds: Wall time of the whole run, kernel start included.
        kernel: Name of the kernel it ran on.
        kernel_note: Said in reports where that is not the notebook's own kernelspec.
        python: Version of its interpreter.
        packages: Distribution → version of everything that the notebook imported.
        distributions: Imported top-level module → distribution name (`sklearn` → `scikit-learn`).
        capture_seconds: Time spent by the capture itself.
        pandas_copy_on_write: Frames never share memory observably (pandas 3).
    """

    cells: tuple[CellFacts, ...]
    start: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    kernel: str = "python3"
    kernel_note: str = ""
    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    distributions: Mapping[str, str] = field(default_factory=dict)
    capture_seconds: float = 0.0
    pandas_copy_on_write: bool = True

    def latest(self, name: str, cell: int) -> CellFacts | None:
        """Facts of the last cell up to this one that bound or changed a name."""
        return next((f for f in reversed(self.cells) if f.cell <= cell and name in f.values), None)

    def of_cell(self, index: int) -> CellFacts:
        """Facts of the cell at position `index`, from 1.

        Raises:
            KeyError: the cell did not run.
        """
        for facts in self.cells:
            if facts.cell == index:
                return facts
        raise KeyError(index)
