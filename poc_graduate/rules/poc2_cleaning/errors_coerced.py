"""POC209 errors-coerced."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.dataflow.rows import root
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.poc2_cleaning._counted import COUNTS, is_counted, tests
from poc_graduate.rules.poc2_cleaning._frames import Column, assigned_in, column_of
from poc_graduate.rules.poc2_cleaning._shown import only_shown
from poc_graduate.rules.reached import function_around, never_runs
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_PARSING = frozenset(
    "float int Decimal to_numeric to_datetime to_timedelta strptime parse fromisoformat "
    "literal_eval loads".split()
)
_COERCING = ("to_numeric", "to_datetime", "to_timedelta", "astype")
_EMPTIES = "empties the column"


class ErrorsCoerced(Rule):
    """What cannot be parsed becomes empty, or stays as it was, and nothing counts it.

    Why it bites: when the source changes its decimal sign or date order, the whole column becomes
    empty, and every step after it still runs.
    On export: the call stays as it is; nothing bounds how many values may go.
    """

    code, name, severity = "POC209", "errors-coerced", Severity.RISK
    message = "{what}, and no count of {them} was found; a new format {then} without an error"

    fix_title = "Print how many values are empty then"

    flagged = (
        Flagged(
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')»",
            says="what `pd.to_numeric` cannot read becomes empty",
            after="df['x'] = pd.to_numeric(df['x'], errors='coerce')\n"
            'print("x:", df[\'x\'].isna().sum(), "values are empty")',
        ),
        Flagged(
            "df['day'] = «pd.to_datetime(df.day, errors='ignore')»",
            says="stays as it was, and no count of it was found; a new format leaves the column",
        ),
        Flagged(
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')».fillna(0)",
            says="cannot read becomes `0`, and no count of it was found; a new format fills the",
        ),
        Flagged(
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')»\ndf['x'] = df['x'].fillna(-1)",
            says="becomes `-1`",
        ),
        Flagged(
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')»\nm.fit(df[['a', 'x']], df['y'])"
        ),
        Flagged(  # printed, and kept
            "if 'day' in df:\n    days = «pd.to_datetime(df['day'], errors='coerce')»\n"
            "    print(days.min())\n    df['month'] = days.dt.month\ndf.to_csv('b.csv')",
        ),
        Flagged(
            "days = «pd.to_datetime(df['day'], errors='coerce')»\nprint(days.min())\n# %%\n"
            "m.fit(days.dt.month, y)",
        ),
        Flagged(  # of another frame's rows
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')»\n# %%\n"
            "n = df.groupby('a').x.sum()\nprint(n.isna().sum())\n# %%\nm.fit(df[['x']], df['y'])"
        ),
        Flagged(
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')»\ny = df['y']\ndf = df[df.a > 1]\n"
            "m.fit(df, y)"
        ),
        Flagged(
            "for t in texts:\n    try:\n        x.append(float(t))\n    «except ValueError:»\n"
            "        pass"
        ),
        Flagged(
            "def number(t):\n    try:\n        return float(t)\n    «except:»\n"
            "        return np.nan"
        ),
        Flagged(
            "df['x'] = «pd.to_numeric(df['x'], errors='coerce')»",
            says="11 of 7,043 values",
            ran=(
                CellFacts(
                    cell=0, frames={"df": FrameFacts(7043, (ColumnFacts("x", "object", 0),))}
                ),
                CellFacts(
                    cell=1, frames={"df": FrameFacts(7043, (ColumnFacts("x", "float64", 11),))}
                ),
            ),
        ),
    )
    ignored = (
        "df['x'] = pd.to_numeric(df['x'])",
        "df['x'] = pd.to_numeric(df['x'], errors='coerce')\nprint(df['x'].isna().sum())",
        "pd.to_numeric(df['x'], errors='coerce')",  # a look
        # of a range that is printed no column becomes empty
        "if 'day' in df:\n    days = pd.to_datetime(df['day'], errors='coerce')\n"
        "    print(f'{days.min()} to {days.max()}')\nprint(df.head())",
        "df['x'] = pd.to_numeric(df['x'], errors='coerce')\nnames = ['a', 'b']\n"
        "for c in names:\n    df[c] = df[c].astype(str)\nm.fit(df[names], df['y'])\n# %%\n"
        "df = load()\nnames = list(df)\nm.fit(df[names])",  # not taken
        "x = pd.to_numeric(raw['x'], errors='coerce').to_numpy()\nok = np.isfinite(x)",
        "ok = np.isfinite(pd.to_numeric(raw['x'], errors='coerce')).all()",
        "x = pd.to_numeric(raw['x'], errors='coerce')\ndf['x'] = x.where(x > 0)\n"
        "print(df['x'].isna().sum())",
        "for c in names:\n    df[c] = pd.to_numeric(df[c], errors='coerce')\n"
        "print(df[names].isnull().sum())",
        # counted in what the frame was put together with
        "df['x'] = pd.to_numeric(df['x'], errors='coerce')\n# %%\na = 1\n# %%\nb = 2\n# %%\n"
        "c = 3\n# %%\nd = 4\n# %%\nboth = df.merge(other, on='id')\n"
        "print(both.isnull().sum())",
        "bad = df[pd.to_numeric(df['x'], errors='coerce').isna()]",
        "trust = pd.to_numeric(df['x'], errors='coerce')\ndf = df[trust.fillna(0) <= 3]",  # a case
        "def number(t):\n    try:\n        return float(t)\n    except ValueError:\n"
        "        return np.nan\n# %%\nprint(1)",  # nothing calls it
        "try:\n    import fast\nexcept ImportError:\n    pass",
        "try:\n    x = float(t)\nexcept ValueError:\n    failed += 1",
        "try:\n    x = float(t)\nexcept:\n    pass",  # POC703 says so
        Flagged(
            "df['x'] = pd.to_numeric(df['x'], errors='coerce')",
            ran=(
                CellFacts(cell=0, frames={"df": FrameFacts(70, (ColumnFacts("x", "object", 3),))}),
                CellFacts(cell=1, frames={"df": FrameFacts(70, (ColumnFacts("x", "float64", 3),))}),
            ),
        ),  # everything could be read
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        told: set[str] = set()
        for name in _COERCING:
            for call in cell.library_calls.get(name, ()):
                what, them = _coerced(call, cell)
                if not what or what in told or never_runs(call, cell):
                    continue
                if _is_left(call, cell) or _is_only_told(call, cell):
                    continue
                key, then, fill = what, _EMPTIES, _filled(call, cell)
                if "stays as it was" in what:
                    then = "leaves the column as text"
                elif fill is not None:
                    if _is_compared(fill, cell):
                        continue  # what cannot be read is a case of its own
                    given = cell.source(fill.args[0] if fill.args else fill.keywords[0].value)
                    what = what.replace("becomes empty", f"becomes `{given}`")
                    then = "fills the column with that"
                told.add(key)  # once a cell, and for each figure
                fix = self._counting(call, cell) if then == _EMPTIES else None
                yield self.found(call, cell, fix=fix, what=what, them=them, then=then)
        for statement in cell.statements:
            if not isinstance(statement, ast.Try) or not _parses(statement):
                continue
            for handler in statement.handlers:
                if _hides(handler) and not never_runs(handler, cell):
                    at = cell.span_of(handler)
                    text = cell.line(at.line)
                    colon = text.find(":", at.column - 1)
                    end = len(text) if colon < 0 else colon + 1
                    span = Span(at.line, at.column, at.line, end + 1)
                    what = "what cannot be read here is passed over"
                    yield self.found_at(cell, span, what=what, them="it", then=_EMPTIES)

    def _counting(self, call: ast.Call, cell: CellView) -> Fix | None:
        """A line below the statement, where it stands alone at the top level."""
        statement, target = cell.statement(call), _target(call, cell)
        if not isinstance(statement, ast.Assign) or statement not in cell.body or not target:
            return None
        end = statement.end_lineno or statement.lineno
        at = cell.body.index(statement) + 1
        if at < len(cell.body) and cell.body[at].lineno <= end:
            return None
        place = Span(end, len(cell.line(end)) + 1, end, len(cell.line(end)) + 1)
        column = cell.source(statement.targets[0])
        name = json.dumps(f"{target.name or target.frame}:", ensure_ascii=False)
        text = f'\nprint({name}, {column}.isna().sum(), "values are empty")'
        return Fix(self.fix_title, (Edit(cell.index, place, text),))


def _coerced(call: ast.Call, cell: CellView) -> tuple[str, str]:
    """What a call does to what it cannot read, uncounted; two empty texts where it is counted."""
    how = keyword(call, "errors")
    if not isinstance(how, ast.Constant) or how.value not in ("coerce", "ignore"):
        return "", ""
    asked = cell.parent(call)
    while isinstance(asked, ast.Attribute | ast.Call) and not tests(asked):
        asked = cell.parent(asked)
    if isinstance(asked, ast.Call) or isinstance(cell.statement(call), ast.Expr):
        return "", ""
    if _chained(call, cell) & COUNTS:
        return "", ""  # a look, or a question
    target = _target(call, cell)
    lost = _lost(call, target, cell)
    if (lost is not None and lost[0] == 0) or (target and is_counted(target, call, cell)):
        return "", ""
    called = cell.source(call.func) if last_name(call.func) != "astype" else "astype"
    if lost is not None:
        return f"{lost[0]:,} of {lost[1]:,} values became empty in `{called}`", "them"
    then = "becomes empty" if how.value == "coerce" else "stays as it was"
    return f"what `{called}` cannot read {then}", "it"


def _is_left(call: ast.Call, cell: CellView) -> bool:
    """Whether the rest of the notebook takes other columns of the frame, and this one never."""
    target, statement = _target(call, cell), cell.statement(call)
    if target is None or not target.frame or not target.name or statement not in cell.body:
        return False
    taken = False
    for view in cell.notebook.cells:
        if view.index < cell.index:
            continue
        if view.cell.broken is not None:
            return False
        for node in view.body:
            if view is cell and node.lineno <= statement.lineno:
                continue
            uses = [
                use
                for use in ast.walk(node)
                if isinstance(use, ast.Name) and use.id == target.frame
            ]
            for use in uses:
                if isinstance(use.ctx, ast.Load):
                    columns = _columns_taken(use, view)
                    if columns is None or target.name in columns:
                        return False
                    taken = True
            if any(not isinstance(use.ctx, ast.Load) for use in uses):
                return taken  # another frame from here on
    return taken


def _is_only_told(call: ast.Call, cell: CellView) -> bool:
    """Whether a name holds it that is only printed or drawn: no column becomes empty."""
    match cell.statement(call):
        case ast.Assign(targets=[ast.Name(id=name)]) as statement:
            return only_shown(name, statement, cell)
    return False


def _columns_taken(use: ast.Name, cell: CellView) -> frozenset[str] | None:
    """The columns that a use of a frame takes by name; None where it takes it as a whole."""
    around = cell.parent(use)
    match around:
        case ast.Subscript(value=value, slice=ast.Name(id=name)) if value is use:
            for loop in cell.of(ast.For):
                match loop:
                    case ast.For(target=ast.Name(id=bound), iter=columns) if bound == name and (
                        around in ast.walk(loop)
                    ):
                        return _texts(_typed(columns, cell))
            return _texts(_typed(around.slice, cell))
        case ast.Subscript(value=value, slice=key) if value is use:
            return _texts(cell.literal(key))
    return None


def _typed(node: ast.expr, cell: CellView) -> object:
    """The value that is typed, or that a name was given above in its cell, or once anywhere."""
    if isinstance(node, ast.Name):
        above = [
            one.value
            for one in cell.body
            if isinstance(one, ast.Assign)
            and one.lineno < node.lineno
            and any(isinstance(to, ast.Name) and to.id == node.id for to in one.targets)
        ]
        node = above[-1] if above else node
    return cell.literal(node)


def _texts(given: object) -> frozenset[str] | None:
    match given:
        case str(one):
            return frozenset({one})
        case [*several]:
            texts = [one for one in several if isinstance(one, str)]
            return frozenset(texts) if len(texts) == len(several) else None
    return None


def _filled(call: ast.Call, cell: CellView) -> ast.Call | None:
    """The `fillna` of what could not be read: on the result itself, or below by its name."""
    target = _target(call, cell)
    for fill in cell.calls.get("fillna", ()):
        if not isinstance(fill.func, ast.Attribute) or not (fill.args or fill.keywords):
            continue
        of = fill.func.value
        if of is call:
            return fill
        below = fill.lineno > call.lineno and function_around(fill, cell) is function_around(
            call, cell
        )
        if below and target is not None and target.name and _is(of, target):
            return fill
    return None


def _is(node: ast.expr, target: Column) -> bool:
    if target.frame:
        return column_of(node) == target
    return isinstance(node, ast.Name) and node.id == target.name


def _is_compared(node: ast.AST, cell: CellView) -> bool:
    at = cell.parent(node)
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, ast.Compare):
            return True
        at = cell.parent(at)
    return False


def _target(call: ast.Call, cell: CellView) -> Column | None:
    """The column, or the name, that the result is bound to."""
    statement = cell.statement(call)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) and column_of(target) is None:
            return Column(root(target), "")  # a column that a variable names
        return Column("", target.id) if isinstance(target, ast.Name) else column_of(target)
    return None


def _lost(call: ast.Call, target: Column | None, cell: CellView) -> tuple[int, int] | None:
    """Values that became empty, of how many rows, as the run showed."""
    statement = cell.statement(call)
    if target is None or not target.frame or statement is None or not call.args:
        return None
    source = column_of(call.args[0])
    if source is None or source.frame != target.frame or statement not in cell.body:
        return None
    if assigned_in(cell, target.frame, statement):
        return None
    before, after = cell.frame_before(source.frame), cell.frame_after(target.frame)
    if before is None or after is None or before.rows != after.rows:
        return None
    was, became = before.column(source.name), after.column(target.name)
    if was is None or became is None:
        return None
    return max(became.missing - was.missing, 0), after.rows


def _chained(call: ast.Call, cell: CellView) -> frozenset[str]:
    """Methods asked of the result in the same expression."""
    names: set[str] = set()
    node: ast.AST | None = call
    while isinstance(node := cell.parent(node) if node else None, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
    return frozenset(names)


def _parses(statement: ast.Try) -> bool:
    return len(statement.body) <= 2 and any(
        isinstance(node, ast.Call) and last_name(node.func) in _PARSING
        for one in statement.body
        for node in ast.walk(one)
    )


def _hides(handler: ast.ExceptHandler) -> bool:
    """Whether a value that cannot be parsed is passed over, or becomes NaN or None."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    named = {last_name(kind) if kind is not None else "" for kind in kinds}
    match handler.body:
        case [ast.Pass() | ast.Continue()]:
            return named <= {"ValueError", "TypeError"}  # of all errors POC703 speaks
        case [ast.Return(value=ast.Attribute(attr="nan" | "NaN" | "NA" | "NaT"))]:
            return True
    return False
