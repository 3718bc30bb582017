"""From a table that keeps to a contract to what the model takes: the author's own statements.

They are read from the task that fits the model and from those before it, back to the one that
checks the contract. Which rows the author picks for the fit changes none of them. That they give
the rows that the model was fitted for is not taken on trust: the project proves it on its own rows
whenever a version is registered.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from poc_graduate.dataflow.rows import is_condition, root, whole
from poc_graduate.generate.operating.flat import Pipeline, Step, Unread, bound, changed, read


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
    rows, before = _named(call.args[0], steps[at], "rows")
    way = _Way(project, pipeline, task, [*steps[:at], *before, *steps[at:]])
    way.follow(rows, at + len(before))
    known = _target(call, pipeline, task, steps, at)
    target = known or truth
    if not target:
        raise Unread(f"no column is known that `{model}` predicts")
    statements = [
        Step(made, step.script)
        for step in way.found
        if (made := _without(target, step.node)) is not None
    ]
    rows, statements = _short(way.table, rows, statements)
    lines = _imports(statements, way.names)
    table = way.table
    if statements and _is_alias(statements[0].node, table):
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
            masks = _masks(self.steps)
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
            if (source := _loaded(step.node)) is not None:
                if self.contract or wanted != hit or len(hit) != 1:
                    raise Unread(
                        f"`{name}` in task {self.task} is more than one table with a contract"
                    )
                self.task = source
                self.steps = self.pipeline.steps(source)
                index = len(self.steps)
                continue
            if (contract := _admits(step.node)) is not None:
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
        for node in reversed(_parts(step.node, hit, chain, masks)):
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
                chain |= {_table_of(node.value, earlier)} - {""}
            if any(_parameter(one, self.steps) for one in used & earlier):
                one = min(name for name in used & earlier if _parameter(name, self.steps))
                raise Unread(
                    f"`{ast.unparse(node)}` in task {self.task} rests on the parameter {one}"
                )
            self.found.insert(0, Step(node, step.script))

    def _admitted(self, name: str, index: int) -> None:
        """See whether a table is checked behind a statement as it was before."""
        for turn, step in enumerate(self.steps[index:], index):
            contract = _admits(step.node)
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
        if self.sample or any(not _is_plain(one.node) for one in self.found):
            return
        same = set(chain)
        for step in self.steps:
            for target, value in _assigned(step.node):
                inner = whole(value, masks)
                if isinstance(inner, ast.Name) and inner.id in chain and _picks(value, masks):
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
            name in bound(one.node) | changed(one.node) and _admits(one.node) is None
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
                    given = {name for name, other in _assigned(node) if other is one}
                    if (isinstance(value, ast.Name) and value.id in names) or given & names:
                        return index, one
        for name, value in _assigned(node):
            if name in names and (inner := root(value)):
                names.add(inner)
    raise Unread(f"task {task} does not fit `{model}` in a statement of its own")


def _named(value: ast.expr, step: Step, name: str) -> tuple[str, list[Step]]:
    """The name of an expression; where it has none, a statement that gives it one."""
    if isinstance(value, ast.Name):
        return value.id, []
    made = ast.Assign([ast.Name(name, ast.Store())], value)
    return name, [Step(ast.fix_missing_locations(ast.copy_location(made, value)), step.script)]


def _target(call: ast.Call, pipeline: Pipeline, task: str, steps: list[Step], at: int) -> str:
    """The column that a fit takes as truth; empty where it takes none."""
    given = call.args[1] if len(call.args) > 1 else None
    given = next((one.value for one in call.keywords if one.arg == "y"), given)
    if given is None:
        return ""
    name, before = _named(given, steps[at], "truth")
    steps = [*steps[:at], *before]
    wanted = {name}
    for step in reversed(steps):
        hit = bound(step.node) & wanted
        if not hit:
            continue
        if (source := _loaded(step.node)) is not None:
            return _target_in(pipeline, source, min(hit))
        for node in _parts(step.node, hit, set(hit), _masks(steps)):
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


def _parts(node: ast.stmt, hit: set[str], chain: set[str], masks: set[str]) -> list[ast.stmt]:
    """What a statement does to names: picking rows left out, and other names too."""
    match node:
        case ast.Assign(
            targets=[ast.Tuple(elts=targets)],
            value=ast.Call(
                func=ast.Name(id="train_test_split") | ast.Attribute(attr="train_test_split"),
                args=given,
            ),
        ) if len(targets) == 2 * len(given):
            return [
                _assign(target, given[place // 2])
                for place, target in enumerate(targets)
                if isinstance(target, ast.Name) and target.id in hit
            ]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in chain:
            return [_assign(node.targets[0], whole(value, masks))]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(
            targets
        ) == len(values):
            return [
                _assign(target, whole(value, masks) if target.id in chain else value)
                for target, value in zip(targets, values, strict=True)
                if isinstance(target, ast.Name) and target.id in hit
            ]
    return [node]


def _assign(target: ast.expr, value: ast.expr) -> ast.Assign:
    return ast.fix_missing_locations(ast.copy_location(ast.Assign([target], value), target))


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Names with the expressions that they are bound to."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.Assign(
            targets=[ast.Tuple(elts=targets)],
            value=ast.Call(
                func=ast.Name(id="train_test_split") | ast.Attribute(attr="train_test_split"),
                args=given,
            ),
        ) if len(targets) == 2 * len(given):
            # As a pick of rows: which ones does not matter.
            return [
                (one.id, ast.Subscript(given[place // 2], ast.Slice(), ast.Load()))
                for place, one in enumerate(targets)
                if isinstance(one, ast.Name)
            ]
    return []


def _picks(value: ast.expr, masks: set[str]) -> bool:
    return ast.dump(whole(value, masks)) != ast.dump(value)


def _is_plain(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)


def _is_alias(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and _is_plain(node) and ast.unparse(node.value) == name


def _masks(steps: Sequence[Step]) -> set[str]:
    """Names that hold conditions."""
    return {
        name
        for step in steps
        for name, value in _assigned(step.node)
        if is_condition(value, set()) and not isinstance(value, ast.Slice)
    }


def _loaded(node: ast.stmt) -> str | None:
    """The task from which a statement loads a product."""
    match node:
        case ast.Assign(
            value=ast.Call(
                func=ast.Name(id="load"),
                args=[ast.Subscript(value=ast.Subscript(slice=ast.Constant(value=str(task))))],
            )
        ):
            return task
    return None


def _admits(node: ast.stmt) -> tuple[str, str] | None:
    """Table and contract of a check."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Name(id="admit"), args=[ast.Name(id=first), ast.Name(id=one),
            *_]),
        ) if name == first:  # fmt: skip
            return name, one
    return None


def _parameter(name: str, steps: Sequence[Step]) -> bool:
    """Whether a task gets a name from outside: papermill puts values in the place of `None`."""
    return any(
        isinstance(value, ast.Constant) and value.value is None
        for step in steps
        for target, value in _assigned(step.node)
        if target == name and not step.script.module
    )


def _table_of(value: ast.expr, earlier: set[str]) -> str:
    """What an expression takes its rows from: `df` in `pd.get_dummies(df["plan"])`."""
    inner = root(value)
    if inner not in earlier and isinstance(value, ast.Call) and value.args:
        inner = _table_of(value.args[0], earlier)
    names = read(value) & earlier
    if inner not in earlier and len(names) == 1:
        (inner,) = names
    return inner if inner in earlier else ""


def _without(target: str, node: ast.stmt) -> ast.stmt | None:
    """A statement for rows that lack the target; None where it does nothing but take it away."""
    match node:
        case ast.Delete(targets=[ast.Subscript(slice=ast.Constant(value=name))]) if name == target:
            return None
        case ast.Assign(
            value=ast.Call(func=ast.Attribute(attr="pop"), args=[ast.Constant(value=v)])
        ):
            if v == target:
                return None
        case ast.Expr(value=ast.Call() as call):
            made = _Dropped(target).visit(copy.deepcopy(call))
            return node if isinstance(made, ast.Call) else None
    made = _Dropped(target).visit(copy.deepcopy(node))
    if _is_plain(made) and _is_alias(made, ast.unparse(made.targets[0])):
        return None
    return made if isinstance(made, ast.stmt) else None


class _Dropped(ast.NodeTransformer):
    """`drop` of the target, and of nothing else, is what it is called on."""

    def __init__(self, target: str) -> None:
        self._target = target

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="drop")):
                labels = [one.value for one in node.keywords if one.arg in ("columns", "labels")]
                labels += node.args[:1]
                if len(labels) == 1 and self._only(labels[0]):
                    return inner
                for one in labels:
                    if isinstance(one, ast.List):
                        one.elts = [each for each in one.elts if not self._only(each)]
        return node

    def _only(self, label: ast.expr) -> bool:
        parts = label.elts if isinstance(label, ast.List | ast.Tuple) else [label]
        return bool(parts) and all(
            isinstance(one, ast.Constant) and one.value == self._target for one in parts
        )


def _short(table: str, rows: str, statements: list[Step]) -> tuple[str, list[Step]]:
    """Without statements that only give another name to what has one."""
    kept = list(statements)
    while kept and _is_plain(kept[-1].node) and rows in bound(kept[-1].node):
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
