"""What a loop over the rows of a frame does with each: whether whole columns could do the same."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.view import CellView

# What is done to one value and what pandas or numpy does to a whole column in the same words.
_OF_A_VALUE = frozenset("int float str bool len round abs min max sum isinstance".split())
_METHODS = frozenset(
    "lower upper strip lstrip rstrip split rsplit replace startswith endswith find count title "
    "capitalize zfill isdigit isnumeric isalpha join format get strftime total_seconds date time "
    "weekday isoweekday isocalendar month_name day_name timestamp round item".split()
)
_OF_ANYTHING = frozenset({"get", "join", "format"})
"""Methods that may be asked of another thing than the row's values: of a dict, of a typed text."""
_LIBRARIES = ("math.", "re.", "datetime.", "calendar.")
_NUMPY = frozenset(
    "abs absolute add arccos arcsin arctan arctan2 ceil clip cos deg2rad divide exp expm1 fabs "
    "floor fmod hypot isclose isfinite isnan log log10 log1p log2 maximum minimum mod multiply "
    "nan power rad2deg radians round sign sin sqrt square subtract tan tanh trunc where".split()
)
_PANDAS = frozenset(
    "isna isnull notna notnull to_datetime to_numeric to_timedelta Timestamp Timedelta".split()
)
_SHAPES = frozenset({"box", "Point"})
"""Of shapely, which makes those of whole columns, too."""
_PLACES = frozenset({"at", "iat", "loc", "iloc"})
_COLLECTS = frozenset({"append", "add"})
_PROGRESS = frozenset({"print", "update", "info", "debug", "set_description", "set_postfix"})
_LOOPS = frozenset({"iterrows"})


def columns_could_do(loop: ast.For | ast.comprehension, cell: CellView) -> bool:
    """Whether each turn computes with its row's values, and puts down what comes of it.

    Arithmetic and work on texts, from row to row the same, which columns do at once. Where a turn
    calls anything else, what it costs, and whether it could be otherwise, hangs on that.

    Args:
        loop: The loop, or a clause of a comprehension, whose turns get a row each.
        cell: Where it stands.
    """
    rows = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    turn = _Turn(cell, rows)
    if isinstance(loop, ast.For):
        return turn.runs(loop.body) and turn.worked
    whole = cell.parent(loop)
    match whole:
        case ast.ListComp(elt=made) | ast.SetComp(elt=made) | ast.GeneratorExp(elt=made):
            if not all(map(turn.computes, [made, *loop.ifs])):
                return False
            return turn.works(made) or any(map(turn.touches, loop.ifs))
    return False


def compared_with(loop: ast.For | ast.comprehension, cell: CellView) -> str:
    """The frame of which each turn compares a whole column with its row; empty where none.

    `df[df.shop == row.shop]`: as many times through all of `df` as there are rows.
    """
    if not isinstance(loop, ast.For):
        return ""
    rows = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    made = {
        one.id
        for statement in loop.body
        for one in ast.walk(statement)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    for statement in loop.body:
        for node in ast.walk(statement):
            match node:
                case ast.Subscript(value=ast.Name(id=frame), slice=ast.expr() as mask) if (
                    frame not in rows | made and _is_a_mask(mask, frame, rows)
                ):
                    return frame
                case ast.Assign(targets=[ast.Name()], value=mask):
                    for frame in _frames_of(mask) - rows - made:
                        if _is_a_mask(mask, frame, rows):
                            return frame
    return ""


def _frames_of(mask: ast.expr) -> set[str]:
    return {root_name(one.left) or "" for one in ast.walk(mask) if isinstance(one, ast.Compare)}


def _is_a_mask(mask: ast.expr, frame: str, rows: set[str]) -> bool:
    """`(df.a > row.a) & (df.b == row.b)`."""
    match mask:
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            return _is_a_mask(left, frame, rows) or _is_a_mask(right, frame, rows)
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id=name))
            | ast.Subscript(value=ast.Name(id=name), slice=ast.Constant()),
            comparators=[other],
        ):
            asked = {one.id for one in ast.walk(other) if isinstance(one, ast.Name)}
            return name == frame and not asked.isdisjoint(rows)
    return False


@dataclass
class _Turn:
    """One turn of a loop, or one call of a function here that is handed values of a row.

    Attributes:
        cell: Where it stands.
        rows: Names of the row, and of what was made of its values.
        within: Functions that it is inside of.
        worked: Whether something computed has been put down.
    """

    cell: CellView
    rows: set[str]
    within: tuple[str, ...] = ()
    worked: bool = False
    _computed: set[str] = field(default_factory=set)
    _passing: set[str] = field(default_factory=lambda: {"get", "item"})
    _chosen: bool = False

    def runs(self, body: Sequence[ast.stmt]) -> bool:
        """Whether all of some statements are such work."""
        return all(map(self._does, body))

    def touches(self, node: ast.AST) -> bool:
        """Whether a part asks for the row."""
        return any(isinstance(one, ast.Name) and one.id in self.rows for one in ast.walk(node))

    def works(self, node: ast.expr) -> bool:
        """Whether something is computed of the row's values, other than words for people."""
        if isinstance(node, ast.JoinedStr):
            return False
        return any(map(self._is_work, ast.walk(node)))

    def _is_work(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self._computed
            case ast.Call(func=called):
                return last_name(called) not in self._passing and self.touches(node)
        return isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp) and self.touches(node)

    def _does(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assign(targets=[target], value=value):
                return self.computes(value) and self._puts(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self.computes(value) and self._puts(target, value)
            case ast.AugAssign(target=target, value=value):
                told = any(isinstance(one, ast.JoinedStr) for one in ast.walk(value))
                if self.touches(value) or self._chosen or self.touches(target):
                    self.worked |= not told  # lines of a report are for people
                return self.computes(value) and self.computes(target)
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Continue():
                return True
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(), attr=how), args=[made])
            ) if how in _COLLECTS:
                return self._collects(made)
            case ast.If(test=test, body=body, orelse=orelse):
                if any(isinstance(one, ast.Mod) for one in ast.walk(test)) and _tells(body):
                    return True
                if not self.computes(test):
                    return False
                before, self._chosen = self._chosen, self._chosen or self.touches(test)
                done = self.runs(body) and self.runs(orelse)
                # What stands below it is for the rows that were not passed over.
                passes = any(isinstance(one, ast.Continue) for one in body)
                self._chosen = before or (passes and self.touches(test))
                return done
            case ast.For(target=target, iter=gone, body=body, orelse=[]):
                inner = {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
                frames = isinstance(gone, ast.Call) and last_name(gone.func) in _LOOPS
                if frames or self.touches(gone):
                    self.rows |= inner
                return (frames or self.computes(gone)) and self.runs(body)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=[]):
                return self.runs(body) and self.runs(orelse) and all(
                    self.runs(one.body) for one in handlers
                )  # fmt: skip
            case ast.Return(value=ast.expr() as value) if self.within:
                self.worked |= self._chosen or self.works(value)
                return self.computes(value)
        return False

    def _puts(self, target: ast.expr, value: ast.expr) -> bool:
        """Names are bound to what is computed, or it is put into a place of a frame or a dict."""
        match target:
            case ast.Name(id=name):
                if self.touches(value):
                    self.rows.add(name)
                if self.works(value):
                    self._computed.add(name)
                return True
            case ast.Tuple(elts=targets):
                values = value.elts if isinstance(value, ast.Tuple) else [value] * len(targets)
                pairs = zip(targets, values, strict=False)
                return all(isinstance(one, ast.Name) and self._puts(one, of) for one, of in pairs)
            case ast.Subscript(value=ast.Attribute(attr=attr, value=ast.Name()), slice=key):
                self.worked |= attr in _PLACES and self.touches(key)
                return attr in _PLACES and self.computes(key)
            case ast.Subscript(value=ast.Name(id=name), slice=key) if name not in self.rows:
                self.worked |= self.works(value) and self.touches(key)
                return self.computes(key)
        return False

    def _collects(self, made: ast.expr) -> bool:
        values = [made]
        if isinstance(made, ast.Dict):
            # A table's rows; of what is no table the place in it says more than columns do.
            if not all(isinstance(key, ast.Constant) for key in made.keys):
                return False
            values = made.values
        if not all(map(self.computes, values)):
            return False
        chosen = self._chosen and not isinstance(made, ast.Dict)
        self.worked |= chosen or any(map(self.works, values))
        return True

    def computes(self, node: ast.AST | None) -> bool:
        """Whether an expression does nothing but arithmetic, comparison and work on texts."""
        match node:
            case None | ast.Constant() | ast.Name():
                return True
            case ast.Attribute(value=of):
                return self.computes(of)
            case ast.Call():
                given = (*node.args, *(one.value for one in node.keywords))
                return self._is_known(node) and all(map(self.computes, given))
            case (
                ast.Subscript() | ast.Slice() | ast.UnaryOp() | ast.BinOp() | ast.BoolOp()
                | ast.Compare() | ast.IfExp() | ast.JoinedStr() | ast.FormattedValue()
                | ast.Tuple() | ast.List()
            ):  # fmt: skip
                parts = ast.iter_child_nodes(node)
                return all(self.computes(one) for one in parts if isinstance(one, ast.expr))
        return False

    def _is_known(self, call: ast.Call) -> bool:
        name, module = last_name(call.func), self.cell.module(call.func)
        match call.func:
            case ast.Name() if not module:
                return name in _OF_A_VALUE or self._is_own(name)
            case ast.Attribute(value=of) if not module:
                asked = name in _OF_ANYTHING or _root_in(of, self.rows)
                return name in _METHODS and asked and self.computes(of)
        if module.startswith("numpy."):
            return name in _NUMPY
        if module.startswith("pandas."):
            return name in _PANDAS
        if module.startswith("shapely."):
            return name in _SHAPES
        return module.startswith(_LIBRARIES)

    def _is_own(self, name: str) -> bool:
        """Whether a function of the notebook does such work with what it is handed."""
        if name in self.within:
            return False
        made = [
            (one, view)
            for view in self.cell.notebook.cells
            for one in view.of(ast.FunctionDef)
            if one.name == name
        ]
        if len(made) != 1:
            return False
        function, view = made[0]
        taken = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
        turn = _Turn(view, taken, (*self.within, name))
        done = turn.runs(function.body)
        if not turn.worked:
            self._passing.add(name)  # its values put together, as they are
        return done


def _root_in(node: ast.expr, names: set[str]) -> bool:
    """Whether a chain of calls and places begins with one of some names: `row.a.strip()`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in names


def _tells(body: list[ast.stmt]) -> bool:
    """Whether statements only say how far a loop has come."""
    return all(
        isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Call)
        and last_name(one.value.func) in _PROGRESS
        for one in body
    )
