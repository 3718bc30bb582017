"""From a table that keeps to a contract to what the model takes: the author's own statements.

They are read from the task that fits the model and from those before it, back to the one that
checks the contract. Which rows the author picks for the fit changes none of them. That they give
the rows that the model was fitted for is not taken on trust: the project proves it on its own rows
whenever a version is registered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from poc_graduate.dataflow.rows import root, whole
from poc_graduate.generate.operating.flat import Pipeline, Step, Unread, bound, changed, read
from poc_graduate.generate.operating.statements import (
    admits,
    assigned,
    is_alias,
    is_plain,
    loaded,
    masks_of,
    named,
    parameter,
    parts,
    picks,
    table_of,
    without,
)


@dataclass(frozen=True)
class Preparation:
    """What fills `ops/model.py`.

    Attributes:
        contract: Name of the schema in `contracts.py`.
        table: What the author calls the table.
        rows: What the author calls what the model takes.
        target: The column that is predicted: no request has it.
        imports: Import lines.
        statements: From the table to the rows.
        checked: Product that keeps the table as it was checked.
        sample: Product that keeps rows of the model, to prove the statements on.
        truth_within: The rows of a fit hold the target.
    """

    contract: str
    table: str
    rows: str
    target: str
    imports: tuple[str, ...]
    statements: tuple[str, ...]
    checked: str
    sample: str
    truth_within: bool


def preparation(project: Path, package: str, product: str, truth: str = "") -> Preparation:
    """Read how the rows of a model come from a table with a contract.

    Args:
        project: Folder of the project.
        package: Its package.
        product: The product that holds the model: `products/<task>/<name>.pickle`.
        truth: The column that the model's answers are measured against, where that is known.

    Raises:
        Unread: in words, what has another form.
    """
    task, model = Path(product).parent.name, Path(product).stem
    pipeline = Pipeline(project, package)
    steps = pipeline.steps(task)
    at, call = _fit(steps, model, task)
    rows, before = named(call.args[0], steps[at], "rows")
    way = _Way(project, pipeline, task, [*steps[:at], *before, *steps[at:]])
    way.follow(rows, at + len(before))
    known = _target(call, pipeline, task, steps, at)
    target = known or truth
    if not target:
        raise Unread(f"no column is known that `{model}` predicts")
    statements = [
        Step(made, step.script)
        for step in way.found
        if (made := without(target, step.node)) is not None
    ]
    rows, statements = _short(way.table, rows, statements)
    lines = _imports(statements, way.names)
    table = way.table
    if statements and is_alias(statements[0].node, table):
        table = ast.unparse(statements.pop(0).node.targets[0])  # type: ignore[attr-defined]
    checked = way.checked or ("" if statements else way.sample)
    if not checked:
        raise Unread(
            f"no product keeps `{way.table}` as task {way.task} has checked it"
            f"{_keep(way.task, way.table)}"
        )
    if not way.sample:
        raise Unread(f"no rows of the model are a product of the pipeline{_keep(task, rows)}")
    lines |= {"import pandas as pd", f"from {package}.contracts import {way.contract}"}
    return Preparation(
        way.contract, table, rows if statements else table, target,
        tuple(sorted(lines, key=_order)),
        tuple(ast.unparse(ast.fix_missing_locations(one.node)) for one in statements),
        checked, way.sample, not known,
    )  # fmt: skip


@dataclass
class _Way:
    """The walk from a fit back to a contract.

    Attributes:
        task: Where it has got to.
        steps: The statements of that task.
        found: Statements that change rows, the first one first.
        contract: The schema at its end.
        table: What is checked by it.
        checked: Product that keeps the table as it was checked; empty where none does.
        sample: Product that keeps rows of the model; empty where none does.
        names: What the pipeline's statements bind: none of it is imported.
    """

    project: Path
    pipeline: Pipeline
    task: str
    steps: list[Step]
    found: list[Step] = field(default_factory=list)
    contract: str = ""
    table: str = ""
    checked: str = ""
    sample: str = ""
    names: set[str] = field(default_factory=set)

    def follow(self, rows: str, at: int) -> None:
        """Walk back from the rows of a statement.

        Raises:
            Unread: something on the way has another form.
        """
        wanted, chain = {rows}, {rows}
        index = at
        while True:
            masks = masks_of(self.steps)
            self._sample(chain, masks, index)
            if not self.contract and len(chain & wanted) == 1:
                self._admitted(next(iter(chain & wanted)), index)
            if self.contract:
                wanted.discard(self.table)
                if not wanted:
                    return
            index -= 1
            if index < 0 or not wanted:
                raise Unread(
                    f"`{rows}` comes from no table with a contract, back to the start of task "
                    f"{self.task}"
                )
            step = self.steps[index]
            hit = (bound(step.node) | changed(step.node)) & wanted
            if not hit:
                continue
            name = min(hit)
            if (source := loaded(step.node)) is not None:
                if self.contract or wanted != hit or len(hit) != 1:
                    raise Unread(
                        f"`{name}` in task {self.task} is more than one table with a contract"
                    )
                self.task = source
                self.steps = self.pipeline.steps(source)
                index = len(self.steps)
                continue
            if (contract := admits(step.node)) is not None:
                if not self.contract and name in chain:
                    self._stop(name, contract[1], index)
                continue
            self._take(step, hit, wanted, chain, masks, index)

    def _take(
        self, step: Step, hit: set[str], wanted: set[str], chain: set[str], masks: set[str],
        index: int,
    ) -> None:  # fmt: skip
        """A statement that gives or changes what is wanted."""
        earlier = {name for one in self.steps[:index] for name in bound(one.node)}
        for node in reversed(parts(step.node, hit, chain, masks)):
            names = bound(node)
            self.names |= names | hit
            wanted -= names - changed(node)
            used = read(node)
            for name in sorted(used):
                if name in earlier:
                    if self.contract and name == self.table:
                        raise Unread(
                            f"`{ast.unparse(node)}` in task {self.task} stands before the check"
                        )
                    wanted.add(name)
                elif step.script.line(name) is None and name not in names:
                    raise Unread(
                        f"`{ast.unparse(node)}` in task {self.task} rests on `{name}` as well"
                    )
            if names & chain and isinstance(node, ast.Assign):
                chain |= {table_of(node.value, earlier)} - {""}
            if any(parameter(one, self.steps) for one in used & earlier):
                one = min(name for name in used & earlier if parameter(name, self.steps))
                raise Unread(
                    f"`{ast.unparse(node)}` in task {self.task} rests on the parameter {one}"
                )
            self.found.insert(0, Step(node, step.script))

    def _admitted(self, name: str, index: int) -> None:
        """See whether a table is checked behind a statement as it was before."""
        for turn, step in enumerate(self.steps[index:], index):
            contract = admits(step.node)
            if contract is not None and contract[0] == name:
                self._stop(name, contract[1], turn)
                return
            if name in bound(step.node) | changed(step.node):
                break

    def _stop(self, name: str, contract: str, index: int) -> None:
        self.contract, self.table = contract, name
        later = self.steps[index + 1 :]
        if not any(name in bound(one.node) | changed(one.node) for one in later):
            self.checked = _product(self.project, self.task, name)

    def _sample(self, chain: set[str], masks: set[str], index: int) -> None:
        """Look for a product that keeps rows of the model, or others of the same table."""
        if self.sample or any(not is_plain(one.node) for one in self.found):
            return
        same = set(chain)
        for step in self.steps:
            for target, value in assigned(step.node):
                inner = whole(value, masks)
                if isinstance(inner, ast.Name) and inner.id in chain and picks(value, masks):
                    same.add(target)
        for name in sorted(same, key=lambda one: (one not in chain, one)):
            if self._stands(name, chain, index):
                self.sample = _product(self.project, self.task, name)
            if self.sample:
                return

    def _stands(self, name: str, chain: set[str], index: int) -> bool:
        """Whether a name is at the task's end what it was at the fit, or when it was picked."""
        last = max(
            (turn for turn, one in enumerate(self.steps) if name in bound(one.node)), default=-1
        )
        later = self.steps[index if name in chain else last + 1 :]
        return not any(
            name in bound(one.node) | changed(one.node) and admits(one.node) is None
            for one in later
        )


def _fit(steps: Sequence[Step], model: str, task: str) -> tuple[int, ast.Call]:
    """The statement that fits a model last, and the call."""
    names = {model}
    for index in range(len(steps) - 1, -1, -1):
        node = steps[index].node
        for one in ast.walk(node):
            match one:
                case ast.Call(func=ast.Attribute(value=value, attr="fit"), args=[_, *_]):
                    given = {name for name, other in assigned(node) if other is one}
                    if (isinstance(value, ast.Name) and value.id in names) or given & names:
                        return index, one
        for name, value in assigned(node):
            if name in names and (inner := root(value)):
                names.add(inner)
    raise Unread(f"task {task} does not fit `{model}` in a statement of its own")


def _target(call: ast.Call, pipeline: Pipeline, task: str, steps: list[Step], at: int) -> str:
    """The column that a fit takes as truth; empty where it takes none."""
    given = call.args[1] if len(call.args) > 1 else None
    given = next((one.value for one in call.keywords if one.arg == "y"), given)
    if given is None:
        return ""
    name, before = named(given, steps[at], "truth")
    steps = [*steps[:at], *before]
    wanted = {name}
    for step in reversed(steps):
        hit = bound(step.node) & wanted
        if not hit:
            continue
        if (source := loaded(step.node)) is not None:
            return _target_in(pipeline, source, min(hit))
        for node in parts(step.node, hit, set(hit), masks_of(steps)):
            columns = _columns(node)
            if len(columns) == 1:
                return columns.pop()
            if columns:
                raise Unread("the target is not one column of the table")
            wanted |= read(node)
    return ""


def _target_in(pipeline: Pipeline, task: str, name: str) -> str:
    steps = pipeline.steps(task)
    call = ast.Call(ast.Name("fit", ast.Load()), [ast.Name("rows"), ast.Name(name)], [])
    return _target(call, pipeline, task, [*steps, Step(ast.Pass(), steps[0].script)], len(steps))


def _columns(node: ast.AST) -> set[str]:
    """Columns that a statement names."""
    found: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                found.add(name)
            case ast.Subscript(slice=ast.List(elts=[ast.Constant(value=str(name))])):
                found.add(name)
            case ast.Call(func=ast.Attribute(attr="pop"), args=[ast.Constant(value=str(name))]):
                found.add(name)
    if found:
        return found
    called = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    return {
        one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and id(one) not in called
        and one.attr not in ("values", "loc", "iloc", "columns", "index", "shape", "T")
    }


def _short(table: str, rows: str, statements: list[Step]) -> tuple[str, list[Step]]:
    """Without statements that only give another name to what has one."""
    kept = list(statements)
    while kept and is_plain(kept[-1].node) and rows in bound(kept[-1].node):
        rows = ast.unparse(kept.pop().node.value)  # type: ignore[attr-defined]
    return rows, kept


def _imports(statements: Sequence[Step], names: set[str]) -> set[str]:
    """Import lines for what statements take from their files."""
    return {
        line
        for one in statements
        for name in read(one.node) - names
        if (line := one.script.line(name))
    }


def _product(project: Path, task: str, name: str) -> str:
    """A product that keeps a name; empty where none does."""
    text = (project / "pipeline.yaml").read_text(encoding="utf-8")
    found = re.search(rf"products/{re.escape(task)}/{re.escape(name)}\.\w+", text)
    return found[0] if found else ""


def _keep(task: str, name: str) -> str:
    return (
        f": let stage {task} keep `{name}` (`keeps:` in graduation/plan.yaml), "
        "export again with --plan"
    )


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


__all__ = ["Preparation", "Unread", "preparation"]
