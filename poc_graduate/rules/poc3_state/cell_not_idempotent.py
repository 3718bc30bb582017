"""POC304 cell-not-idempotent."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView, NotebookView, is_given, keyword

_CURVED = frozenset(
    "log log1p log2 log10 exp expm1 sqrt square cbrt numpy.log numpy.log1p numpy.log2 numpy.log10 "
    "numpy.exp numpy.expm1 numpy.sqrt numpy.square numpy.cbrt math.log math.sqrt math.exp".split()
)
_MOVES = frozenset("shift diff pct_change cumsum".split())


class CellNotIdempotent(Rule):
    """A cell changes data that it does not make itself, so that a second run changes them again.

    Why it bites: nothing fails when the cell is run twice; the column is only divided twice,
    mapped to nothing, or longer than before, and everything below computes with that.
    On export: each cell runs once, in order; a task that fails and is run again starts from what
    the task before it stored.
    """

    code, name, severity = "POC304", "cell-not-idempotent", Severity.RISK
    message = "run again, this cell {does}; {says}"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\n«df['price'] = df['price'] / 100»",
            says="divides `df['price']` by 100 once more",
        ),
        Flagged(
            "train, test = load()\n# %%\n«train = train / 255.0»\ntest = test / 255.0",
            says="divides `train` by 255.0",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\n«df['y'] = df['y'].map({'yes': 1, 'no': 0})»",
            says="finds none of the keys in `df['y']` and leaves it without values; nothing says",
        ),
        Flagged(  # what it was before was looked at
            "df = load()\n# %%\ndf['y'].unique()\n«df['y'] = df['y'].map({'yes': 1, 'no': 0})»",
            says="nothing says so",
        ),
        Flagged(  # who looks sees it
            "df = load()\n# %%\n«df['y'] = df['y'].map({'yes': 1, 'no': 0})»\n"
            "print(df['y'].value_counts())",
            says="without values; nothing fails, and only what it shows of `df['y']` tells",
        ),
        Flagged(
            "import numpy as np\ndf = load()\n# %%\n«df['fare'] = np.log1p(df['fare'])»",
            says="applies `log1p` to `df['fare']` once more",
        ),
        Flagged(
            "df = load()\n# %%\n«df = pd.concat([df, more])»",
            says="appends to `df` once more",
        ),
        Flagged(
            "t = scores()\n# %%\n«t = t.append(a)»\n# %%\nt = t.append(b)\n# %%\nt = t.append(c)",
            says="appends to `t` once more, as 2 more cells; nothing says so",
        ),
        Flagged(  # who runs it again sees it fail
            "df = load()\n# %%\n«df['y'] = df['y'].map({'yes': 1, 'no': 0})»\n"
            "df.drop('id', axis=1, inplace=True)",
            says="leaves it without values; line 2 fails then, and only when that is done",
        ),
        Flagged("df = load()\n# %%\n«df = df.iloc[1:]»\ndel t['a']", says="once more; nothing"),
        Flagged(  # made anew before it is taken away
            "df = load()\n# %%\n«df['fare'] = df['fare'] / 100»\ndf['id'] = df.index\n"
            "df = df.drop(columns=['id'])",
            says="nothing says so",
        ),
        Flagged("df = load()\n# %%\n«df = df.iloc[1:]»", says="takes rows off `df` once more"),
        Flagged("df = load()\n# %%\n«df['a'] = df['a'].shift(1)»", says="once more"),
    )
    ignored = (
        "df = pd.read_csv('a.csv')\ndf['price'] = df['price'] / 100",  # made in the same cell
        "df = load()\n# %%\ndf['price'] = df['cents'] / 100",
        "df = load()\n# %%\ndf = df.drop(columns=['a'])",  # a second run fails, and says so
        "df = load()\n# %%\ndf = df.dropna()",
        "df = load()\n# %%\ndf = df['2019-01-01':]",
        "df = load()\n# %%\ndf = df.drop(df[df.a > 3].index)",  # these rows are gone already
        "x = load()\n# %%\nx = read('a.csv')\nx = x.append(read('b.csv'))",  # begun anew
        "df = load()\n# %%\ndf['y'] = df['y'].map({'a': 'b', 'b': 'a', 'c': 'c'}).fillna(0)",
        "df = load()\n# %%\ndf['y'] = df['y'].map({1: 0, 0: 1})",  # turns back
        "t = load()\n# %%\nt = pd.concat([t, row])\nt",  # shown
        "rate = 0.1\n# %%\nrate = rate / 2",  # a number somebody plays with
        "count = 0\n# %%\nfor row in rows:\n    count = count * 2",
        "df = load()\n# %%\ndf['when'] = pd.to_datetime(df['when'])",
        "df = load()\n# %%\ndf['a'] = raw['a']\ndf['a'] = df['a'] / 100",
        "df = load()\n# %%\nif df['a'].max() > 1:\n    df['a'] = df['a'] / 100",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        found = _changed_again(cell)
        if found is not None and not found[1].startswith(_APPENDS):
            node, does = found
            if raises := _raises_again(cell, node):
                says = _RAISES.format(line=raises)
                yield self.found(node, cell, severity=Severity.NOTE, does=does, says=says)
                return
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            looked = target is not None and _is_looked_at(_plain(target), node, cell)
            says = _SEEN.format(what=_plain(target)) if target and looked else _UNSAID
            severity = Severity.NOTE if looked else None
            yield self.found(node, cell, severity=severity, does=does, says=says)

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """A table of scores grows in many cells: that is told once."""
        grows: dict[str, list[tuple[ast.stmt, CellView]]] = {}
        for cell in notebook.cells:
            if not {"append", "concat"}.isdisjoint(cell.calls):
                found = _changed_again(cell)
                if found is not None and found[1].startswith(_APPENDS):
                    grows.setdefault(found[1], []).append((found[0], cell))
        for does, places in grows.items():
            if all(_is_shown(node, cell) for node, cell in places):
                continue  # who runs it again sees the row twice
            others = len(places) - 1
            more = f", as {others} more {'cell' if others == 1 else 'cells'}" if others else ""
            node, cell = places[0]
            raises = _raises_again(cell, node)
            yield self.found(
                node, cell, severity=Severity.NOTE if raises else None,
                does=f"{does}{more}", says=_RAISES.format(line=raises) if raises else _UNSAID,
            )  # fmt: skip


def _is_shown(grown: ast.stmt, cell: CellView) -> bool:
    """Whether the cell ends with a look at what has grown."""
    name = root_name(grown.targets[0]) if isinstance(grown, ast.Assign) else None
    last = cell.body[-1]
    return isinstance(last, ast.Expr) and any(
        isinstance(one, ast.Name) and one.id == name for one in ast.walk(last)
    )


def _is_looked_at(column: str, changed: ast.stmt, cell: CellView) -> bool:
    """Whether the cell shows something of the column when it has changed it."""
    return any(
        isinstance(one, ast.expr) and _plain(one) == column
        for statement in cell.body
        if isinstance(statement, ast.Expr) and statement.lineno > changed.lineno
        for one in ast.walk(statement)
    )


_UNSAID = "nothing says so"
_RAISES = "line {line} fails then, and only when that is done"
_SEEN = "nothing fails, and only what it shows of `{what}` tells"
_APPENDS = "appends to "


def _changed_again(cell: CellView) -> tuple[ast.stmt, str] | None:
    """The first statement that changes what another cell made, and what it does once more."""
    set_here: set[str] = set()
    for at, node in enumerate(cell.body):
        match node:
            case ast.Assign(targets=[target], value=value):
                pass
            case ast.AugAssign(target=target, op=op, value=by):
                value = ast.BinOp(_loaded(target), op, by)
            case _:
                continue
        text = _plain(target)
        root = root_name(target)
        if text and root and text not in set_here and root not in set_here:
            does = _again(text, value, cell)
            if does and _is_from_elsewhere(root, at, cell) and _is_data(target, cell):
                return node, does
        set_here.add(text or root or "")
    return None


def _raises_again(cell: CellView, changed: ast.stmt) -> int:
    """The line below a change at which a second run ends: it takes away what is gone by then.

    0 without one.
    """
    made = set[str]()
    for at, node in enumerate(cell.body):
        root, labels = _taken_away(node, cell)
        gone = {f"{root}[{one!r}]" for one in labels}
        if node.lineno > changed.lineno and _is_from_elsewhere(root, at, cell) and not gone <= made:
            return node.lineno
        if isinstance(node, ast.Assign):
            made.update(map(_plain, node.targets))
    return 0


def _taken_away(node: ast.stmt, cell: CellView) -> tuple[str, tuple[object, ...]]:
    """The table that a statement changes for good, and which labels it takes from it."""
    match node:
        case ast.Delete(targets=[ast.Subscript(value=ast.Name(id=root), slice=ast.Constant(key))]):
            return root, (key,)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=root))) as call):
            if not is_given(call, "inplace", True):
                return "", ()
        case ast.Assign(
            targets=[ast.Name(id=root)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=of))) as call,
        ) if of == root:
            pass
        case _:
            return "", ()
    if last_name(call.func) != "drop" or keyword(call, "errors") is not None:
        return "", ()
    typed = cell.literal(keyword(call, "columns") or (call.args[0] if call.args else call))
    labels = tuple(typed) if isinstance(typed, list | tuple) else (typed,)
    return (root, labels) if labels and TYPED_NOT not in labels else ("", ())


def _again(text: str, value: ast.expr, cell: CellView) -> str:
    """What a second run of `text = value` does to it; empty where nothing, or nobody knows."""
    match value:
        case ast.BinOp(left=left, op=ast.Div() | ast.Mult() as op, right=ast.Constant(value=by)):
            plain = isinstance(by, int | float) and by not in (0, 1, -1)
            if plain and _plain(left) == text:
                verb = "divides" if isinstance(op, ast.Div) else "multiplies"
                return f"{verb} `{text}` by {by!r} once more"
        case ast.Call(func=called, args=[given]) if _plain(given) == text:
            if cell.module(called) in _CURVED:
                return f"applies `{last_name(called)}` to `{text}` once more"
        case ast.Call(func=ast.Attribute(value=of, attr="map"), args=[given]):
            if _plain(of) == text and _is_emptied(cell.literal(given)):
                return f"finds none of the keys in `{text}` and leaves it without values"
        case ast.Call(func=ast.Attribute(value=of, attr=method)) if _plain(of) == text:
            if method in _MOVES:
                return f"applies `{method}` to `{text}` once more"
            if method == "append" and "." not in text and "[" not in text:
                return f"appends to `{text}` once more"
        case ast.Call(
            func=ast.Attribute(attr="concat"),
            args=[ast.List(elts=parts) | ast.Tuple(elts=parts), *_],
            keywords=options,
        ):
            side = any(one.arg == "axis" for one in options)
            if not side and any(_plain(part) == text for part in parts) and len(parts) > 1:
                return f"appends to `{text}` once more"
        case ast.Subscript(
            value=ast.Attribute(value=of, attr="iloc") | of, slice=ast.Slice(lower=low, upper=up)
        ):
            # A label is where it was, however often rows before it are taken off.
            from_ = low.value if isinstance(low, ast.Constant) else None
            first = isinstance(from_, int) and from_ != 0 and up is None
            last = isinstance(up, ast.UnaryOp) and low is None
            if _plain(of) == text and (first or last):
                return f"takes rows off `{text}` once more"
    return ""


def _is_emptied(table: object) -> bool:
    """Whether mapping twice finds none of the keys."""
    return isinstance(table, dict) and bool(table) and not set(table) & set(_values(table))


def _values(table: dict[object, object]) -> Iterator[object]:
    return (value for value in table.values() if value.__hash__ is not None)


def _is_from_elsewhere(root: str, at: int, cell: CellView) -> bool:
    """Whether the name holds what another cell made: it is bound there, and not here before."""
    here = frozenset[str]().union(
        *(one.defines | one.may_define for one in cell.names.statements[:at])
    )
    return root not in here and any(
        root in other.names.binds for other in cell.notebook.cells if other is not cell
    )


def _is_data(target: ast.expr, cell: CellView) -> bool:
    """Whether it is a column, or a name that nowhere holds a number somebody typed."""
    if isinstance(target, ast.Subscript):
        return isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)
    if not isinstance(target, ast.Name):
        return False
    if (facts := cell.frame_before(target.id)) is not None:
        return bool(facts.columns)
    return not any(
        value is not None and cell.literal(value) is not TYPED_NOT
        for value in cell.notebook.assigned.get(target.id, ())
    )


def _plain(node: ast.expr) -> str:
    """`df['a']`, `df.a` or `df` as text; empty for anything longer."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
            return f"{name}[{key!r}]"
        case ast.Attribute(value=ast.Name(id=name), attr=key):
            return f"{name}.{key}"
    return ""


def _loaded(target: ast.expr) -> ast.expr:
    """The target of `+=` as what is read."""
    return target
