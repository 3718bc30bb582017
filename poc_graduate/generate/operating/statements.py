"""Forms of statements by which a table becomes the rows of a model: picks, names, loads, checks."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

from poc_graduate.dataflow.rows import is_condition, root, whole
from poc_graduate.generate.operating.flat import Step, read


def named(value: ast.expr, step: Step, name: str) -> tuple[str, list[Step]]:
    """The name of an expression; where it has none, a statement that gives it one."""
    if isinstance(value, ast.Name):
        return value.id, []
    made = ast.Assign([ast.Name(name, ast.Store())], value)
    return name, [Step(ast.fix_missing_locations(ast.copy_location(made, value)), step.script)]


def parts(node: ast.stmt, hit: set[str], chain: set[str], masks: set[str]) -> list[ast.stmt]:
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


def assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
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


def picks(value: ast.expr, masks: set[str]) -> bool:
    return ast.dump(whole(value, masks)) != ast.dump(value)


def is_plain(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)


def is_alias(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and is_plain(node) and ast.unparse(node.value) == name


def masks_of(steps: Sequence[Step]) -> set[str]:
    """Names that hold conditions."""
    return {
        name
        for step in steps
        for name, value in assigned(step.node)
        if is_condition(value, set()) and not isinstance(value, ast.Slice)
    }


def loaded(node: ast.stmt) -> str | None:
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


def admits(node: ast.stmt) -> tuple[str, str] | None:
    """Table and contract of a check."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Name(id="admit"), args=[ast.Name(id=first), ast.Name(id=one),
            *_]),
        ) if name == first:  # fmt: skip
            return name, one
    return None


def parameter(name: str, steps: Sequence[Step]) -> bool:
    """Whether a task gets a name from outside: papermill puts values in the place of `None`."""
    return any(
        isinstance(value, ast.Constant) and value.value is None
        for step in steps
        for target, value in assigned(step.node)
        if target == name and not step.script.module
    )


def table_of(value: ast.expr, earlier: set[str]) -> str:
    """What an expression takes its rows from: `df` in `pd.get_dummies(df["plan"])`."""
    inner = root(value)
    if inner not in earlier and isinstance(value, ast.Call) and value.args:
        inner = table_of(value.args[0], earlier)
    names = read(value) & earlier
    if inner not in earlier and len(names) == 1:
        (inner,) = names
    return inner if inner in earlier else ""


def without(target: str, node: ast.stmt) -> ast.stmt | None:
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
    if is_plain(made) and is_alias(made, ast.unparse(made.targets[0])):
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
