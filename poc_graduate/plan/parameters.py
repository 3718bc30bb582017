"""Which literals become parameters, under which names, and where they stand in the code."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from poc_graduate.dataflow.file_roles import identifier, name_of_file
from poc_graduate.dataflow.model import Dataflow, Statement
from poc_graduate.plan.definitions import Definitions
from poc_graduate.plan.model import Parameter
from poc_graduate.plan.stages import snake_case

Key = tuple[int, int]
"""A statement: position of its cell, and its index in the cell."""

# Arguments that people tune or that make a run repeatable; names as in scikit-learn, pandas,
# XGBoost, LightGBM and Keras.
_ROLES = {
    "seed": "seed", "random_state": "seed", "random_seed": "seed",
    "test_size": "size", "train_size": "size", "validation_split": "size", "frac": "size",
    "n_splits": "size", "n_folds": "size",
    "threshold": "threshold", "cutoff": "threshold", "contamination": "threshold",
    "n_estimators": "hyper-parameter", "max_depth": "hyper-parameter",
    "min_samples_split": "hyper-parameter", "min_samples_leaf": "hyper-parameter",
    "max_leaf_nodes": "hyper-parameter", "max_features": "hyper-parameter",
    "learning_rate": "hyper-parameter", "max_iter": "hyper-parameter",
    "n_clusters": "hyper-parameter", "n_components": "hyper-parameter",
    "n_neighbors": "hyper-parameter", "gamma": "hyper-parameter",
    "alpha": "hyper-parameter", "l1_ratio": "hyper-parameter", "epochs": "hyper-parameter",
    "batch_size": "hyper-parameter", "subsample": "hyper-parameter",
    "colsample_bytree": "hyper-parameter", "num_leaves": "hyper-parameter",
    "n_iter": "hyper-parameter", "degree": "hyper-parameter", "min_df": "hyper-parameter",
    "max_df": "hyper-parameter", "perplexity": "hyper-parameter", "C": "hyper-parameter",
}  # fmt: skip

# `alpha`, `gamma` and `degree` are also words of plotting calls, where they mean no model.
_DRAWING = re.compile(r"(^|\.)(plt|ax\w*|sns|plot|px|go|axes)\b|\.(plot|hist|scatter|bar|fill)\b")

# Names that Ploomber fills by itself in a pipeline's text, or that a task script uses.
_TAKEN = frozenset(
    "here cwd root user now git git_hash env path upstream product resources_ params tasks meta "
    "load save pipeline sys".split()
)

_CASTS = re.compile(r"^\s*([+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)"
                    r"|true|false|none|null|yes|no|on|off|~|)\s*$", re.IGNORECASE)  # fmt: skip

_DATE = re.compile(r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True)
class Replacement:
    """A literal in the code that is replaced: by a parameter's name, or by another literal."""

    node: ast.expr
    name: str


@dataclass(frozen=True)
class Parameters:
    """What became a parameter and where.

    Attributes:
        chosen: In order of first use.
        replaced: Statement → literals in it that a parameter replaces.
        variables: Names of the notebook that are parameters now; their assignment goes.
    """

    chosen: tuple[Parameter, ...] = ()
    replaced: Mapping[Key, tuple[Replacement, ...]] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()

    def used_by(self, statement: Statement) -> tuple[str, ...]:
        """Names of the parameters that stand in a statement's text."""
        known = {p.name for p in self.chosen}
        replaced = self.replaced.get(statement.key, ())
        return tuple(r.name for r in replaced if r.name in known)


@dataclass(frozen=True)
class _Literal:
    key: Key
    node: ast.expr
    value: Any
    name: str
    owner: str
    kind: str
    line: int


def survives_yaml(value: object) -> bool:
    """Whether Ploomber hands the value on unchanged from `env.yaml` (measured with 0.23.3).

    Placeholders are expanded by Jinja, and a string that looks like a number, a boolean or
    nothing is cast.
    """
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, float):
        return value == value and abs(value) not in (float("inf"),)
    if isinstance(value, str):
        plain = value.isprintable() and not re.search(r"\{\{|\{%|\{#|\}\}", value)
        return plain and not _CASTS.match(value) and value == value.strip()
    if isinstance(value, list):
        return all(survives_yaml(item) for item in value)
    return False


def choose(
    dataflow: Dataflow,
    definitions: Definitions,
    variables: frozenset[str],
    *,
    moved_paths: Mapping[str, str],
    dropped: frozenset[str] = frozenset(),
    renamed: Mapping[str, str] | None = None,
) -> Parameters:
    """Choose the literals that a later run would want to change.

    Args:
        dataflow: The notebook's statements.
        definitions: Statements that move to the package keep their literals.
        variables: Names bound to a literal that become parameters under their own name.
        moved_paths: Literal path → path in the project, for files that were brought in.
        dropped: Parameters that the user does not want.
        renamed: Parameters that the user renamed: old → new. One that is a variable of the
            notebook keeps its name, since the code uses it.
    """
    renamed = renamed or {}
    variables = variables - dropped
    moving = {s.key for s in definitions.movable.values()}
    literals = [
        found
        for statement in dataflow.statements
        if statement.key not in moving
        and statement.role not in ("import", "definition", "constant")
        and not statement.ipython
        for found in _literals(statement)
    ]
    taken = _names(dataflow)
    names = _settle_names(literals, taken)
    chosen: dict[str, Parameter] = {}
    replaced: dict[Key, list[Replacement]] = {}
    for statement in dataflow.statements:
        key = statement.key
        bound = next(iter(statement.defines & variables), None)
        if bound is not None and statement.role == "constant":
            value = ast.literal_eval(statement.node.value)  # type: ignore[attr-defined]
            moved = moved_paths.get(value) if isinstance(value, str) else None
            chosen[bound] = Parameter(
                bound,
                moved or value,
                statement.cell,
                statement.place.line,
                "path" if moved else "variable",
                value if moved else None,
            )
        for found in literals:
            if found.key != key:
                continue
            name = names[found.name, found.owner, repr(found.value)]
            if name in dropped and found.value not in moved_paths:
                continue
            name = renamed.get(name, name)
            moved = moved_paths.get(found.value) if isinstance(found.value, str) else None
            chosen.setdefault(
                name,
                Parameter(
                    name,
                    moved or found.value,
                    statement.cell,
                    found.line,
                    found.kind,
                    found.value if moved else None,
                ),
            )
            replaced.setdefault(key, []).append(Replacement(found.node, name))
        for node, text in _redirected(statement, moved_paths):
            if all(node is not r.node for r in replaced.get(key, ())):
                replaced.setdefault(key, []).append(Replacement(node, text))
    return Parameters(
        tuple(chosen.values()),
        {key: tuple(items) for key, items in replaced.items()},
        frozenset(chosen) & variables,
    )


def _redirected(
    statement: Statement, moved_paths: Mapping[str, str]
) -> Iterator[tuple[ast.expr, str]]:
    """Literals that name a file outside of the notebook's folder → the text in their place."""
    if not moved_paths:
        return
    pieces: set[int] = set()
    for node in ast.walk(statement.node):
        if isinstance(node, ast.JoinedStr):
            pieces |= {id(inner) for inner in ast.walk(node)}
            match node.values:
                case [ast.Constant(value=str() as first), *rest] if first in moved_paths:
                    changed = ast.JoinedStr([ast.Constant(moved_paths[first]), *rest])
                    yield node, ast.unparse(ast.fix_missing_locations(changed))
        elif (
            isinstance(node, ast.Constant)
            and id(node) not in pieces
            and isinstance(node.value, str)
            and node.value in moved_paths
        ):
            yield node, json.dumps(moved_paths[node.value], ensure_ascii=False)


def is_tunable(name: str) -> bool:
    """Whether a variable's name says that it is a setting rather than a result."""
    return name.isupper() or name.lower() in _ROLES


def _names(dataflow: Dataflow) -> frozenset[str]:
    names: set[str] = set(dir(builtins)) | _TAKEN
    for statement in dataflow.statements:
        names |= statement.defines | statement.may_define | statement.reads
        names |= {n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name)}
    return frozenset(names)


def _settle_names(
    literals: list[_Literal], taken: frozenset[str]
) -> dict[tuple[str, str, str], str]:
    """One name a value: the keyword if it has one value everywhere, else with its owner's name."""
    values: dict[str, list[str]] = {}
    for found in literals:
        seen = values.setdefault(found.name, [])
        if repr(found.value) not in seen:
            seen.append(repr(found.value))
    names: dict[tuple[str, str, str], str] = {}
    used: dict[str, str] = {}
    for found in literals:
        value = repr(found.value)
        if (found.name, found.owner, value) in names:
            continue
        wished = found.name
        if len(values[found.name]) > 1 or wished in taken:
            wished = f"{snake_case(found.owner)}_{found.name}" if found.owner else f"{found.name}_1"
        name, number = wished, 2
        while name in taken or keyword.iskeyword(name) or used.get(name, value) != value:
            name, number = f"{wished}_{number}", number + 1
        used[name] = value
        names[found.name, found.owner, value] = name
    return names


def _literals(statement: Statement) -> Iterator[_Literal]:
    key = statement.key
    seen: set[tuple[int, int]] = set()
    for use in statement.files:
        node = use.node
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            if not survives_yaml(node.value) or _in_fstring(statement.node, node):
                continue
            seen.add((node.lineno, node.col_offset))
            name = identifier(use.role) or name_of_file(node.value) or "path"
            kind = "url" if _URL.match(node.value) else "path"
            yield _Literal(key, node, node.value, name, "", kind, node.lineno)
    for call in _calls_outside_functions(statement.node):
        owner = _callee(call)
        if _DRAWING.search(ast.unparse(call.func)):
            continue
        for argument in call.keywords:
            role = _ROLES.get(argument.arg or "")
            if role is None:
                continue
            value = _number(argument.value)
            if value is None or isinstance(value, bool) or not survives_yaml(value):
                continue
            node = argument.value
            if (node.lineno, node.col_offset) not in seen:
                seen.add((node.lineno, node.col_offset))
                yield _Literal(key, node, value, argument.arg or "", owner, role, node.lineno)
        if statement.seeds and len(call.args) == 1 and not call.keywords:
            value = _number(call.args[0])
            if isinstance(value, int) and owner in ("seed", "manual_seed", "set_seed"):
                node = call.args[0]
                yield _Literal(key, node, value, "seed", owner, "seed", node.lineno)


def _number(node: ast.expr) -> int | float | None:
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
    return None


def _calls_outside_functions(node: ast.AST) -> Iterator[ast.Call]:
    """Calls that the statement makes itself, not those in bodies that run later."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls_outside_functions(child)


def _in_fstring(root: ast.AST, node: ast.AST) -> bool:
    return any(
        isinstance(outer, ast.JoinedStr | ast.FunctionDef | ast.ClassDef | ast.Lambda)
        and any(inner is node for inner in ast.walk(outer))
        for outer in ast.walk(root)
    )


def _callee(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
