"""Which parameters a notebook or project takes, of which types; and whether a grid fits them."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.batch.grid import Grid
from poc_graduate.batch.model import Value
from poc_graduate.batch.ranges import Values
from poc_graduate.errors import InputError, meant
from poc_graduate.notebook.model import Notebook, Place
from poc_graduate.notebook.python import tree_of

TAG = "parameters"
_TYPES = ("bool", "int", "float", "str", "list", "dict")
_NAMES = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "list": "a list",
    "dict": "a mapping",
}
_OPTIONAL = frozenset({"None", "Optional"})


@dataclass(frozen=True)
class Declared:
    """One parameter.

    Attributes:
        name: Its name.
        type: bool, int, float, str, list or dict; empty where any value may be right.
        optional: Whether None is a value of it.
        required: It has no default.
        place: Where it stands in the notebook.
        file: Where it stands in a project.
    """

    name: str
    type: str = ""
    optional: bool = False
    required: bool = False
    place: Place | None = None
    file: str = ""

    @property
    def where(self) -> str:
        """For people."""
        return f"cell {self.place.cell}, line {self.place.line}" if self.place else self.file


Parameters = Mapping[str, Declared]


def of_notebook(notebook: Notebook) -> Parameters:
    """What the cell with the tag `parameters` declares, by its literals and annotations.

    Args:
        notebook: The notebook.

    Raises:
        InputError: it has no such cell.
    """
    cell = next((one for one in notebook.code_cells if TAG in one.tags), None)
    if cell is None:
        raise InputError(
            f"{notebook.name} has no cell with the tag `{TAG}`",
            remedy="put what varies into one cell and give it that tag (in JupyterLab: Property "
            "Inspector, Common Tools)",
        )
    found: dict[str, Declared] = {}
    for node in tree_of(cell.code).body:
        place = notebook.place(cell.index, node.lineno)
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        kind = _type_of(value)
                        none = isinstance(value, ast.Constant) and value.value is None
                        found[target.id] = Declared(target.id, kind, none, place=place)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=said, value=default):
                kind, optional = _annotated(said)
                none = isinstance(default, ast.Constant) and default.value is None
                found[name] = Declared(name, kind, optional or none, default is None, place)
            case _:
                continue
    return found


def of_project(folder: Path) -> Parameters:
    """What a project's `env.yaml` declares.

    Args:
        folder: The project.

    Raises:
        InputError: it is no project of Ploomber's, or has no parameters.
    """
    import yaml

    for name in ("pipeline.yaml", "env.yaml"):
        if not (folder / name).is_file():
            raise InputError(
                f"{folder} has no {name}",
                remedy="give a notebook, or the folder of an exported project",
            )
    try:
        record = yaml.safe_load((folder / "env.yaml").read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{folder / 'env.yaml'} cannot be read: {error}") from None
    if not isinstance(record, dict):
        raise InputError(f"{folder / 'env.yaml'} has no parameters")
    return {
        str(name): Declared(str(name), _kind(value), value is None, file="env.yaml")
        for name, value in record.items()
    }


def check(grid: Grid, declared: Parameters, source: str) -> None:
    """Refuse a grid that does not fit what is to be run.

    Args:
        grid: The runs.
        declared: The parameters there are.
        source: The notebook or project, for messages.

    Raises:
        InputError: a parameter is unknown, of another type, or missing; all of them are named.
    """
    wrong = []
    for name, column in grid.columns.items():
        if name not in declared:
            wrong.append(_unknown(name, declared))
        else:
            wrong += _misfits(declared[name], column)
    for name, one in declared.items():
        if one.required and name not in grid.columns:
            wrong.append(f"{name} ({one.where}) has no default, and the grid no values for it")
    if wrong:
        raise InputError(
            f"the grid does not fit {source}: {'; '.join(wrong)}",
            remedy="mend the grid: nothing has been started",
        )


def _unknown(name: str, declared: Parameters) -> str:
    hint = meant(name, declared, f"there are {', '.join(declared) or 'none'}")
    return f"there is no parameter {name} ({hint})"


def _misfits(one: Declared, column: Sequence[Value]) -> Iterable[str]:
    # What goes from … to has one type.
    seen = (column[0], column[len(column) - 1]) if isinstance(column, Values) else column
    for number, value in enumerate(seen, 1):
        if not _fits(value, one):
            said = _NAMES[one.type] if one.type else "any value but null"
            which = f", value {number}" if len(column) > 1 else ""
            shown = "null" if value is None else f"{value!r}, {_NAMES[_kind(value)]}"
            yield f"{one.name} ({one.where}) is {said}, and the grid gives {shown}{which}"
            return


def _fits(value: Value, one: Declared) -> bool:
    if value is None:
        return one.optional or not one.type
    kind = _kind(value)
    if isinstance(value, float) and one.type == "float":
        return not math.isnan(value)
    return not one.type or kind == one.type or (kind, one.type) == ("int", "float")


def _kind(value: Any) -> str:
    """Name of the type of a value; a truth value is no number."""
    kind = type(value).__name__
    return kind if kind in _TYPES else ("str" if value is not None else "")


def _type_of(node: ast.expr) -> str:
    try:
        return _kind(ast.literal_eval(node))
    except (ValueError, TypeError, MemoryError, RecursionError):
        return ""  # computed: nothing is known before it runs


def _annotated(node: ast.expr) -> tuple[str, bool]:
    """The type that an annotation names, and whether None is one of its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return "", False
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    nothing = any(isinstance(p, ast.Constant) and p.value is None for p in ast.walk(node))
    optional = nothing or bool(_OPTIONAL & set(names))
    match node:
        case ast.Name(id=name):
            return (name if name in _TYPES else ""), optional
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _annotated(inner)[0], True
        case ast.Subscript(value=ast.Name(id=name)):
            kind = name.lower()
            return (kind if kind in ("list", "dict") else ""), optional
        case ast.BinOp(left=left, op=ast.BitOr(), right=right) if optional:
            kinds = {_annotated(side)[0] for side in (left, right)} - {""}
            return (kinds.pop() if len(kinds) == 1 else ""), True
        case _:
            return "", optional
