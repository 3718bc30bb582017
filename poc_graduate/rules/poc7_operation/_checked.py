"""What a notebook does with a table that it has read and that tells good deliveries from bad."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView, keyword

_FILTER = "a filter by value"
_PARSE = "a strict parse"
_MISSING = "a look for missing values"
_TWICE = "a look for duplicates"
_INFO = "a look at what its columns hold"
_COLUMNS = "columns taken by name"
_NAMES = "a look at its columns"
_VALUES = "a look at its values"
BY_EYE = frozenset({_INFO, _COLUMNS, _NAMES, _VALUES})
"""What stops no delivery whose values are bad: a person looks, or only a missing column fails."""
_ASKS = {
    **dict.fromkeys(("isnull", "isna", "notnull", "notna", "dropna"), _MISSING),
    **dict.fromkeys(("duplicated", "drop_duplicates"), _TWICE),
    "query": _FILTER,
    "info": _INFO,
}
_SHOWN = frozenset({"value_counts", "describe", "unique", "nunique"})
_BY_NAME = ("ColumnTransformer", "make_column_transformer")
_FITS = frozenset("fit fit_transform fit_predict cross_val_score cross_validate".split())
_STRICT = frozenset({"to_datetime", "to_numeric", "to_timedelta"})
_COUNTS = frozenset({"len", "round", "bool", "any", "all", "isinstance", "isna", "isnull"})
_NUMBERS = ("float", "int", "np.float", "np.int", "'float", "'int", '"float', '"int')


def checked(call: ast.Call, cell: CellView) -> dict[str, bool]:
    """What is done with the rows of a read, or with what is made of them, in words.

    Each with whether it is done to them by themselves, and not only once other rows have come in.
    """
    lists: set[str] = set()
    match cell.statement(call):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _leads_to(value, call):
            alone, held = {name}, {name}
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.ListComp(elt=one)) if _leads_to(
            one, call
        ):
            alone, held, lists = set(), {name}, {name}
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[one])
        ) if _leads_to(one, call):
            alone, held, lists = set(), {name}, {name}
        case _:
            return {}
    found: dict[str, bool] = {}
    if keyword(call, "usecols") is not None:
        found[_COLUMNS] = True
    for view in cell.notebook.cells:
        if view.index < cell.index or not any(name in view.cell.code for name in held):
            continue
        above = call.lineno if view is cell else 0
        for added in view.calls.get("append", ()):
            match added:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner)), args=[one]):
                    if added.lineno > above and _root(one) in alone:
                        lists.add(owner)
                        held.add(owner)
        for made in view.of(ast.Assign):
            if made.lineno > above:
                alone |= _derived(made, alone, view, mixes=False) | _stacked(made, lists)
                held |= _derived(made, held, view, mixes=True)
        for node in (*view.of(ast.Call), *view.of(ast.Subscript), *view.of(ast.Compare)):
            if getattr(node, "lineno", 0) > above and (kind := _kind(node, view, held)):
                by_itself = _kind(node, view, alone) is not None
                found[kind] = found.get(kind, False) or by_itself
    if _COLUMNS not in found and _goes_by_name(held, cell):
        found[_COLUMNS] = True
    return found


def _stacked(made: ast.Assign, lists: set[str]) -> set[str]:
    """The name of what is put together of one list, whose tables all come from the same read."""
    match made:
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Call(func=called, args=[ast.Name(id=one), *_])
        ) if last_name(called) == "concat" and one in lists:
            return {name}
    return set()


def _goes_by_name(held: set[str], cell: CellView) -> bool:
    """Whether rows are fitted by what takes its columns by their names."""
    cells = cell.notebook.cells
    if not any(name in view.calls for view in cells for name in _BY_NAME):
        return False
    return any(
        _root(one) in held
        for view in cells
        for name, calls in view.calls.items()
        if name in _FITS or name in cell.notebook.makes(view.index)
        for call in calls
        for one in call.args
    )


def _leads_to(value: ast.expr, call: ast.Call) -> bool:
    """Whether an expression is a call, with more calls behind it: `read_csv(…).drop(…)`."""
    while value is not call and isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value is call


def _derived(made: ast.Assign, held: set[str], cell: CellView, *, mixes: bool) -> set[str]:
    """Names that an assignment gives rows which some of the names have, or those of others, too."""
    match made:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return {name} if _holds(value, held, cell, mixes=mixes) else set()
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            pairs = zip(names, values, strict=False)
            return {
                one.id for one, value in pairs
                if isinstance(one, ast.Name) and _holds(value, held, cell, mixes=mixes)
            }  # fmt: skip
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call(func=func, args=args)):
            if last_name(func) == "train_test_split" and any(_root(one) in held for one in args):
                return {one.id for one in names if isinstance(one, ast.Name)}
    return set()


def _holds(value: ast.expr, held: set[str], cell: CellView, *, mixes: bool) -> bool:
    """Whether rows of some names are in an expression: of their methods, or put together."""
    if _root(value) in held:
        return True
    at = value if mixes else None
    while isinstance(at, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(at, ast.Call) and _puts_together(at, cell):
            given = [one for arg in at.args for one in getattr(arg, "elts", [arg])]
            return any(_root(one) in held for one in given)
        at = at.func if isinstance(at, ast.Call) else at.value
    return False


def _puts_together(call: ast.Call, cell: CellView) -> bool:
    name = last_name(call.func)
    if isinstance(call.func, ast.Name) and name in cell.notebook.makes(cell.index):
        return True
    return name in ("concat", "merge", "deepcopy", "DataFrame")


def _kind(node: ast.AST, cell: CellView, held: set[str]) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(value=of, attr=how)) if how in _ASKS and (
            _root(of) in held
        ):
            return _ASKS[how]
        case ast.Call(func=ast.Attribute(value=of, attr=how)) if how in _SHOWN and (
            _root(of) in held and isinstance(cell.statement(node), ast.Expr)
        ):
            return _VALUES
        case ast.Call(func=called, args=[given, *_]) if cell.module(called).startswith(
            "missingno."
        ) or (_ASKS.get(last_name(called)) == _MISSING and cell.module(called)):
            return _MISSING if _root(given) in held else None
        case ast.Call(func=ast.Attribute(value=of, attr="astype"), args=[kind, *_]):
            strict = keyword(node, "errors") is None and ast.unparse(kind).startswith(_NUMBERS)
            return _PARSE if strict and _root(of) in held else None
        case ast.Compare(
            ops=[ast.In() | ast.NotIn() | ast.Eq() | ast.LtE()],
            comparators=[ast.Attribute(value=of, attr="columns")],
        ):
            return _NAMES if _root(of) in held else None
        case ast.Call(args=[given, *_]) if last_name(node.func) in _STRICT:
            return _PARSE if keyword(node, "errors") is None and _root(given) in held else None
        case ast.Subscript(value=of, slice=key, ctx=ast.Load()) if _root(of) in held:
            if not isinstance(cell.statement(node), ast.Assign):
                return None
            if any(map(_bounds, ast.walk(key))):
                return _FILTER
            listed = (
                isinstance(key, ast.List)
                or _lists(key)
                or (isinstance(key, ast.BinOp) and isinstance(key.op, ast.Add))
            )
            return _COLUMNS if listed or _is_a_list_of_names(key, cell) else None
        case ast.Call(func=ast.Attribute(value=of, attr="apply" | "map"), args=[given, *_]):
            return _PARSE if _root(of) in held and _parses(given, cell) else None
    return None


def _lists(key: ast.expr) -> bool:
    """`list(names.values())`."""
    return isinstance(key, ast.Call) and isinstance(key.func, ast.Name) and key.func.id == "list"


def _is_a_list_of_names(key: ast.expr, cell: CellView) -> bool:
    """`cols` of `df[cols]`, where all that the notebook gives it are lists of typed names."""
    if not isinstance(key, ast.Name):
        return False
    given = cell.notebook.assigned.get(key.id, ())
    return bool(given) and all(
        isinstance(one, ast.List)
        and bool(one.elts)
        and all(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in one.elts)
        for one in given
    )


def _parses(given: ast.expr, cell: CellView) -> bool:
    """Whether a function that is handed each value ends where one is no number."""
    match given:
        case ast.Name(id="int" | "float"):
            return True
        case ast.Lambda():
            made: ast.AST | None = given
        case ast.Name(id=name):
            made = next((d for v in cell.notebook.cells for d in v.of(ast.FunctionDef)
                         if d.name == name), None)  # fmt: skip
        case _:
            return False
    parts = list(ast.walk(made)) if made is not None else []
    if any(isinstance(part, ast.Try) for part in parts):
        return False  # another way is taken
    return any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in ("int", "float")
        and any(not _is_a_number(one) for one in part.args)
        for part in parts
    )


def _is_a_number(node: ast.expr) -> bool:
    """`x > 3`, `len(x)`: turned into a number, it tells nothing of what was handed in."""
    called = last_name(node.func) if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Compare | ast.BoolOp) or called in _COUNTS


def _bounds(node: ast.AST) -> bool:
    """`df.n > 0`, `df.n.between(1, 9)`; one that is named and left out tells of no other."""
    match node:
        case ast.Compare(ops=ops):
            return any(isinstance(one, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for one in ops)
        case ast.Call(func=ast.Attribute(attr="between")):
            return True
    return False


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.BinOp):
        if isinstance(node, ast.BinOp):
            node = node.left
        else:
            node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
