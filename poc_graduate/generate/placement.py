"""Where tasks check their tables: as they are read, and once they are clean.

A table is checked in a cell of its own behind the author's cell, so that what that cell shows stays
as it was. What the run showed decides: a frame that the cell has bound, from what it read itself.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.dataflow.model import Statement
from poc_graduate.generate.code import product_path
from poc_graduate.generate.functions import Function
from poc_graduate.plan.settle import Settled
from poc_graduate.plan.stages import READS, identifier, role, snake_case

FEWEST_ROWS, _MOST_ROWS, _MOST_COLUMNS = 20, 5_000_000, 500
"""Fewer rows say nothing about a batch; more cells than this are slow to learn from."""
_MOST_CLEAN = 4
_NUMBER = "0123456789_"
_FRAME = re.compile(r"pandas\.(core\.frame\.)?DataFrame$")
_SAYS_LITTLE = re.compile(r"(df|data|raw|frame|table|tbl|dataset|x|d|t)_?\d*")
_VERSION = re.compile(r"_(v\d*|\d+|final|new|old|copy|latest|clean|cleaned|raw|export|data)$")


@dataclass(frozen=True)
class Checked:
    """A table that a task checks.

    Attributes:
        table: Its name: `raw_customers`.
        variable: The variable that holds it.
        stage: The task.
        cell: Position of the notebook's cell behind which it is checked, from 1.
        source: Python that names where it came from: a parameter, or a literal.
        about: The same in words: `as read in cell 3`.
        clean: Whether it has been cleaned.
        kept: The product that holds it as it is checked; empty where none does.
        files: The project's files that its task has read by then.
    """

    table: str
    variable: str
    stage: str
    cell: int
    source: str
    about: str
    clean: bool
    kept: str = ""
    files: tuple[str, ...] = ()

    @property
    def constant(self) -> str:
        """Name of its schema in `contracts.py`."""
        return self.table.upper()

    @property
    def product(self) -> str:
        """The product that rows are put aside in."""
        return f"{self.table}_quarantine"

    @property
    def path(self) -> str:
        """Where that lies."""
        return product_path(self.stage, f"{self.product}.csv")

    @property
    def call(self) -> str:
        """The line that checks it."""
        return (
            f"{self.variable} = admit({self.variable}, {self.constant}, "
            f'source={self.source}, quarantine=product["{self.product}"])'
        )


def checked(
    settled: Settled, facts: RunFacts, functions: Mapping[int, Function]
) -> tuple[Checked, ...]:
    """The tables that the tasks check, in the order of the notebook.

    Args:
        settled: The plan.
        facts: What the notebook's run showed.
        functions: Functions made of cells, by position among the code cells.
    """
    if not settled.constraints.contracts:
        return ()
    entered = list(_entered(settled, facts, functions))
    raw = {_fingerprint(facts, variable, cell) for variable, cell, _ in entered}
    clean = list(_clean(settled, facts, raw))
    names = _names([(variable, path) for variable, _, path in entered])
    found = []
    for (variable, cell, path), name in zip(entered, names, strict=True):
        stage = _stage(settled, cell)
        found.append(
            Checked(
                f"raw_{name}", variable, stage, cell, _source(settled, stage, path, name),
                f"as read in cell {cell}", clean=False, kept=_kept(settled, facts, variable, cell),
                files=_files(settled, facts, cell),
            )
        )  # fmt: skip
    taken = {one.table for one in found}
    for variable, cell in clean:
        earlier = [
            name
            for (other, read, _), name in zip(entered, names, strict=True)
            if read <= cell and other.rstrip(_NUMBER) == variable.rstrip(_NUMBER)
        ]
        name = earlier[-1] if earlier else _own_name(variable) or "data"
        if len(clean) == 1 and len(entered) == 1:
            name = names[0]
        while name in taken:
            name = f"clean_{name}"
        taken.add(name)
        stage = _stage(settled, cell)
        found.append(
            Checked(
                name, variable, stage, cell, f'"{variable} of {stage}"',
                f"as task {stage} hands it on", clean=True,
                kept=_kept(settled, facts, variable, cell),
            )
        )  # fmt: skip
    found = [one for one in found if one.table not in settled.constraints.uncontracted]
    return tuple(sorted(found, key=lambda one: (one.cell, one.clean, one.table)))


def _files(settled: Settled, facts: RunFacts, cell: int) -> tuple[str, ...]:
    """Files of the project that a task has read when it has run a cell.

    A connection may have been opened in a cell before.
    """
    inputs = settled.paths.inputs
    cells = next(stage.cells for stage in settled.plan.stages if cell in stage.cells)
    before = [one for one in facts.cells if one.cell in cells and one.cell <= cell]
    return tuple(sorted({inputs[path] for one in before for path in one.reads if path in inputs}))


def _entered(
    settled: Settled, facts: RunFacts, functions: Mapping[int, Function]
) -> Iterator[tuple[str, int, str]]:
    """Variable, cell, and file where one file is known, of each table that a cell reads."""
    time = settled.time
    known = {cell.cell: cell for cell in facts.cells}
    for position, cell in enumerate(time.cells):
        if cell not in known:
            continue
        observed = known[cell]
        function = functions.get(position)
        hidden = function.hides if function is not None else ()
        for name, named in _read(settled, position, observed).items():
            if name not in hidden:
                files = [path for path in observed.reads if path not in observed.writes]
                own = [path for path in files if posixpath.basename(path) in named]
                yield name, cell, own[0] if len(own) == 1 else _common(files)


def _read(settled: Settled, position: int, observed: CellFacts) -> dict[str, set[str]]:
    """Tables that a cell binds to what it reads, and the files that are named where it does.

    Through lists and loops of parts as well.
    """
    made: set[str] = set()
    found: dict[str, set[str]] = {}
    for statement in settled.time.statements[position]:
        bound = statement.defines | statement.may_define
        reads = _reads(settled, statement)
        if reads or statement.reads & (made - set(found)):
            made |= bound | statement.changes
            named = {posixpath.basename(use.path) for use in statement.files if use.path}
            found |= {name: named for name in sorted(bound & observed.bound) if name not in found}
    return {name: named for name, named in found.items() if _is_table(observed, name)}


def _common(files: Sequence[str]) -> str:
    """What files are called together, in whole words: `sales_01.csv`, `sales_02.csv`: `sales_0`.

    Nothing where that is no word: `train.csv` and `test.csv` are not called `t`.
    """
    if len(files) < 2:
        return "".join(files)
    common = commonprefix(files)  # noqa: RUF071
    if any(re.match(r"[^\W\d_]", path[len(common) :]) for path in files):
        common = re.sub(r"[^\W\d_]+$", "", common)
    return common


def _reads(settled: Settled, statement: Statement) -> bool:
    """Whether a statement, or a function of the notebook that it calls, reads data."""
    if statement.role in ("import", "definition", "setting"):
        return False
    texts = [statement.source]
    definitions = settled.time.dataflow
    for called in statement.calls:
        texts += [
            other.source
            for other in definitions.statements
            if other.role == "definition" and called in other.defines
        ]
    return any(READS.search(text) for text in texts)


def _is_table(observed: CellFacts, name: str) -> bool:
    value, frame = observed.values.get(name), observed.frames.get(name)
    return (
        value is not None
        and frame is not None
        and _FRAME.search(value.kind) is not None
        and not value.opaque
        and name not in observed.nondeterministic
        and FEWEST_ROWS <= frame.rows <= _MOST_ROWS
        and 0 < len(frame.columns) <= _MOST_COLUMNS
        and len({column.name for column in frame.columns}) == len(frame.columns)
    )


def _clean(settled: Settled, facts: RunFacts, raw: set[str]) -> Iterator[tuple[str, int]]:
    """Tables that the task that cleans last hands on; where none cleans, the first changed ones.

    A task that fits a model is not asked: what it hands on are parts of the tables.
    """
    time = settled.time
    changed: list[list[tuple[str, int]]] = []
    cleaned: list[list[tuple[str, int]]] = []
    for layout in settled.layouts:
        positions = range(layout.start, layout.stop)
        roles = {role(time, position) for position in positions}
        cell = time.cells[layout.stop - 1]
        found = []
        for kept in layout.keeps:
            name = kept.names[0]
            last = facts.latest(name, cell)
            if (
                len(kept.names) == 1
                and last is not None
                and _is_table(last, name)
                and last.values[name].fingerprint not in raw
            ):
                found.append((name, cell))
        if roles & {"train", "predict", "evaluate"}:
            break
        if found:
            changed.append(found[:_MOST_CLEAN])
        if found and "clean" in roles:
            cleaned.append(found[:_MOST_CLEAN])
    if raw and changed:
        yield from (cleaned[-1] if cleaned else changed[0])


def _fingerprint(facts: RunFacts, name: str, cell: int) -> str:
    return facts.of_cell(cell).values[name].fingerprint


def _kept(settled: Settled, facts: RunFacts, variable: str, cell: int) -> str:
    """Path of the product that holds a variable as it was behind a cell; empty where none does."""
    stages = zip(settled.plan.stages, settled.layouts, strict=True)
    stage, layout = next(both for both in stages if cell in both[0].cells)
    here, end = facts.latest(variable, cell), facts.latest(variable, stage.cells[-1])
    if here is None or end is None:
        return ""
    if here.values[variable].fingerprint != end.values[variable].fingerprint:
        return ""
    for kept in layout.keeps:
        if kept.names == (variable,):
            return product_path(stage.name, f"{kept.key}.{kept.format}")
    return ""


def _stage(settled: Settled, cell: int) -> str:
    return next(stage.name for stage in settled.plan.stages if cell in stage.cells)


def _source(settled: Settled, stage: str, path: str, name: str) -> str:
    """Python that names where a table came from: the parameter of its file, if the task has it."""
    used = next(one.parameters for one in settled.plan.stages if one.name == stage)
    target = settled.paths.inputs.get(path, path)
    for parameter in settled.plan.parameters:
        value = str(parameter.value)
        same = value in (path, target) or ("*" in value and path.startswith(value.split("*")[0]))
        if parameter.name in used and path and same:
            return parameter.name
    shown = re.sub(r"[\d_\s-]+$", "", posixpath.basename(path))
    return f'"{shown or name}"'


def _names(tables: Sequence[tuple[str, str]]) -> list[str]:
    """A name for each table, by its variable where that says something, else by its file."""
    wished = []
    for variable, path in tables:
        stem = posixpath.splitext(posixpath.basename(path))[0]
        name = snake_case(identifier(re.sub(r"[\W_]*\d[\d\W_]*$", "", stem).replace("_", " ")))
        while shorter := _VERSION.sub("", name):
            if shorter == name:
                break
            name = shorter
        wished.append(_own_name(variable) or name or "data")
    counts = Counter(wished)
    taken: set[str] = set()
    result = []
    for (variable, _), name in zip(tables, wished, strict=True):
        own = snake_case(variable).strip("_")
        unique = name if counts[name] == 1 else f"{name}_{own}"
        number = 2
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.add(unique)
        result.append(unique)
    return result


def _own_name(variable: str) -> str:
    """A variable's name where it says what it holds; empty for `df` and its like."""
    name = snake_case(variable).strip("_")
    name = re.sub(r"^(df|raw)_|_(df|raw|data)$", "", name)
    return "" if _SAYS_LITTLE.fullmatch(name) or not name.isascii() else name
