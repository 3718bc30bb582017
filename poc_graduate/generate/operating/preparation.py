"""From a table that keeps to a contract to what the model takes: the author's own statements.

They are read from the task that fits the model and from those before it, back to the one that
checks the contract. That they give the rows that the model was fitted for is not taken on trust:
the project proves it on its own rows whenever a version is registered.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path


class Unread(Exception):
    """The way from a contract to the model's rows does not have a form that is known."""


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
    """

    contract: str
    table: str
    rows: str
    target: str
    imports: tuple[str, ...]
    statements: tuple[str, ...]
    checked: str
    sample: str


@dataclass
class _Script:
    """A task, or a module of the package."""

    tree: ast.Module
    imported: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> _Script:
        if not path.is_file():
            raise Unread(f"there is no {path.name}")
        script = cls(ast.parse(path.read_text(encoding="utf-8")))
        for node in script.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for each in node.names:
                    name = each.asname or each.name
                    text = f"{each.name} as {each.asname}" if each.asname else each.name
                    where = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
                    script.imported[name] = f"{where}import {text}"
        return script

    def giving(self, name: str) -> list[ast.Assign]:
        """Assignments at its top that bind a name."""
        return [
            node for node in self.tree.body if isinstance(node, ast.Assign) and name in _bound(node)
        ]


def preparation(project: Path, package: str, product: str) -> Preparation:
    """Read how the rows of a model come from a table with a contract.

    Args:
        project: Folder of the project.
        package: Its package.
        product: The product that holds the model: `products/<task>/<name>.pickle`.

    Raises:
        Unread: in words, what has another form.
    """
    task, model = Path(product).parent.name, Path(product).stem
    script = _Script.of(project / "tasks" / f"{task}.py")
    fitted = _call(script.giving(model), f"task {task} does not fit `{model}` by one call")
    if not fitted.args or not isinstance(fitted.args[0], ast.Name):
        raise Unread(f"what `{model}` is fitted on has no name in task {task}")
    split = _call(
        script.giving(fitted.args[0].id), f"`{fitted.args[0].id}` is not the result of one call"
    )
    if not split.args or not isinstance(split.args[0], ast.Name):
        raise Unread("the split takes no table that has a name")
    table = split.args[0].id
    given = next(node for node in script.giving(fitted.args[0].id) if node.value is split)
    held = [name for name in _bound(given) if _saved(script, name)]
    if not held:
        raise Unread("no rows of the model are a product of the pipeline")
    name = ast.unparse(split.func)
    module = _module(script, name, package)
    inner = _Script.of(project / "src" / package / f"{module}.py")
    function = next(
        (one for one in inner.tree.body if isinstance(one, ast.FunctionDef) and one.name == name),
        None,
    )
    if function is None or not function.args.args:
        raise Unread(f"there is no function `{name}` in {module}.py")
    local = function.args.args[0].arg
    rows, truth = _divided(function)
    statements = [ast.unparse(one) for one in _slice(function, rows, local)]
    imports = _needed(inner, _slice(function, rows, local), f"{package}.{module}")
    columns = {
        node.slice.value
        for one in _slice(function, truth, local)
        for node in ast.walk(one)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }
    if len(columns) != 1:
        raise Unread("the target is not one column of the table")
    before, lines, contract, checked = _back(project, package, script, table)
    if local != table:
        before.append(f"{local} = {table}")
    return Preparation(
        contract,
        table if before else local,
        rows,
        columns.pop(),
        tuple(
            sorted({*imports, *lines, f"from {package}.contracts import {contract}"}, key=_order)
        ),
        tuple(before + statements),
        _product(project, checked),
        _product(project, f"products/{task}/{held[0]}"),
    )


def _back(
    project: Path, package: str, script: _Script, table: str
) -> tuple[list[str], set[str], str, str]:
    """Statements of the tasks before, back to the contract, and the lines that they import."""
    before: list[str] = []
    imports: set[str] = set()
    while True:
        given = script.giving(table)
        text = ast.unparse(given[0].value) if given else ""
        if not text.startswith("load(upstream["):
            raise Unread(f"no task before hands on `{table}` with a contract")
        task = text.split("'")[1]
        script = _Script.of(project / "tasks" / f"{task}.py")
        for node in reversed(script.giving(table)):
            match node.value:
                case ast.Call(
                    func=ast.Name(id="admit"), args=[ast.Name(id=first), ast.Name(id=contract), *_]
                ) if first == table:
                    return before, imports, contract, f"products/{task}/{table}"
                case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=first)], keywords=[]) if (
                    first == table and name != "load"
                ):
                    _module(script, name, package)
                    before.insert(0, ast.unparse(node))
                    imports.add(script.imported[name])
                case ast.Call(func=ast.Name(id="load")):
                    pass
                case _:
                    raise Unread(f"`{ast.unparse(node)}` in task {task} takes more than the table")


def _product(project: Path, stem: str) -> str:
    text = (project / "pipeline.yaml").read_text(encoding="utf-8")
    found = re.search(rf"{re.escape(stem)}\.\w+", text)
    if found is None:
        raise Unread(f"{stem} is not a product in pipeline.yaml")
    return found[0]


def _call(nodes: list[ast.Assign], otherwise: str) -> ast.Call:
    if len(nodes) != 1 or not isinstance(nodes[0].value, ast.Call):
        raise Unread(otherwise)
    return nodes[0].value


def _bound(node: ast.Assign) -> list[str]:
    return [
        each.id
        for target in node.targets
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]


def _saved(script: _Script, name: str) -> bool:
    return any(
        isinstance(node, ast.Expr) and ast.unparse(node).startswith(f"save({name}, ")
        for node in script.tree.body
    )


def _module(script: _Script, name: str, package: str) -> str:
    where = script.imported.get(name, "")
    if not where.startswith(f"from {package}."):
        raise Unread(f"`{name}` is not a function of the package")
    return where.split()[1].removeprefix(f"{package}.")


def _divided(function: ast.FunctionDef) -> tuple[str, str]:
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Name(id="train_test_split"), args=[ast.Name(id=rows), ast.Name(id=truth)]
            ):
                return rows, truth
    raise Unread(f"`{function.name}` does not divide rows and target by train_test_split")


def _slice(function: ast.FunctionDef, name: str, table: str) -> list[ast.stmt]:
    """The statements on which a name rests, in their order."""
    wanted = {name}
    found: list[ast.stmt] = []
    for node in reversed(function.body):
        if isinstance(node, ast.Assign) and wanted & set(_bound(node)):
            if "train_test_split" in ast.unparse(node):
                continue
            found.insert(0, node)
            wanted |= {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
    asked = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)} - {table}
    if asked & wanted:
        raise Unread(f"`{name}` rests on {', '.join(sorted(asked & wanted))} as well")
    return found


def _needed(module: _Script, statements: list[ast.stmt], where: str) -> set[str]:
    """Import lines for what the statements take from their module."""
    own = {
        name for node in module.tree.body if isinstance(node, ast.Assign) for name in _bound(node)
    }
    own |= {node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)}
    names = {each.id for one in statements for each in ast.walk(one) if isinstance(each, ast.Name)}
    lines = {module.imported[name] for name in names & set(module.imported)}
    return lines | {f"from {where} import {name}" for name in names & own}


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line
