"""POC601 chained-assignment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity
from poc_graduate.rules.frames import is_frame
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, is_given, keyword

_INPLACE = frozenset({"fillna", "replace", "clip", "mask", "where", "ffill", "bfill"})


class ChainedAssignment(Rule):
    """Values are set on a part of a frame that was taken out first.

    Why it bites: the part may be a copy. Up to pandas 2 the frame changes or not, by how its memory
    lies; from pandas 3 on it never does, and a warning at most tells.
    On export: the statement stays as it is; under pandas 3 the observed run shows what it did.
    """

    code, name, severity = "POC601", "chained-assignment", Severity.RISK
    message = (
        "`{text}` sets values on a part taken out of `{frame}`{more}; with pandas 3 `{frame}` \
keeps its old values, and {tells}"
    )
    fix_title = "Set them in one step"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\n«df['age'][df.age < 0]» = 0",
            says="with pandas 3 `df` keeps",
            after="df = pd.read_csv('a.csv')\ndf.loc[df.age < 0, 'age'] = 0",
        ),
        Flagged(
            "«df[df.x > 3]['y']» = 1",
            says="`df[df.x > 3]['y']`",
            after="df.loc[df.x > 3, 'y'] = 1",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n«df['age'].fillna(0, inplace=True)»",
            after="df = pd.read_csv('a.csv')\ndf['age'] = df['age'].fillna(0)",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n«df.a.fillna(0, inplace=True)»\n"
            "df['b'].replace('x', 'y', inplace=True)",
            says="and 1 more in this cell",
            after="df = pd.read_csv('a.csv')\ndf.a = df.a.fillna(0)\n"
            "df['b'] = df['b'].replace('x', 'y')",
        ),
        Flagged(
            "«df.loc[df.x > 3]['y']» = 1", says="keeps its old values, and at most a warning there"
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n«df['n'].fillna(0, inplace=True)»\n# %%\n"
            "df[['m', 'n']] = df[['m', 'n']].astype('int')",
            says="keeps its old values, and `astype` in cell 2 may fail on them",
        ),
        Flagged(  # another column is cast, and this one before
            "df = pd.read_csv('a.csv')\ndf['n'] = df['n'].astype(int)\n"
            "«df['n'].replace(1, 0, inplace=True)»\ndf['m'] = df['m'].astype(int)\n"
            "df['n'] = df['n'].astype(float)",
            says="and at most a warning there tells",
        ),
        Flagged(
            "«df[df.x > 3]['y']» = 1\nother['y'] = other['y'].astype(int)",
            says="and at most a warning there tells",
        ),
        Flagged("df = pd.read_csv('a.csv')\n«df.age[3]» = 40"),
        Flagged(
            "df = pd.read_csv('a.csv')\nfor c in names:\n    «df[c].fillna(0, inplace=True)»",
            says="`df[c].fillna` sets values on a part taken out of `df`",
            after="df = pd.read_csv('a.csv')\nfor c in names:\n    df[c] = df[c].fillna(0)",
        ),
        Flagged("df = pd.read_csv('a.csv')\n«df[['a', 'b']].replace(1, 2, inplace=True)»"),
    )
    ignored = (
        "df.loc[df.x > 3, 'y'] = 1",
        "grid[0][1] = 5",
        "df = pd.read_csv('a.csv')\ndf['a'].fillna(method='pad', inplace=True)",  # POC408
        "tables = {}\ntables['a']['b'] = 1",
        "sheets = pd.read_excel('a.xlsx', sheet_name=None)\nsheets['a']['b'] = 1",
        "df = pd.read_csv('a.csv')\ndf['age'].values[3] = 1",
        "df = pd.read_csv('a.csv')\ndf.iloc[3] = 1",
        "df = pd.read_csv('a.csv')\ndf.a.fillna(3, inplace=True)\ndf = df.drop('a', axis=1)",
        "df = pd.read_csv('a.csv')\ndf.ix[rows, 'age'] = 1",
        "colours['a'].fillna(0, inplace=True)",  # a dictionary of frames, for all we know
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """One finding for each frame of a cell; its fix mends all places."""
        places: dict[str, list[tuple[ast.expr, tuple[Edit, ...]]]] = {}
        for frame, node, edits in sorted(_places(cell), key=lambda place: place[1].lineno):
            places.setdefault(frame, []).append((node, edits))
        for frame, found in places.items():
            (node, _), *others = found
            text = node.func if isinstance(node, ast.Call) else node
            edits = tuple(edit for _, one in found for edit in one)
            yield self.found(
                node,
                cell,
                fix=Fix(self.fix_title, edits) if all(one for _, one in found) else None,
                frame=frame,
                text=cell.source(text),
                more=f" (and {len(others)} more in this cell)" if others else "",
                tells=_tells(node, frame, cell),
            )


def _tells(node: ast.expr, frame: str, cell: CellView) -> str:
    """Where it is noticed that the column still holds what it did: at a cast to whole numbers."""
    columns = _texts(node.func if isinstance(node, ast.Call) else node)
    for view in cell.notebook.cells if columns else ():
        for call in view.calls.get("astype", ()):
            below = view.index > cell.index or (view is cell and call.lineno > node.lineno)
            whole = call.args and _WHOLE.search(view.source(call.args[0]))
            if root_name(call.func) == frame and below and whole and columns & _texts(call.func):
                return f"`astype` in cell {view.index} may fail on them"
    return "at most a warning there tells"


def _texts(node: ast.AST) -> frozenset[str]:
    """Columns that are named in an expression."""
    found = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return frozenset(one for one in found if isinstance(one, str))


def _is_dropped_next(call: ast.Call, cell: CellView) -> bool:
    """Whether the next statement drops the column whose values are set: nobody reads them."""
    own = cell.statement(call)
    after = next((two for one, two in pairwise(cell.body) if one is own), None)
    match after:
        case ast.Delete(targets=[gone]):
            return bool(_texts(gone) & _columns(call.func))
        case ast.Assign(value=ast.Call() as drop) | ast.Expr(value=ast.Call() as drop):
            named = last_name(drop.func) in ("drop", "pop") and _texts(drop)
            return bool(named and named & _columns(call.func))
    return False


def _columns(node: ast.expr) -> frozenset[str]:
    """Columns that a call is made on: `df.a.fillna`, `df['a'].fillna`."""
    match node:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(), attr=name)):
            return frozenset({name})
    return _texts(node)


_WHOLE = re.compile(r"\bu?int\d*\b")


def _places(cell: CellView) -> Iterator[tuple[str, ast.expr, tuple[Edit, ...]]]:
    """Frame, what sets values on a part of it, and how it would be one step."""
    inplace = () if _INPLACE.isdisjoint(cell.calls) else sorted(_INPLACE)
    for name in inplace:
        for call in cell.calls.get(name, ()):
            match call.func:
                case ast.Attribute(value=ast.Subscript() | ast.Attribute() as part) if is_given(
                    call, "inplace", True
                ):
                    if keyword(call, "method") is not None:
                        continue  # with pandas 3 it fails, as POC408 says
                    frame = _column_of(part) or _part_of(part)
                    used = not isinstance(cell.parent(call), ast.Expr)
                    gone = _is_dropped_next(call, cell)
                    if frame is not None and not used and not gone and is_frame(frame, cell):
                        yield frame.id, call, _assigned(call, part, cell)
    targets = [one.targets[0] for one in cell.of(ast.Assign)]
    targets += [one.target for one in cell.of(ast.AugAssign)]
    for target in targets:
        if isinstance(target, ast.Subscript) and not isinstance(target.value, ast.Name):
            yield from _target(target, cell)


def _target(
    target: ast.Subscript, cell: CellView
) -> Iterator[tuple[str, ast.expr, tuple[Edit, ...]]]:
    match target.value:
        # df[mask]['y']: a comparison as key is a mask
        case ast.Subscript(value=ast.Name() as frame, slice=mask) if _is_mask(mask):
            if _is_text(target.slice):
                yield frame.id, target, _one_step(target, frame, mask, cell)
        # df.loc[mask]['y']
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name() as frame, attr="loc"), slice=mask
        ) if _is_text(target.slice):
            yield frame.id, target, _one_step(target, frame, mask, cell)
        case ast.Attribute(attr="ix"):
            pass  # sets values on the frame itself, as `loc` does
        # df['y'][mask], df.y[3]
        case part if (named := _column_of(part)) is not None and is_frame(named, cell):
            edits: tuple[Edit, ...] = ()
            if _is_mask(target.slice) and isinstance(part, ast.Subscript):
                rows = cell.source(target.slice)
                text = f"{named.id}.loc[{rows}, {cell.source(part.slice)}]"
                edits = (Edit(cell.index, cell.span_of(target), text),)
            yield named.id, target, edits


def _one_step(
    target: ast.Subscript, frame: ast.expr, mask: ast.expr, cell: CellView
) -> tuple[Edit, ...]:
    if isinstance(mask, ast.Tuple):
        return ()
    text = f"{cell.source(frame)}.loc[{cell.source(mask)}, {cell.source(target.slice)}]"
    return (Edit(cell.index, cell.span_of(target), text),)


def _assigned(call: ast.Call, part: ast.expr, cell: CellView) -> tuple[Edit, ...]:
    """`df['a'] = df['a'].fillna(0)`."""
    given = [cell.source(one) for one in call.args]
    given += [cell.source(word) for word in call.keywords if word.arg != "inplace"]
    if not all(given):
        return ()
    text = f"{cell.source(part)} = {cell.source(call.func)}({', '.join(given)})"
    return (Edit(cell.index, cell.span_of(call), text),)


def _column_of(part: ast.expr) -> ast.Name | None:
    """The name of which an expression takes one column: `df` of `df['a']` and `df.a`."""
    match part:
        case ast.Subscript(value=ast.Name() as frame, slice=key) if _is_text(key):
            return frame
        case ast.Attribute(value=ast.Name() as frame, attr=attr) if attr not in _ACCESS:
            return frame
    return None


def _part_of(part: ast.expr) -> ast.Name | None:
    """The name of which columns are taken that a name or a list holds: `df` of `df[c]`."""
    match part:
        case ast.Subscript(value=ast.Name() as frame, slice=ast.Name() | ast.List()):
            return frame
    return None


_ACCESS = frozenset("loc iloc at iat values columns index str dt cat attrs array T".split())


def _is_text(key: ast.expr) -> bool:
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _is_mask(key: ast.expr) -> bool:
    match key:
        case ast.Compare():
            return True
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr()):
            return _is_mask(left)
        case ast.UnaryOp(op=ast.Invert()):
            return True
        case ast.Call(func=ast.Attribute(attr="isna" | "isnull" | "notna" | "notnull" | "isin")):
            return True
    return False
