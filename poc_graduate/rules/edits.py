"""What fixes are made of: edits of a cell, parameters, functions of the notebook's own, files."""

from __future__ import annotations

import ast
import builtins
import csv
import io
import keyword
import posixpath
from collections.abc import Iterable, Sequence
from functools import lru_cache

from poc_graduate.notebook.model import NewCell
from poc_graduate.rules.finding import Edit, Fix, NewFile, Span
from poc_graduate.rules.view import CellView, Located, NotebookView

PARAMETERS = "parameters"
"""The tag of the cell that papermill puts other values behind."""
# They take names away, so that a name made at the top may be gone where it is used.
_FORGETS = frozenset({"reset", "reset_selective", "xdel"})


def fix(
    title: str,
    *edits: Edit | None,
    safe: bool = False,
    files: Iterable[NewFile] = (),
    cells: Iterable[NewCell] = (),
    removed: Iterable[int] = (),
) -> Fix | None:
    """A fix; None where one of the edits cannot be made.

    Args:
        title: What changes on disk, imperative.
        edits: Changes of sources; one that is None makes no fix.
        safe: It changes no result.
        files: Files that come beside the notebook.
        cells: Cells that are put in.
        removed: Positions of cells that are taken out.
    """
    made = [edit for edit in edits if edit is not None]
    if len(made) < len(edits):
        return None
    return Fix(title, tuple(made), tuple(files), safe, tuple(cells), tuple(removed))


def fits(fix: Fix, notebook: NotebookView) -> bool:
    """Whether the lines that a fix edits stand in the code as in the source, and code is left.

    IPython syntax moves code; there, places in one are not places in the other.
    """
    views = {view.index: view for view in notebook.cells}
    left = len(views) + len(fix.cells) - len(fix.removed)
    return left > 0 and all(_same_text(edit, views[edit.cell]) for edit in fix.edits)


def _same_text(edit: Edit, view: CellView) -> bool:
    code = view.cell.code.split("\n")
    lines = range(edit.span.line, min(edit.span.end_line, len(view.lines)) + 1)
    return all(line <= len(code) and code[line - 1] == view.line(line) for line in lines)


def replace(node: Located, cell: CellView, text: str) -> Edit:
    """Text in the place of a node."""
    return Edit(cell.index, cell.span_of(node), text)


def insert_before(node: ast.stmt, cell: CellView, text: str) -> Edit:
    """A line of code above a statement, as far to the right."""
    at = cell.span_of(node)
    return Edit(
        cell.index,
        Span(at.line, at.column, at.line, at.column),
        f"{text}\n{' ' * (at.column - 1)}",
    )


def append(cell: CellView, text: str) -> Edit:
    """Lines at the end of a cell."""
    kept = len(cell.lines)
    while kept > 1 and not cell.lines[kept - 1].strip():
        kept -= 1
    column = len(cell.line(kept)) + 1
    return Edit(cell.index, Span(kept, column, kept, column), f"\n{text}")


def delete(node: ast.stmt, cell: CellView) -> Edit | None:
    """A statement's lines taken away, with a comment beside it; None where others share them."""
    body = _body_with(node, cell)
    if body is None:
        return None
    at = cell.span_of(node)
    if len(body) == 1 and not isinstance(cell.parent(node), ast.Module):
        return Edit(cell.index, at, "pass")
    others = [one for one in body if one is not node]
    if any(one.lineno <= at.end_line and (one.end_lineno or 0) >= at.line for one in others):
        return None
    before, after = cell.line(at.line)[: at.column - 1], cell.line(at.end_line)[at.end_column - 1 :]
    if before.strip() or not (after.strip(" \t;") == "" or after.lstrip(" \t;").startswith("#")):
        return None
    return _without_lines(range(at.line, at.end_line + 1), cell)


def _without_lines(lines: Sequence[int], cell: CellView) -> Edit:
    """Neighbouring lines taken away, with the line end that is no longer needed."""
    first, last = lines[0], lines[-1]
    if last < len(cell.lines):
        return Edit(cell.index, Span(first, 1, last + 1, 1), "")
    end = len(cell.line(last)) + 1
    if first == 1:
        return Edit(cell.index, Span(1, 1, last, end), "")
    return Edit(cell.index, Span(first - 1, len(cell.line(first - 1)) + 1, last, end), "")


def _body_with(node: ast.stmt, cell: CellView) -> list[ast.stmt] | None:
    parent = cell.parent(node)
    for name in ("body", "orelse", "finalbody"):
        body = getattr(parent, name, None)
        if isinstance(body, list) and node in body:
            return body
    return None


def parameters(title: str, wanted: Sequence[tuple[CellView, ast.expr, str]]) -> Fix | None:
    """Typed values as parameters: in the cell tagged `parameters`, made where there is none.

    A literal that a name is given at the top level, once, moves there under that name; another is
    replaced by a new name.

    Args:
        title: What changes on disk, imperative.
        wanted: Cell, literal and the name that it is to have, where that is free.

    Returns:
        A safe fix; None where a name cannot stand in some literal's place, or where it may be gone
        until then.
    """
    if not wanted or _forgets(wanted[0][0].notebook):
        return None
    first = min((cell for cell, _, _ in wanted), key=lambda cell: cell.index)
    home = parameters_cell(first.notebook)
    if home is not None and home.index >= first.index:
        return None
    known = _held(home) if home is not None else {}
    lines: list[str] = []
    edits: list[Edit | None] = []
    removed: list[int] = []
    moved: dict[int, list[int]] = {}
    for cell, node, wished in wanted:
        text = _typed(node, cell)
        if not text or not may_be_name(node, cell) or "\n" in text:
            return None
        statement = _constant(node, cell)
        if statement is not None:
            line = cell.line(statement.lineno).strip()
            lines.append(line.replace(cell.segment(node), text, 1))
            moved.setdefault(cell.index, []).append(statement.lineno)
            continue
        if text not in known:
            known[text] = free_name(wished, first.notebook, known.values())
            lines.append(f"{known[text]} = {text}")
        edits.append(replace(node, cell, known[text]))
    for cell in {cell.index: cell for cell, _, _ in wanted if cell.index in moved}.values():
        gone = without_lines(moved[cell.index], cell)
        edits += gone
        removed += [] if gone else [cell.index]
    cells: tuple[NewCell, ...] = ()
    if lines and home is not None:
        edits.append(append(home, "\n".join(lines)))
    elif lines:
        cells = (NewCell(top(first), "\n".join(lines), (PARAMETERS,)),)
    return fix(title, *edits, safe=True, cells=cells, removed=removed)


def _typed(node: ast.expr, cell: CellView) -> str:
    """A literal as it stands, or that of a joined path: `'../data'`; empty for anything else."""
    if isinstance(node, ast.Constant | ast.UnaryOp):
        return cell.segment(node)
    if isinstance(node, ast.Call) and cell.module(node.func) == "os.path.join":
        parts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if len(parts) == len(node.args) and all(isinstance(part, str) for part in parts):
            return repr(posixpath.join(*map(str, parts)))
    return ""


def without_lines(numbers: Iterable[int], cell: CellView) -> list[Edit]:
    """Lines taken away; none where that is all of the cell, which is to be removed then."""
    gone = set(numbers)
    if all(n in gone or not line.strip() for n, line in enumerate(cell.lines, start=1)):
        return []
    return [_without_lines(run, cell) for run in _runs(gone)]


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Neighbouring numbers together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _constant(node: ast.expr, cell: CellView) -> ast.stmt | None:
    """The line at the top level that gives a literal to a name which is given nothing else."""
    statement = cell.parent(node)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) if statement in cell.body:
            alone = cell.line(statement.lineno).lstrip().startswith(name)
            once = len(cell.notebook.assigned.get(name, ())) == 1
            one_line = statement.lineno == statement.end_lineno
            if once and alone and one_line and delete(statement, cell) is not None:
                return statement
    return None


def parameters_cell(notebook: NotebookView) -> CellView | None:
    """The cell tagged `parameters`."""
    return next((view for view in notebook.cells if PARAMETERS in view.cell.tags), None)


def is_parameter(cell: CellView) -> bool:
    """Whether a cell's values are parameters already."""
    return PARAMETERS in cell.cell.tags


def names_parameter(node: ast.expr, notebook: NotebookView) -> bool:
    """Whether an expression is the name of a parameter."""
    home = parameters_cell(notebook)
    return isinstance(node, ast.Name) and home is not None and node.id in home.names.binds


def _held(home: CellView) -> dict[str, str]:
    """Literal → the parameter that holds it and is given no other value."""
    found: dict[str, str] = {}
    for statement in home.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if len(home.notebook.assigned.get(name, ())) == 1:
                    found[home.segment(value)] = name
    return found


def may_be_name(node: ast.expr, cell: CellView) -> bool:
    """Whether another expression can stand in a literal's place and mean the same."""
    above: ast.AST | None = node
    while (above := cell.parent(above) if above is not None else None) is not None:
        # A name in a pattern binds; inside an f-string the text's quotes are in the way.
        if isinstance(above, ast.pattern | ast.JoinedStr):
            return False
    return True


@lru_cache(maxsize=2)
def _forgets(notebook: NotebookView) -> bool:
    magics = (magic for cell in notebook.notebook.cells for magic in cell.magics)
    return any(magic.name in _FORGETS for magic in magics)


@lru_cache(maxsize=2)
def taken_names(notebook: NotebookView) -> frozenset[str]:
    """Names that mean something in the notebook already, in whatever scope."""
    found = set(dir(builtins)) | set(notebook.imports)
    for cell in notebook.cells:
        found.update(node.id for node in cell.of(ast.Name))
        found.update(node.arg for node in cell.of(ast.arg))
        found.update(node.name for node in cell.of(ast.FunctionDef))
        found.update(node.name for node in cell.of(ast.ClassDef))
        found.update(node.name for node in cell.of(ast.ExceptHandler) if node.name)
        found.update(node.name for node in cell.of(ast.MatchAs) if node.name)
        found.update(*(node.names for node in cell.of(ast.Global)))
        found.update(*(node.names for node in cell.of(ast.Nonlocal)))
    return frozenset(found)


def free_name(wished: str, notebook: NotebookView, others: Iterable[str] = ()) -> str:
    """The name, or where it is taken, also by one of `others`, one like it that is not."""
    taken = taken_names(notebook) | set(others)
    name, number = wished, 2
    while name in taken or keyword.iskeyword(name):
        name, number = f"{wished}_{number}", number + 1
    return name


def top(cell: CellView) -> int:
    """Where a cell is put that this one needs: behind the parameters or the first imports."""
    home = parameters_cell(cell.notebook)
    if home is not None and home.index < cell.index:
        return home.index + 1
    before = cell.notebook.cells[0].index
    for view in cell.notebook.cells:
        if view.index >= cell.index or not all(map(_sets_up, view.body)):
            break
        before = view.index + 1
    return before


def _sets_up(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            # `%matplotlib inline`, `pd.set_option(…)`, `warnings.filterwarnings(…)`
            return name in ("run_line_magic", "set_option", "filterwarnings", "simplefilter")
    return False


def function(name: str, text: str, cell: CellView) -> tuple[NewCell, ...] | None:
    """The cell that defines a function, for a call in another; none where it is there already.

    Args:
        name: The function's name.
        text: The cell's source.
        cell: Where it is called.

    Returns:
        What is to be put in; None where the name stands for something else.
    """
    for view in cell.notebook.cells:
        if view.index < cell.index and view.cell.source.strip() == text:
            return ()
    if name in taken_names(cell.notebook):
        return None
    return (NewCell(top(cell), text),)


def imported(module: str, cell: CellView) -> str | None:
    """The name that a module has in the notebook; None where it is not imported."""
    return next((n for n, known in cell.notebook.imports.items() if known == module), None)


def csv_file(path: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> NewFile:
    """A table that people review: one line a decision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return NewFile(path, text.getvalue())


def free_text(wished: str, notebook: NotebookView) -> str:
    """A text, such as a variable of the environment, that stands in no cell yet."""
    texts = {text for cell in notebook.cells for _, text in cell.texts}
    name, number = wished, 2
    while name in texts:
        name, number = f"{wished}_{number}", number + 1
    return name


def free_file(path: str, notebook: NotebookView) -> str:
    """The file's name, with a number where the notebook names such a file already."""
    stem, _, ending = path.rpartition(".")
    named = {text for cell in notebook.cells for _, text in cell.texts}
    number, free = 2, path
    while free in named:
        free, number = f"{stem}_{number}.{ending}", number + 1
    return free
