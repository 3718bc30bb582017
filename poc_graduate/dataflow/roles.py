"""What a statement is there for: import, definition, constant, setting, display or computation."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from poc_graduate.dataflow.aliases import Value
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.model import Role
from poc_graduate.dataflow.names import target_names

_DRAWN = frozenset(
    {"matplotlib.axes.Axes", "matplotlib.figure.Figure", "matplotlib.Drawing", "seaborn.Grid"}
)


def imports_of(node: ast.stmt) -> tuple[tuple[str, str], ...]:
    """Name → what it stands for, for all imports of a statement outside functions.

    Args:
        node: The statement.

    Returns:
        Pairs in order; a star import is `*module` → `module`.
    """
    found: list[tuple[str, str]] = []
    for part in _outside_functions(node):
        if isinstance(part, ast.Import):
            for alias in part.names:
                package = alias.name.partition(".")[0]
                found.append((alias.asname, alias.name) if alias.asname else (package, package))
        elif isinstance(part, ast.ImportFrom):
            module = "." * part.level + (part.module or "")
            for alias in part.names:
                if alias.name == "*":
                    found.append((f"*{module}", module))
                else:
                    joined = f"{module}{'' if module.endswith('.') else '.'}{alias.name}"
                    found.append((alias.asname or alias.name, joined))
    return tuple(dict.fromkeys(found))


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    todo = [node]
    while todo:
        part = todo.pop(0)
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            todo += [
                child for child in ast.iter_child_nodes(part) if isinstance(child, _STATEMENTS)
            ]


_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is written out: numbers, texts, containers and arithmetic of those."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return is_literal(operand)
        case ast.BinOp(left=left, right=right):
            return is_literal(left) and is_literal(right)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return all(is_literal(element) for element in elements)
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and is_literal(key) for key in keys) and all(
                is_literal(value) for value in values
            )
    return False


def role_of(node: ast.stmt, effects: Effects, *, value: Value, shown: bool) -> Role:
    """What a statement is there for.

    Args:
        node: The statement.
        effects: What it does.
        value: What it evaluates to or assigns.
        shown: Whether it is the expression whose value the cell shows.
    """
    if _only_imports(node):
        return "import"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return "definition"
    bound = _names_bound(node)
    given = getattr(node, "value", None)
    if bound and isinstance(given, ast.expr):
        if isinstance(given, ast.Lambda):
            return "definition"
        if is_literal(given):
            return "constant"
        if _draws(value, effects):
            return "display"
    if _only_settings(node, effects):
        return "setting"
    if _only_shows(node, effects, value=value, shown=shown):
        return "display"
    return "compute"


def _names_bound(node: ast.stmt) -> bool:
    """Whether it is an assignment to names alone."""
    if isinstance(node, ast.Assign):
        return all(_only_names(target) for target in node.targets)
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)


def _only_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_only_names(element) for element in target.elts)
    if isinstance(target, ast.Starred):
        return _only_names(target.value)
    return isinstance(target, ast.Name)


def _draws(drawn: Value, effects: Effects) -> bool:
    return effects.shows and drawn.kind in _DRAWN and not _computes(effects)


def _computes(effects: Effects) -> bool:
    writes = any(use.mode in ("write", "append") for use in effects.files)
    return bool(effects.changes or effects.writes or effects.settings or effects.seeds or writes)


def _only_imports(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if not isinstance(node, ast.Try | ast.If):
        return False
    leaves = list(_leaves(node))
    found = any(isinstance(leaf, ast.Import | ast.ImportFrom) for leaf in leaves)
    return found and all(_harmless(leaf) for leaf in leaves)


def _leaves(node: ast.stmt) -> Iterator[ast.stmt]:
    blocks: list[Iterable[ast.stmt]] = []
    for name in ("body", "orelse", "finalbody"):
        blocks.append(getattr(node, name, []))
    blocks += [handler.body for handler in getattr(node, "handlers", [])]
    blocks += [case.body for case in getattr(node, "cases", [])]
    for block in blocks:
        for statement in block:
            if hasattr(statement, "body") or hasattr(statement, "cases"):
                yield from _leaves(statement)
            else:
                yield statement


def _harmless(leaf: ast.stmt) -> bool:
    """What may stand beside imports in `try` or `if`."""
    match leaf:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments)):
            return all(isinstance(a, ast.Constant | ast.JoinedStr | ast.Name) for a in arguments)
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _names_bound(leaf) and is_literal(value)
    return False


def _only_settings(node: ast.stmt, effects: Effects) -> bool:
    if not (effects.settings or effects.seeds):
        return False
    others = effects.writes or effects.files or effects.draws
    if others or (effects.changes and "other" not in effects.settings):
        return False
    if hasattr(node, "body"):
        if not isinstance(node, ast.If | ast.Try | ast.For | ast.With):
            return False
        return all(
            isinstance(leaf, ast.Expr | ast.Pass) or _sets_member(leaf) for leaf in _leaves(node)
        )
    return isinstance(node, ast.Expr) or _sets_member(node)


def _sets_member(node: ast.stmt) -> bool:
    """Whether it assigns to attributes or items only."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return not any(True for target in targets for _ in _bound_names(target))
        case ast.AugAssign(target=target):
            return not isinstance(target, ast.Name)
    return False


def _bound_names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    else:
        yield from target_names(target)


def _only_shows(node: ast.stmt, effects: Effects, *, value: Value, shown: bool) -> bool:
    if effects.writes or effects.settings - {"matplotlib"} or effects.seeds:
        return False
    if _writes_data(effects):
        return False
    if isinstance(node, ast.Expr):
        if not effects.changes and _is_quiet(node.value):
            return True
        if effects.shows or value.kind in _DRAWN:
            return not effects.changes and not effects.acts
        quiet = not (effects.changes or effects.may_change or effects.ipython or effects.acts)
        return shown and quiet and value.kind != "NoneType"
    if isinstance(node, ast.For | ast.While | ast.If | ast.With) and effects.shows:
        leaves = list(_leaves(node))
        return not effects.changes and all(isinstance(leaf, ast.Expr | ast.Pass) for leaf in leaves)
    return False


def _is_quiet(node: ast.expr) -> bool:
    """Whether evaluating an expression calls nothing: a name, an item, arithmetic."""
    if isinstance(node, ast.Call):
        return False
    loud = ast.Call | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr
    return not any(isinstance(part, loud) for part in ast.walk(node))


def _writes_data(effects: Effects) -> bool:
    """Whether it writes a file other than a picture."""
    pictures = (".png", ".pdf", ".svg", ".jpg", ".jpeg", ".eps", ".html")
    return any(
        use.mode in ("write", "append") and not (use.path.text or ".png").lower().endswith(pictures)
        for use in effects.files
    )
