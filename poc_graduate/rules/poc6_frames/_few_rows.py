"""Which frames have few rows, as far as a notebook's text and its outputs tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.outputs import tables, texts
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView, NotebookView, keyword

_SUMMARIES = frozenset(
    "groupby value_counts describe head tail nlargest nsmallest pivot_table crosstab corr agg "
    "association_rules apriori".split()
)
_WHOLE = 60
"""Rows up to which pandas draws a frame without leaving any out."""


def is_small(call: ast.Call, frame: ast.expr, cell: CellView, *, most: int) -> bool:
    """Whether a call asks a frame of few rows.

    Args:
        call: It.
        frame: What it is asked of.
        cell: Where both stand.
        most: As many count as few, where a number says how many there are.
    """
    root = root_name(frame)
    if root and _are_results(root, cell.notebook):
        return True
    if not isinstance(frame, ast.Name):
        return any(_takes_few(one, most) for one in ast.walk(frame))
    if _is_a_batch(frame.id, cell):
        return True
    names = _passed_as(frame.id, call, cell)
    if any(is_shown_small(name, cell.notebook, most=most) for name in names):
        return True
    values = cell.notebook.assigned.get(frame.id, ())
    made = [one for one in values if one is not None and not _grows(one, frame.id, cell)]
    return bool(made) and all(_sums_up(one, cell) or _takes_few(one, most) for one in made)


def _takes_few(value: ast.AST, most: int) -> bool:
    """`pd.read_csv(…, nrows=30)`, `df.sample(9)`, `df.iloc[:9]`."""
    few: ast.AST | None = None
    match value:
        case ast.Call(func=ast.Attribute(attr="sample"), args=[few]):
            pass
        case ast.Call() if (few := keyword(value, "nrows")) is not None:
            pass
        case ast.Subscript(slice=ast.Slice(lower=None, upper=few)):
            pass
    return isinstance(few, ast.Constant) and isinstance(few.value, int) and few.value <= most


def _is_a_batch(name: str, cell: CellView) -> bool:
    """Whether a frame is one of the parts, of so many rows each, that another is cut into."""
    for loop in cell.of(ast.For):
        match loop:
            case ast.For(target=ast.Name(id=part), iter=parts) if part == name:
                while isinstance(parts, ast.Call) and parts.args:  # tqdm(…)
                    parts = parts.args[0]
                made = cell.notebook.definition(parts.id) if isinstance(parts, ast.Name) else parts
                if isinstance(made, ast.ListComp | ast.GeneratorExp) and _is_a_cut(made.elt):
                    return True
    values = cell.notebook.assigned.get(name, ())
    return bool(values) and all(one is not None and _is_a_cut(one) for one in values)


def _is_a_cut(value: ast.expr) -> bool:
    """`df.iloc[i:i + 50]`, with where it ends counted from where it begins."""
    match value:
        case ast.Subscript(slice=ast.Slice(lower=ast.Name(id=first), upper=ast.BinOp() as last)):
            return any(isinstance(one, ast.Name) and one.id == first for one in ast.walk(last))
    return False


def _are_results(frame: str, notebook: NotebookView) -> bool:
    """Whether a frame is made of rows that a loop has put down one by one, or that were typed."""
    values = [one for one in notebook.assigned.get(frame, ()) if one is not None]
    fresh = [one for one in values if root_name(one) != frame]
    return bool(fresh) and all(_of_rows(one, notebook) for one in fresh)


def _of_rows(value: ast.expr, notebook: NotebookView) -> bool:
    """`pd.DataFrame(rows).sort_values('p')`, where each entry of `rows` is a dict put there."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr == "DataFrame":
            break
        value = value.func.value
    match value:
        case ast.Call(args=[ast.List() | ast.Dict() as typed, *_]) if (
            last_name(value.func) == "DataFrame"
        ):
            return _holds_typed(typed)
        case ast.Call(args=[ast.Name(id=rows), *_]) if last_name(value.func) == "DataFrame":
            made = notebook.definition(rows)
            if isinstance(made, ast.List | ast.Dict) and _holds_typed(made):
                return True
            return any(
                isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == rows
                and bool(call.args)
                and isinstance(call.args[0], ast.Dict)
                for view in notebook.cells
                for call in view.calls.get("append", ())
            )
    return False


def _holds_typed(table: ast.List | ast.Dict) -> bool:
    """Whether somebody typed all of a table: few rows. An empty one is filled elsewhere."""
    parts = [*ast.iter_child_nodes(table)]
    return any(isinstance(one, ast.expr) for one in parts) and all(map(_is_typed, parts))


def _is_typed(node: ast.AST) -> bool:
    return isinstance(node, ast.Load) or all(
        isinstance(one, ast.Constant | ast.List | ast.Dict | ast.Tuple | ast.Load | ast.UnaryOp)
        for one in ast.walk(node)
    )


def _passed_as(name: str, call: ast.Call, cell: CellView) -> Iterator[str]:
    """The frame's name, and those that are given for it where it is a function's parameter."""
    yield name
    function = function_around(call, cell)
    names = [one.arg for one in function.args.args] if function is not None else []
    if function is None or name not in names:
        return
    for view in cell.notebook.cells:
        for asked in view.calls.get(function.name, ()):
            at = names.index(name)
            given = asked.args[at] if at < len(asked.args) else keyword(asked, name)
            if isinstance(given, ast.Name):
                yield given.id


def is_shown_small(frame: str, notebook: NotebookView, *, most: int) -> bool:
    """Whether a stored output, of `df.shape` or of `df` itself, says that it has few rows.

    Args:
        frame: Its name.
        notebook: Whose outputs are asked.
        most: As many count as few.
    """
    for cell in notebook.cells:
        shown = cell.body[-1] if cell.body and frame in cell.cell.code else None
        if not isinstance(shown, ast.Expr):
            continue
        if isinstance(shown.value, ast.Name) and shown.value.id == frame:
            told = re.findall(r"\b(\d+) rows [x×] \d+ columns", " ".join(texts(cell.cell)))
            drawn = max((table.height for table in tables(cell.cell)), default=0)
            if int(told[-1]) <= most if told else 0 < drawn <= min(most, _WHOLE):
                return True
        elif cell.source(shown).endswith((f"{frame}.shape", f"{frame}.shape)")):
            sizes = [size for text in texts(cell.cell) for size in _SIZES.findall(text)[-1:]]
            if any(int(size) <= most for size in sizes):
                return True
    return False


_SIZES = re.compile(r"\((\d+), \d+\)")


def _sums_up(value: ast.expr, cell: CellView) -> bool:
    """`df.groupby(…).agg(…).reset_index()`, `df.value_counts()`, a frame of such columns."""
    for one in ast.walk(value):
        match one:
            case ast.Call(func=called) if last_name(called) in _SUMMARIES:
                return True
            case ast.Name(id=name):
                made = cell.notebook.definition(name)
                if isinstance(made, ast.Call) and last_name(made.func) in _SUMMARIES:
                    return True
    return False


def _grows(value: ast.expr, name: str, cell: CellView) -> bool:
    """`df = df.rename(…)`: what it is made of is told elsewhere."""
    return root_name(value) == name and not _sums_up(value, cell)
