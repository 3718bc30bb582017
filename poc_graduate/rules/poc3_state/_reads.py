"""Where in a cell a global name is read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import (
    BUILTINS,
    COMPREHENSIONS,
    FUNCTIONS,
    parameter_names,
    target_names,
)
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.switches import UNKNOWN, outcome
from poc_graduate.rules.view import CellView, NotebookView

GIVEN = BUILTINS | frozenset(
    # what IPython and the kernels of well-known platforms put there
    "_ __ ___ _i _ii _iii _exit_code __builtins__ __builtin__ __spec__ __loader__ __package__ "
    "__IPYTHON__ WindowsError reveal_type spark sc sqlContext sqlc dbutils displayHTML sql udf "
    "glueContext ee_initialized kernel".split()
)
"""Names that a cell may read though no cell binds them."""
# Of what Python gives, these alone are false, or not there in every run.
_FALSE = frozenset("__debug__ __doc__ __package__ __spec__ __loader__ __annotations__".split())
_CATCHES_ALL = ("NameError", "Exception", "BaseException")


def is_numbered(name: str) -> bool:
    """Whether IPython gives the name to a result or an input: `_3`, `_i3`."""
    return name[:1] == "_" and name.lstrip("_i").isdigit()


def read_of(cell: CellView, name: str, *, later: bool = False) -> ast.Name | None:
    """The first place where a cell reads a name of the notebook.

    Args:
        cell: The cell.
        name: The name.
        later: Look into functions, and only there.
    """
    return next(reads_of(cell, name, later=later), None)


def reads_of(cell: CellView, name: str, *, later: bool = False) -> Iterator[ast.Name]:
    """The places where a cell reads a name of the notebook, in the order of the text."""
    for node in cell.nodes:
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Del):
            stored = isinstance(node.ctx, ast.Store)
            if stored and not isinstance(cell.parent(node), ast.AugAssign):
                continue
            if _is_global(node, cell, later) and not _is_never_asked(node, cell):
                yield node


def _is_never_asked(node: ast.AST, cell: CellView) -> bool:
    """Whether what stands before it in an `or` is true in any case: `except ValueError or e`.

    Or false in an `and`.
    """
    child, at = node, cell.parent(node)
    while isinstance(at, ast.expr):
        if isinstance(at, ast.BoolOp):
            ends = isinstance(at.op, ast.Or)
            for one in at.values:
                if one is child:
                    break
                held = outcome(one, lambda part: _of_python(part, cell.notebook))
                if held is not UNKNOWN and bool(held) is ends:
                    return True
        child, at = at, cell.parent(at)
    return False


def _of_python(node: ast.expr, notebook: NotebookView) -> object:
    """What a name holds that Python itself gives, and nobody binds; all of these are true."""
    if isinstance(node, ast.Name) and node.id in BUILTINS and node.id not in notebook.assigned:
        known = node.id not in notebook.names.bound and notebook.names.all_known
        return True if known and node.id not in _FALSE else UNKNOWN
    return UNKNOWN


def is_in_a_branch(node: ast.AST, cell: CellView) -> bool:
    """Whether a run need not come to a place, as a condition or an error decides; in its function.

    What is asked in the first `if` is come to, and so is what stands below a switch that is on.
    """
    child, at = node, cell.parent(node)
    while at is not None and not isinstance(child, ast.FunctionDef):
        match at:
            case ast.If(test=test) | ast.IfExp(test=test) if child is not test:
                held = _held(test, cell)
                body = at.body if isinstance(at.body, list) else [at.body]
                if held is UNKNOWN or bool(held) is not any(child is one for one in body):
                    return True
            case ast.ExceptHandler() | ast.match_case():
                return True
        child, at = at, cell.parent(at)
    return False


def _held(test: ast.expr, cell: CellView) -> object:
    """What a test gives in a run; a name, where all that it is ever given was typed, and alike."""
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()]):
            return True
    return outcome(test, lambda node: _switch(node, cell.notebook))


def _switch(node: ast.expr, notebook: NotebookView) -> object:
    if not isinstance(node, ast.Name):
        return UNKNOWN
    values = [
        one.value if isinstance(one, ast.Constant) else UNKNOWN
        for one in notebook.assigned.get(node.id, ())
    ]
    first = values[0] if values else UNKNOWN
    return first if all(one is not UNKNOWN and one == first for one in values) else UNKNOWN


def _is_global(node: ast.Name, cell: CellView, later: bool) -> bool:
    """Whether a name is the notebook's here, read when the cell runs or `later`."""
    inside, at = False, cell.parent(node)
    child: ast.AST = node
    while at is not None:
        if isinstance(at, FUNCTIONS):
            body = [at.body] if isinstance(at, ast.Lambda) else at.body
            if any(child is one for one in body):
                inside = True
                if node.id in parameter_names(at.args) or _binds(at, node.id):
                    return False
        elif isinstance(at, COMPREHENSIONS) and any(
            node.id in target_names(each.target) for each in at.generators
        ):
            return False
        child, at = at, cell.parent(at)
    return inside == later


def _binds(function: ast.AST, name: str) -> bool:
    """Whether a function gives the name a value of its own."""
    bound = False
    todo = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        match node:
            case ast.Global(names=names) if name in names:
                return False
            case ast.Name(id=one, ctx=ast.Store()) if one == name:
                bound = True
            case ast.FunctionDef(name=one) | ast.ClassDef(name=one) if one == name:
                bound = True
        if not isinstance(node, (*FUNCTIONS, *COMPREHENSIONS)):
            todo += ast.iter_child_nodes(node)
    return bound


def is_guarded(node: ast.AST, cell: CellView) -> bool:
    """Whether a missing name is caught: it stands in a `try` that catches NameError."""
    at, child = cell.parent(node), node
    while at is not None:
        if isinstance(at, ast.Try | ast.TryStar) and child in at.body:
            for handler in at.handlers:
                named = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)} if (
                    handler.type is not None
                ) else set(_CATCHES_ALL)  # fmt: skip
                if named & set(_CATCHES_ALL):
                    return True
        child, at = at, cell.parent(at)
    return False


def is_needed_by(name: str, cell: CellView) -> bool:
    """Whether a cell that binds a name has read it before, on every path: it defines nothing."""
    if name not in cell.names.reads:
        return False
    node = read_of(cell, name)
    return node is not None and not is_guarded(node, cell) and not is_in_a_branch(node, cell)


def order_of_reads(function: str, notebook: NotebookView) -> dict[str, int]:
    """Name → where a function reads it first, among all that it reads: a run ends at the first."""
    order: dict[str, int] = {}
    for view in notebook.cells:
        for node in view.of(ast.FunctionDef):
            if node.name == function:
                reads = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
                for read in sorted(reads, key=lambda one: (one.lineno, one.col_offset)):
                    order.setdefault(read.id, len(order))
    return order


def always_reads(function: str, name: str, notebook: NotebookView) -> bool:
    """Whether a function reads a name in whatever way it is called, and not below a condition."""
    made = [
        (node, view)
        for view in notebook.cells
        for node in view.of(ast.FunctionDef)
        if node.name == function
    ]
    return not made or any(
        isinstance(node, ast.Name) and node.id == name and not is_in_a_branch(node, view)
        for body, view in made
        for node in ast.walk(body)
    )


def is_called_at_once(function: str, cell: CellView) -> bool:
    """Whether every run of a cell calls a function that is the notebook's."""
    return any(
        isinstance(call.func, ast.Name)
        and function_around(call, cell) is None
        and not is_in_a_branch(call, cell)
        and not is_guarded(call, cell)
        for call in cell.calls.get(function, ())
    )


def is_never_run(cell: CellView) -> bool:
    """Whether nobody has seen a cell run as it stands, and others below it have been."""
    counts = [view.cell.execution_count for view in cell.notebook.cells]
    below = counts[cell.notebook.cells.index(cell) + 1 :]
    return (
        cell.cell.execution_count is None
        and any(below)
        and not cell.cell.outputs
        and any(not isinstance(one, ast.Import | ast.ImportFrom) for one in cell.body)
    )


def stops_here(cell: CellView) -> bool:
    """Whether every run ends in a cell: `sys.exit()`, `raise`, `assert False` outside of all."""
    if "raises-exception" in cell.cell.tags:
        return False
    for statement in cell.body:
        match statement:
            case ast.Raise() | ast.Assert(test=ast.Constant(value=False | 0 | None)):
                return True
            case ast.Expr(value=ast.Call(func=ast.Name(id="exit" | "quit" as name))):
                if name not in cell.notebook.names.bound or name in cell.notebook.imports:
                    return True
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id="sys"), attr="exit"))
            ):
                return True
    return False


def last_stopped(notebook: NotebookView) -> int:
    """The cell whose stored error ended the last run: none below has run; 0 without one."""
    for cell in reversed(notebook.cells):
        if any(output.get("output_type") == "error" for output in cell.cell.outputs):
            return cell.index
        if cell.cell.execution_count is not None:
            return 0
    return 0


def undefined(name: str, notebook: NotebookView) -> str:
    """That no cell defines a name; where a raw cell would, which."""
    binds = re.compile(rf"(?m)^(?:{name}\s*=(?!=)|(?:def|class)\s+{name}\b)")
    for cell in notebook.notebook.cells:
        if cell.kind == "raw" and binds.search(cell.source):
            return f"only cell {cell.index} defines `{name}`, and that is raw and never run"
    commented = re.compile(rf"(?m)^\s*#+\s*{name}\s*=(?!=)")
    for view in notebook.cells:
        if "#" in view.cell.source and commented.search(view.cell.source):
            return f"only cell {view.index} defines `{name}`, switched off by `#`"
        if view.off and name in view.whole.names.bound:
            return f"only cell {view.index} defines `{name}`, behind a switch that is off"
    return f"no cell defines `{name}`"
