"""From a notebook to what each of its statements does with names."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.bindings import statement_names
from poc_graduate.dataflow.model import Dataflow, Role, Statement
from poc_graduate.dataflow.names import BUILTINS, Scopes
from poc_graduate.dataflow.sources import parse_cell, start_of, statement_sources
from poc_graduate.notebook.model import Notebook


def analyse(notebook: Notebook) -> Dataflow:
    """Work out what every statement of a notebook does.

    Args:
        notebook: The notebook, IPython syntax already made plain Python.

    Returns:
        Its statements, in order.

    Raises:
        InputError: a cell is not valid Python.
    """
    scopes = Scopes()
    parsed = []
    for cell in notebook.code_cells:
        body = parse_cell(notebook, cell.index, cell.code)
        for i, (node, text) in enumerate(zip(body, statement_sources(cell.code, body), strict=True)):
            parsed.append((cell.index, i, node, text, statement_names(node, scopes)))
    bound = {n for *_, s in parsed for n in s.defines | s.may_define | s.writes_later}
    hidden = BUILTINS - bound
    statements = []
    for index, i, node, text, names in parsed:
        line, column = start_of(node)
        statements.append(
            Statement(
                cell=index,
                index=i,
                node=node,
                place=notebook.place(index, line, column + 1),
                source=text,
                role=_role(node),
                defines=names.defines,
                may_define=names.may_define,
                deletes=names.deletes,
                reads=names.reads - hidden,
                reads_later=names.reads_later - hidden,
                writes_later=names.writes_later,
                imports=_imports(node),
            )
        )
    bindings: dict[str, tuple[Statement, ...]] = {}
    for s in statements:
        for name in s.defines | s.may_define:
            bindings[name] = (*bindings.get(name, ()), s)
    return Dataflow(notebook, tuple(statements), bindings)


def _imports(node: ast.stmt) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            for a in part.names:
                found.append((a.asname, a.name) if a.asname else (a.name.split(".")[0],) * 2)
        elif isinstance(part, ast.ImportFrom):
            base = "." * part.level + (part.module or "")
            for a in part.names:
                found.append((f"*{base}", base) if a.name == "*" else (a.asname or a.name, f"{base}.{a.name}"))
    return tuple(found)


def _role(node: ast.stmt) -> Role:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return "definition"
    if isinstance(node, ast.Expr):
        return "display"
    return "compute"
