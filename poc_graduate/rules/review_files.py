"""Manual cleaning moved to CSV files that people review, and the functions that apply them."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence

from poc_graduate.rules.edits import (
    csv_file,
    fix,
    free_file,
    function,
    imported,
    is_parameter,
    replace,
)
from poc_graduate.rules.finding import Edit, Fix, NewFile
from poc_graduate.rules.view import CellView

# Small enough to be read once; they stand in the user's notebook, whose style they keep.
EXCLUSIONS = '''\
def apply_exclusions(frame, path, column=None, dtype=None):
    """The frame without the rows that a file lists by label, or by the value of a column."""
    keys = {pd}.read_csv(path, dtype={{"key": dtype}}, keep_default_na=False)["key"].tolist()
    kept = frame.drop(keys) if column is None else frame[~frame[column].isin(keys)]
    print(f"{{path}}: {{len(frame) - len(kept)}} of {{len(frame)}} rows excluded")
    return kept'''
CORRECTIONS = '''\
def apply_corrections(frame, path):
    """Set the values that a file lists; one with a value under `from` must be found as it says."""
    import json

    def typed(text):
        try:
            return json.loads(text)
        except ValueError:
            return text

    listed = {pd}.read_csv(path, dtype=str, keep_default_na=False)
    for row in listed.to_dict("records"):
        key, column = typed(row["key"]), row["column"]
        if row["from"] and str(frame.loc[key, column]) != row["from"]:
            raise ValueError(f"{{path}}: {{column}} of {{key}} is {{frame.loc[key, column]}}")
        frame.loc[key, column] = typed(row["to"])
    print(f"{{path}}: {{len(listed)}} values corrected")'''
MAPPING = '''\
def apply_mapping(values, path, method="replace"):
    """The values with those that a file lists under `from` turned into what stands under `to`."""
    import json

    def typed(text):
        try:
            return json.loads(text)
        except ValueError:
            return text

    listed = {pd}.read_csv(path, dtype=str, keep_default_na=False)
    known = {{typed(old): typed(new) for old, new in zip(listed["from"], listed["to"])}}
    print(f"{{path}}: {{values.isin(list(known)).sum()}} of {{len(values)}} values mapped")
    return getattr(values, method)(known)'''


def written(value: object) -> str | None:
    """A typed value as a cell of a file, so that reading gives it back; None where it cannot be."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return value if value == value.strip() else json.dumps(value)
        return json.dumps(value)
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    return None


def exclude(
    title: str,
    node: ast.expr,
    frame: str,
    keys: Sequence[object],
    cell: CellView,
    column: str | None = None,
    reason: str = "",
    assigned: str = "",
) -> Fix | None:
    """A frame without rows: `apply_exclusions(df, "exclusions.csv")` in the place of a node.

    Args:
        title: What changes on disk.
        node: The expression that gives the frame without the rows.
        frame: Source of the frame.
        keys: Labels, or values of the column; all texts or all whole numbers.
        cell: Where it stands.
        column: Source of the column's name.
        reason: Why, where the author says so.
        assigned: Name that the result is given, for a node that stands alone.
    """
    texts = all(isinstance(key, str) for key in keys)
    if not keys or not (texts or all(type(key) is int for key in keys)):
        return None
    path = free_file("exclusions.csv", cell.notebook)
    given = [frame, json.dumps(path)]
    given += [f"column={column}"] if column is not None else []
    given += ["dtype=str"] if texts else []
    call = f"apply_exclusions({', '.join(given)})"
    call = f"{assigned} = {call}" if assigned else call
    file = csv_file(path, ("key", "reason", "who"), [(str(key), reason, "") for key in keys])
    return _with(title, [replace(node, cell, call)], "apply_exclusions", EXCLUSIONS, file, cell)


def correct(
    title: str,
    edits: Sequence[Edit | None],
    rows: Sequence[tuple[object, str, object, str]],
    path: str,
    cell: CellView,
) -> Fix | None:
    """Values set by label: `apply_corrections(df, "corrections.csv")`, which the edits call.

    Args:
        title: What changes on disk.
        edits: What puts the call in the place of the assignments.
        rows: Label, column, value and reason of each.
        path: The file, as the call names it.
        cell: Where it stands.
    """
    lines = [(written(key), column, written(value), why) for key, column, value, why in rows]
    if any(key is None or value is None for key, _, value, _ in lines):
        return None
    table = [(key or "", column, "", value or "", why, "") for key, column, value, why in lines]
    file = csv_file(path, ("key", "column", "from", "to", "reason", "who"), table)
    return _with(title, edits, "apply_corrections", CORRECTIONS, file, cell)


def map_values(
    title: str,
    node: ast.expr,
    values: str,
    mapping: Mapping[object, object],
    cell: CellView,
    *,
    column: str,
    method: str,
) -> Fix | None:
    """Values turned into others: `apply_mapping(df["city"], "mapping_city.csv")` in a node's place.

    Args:
        title: What changes on disk.
        node: The call of `replace` or `map`.
        values: Source of the column.
        mapping: Old value → new.
        cell: Where it stands.
        column: Its name, for the file's.
        method: `replace`, or `map`, which leaves no value that is not listed.
    """
    lines = [(written(old), written(new)) for old, new in mapping.items()]
    if any(old is None or new is None for old, new in lines):
        return None
    path = free_file(f"mapping_{column}.csv", cell.notebook)
    file = csv_file(
        path, ("from", "to", "reason", "who"), [(o or "", n or "", "", "") for o, n in lines]
    )
    kept = "" if method == "replace" else f", method={json.dumps(method)}"
    call = f"apply_mapping({values}, {json.dumps(path)}{kept})"
    return _with(title, [replace(node, cell, call)], "apply_mapping", MAPPING, file, cell)


def comes_from_a_fix(cell: CellView) -> bool:
    """Whether fixes have put a cell in: the parameters, or a function that applies a file.

    It has not run, and what it gives is what stood in the cells that have.
    """
    if is_parameter(cell):
        return True
    match cell.body:
        case [ast.FunctionDef(name="apply_exclusions" | "apply_corrections" | "apply_mapping")]:
            return True
    return False


def reason_beside(node: ast.stmt, cell: CellView) -> str:
    """The comment at the end of a statement's last line: mostly why somebody did it."""
    rest = cell.line(node.end_lineno or node.lineno)[cell.span_of(node).end_column - 1 :].strip()
    return rest.lstrip("# ") if rest.startswith("#") and "noqa" not in rest else ""


def _with(
    title: str,
    edits: Sequence[Edit | None],
    name: str,
    text: str,
    file: NewFile,
    cell: CellView,
) -> Fix | None:
    pandas = imported("pandas", cell)
    if pandas is None:
        return None
    cells = function(name, text.format(pd=pandas), cell)
    return None if cells is None else fix(title, *edits, files=[file], cells=cells)
