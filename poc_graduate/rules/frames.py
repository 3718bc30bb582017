"""Which names hold data frames, as far as the text, or a run, tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, NotebookView, keyword

READERS = frozenset(
    "read_csv read_table read_parquet read_feather read_excel read_sql read_sql_query "
    "read_sql_table read_json read_fwf read_gbq read_stata read_sas read_spss read_orc".split()
)
"""Calls of pandas that read outside data into a frame."""
_KEEP = frozenset(
    "drop dropna fillna drop_duplicates rename reset_index set_index sort_values sort_index query "
    "astype assign replace copy sample head tail filter reindex join merge".split()
)
# Of tables and columns, not of what is in them.
_OF_NAMES = re.compile(
    r"(?i)^\s*(pragma|describe|desc|explain|show)\s|\b(sqlite_master|sqlite_schema|pg_catalog|"
    r"information_schema|all_tab_columns|sys\.(tables|columns|objects))\b"
)
_DEEP = 4
_MAKE = frozenset({"DataFrame", "get_dummies", "concat", "merge"})


def reads(notebook: NotebookView) -> Iterator[tuple[ast.Call, CellView]]:
    """Calls of pandas that read a file or a table, in order."""
    for cell in notebook.cells:
        for name, calls in cell.calls.items():
            for call in calls if name in READERS else ():
                if isinstance(call.func, ast.Attribute) and _of_pandas(call.func, notebook):
                    yield call, cell


def asks_for_names(call: ast.Call, cell: CellView) -> bool:
    """Whether a query asks a database what tables and columns it has, and for no rows of them."""
    if not last_name(call.func).startswith("read_sql"):
        return False
    query = call.args[0] if call.args else keyword(call, "sql")
    if isinstance(query, ast.Name):
        above = [
            one.value
            for one in cell.of(ast.Assign)
            if one.lineno < call.lineno
            and any(isinstance(t, ast.Name) and t.id == query.id for t in one.targets)
        ]
        query = above[-1] if above else cell.notebook.definition(query.id)
    texts = (one.value for one in ast.walk(query) if isinstance(one, ast.Constant)) if query else ()
    return any(isinstance(text, str) and _OF_NAMES.search(text) for text in texts)


def is_frame(node: ast.expr, cell: CellView) -> bool:
    """Whether an expression is a data frame for certain."""
    if isinstance(node, ast.Name) and (facts := cell.frame_before(node.id)) is not None:
        return bool(facts.columns)
    return makes_frame(node, cell.notebook)


def makes_frame(
    value: ast.expr, notebook: NotebookView, seen: frozenset[str] = frozenset()
) -> bool:
    """Whether an expression makes a frame: a reader, or a method of a frame that gives one."""
    match value:
        case ast.Name(id=name):
            if name in seen or len(seen) > _DEEP:
                return False
            seen |= {name}
            made = notebook.assigned.get(name, ())
            return any(one is not None and makes_frame(one, notebook, seen) for one in made)
        case ast.Call(func=ast.Attribute(value=of, attr=name) as called):
            if name in READERS:
                return _of_pandas(called, notebook) and not _many(value)
            if name in _MAKE and _of_pandas(called, notebook):
                return True
            return name in _KEEP and makes_frame(of, notebook, seen)
        case ast.Subscript(value=of, slice=ast.Compare() | ast.BinOp() | ast.List()):
            return makes_frame(of, notebook, seen)
    return False


def goes_by_position(columns: ast.expr) -> bool:
    """Whether `columns` of `df.iloc[:, columns]` are counted: `3`, `2:5`, `[0, 4]`."""
    match columns:
        case ast.Constant(value=int(number)):
            return number >= 0
        case ast.Slice(lower=lower, upper=upper):
            return any(isinstance(one, ast.Constant) for one in (lower, upper))
        case ast.List(elts=[ast.Constant(value=int()), *_]):
            return True
    return False


def _of_pandas(called: ast.Attribute, notebook: NotebookView) -> bool:
    module = notebook.module(called)
    if module:
        return module.startswith("pandas.")
    # `pd` is pandas wherever a cell forgot the import.
    return isinstance(called.value, ast.Name) and called.value.id == "pd"


def _many(call: ast.Call) -> bool:
    """Whether a reader gives several frames: all sheets, or chunks."""
    sheets = keyword(call, "sheet_name")
    if last_name(call.func) == "read_excel" and sheets is not None:
        return not (isinstance(sheets, ast.Constant) and sheets.value is not None)
    return keyword(call, "chunksize") is not None or keyword(call, "iterator") is not None
