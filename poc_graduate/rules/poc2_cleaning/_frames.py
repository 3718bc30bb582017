"""Which frames hold raw data, which column an expression is, and which rows a statement keeps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, NotebookView, is_given, keyword

# Methods whose result is no longer the records themselves.
_SUMMARIES = frozenset(
    "groupby agg aggregate pivot pivot_table crosstab value_counts describe corr cov mean sum "
    "count size unstack stack resample rolling isnull isna notna notnull nunique unique get_group "
    "melt to_dict to_numpy tolist transform".split()
)
# Of another frame, they give all of it; others a part, to look at.
_WHOLE = frozenset(
    "copy drop rename reset_index set_index astype fillna assign merge join replace dropna append "
    "drop_duplicates convert_dtypes ffill bfill interpolate".split()
)
_OF_FRAMES = frozenset({"loc", "iloc", "T"})
_FIGURES = frozenset(
    "subplots figure plot iplot barplot scatter scatterplot hist distplot countplot boxplot "
    "violinplot lineplot heatmap show catplot factorplot".split()
)
# What may stand behind a filter without changing which rows are kept.
_TAIL = frozenset({"copy", "reset_index"})

TABLES = frozenset(
    "DataFrame Series pivot_table crosstab groupby describe value_counts corr zeros ones".split()
)
"""What gives a table of results, whose labels are not those of a file."""
IDENTIFIER = re.compile(
    r"(?i:^(.*[_ .-])?(id|ids|uuid|guid|ssn|isbn|sku|iban|e-?mail|vin|key)$)|[a-z](ID|Id)$"
)
"""Names of columns that hold one value a record."""


@dataclass(frozen=True)
class Column:
    """A column of a frame, as it is written.

    Attributes:
        frame: The frame's name; empty inside the text of a `query`.
        name: The column's.
    """

    frame: str
    name: str


@dataclass(frozen=True)
class RowFilter:
    """A statement that keeps some rows of a frame.

    Attributes:
        frame: The frame's name.
        target: Name that the rest is bound to; the frame's own where it is changed.
        condition: What decides.
        drops: Rows for which it holds go; else they stay.
        statement: The whole statement.
        shown: What to underline.
    """

    frame: str
    target: str
    condition: ast.expr
    drops: bool
    statement: ast.stmt
    shown: ast.expr


@dataclass(frozen=True)
class Test:
    """One comparison in a filter's condition.

    Attributes:
        column: What is compared.
        how: Its operator: `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `between`.
        values: What it is compared with.
        keeps: Rows for which it holds stay.
        node: The comparison.
    """

    column: Column
    how: str
    values: tuple[ast.expr, ...]
    keeps: bool
    node: ast.expr


_HOW: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def column_of(node: ast.AST | None) -> Column | None:
    """The column that `df.age`, `df["age"]` or `df.loc[:, "age"]` is."""
    match node:
        case ast.Subscript(value=ast.Name(id=frame), slice=ast.Constant(value=str(name))):
            return Column(frame, name)
        case ast.Attribute(value=ast.Name(id=frame), attr=name) if name not in _OF_FRAMES:
            return Column(frame, name)
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=frame), attr="loc"),
            slice=ast.Tuple(
                elts=[ast.Slice(lower=None, upper=None), ast.Constant(value=str(name))]
            ),
        ):
            return Column(frame, name)
    return None


@lru_cache(maxsize=2_048)
def is_raw(name: str, notebook: NotebookView) -> bool:
    """Whether a frame holds what was read: no summary, and no part taken to look at."""
    return _named_raw(name, notebook, frozenset())


def _named_raw(name: str, notebook: NotebookView, seen: frozenset[str]) -> bool:
    if name in seen or len(seen) > 6:
        return False
    return any(
        value is not None and _raw(value, notebook, seen | {name})
        for value in notebook.assigned.get(name, ())
    )


def _raw(value: ast.expr, notebook: NotebookView, seen: frozenset[str]) -> bool:
    match value:
        case ast.Name(id=name):
            return _named_raw(name, notebook, seen)
        case ast.Subscript(value=ast.Name() | ast.Attribute(value=ast.Name())):
            return False  # a part of another frame: mostly for one plot
        case ast.Subscript(value=of):
            return _raw(of, notebook, seen)
        case ast.Attribute(value=of, attr=attr):
            return attr in _OF_FRAMES and _raw(of, notebook, seen)
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)) if called.startswith(
            "read_"
        ) and called not in ("read_text", "read_bytes", "read_html"):
            return True
        case ast.Call(func=ast.Attribute(attr="concat" | "merge"), args=[first, *_]) if (
            notebook.module(value.func)
        ):
            parts = first.elts if isinstance(first, ast.List | ast.Tuple) else [first]
            return any(_raw(part, notebook, seen) for part in parts)
        case ast.Call(func=ast.Attribute(value=of, attr=called)):
            if called not in _WHOLE and isinstance(of, ast.Name):
                return False
            return called not in _SUMMARIES and _raw(of, notebook, seen)
    return False


@lru_cache(maxsize=1)  # the rules of this family ask one after the other about one cell
def row_filters(cell: CellView) -> tuple[RowFilter, ...]:
    """Statements of a cell that keep some rows of a frame under its name, or another."""
    return tuple(found for s in cell.statements if (found := _filter(s)) is not None)


def _filter(statement: ast.stmt) -> RowFilter | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value):
            return _filtered(value, target, statement)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=frame), attr=called)) as call
        ) if called in ("drop", "query") and is_given(call, "inplace", True):
            return _filtered(call, frame, statement)
    return None


def _filtered(value: ast.expr, target: str, statement: ast.stmt) -> RowFilter | None:
    while isinstance(value, ast.Call) and last_name(value.func) in _TAIL:
        if not isinstance(value.func, ast.Attribute):
            return None
        value = value.func.value
    match value:
        case ast.Subscript(
            value=ast.Name(id=frame) | ast.Attribute(value=ast.Name(id=frame), attr="loc"),
            slice=ast.Compare() | ast.BinOp() | ast.UnaryOp() | ast.Call() as condition,
        ):
            return RowFilter(frame, target, condition, False, statement, condition)
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=frame), attr="loc"),
            slice=ast.Tuple(
                elts=[ast.Compare() | ast.BinOp() | ast.UnaryOp() as condition, ast.Slice()]
            ),
        ):
            return RowFilter(frame, target, condition, False, statement, condition)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=frame), attr="query"),
            args=[ast.Constant(value=str(text)) as shown],
        ):
            asked = _parsed(text)
            if asked is not None:
                return RowFilter(frame, target, asked, False, statement, shown)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=frame), attr="drop")):
            rows = keyword(value, "index") or (value.args[0] if value.args else None)
            match rows:
                case ast.Attribute(
                    value=ast.Subscript(
                        value=ast.Name(id=inner)
                        | ast.Attribute(value=ast.Name(id=inner), attr="loc"),
                        slice=gone,
                    ),
                    attr="index",
                ) if inner == frame:
                    return RowFilter(frame, target, gone, True, statement, gone)
    return None


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # backticks, and the like
        return None


def tests_of(found: RowFilter) -> Iterator[Test]:
    """The comparisons of a filter with values in its text, each with what it does to the rows."""
    yield from _tests(found.condition, not found.drops)


def _tests(node: ast.expr, keeps: bool) -> Iterator[Test]:
    match node:
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            yield from _tests(left, keeps)
            yield from _tests(right, keeps)
        case ast.BoolOp(values=values):
            for one in values:
                yield from _tests(one, keeps)
        case ast.UnaryOp(op=ast.Invert() | ast.Not(), operand=operand):
            yield from _tests(operand, not keeps)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _HOW:
            how = _HOW[type(op)]
            if column := _tested(left):
                yield Test(
                    column, how.removeprefix("not "), (right,), keeps ^ (how == "not in"), node
                )
            elif (column := _tested(right)) and how in _TURNED:
                yield Test(column, _TURNED[how], (left,), keeps, node)
        case ast.Call(func=ast.Attribute(value=of, attr="isin"), args=[values]):
            if column := _tested(of):
                yield Test(column, "in", (values,), keeps, node)
        case ast.Call(func=ast.Attribute(value=of, attr="between"), args=[low, high, *_]):
            if column := _tested(of):
                yield Test(column, "between", (low, high), keeps, node)


def _tested(node: ast.expr) -> Column | None:
    if isinstance(node, ast.Name):  # only a `query` compares columns by their bare names
        return Column("", node.id)
    return column_of(node)


def number(node: ast.AST | None) -> int | float | None:
    """The number that stands here in person."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
    return None


def draws(cell: CellView) -> bool:
    """Whether a cell draws: then what it leaves out is mostly left out of a figure."""
    return not _FIGURES.isdisjoint(cell.calls)


def assigned_in(cell: CellView, name: str, before: ast.stmt) -> bool:
    """Whether a cell binds a name in the statements above one: then what it held before is none."""
    return any(
        isinstance(s, ast.Assign)
        and s.lineno < before.lineno
        and any(isinstance(t, ast.Name) and t.id == name for t in s.targets)
        for s in cell.statements
    )


def is_keyed(frame: str, cell: CellView) -> bool:
    """Whether the labels of a frame are a column of the file."""
    return any(
        isinstance(value, ast.Call)
        and ("set_index" in ast.unparse(value.func) or keyword(value, "index_col") is not None)
        for value in cell.notebook.assigned.get(frame, ())
    )
