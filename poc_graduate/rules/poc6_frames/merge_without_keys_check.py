"""POC605 merge-without-keys-check."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import is_frame
from poc_graduate.rules.poc6_frames._one_a_key import (
    KEEPS_ROWS,
    SUMS_UP,
    has_one_row_for,
    typed_columns,
)
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, is_given, keyword

_KEYS = ("on", "left_on", "right_on", "left_index", "right_index")
# What is made of a dictionary in the notebook is as its author wrote it.
_UNIQUE = frozenset(
    "DataFrame groupby resample drop_duplicates value_counts pivot_table unique nunique".split()
)
_COLUMN = (ColumnFacts("id", "int64"),)


class MergeWithoutKeysCheck(Rule):
    """Two frames are joined, and nothing says how often a key may occur.

    Why it bites: the day a key occurs twice on the right, rows of the left are doubled, and every
    sum after it counts them twice.
    On export: nothing; `validate=` makes the join fail instead.
    """

    code, name, severity = "POC605", "merge-without-keys-check", Severity.NOTE
    message = "{what}; a key that occurs twice doubles rows, and every sum after it"

    flagged = (
        Flagged(
            "a = pd.read_csv('a.csv')\nb = pd.read_csv('b.csv')\n"
            "out = «a.merge(b, on='id', how='left')»",
            says="`a.merge` joins by `id`",
        ),
        Flagged(  # another key's duplicates go
            "a = pd.read_csv('a.csv')\nout = «a.merge(b, on='id')».drop_duplicates('shop')"
        ),
        Flagged(  # only looked at without the rows that are alike
            "out = «a.merge(b, on='id')»\nprint(out.drop_duplicates())\nother = c.drop_duplicates()"
        ),
        Flagged(  # they went before
            "a.drop_duplicates(inplace=True)\na = «a.merge(b, on='id')»"
        ),
        Flagged(  # a function gives one row for each that it is given
            "def told(df):\n    df['m'] = df.groupby('id').x.transform('mean')\n    return df\n"
            "# %%\nb = told(raw)\nout = «a.merge(b, on='id')»"
        ),
        Flagged(  # unique by another key
            "shops = raw.drop_duplicates('name')\nout = «shops.merge(sales, on='shop')»"
        ),
        Flagged(  # of each pair one
            "a = df.groupby(['shop', 'day']).x.sum().reset_index()\nout = «a.merge(b, on='shop')»"
        ),
        Flagged(  # of each pair one
            "t = df.pivot_table('x', index=['shop', 'day'])\nout = «t.merge(b, on='shop')»"
        ),
        Flagged(  # one of what it is made of has several
            "a = df.groupby('id').x.sum().reset_index()\na = «a.merge(sales, on='id')»\n"
            "out = a.merge(other, on='id')",
            says="`id`, as line 3 of the cell;",
        ),
        Flagged(  # several of each
            "last = []\nfor one in df.id.unique():\n    for at in df[df.id == one].index:\n"
            "        last.append(at)\nends = df.loc[last]\nout = «a.merge(ends, on='id')»"
        ),
        Flagged(
            "a = pd.read_csv('a.csv')\nb = pd.read_csv('b.csv')\nout = «pd.merge(a, b)»",
            says="on whatever columns both happen to have",
        ),
        Flagged(
            "out = «pd.merge(a, b, left_on='item', right_on='id')»\n"
            "out = pd.merge(out, c, left_on='shop', right_on='id')\n# %%\nd = d.merge(e, on='k')",
            says="joins by `item` and `id`, as line 2 of the cell and 1 more; a key",
        ),
        Flagged(
            "out = «pd.merge(a, b, on='k')»\n# %%\nd = d.merge(e, on='k')",
            says="joins by `k`, as does 1 more; a key",
        ),
        Flagged(  # one place, whatever it joins
            "out = «a.merge(b, on='k')».merge(c, on='k')\n# %%\nd = d.merge(e, on='k')\n"
            "d = d.merge(f, on='k')",
            says="joins by `k`, as do 2 more; a key",
        ),
        Flagged(
            "out = (\n    «a.merge(b, on='k')»\n    .merge(c, on='k')\n)",
            says="joins by `k`, as line 3 of the cell; a key",
        ),
        Flagged(
            "out = «pd.merge(a, b, on='id', how='left')»",
            says="made 1,300 rows of the 1,000 of `a`",
            ran=(
                CellFacts(
                    cell=1,
                    bound=frozenset({"a", "b", "out"}),
                    frames={
                        "a": FrameFacts(1000, _COLUMN),
                        "b": FrameFacts(900, _COLUMN),
                        "out": FrameFacts(1300, _COLUMN),
                    },
                ),
            ),
        ),
    )
    ignored = (
        # both are made of one row a key, and so is what is merged of them
        "u = pd.DataFrame(df['id'].unique())\nu.columns = ['id']\n"
        "a = df.groupby('id').day.min().reset_index()\n"
        "b = df.groupby('id').day.max().reset_index()\nab = pd.merge(a, b, on='id', how='left')\n"
        "# %%\nu = pd.merge(u, ab[['id', 'x']], on='id', how='left')\n"
        "u = u.merge(ab, on='id').rename(columns=names)",
        # each row of the right side once
        "shops = raw.drop_duplicates(subset=['shop'])\nout = shops.merge(sales, on='shop')",
        "n = df['shop'].value_counts().reset_index()\nout = pd.merge(n, sales, on='shop')",
        "out = df.groupby(['shop'], as_index=False).agg(f).merge(sales, left_on='shop', "
        "right_on='id')",
        "out = a.merge(b, on='id', validate='1:1')",
        # its index has each key once
        "t = pd.pivot_table(df, values='x', index='shop', columns='kind')\n"
        "out = pd.merge(t, sales, on='shop', how='right')",
        "t = df.pivot_table('x', index=['shop']).round(2)\nout = t.merge(sales, on='shop')",
        "out = a.merge(b.drop_duplicates('id'), on='id')",
        "means = a.groupby('id').mean()\nout = a.merge(means, on='id')",
        "out = pd.merge(a, b, left_index=True, right_index=True)",
        "tags = pd.DataFrame({'id': ids, 'tag': found})\nout = a.merge(tags, on='id')",
        "m = []\nfor d in days:\n    m.append(d.groupby('id').mean())\n"
        "out = pd.merge(a, m[0], on='id')",
        "w = m.set_index('day').resample('W').last().reset_index()\nout = a.merge(w, on='day')",
        "settings = defaults.merge(given)",
        "def hourly(df):\n    out = df.groupby(['id', 'h']).agg(n=('x', 'sum')).reset_index()\n"
        "    return out\n# %%\nb = hourly(raw)\nout = a.merge(b, on=['id', 'h'])",
        "out = a.merge(b, on='id', how='left').drop_duplicates('id')",
        "out = a.merge(b, on='id')\nout = out.drop_duplicates(subset=['id'], keep='last')",
        # rows that came out alike go
        "for one in shops:\n    out = pd.merge(a[one], b[one], on='day')\n\n"
        "    out.drop_duplicates(inplace=True)\n    df = pd.concat([df, out])",
        "out = a.merge(b, on='id').drop_duplicates()",
        "out = a.merge(b, left_on='id', right_on='k')\nout = out.drop_duplicates()",
        # one row of each was looked for
        "last = []\nfor one in df.id.unique():\n    at = df[df.id == one].day.idxmax()\n"
        "    last.append(at)\nends = df.loc[last]\nends = ends[['id', 'x']]\n"
        "out = a.merge(ends, on='id')",
        "assert not b.id.duplicated().any()\nout = a.merge(b, on='id')",
        "out = a.merge(b, on='id')\nassert len(out) == len(a)",
        Flagged(  # the run says that no row was doubled
            "out = pd.merge(a, b, on='id', how='left')",
            ran=(
                CellFacts(
                    cell=1,
                    bound=frozenset({"a", "out"}),
                    frames={"a": FrameFacts(1000, _COLUMN), "out": FrameFacts(1000, _COLUMN)},
                ),
            ),
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        joins = [
            (call, cell, join)
            for cell in notebook.cells
            for call in cell.calls.get("merge", ())
            if keyword(call, "validate") is None and (join := _join(call, cell)) is not None
        ]
        unchecked = bool(joins) and not any(_checks(cell) for cell in notebook.cells)
        habit: list[tuple[ast.Call, CellView]] = []
        for call, cell, (left, right) in joins:
            text = cell.source(call.func)
            rows = _rows(call, left, cell)
            if rows is not None:
                if rows[1] > rows[0]:
                    of = cell.source(left)
                    what = f"`{text}` made {rows[1]:,} rows of the {rows[0]:,} of `{of}`"
                    yield self.found(call, cell, severity=Severity.RISK, what=what)
            elif unchecked and not (
                _by_labels(call)
                or _one_row_a_key(right, notebook)
                or _is_unique_by_key(call, (left, right), cell)
                or _doubled_rows_go(call, cell)
            ):
                habit.append((call, cell))
        habit.sort(key=lambda one: (one[1].index, _line(one[0]), one[0].func.end_col_offset or 0))
        if habit:  # one note for all of them
            call, cell = habit[0]
            what = f"`{cell.source(call.func)}` joins {_by(call, cell)}"
            yield self.found(call, cell, what=what + _as_others(habit))


def _join(call: ast.Call, cell: CellView) -> tuple[ast.expr, ast.expr] | None:
    """Left and right side of a join of frames."""
    match call:
        case ast.Call(args=[left, right, *_]) if cell.module(call.func) == "pandas.merge":
            return left, right
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pd")), args=[left, right, *_]):
            return left, right
        case ast.Call(func=ast.Attribute(value=left), args=[right, *_], keywords=words):
            if any(word.arg in _KEYS for word in words) or is_frame(left, cell):
                return None if cell.module(call.func) else (left, right)
    return None


def _checks(cell: CellView) -> bool:
    """Whether a cell looks at the keys, or at what came of them."""
    if "duplicated" in cell.calls or "is_unique" in cell.cell.code:
        return True
    return bool(cell.of(ast.Assert))


def _by_labels(call: ast.Call) -> bool:
    """Whether both sides are joined by their index, whose labels are mostly unique."""
    return is_given(call, "left_index", True) and is_given(call, "right_index", True)


def _doubled_rows_go(call: ast.Call, cell: CellView) -> bool:
    """Whether of what the join has doubled one row is kept: of each key, or of rows all alike.

    `a.merge(b, on='k').drop_duplicates('k')`, `out.drop_duplicates(inplace=True)` below it.
    """
    keys = typed_columns(keyword(call, "on"), cell.notebook)
    target, merged = "", cell.statement(call)
    match merged:
        case ast.Assign(targets=[ast.Name(id=name)]):
            target = name
    for drop in cell.calls.get("drop_duplicates", ()):
        subset = drop.args[0] if drop.args else keyword(drop, "subset")
        if subset is None and not _is_kept(drop, cell):
            continue
        if subset is not None and not (keys and typed_columns(subset, cell.notebook) == keys):
            continue
        match drop.func:
            case ast.Attribute(value=of) if any(part is call for part in ast.walk(of)):
                return True
            case ast.Attribute(value=ast.Name(id=name)) if merged is not None and name == target:
                if drop.lineno > merged.lineno:
                    return True
    return False


def _is_kept(drop: ast.Call, cell: CellView) -> bool:
    """Whether the rows go for good, and not for a look alone."""
    return is_given(drop, "inplace", True) or isinstance(cell.statement(drop), ast.Assign)


def _is_unique_by_key(call: ast.Call, sides: tuple[ast.expr, ast.expr], cell: CellView) -> bool:
    """Whether one side has each key once by how it was made: then the other's rows are kept."""
    for side, own in zip(sides, ("left_on", "right_on"), strict=True):
        keys = typed_columns(keyword(call, "on") or keyword(call, own), cell.notebook)
        if keys and has_one_row_for(side, keys, cell.notebook):
            return True
    return False


def _one_row_a_key(right: ast.expr, notebook: NotebookView, depth: int = 3) -> bool:
    """Whether the right side has one row a key by how it was made."""
    match right:
        case ast.Name(id=name) if depth:
            made = (*notebook.assigned.get(name, ()), *_appended(name, notebook))
            return any(v is not None and _one_row_a_key(v, notebook, depth - 1) for v in made)
        case ast.Call(func=ast.Name(id=name)) if depth:
            return _gives_one_row_a_key(name, notebook)
        case ast.Call(func=ast.Attribute(value=of, attr=name)):
            if name in _UNIQUE:
                return True
            return name not in ("merge", "concat") and _one_row_a_key(of, notebook, depth)
        case ast.Subscript(value=ast.Attribute(attr="loc" | "iloc"), slice=ast.Name(id=rows)):
            return _one_of_each(rows, notebook)
        case ast.Subscript(value=of) | ast.Attribute(value=of):
            return _one_row_a_key(of, notebook, depth)
    return False


def _gives_one_row_a_key(function: str, notebook: NotebookView) -> bool:
    """Whether a function of the notebook returns a table that is grouped, each time it returns."""
    made = [f for view in notebook.cells for f in view.of(ast.FunctionDef) if f.name == function]
    return bool(made) and all(
        any(isinstance(one, ast.Return) for one in ast.walk(body))
        and all(
            one.value is not None and _is_grouped(one.value, body)
            for one in ast.walk(body)
            if isinstance(one, ast.Return)
        )
        for body in made
    )


def _is_grouped(value: ast.expr, body: ast.FunctionDef, depth: int = 3) -> bool:
    """`df.groupby(keys).agg(…).reset_index()`, or a name that the function gives only such."""
    match value:
        case ast.Name(id=name) if depth:
            given = [
                one.value
                for one in ast.walk(body)
                if isinstance(one, ast.Assign)
                and isinstance(one.targets[0], ast.Name)
                and one.targets[0].id == name
            ]
            return bool(given) and all(_is_grouped(one, body, depth - 1) for one in given)
        case ast.Call(func=ast.Attribute(value=of, attr=name)):
            if name in SUMS_UP:
                of = of.value if isinstance(of, ast.Subscript) else of
                return isinstance(of, ast.Call) and last_name(of.func) == "groupby"
            return name in KEEPS_ROWS and _is_grouped(of, body, depth)
    return False


def _one_of_each(rows: str, notebook: NotebookView) -> bool:
    """Whether a list is given one label in each turn of a loop over `….unique()`."""
    for cell in notebook.cells:
        for call in cell.calls.get("append", ()):
            match call.func, cell.parent(cell.statement(call) or call):
                case (
                    ast.Attribute(value=ast.Name(id=name)),
                    ast.For(iter=ast.Call(func=ast.Attribute(attr="unique"))),
                ) if name == rows:
                    return True
    return False


def _appended(name: str, notebook: NotebookView) -> Iterator[ast.expr]:
    """What a list of this name is given: `frames.append(df.groupby('id').mean())`."""
    for cell in notebook.cells:
        for call in cell.calls.get("append", ()):
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner)), args=[given]):
                    if owner == name:
                        yield given


def _rows(call: ast.Call, left: ast.expr, cell: CellView) -> tuple[int, int] | None:
    """Rows of the left side and of the result, where a run tells of both."""
    match cell.parent(call), left, keyword(call, "how"):
        case (
            ast.Assign(targets=[ast.Name(id=target)]),
            ast.Name(id=source),
            None | ast.Constant(value="left" | "inner"),
        ) if source != target:
            after = cell.frame_after(target)
            before = cell.frame_before(source) or cell.frame_after(source)
            if before is not None and after is not None:
                return before.rows, after.rows
    return None


def _as_others(habit: list[tuple[ast.Call, CellView]]) -> str:
    """That others do the same: lines of the same cell, where there are any, and how many more."""
    (own, at), *others = dict.fromkeys((cell.index, _line(call)) for call, cell in habit)
    lines = [line for cell, line in others if cell == own and line != at][:_LISTED]
    more = len(others) - len(lines)
    if not others:
        return ""
    if not lines:
        return f", as {'do' if more > 1 else 'does'} {more} more"
    told = f"{'s' if lines[1:] else ''} {', '.join(map(str, lines))}"
    return f", as line{told} of the cell" + (f" and {more} more" if more else "")


def _line(call: ast.Call) -> int:
    """The line in which `.merge` stands: a chain of joins begins in one line with all of them."""
    return call.func.end_lineno or call.lineno


_LISTED = 3


def _by(call: ast.Call, cell: CellView) -> str:
    words = {word.arg: word.value for word in call.keywords}
    if on := words.get("on"):
        keys = cell.literal(on)
        names = [keys] if isinstance(keys, str) else keys
        if isinstance(names, list | tuple) and names:
            return "by " + ", ".join(f"`{name}`" for name in names[:4])
        return f"by `{cell.source(on)}`"
    sides = [cell.literal(words[one]) for one in ("left_on", "right_on") if one in words]
    if len(sides) == 2 and all(isinstance(one, str) for one in sides):
        return f"by `{sides[0]}` and `{sides[1]}`"
    if any(key in words for key in _KEYS) or len(call.args) > 2:
        return "by keys that nothing checks"
    return "on whatever columns both happen to have"
