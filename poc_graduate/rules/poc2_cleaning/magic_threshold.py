"""POC205 magic-threshold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from poc_graduate.dataflow.file_roles import identifier
from poc_graduate.rules.edits import parameters
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.poc2_cleaning._frames import (
    Column,
    column_of,
    is_raw,
    number,
    row_filters,
    tests_of,
)
from poc_graduate.rules.poc2_cleaning._shown import only_shown
from poc_graduate.rules.reached import never_runs
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

# Ends of scales, not judgements about these data: shares, percentages, bytes.
_PLAIN = frozenset({0, 1, -1, 100, 255})
# A period or a region is a choice of what to speak of.
_CHOICE = re.compile(
    r"(?i)year|yr|month|day|date|hour|week|time|(?:^|_)(?:lat|lon|lng|latitude|longitude)(?:$|_)"
)


@dataclass(frozen=True)
class Bound:
    """A number at which raw values are cut.

    Attributes:
        column: What is cut.
        side: `min` where values below it go, `max` where those above it do.
        value: The number.
        node: Where it stands.
    """

    column: Column
    side: str
    value: int | float
    node: ast.expr


_Cut = tuple[ast.expr, list[Bound]]


class MagicThreshold(Rule):
    """Raw values are cut at a number that somebody chose by looking at these data.

    One finding a cell.

    Why it bites: the bound fits this delivery. With other prices, units or seasons it drops good
    records, or keeps bad ones, and nobody is told.
    On export: the number stays where it is; with a name in capitals it becomes a parameter in
    `env.yaml`.
    """

    code, name, severity = "POC205", "magic-threshold", Severity.RISK
    message = (
        "{columns} {cut} at {bounds}, typed here; {shown}other data may need another bound{untold}"
    )
    fix_title = "Name it in the cell tagged `parameters`, where a run can be given another"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndf = df[«df.price < 10000»]",
            says="`price` is cut at 10000",
            after="PRICE_MAX = 10000\n# %%\ndf = pd.read_csv('a.csv')\n# %%\n"
            "df = df[df.price < PRICE_MAX]",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n"
            "df = df.drop(df[«(df['area'] > 4000) & (df['price'] < 300000)»].index)",
            says="`area`, `price` are cut at 4000, 300000",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf['age'] = «df['age'].clip(18, 85)»",
            says="need another bound, and no count of the values it changes was found",
            after="AGE_MIN = 18\nAGE_MAX = 85\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df['age'] = df['age'].clip(AGE_MIN, AGE_MAX)",
        ),
        Flagged("df = pd.read_csv('a.csv')\ndf.loc[«df.fare > 512», 'fare'] = 512", says="`fare`"),
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndf = df[«df.price < 10000»]\nlen(df)",
            says="other data may need another bound",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\nlen(df)\n# %%\ndf = df[«df.price < 10000»]\nlen(t)",
            says="other data may need another bound, and no count of the rows it takes was found",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ntrips = df.copy()\n# %%\n"
            "trips = trips[«trips.minutes < 60»]\nfig = sns.kdeplot(trips.minutes)\n"
            "trips.describe()\n# %%\ndel trips\nm.fit(df)",
            says="typed here; only what is shown below hangs on it, and other data",
            after="MINUTES_MAX = 60\n# %%\ndf = pd.read_csv('a.csv')\ntrips = df.copy()\n# %%\n"
            "trips = trips[trips.minutes < MINUTES_MAX]\nfig = sns.kdeplot(trips.minutes)\n"
            "trips.describe()\n# %%\ndel trips\nm.fit(df)",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf = df[«df.minutes < 60»]\ndf.describe()\nm.fit(df)",
            says="typed here; other data may need another bound",
            after="MINUTES_MAX = 60\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df = df[df.minutes < MINUTES_MAX]\ndf.describe()\nm.fit(df)",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndef regulars(df):\n    df = df[«df.games > 9»]\n"
            "    return df\n# %%\nm.fit(regulars(df))",
            says="`games` is cut at 9",
        ),
        Flagged(  # and a file of functions is there for others
            "def regulars(file):\n    df = pd.read_csv(file)\n    df = df[«df.games > 9»]\n"
            "    return df",
        ),
        Flagged("df = pd.read_csv('a.csv')\ndf = df[«df.trip.between(62, 86400)»]"),
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndf = df[«df.kwh < 73.7»]\ndf = df[df.kwh > 4.1]",
            says="at 73.7, 4.1",
            after="KWH_MAX = 73.7\nKWH_MIN = 4.1\n# %%\ndf = pd.read_csv('a.csv')\n# %%\n"
            "df = df[df.kwh < KWH_MAX]\ndf = df[df.kwh > KWH_MIN]",
        ),
    )
    ignored = (
        "df = pd.read_csv('a.csv')\nrich = df[df.price > 10000]",  # a look at a part
        "df = pd.read_csv('a.csv')\ndf = df[df.price > 0]",  # what a price is
        "df = pd.read_csv('a.csv')\nPRICE_MAX = 10000\ndf = df[df.price < PRICE_MAX]",
        "df = pd.read_csv('a.csv')\nlimit = df.price.quantile(.99)\ndf = df[df.price < limit]",
        "df = pd.read_csv('a.csv')\ndf = df[df.lon < -73.7]",  # a choice of the region
        "df = pd.read_csv('a.csv')\ndf = df[df.year >= 2015]",  # a choice of the period
        "df = pd.read_csv('a.csv')\ndf.loc[df.age < 18, 'group'] = 'child'",  # a group is made
        "df = pd.read_csv('a.csv')\ndf.loc[df.age > 65, 'age'] = 4",  # so is this one
        "df = pd.read_csv('a.csv')\npart = df[df.city == 'Bonn']\npart = part[part.age > 30]",
        "n = pd.read_csv('a.csv').groupby('city').size()\nn = n[n > 10]",
        "probability = model.predict(x).clip(0.01, 0.99)",
        # a function that nothing calls cuts nothing
        "df = pd.read_csv('a.csv')\ndf.head()\n# %%\ndef regulars(df):\n"
        "    df = df[df.games > 9]\n    return df\n# %%\nm.fit(df)",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        cuts = (*_filtered(cell), *_capped(cell), *_clipped(cell))
        found = [(node, bounds) for node, bounds in cuts if not never_runs(node, cell)]
        if found:
            # One step of cleaning, however many lines it has.
            found.sort(key=lambda one: (one[0].lineno, one[0].col_offset))
            yield self._cut(found[0][0], [bound for _, bounds in found for bound in bounds], cell)

    def _cut(self, node: ast.expr, bounds: list[Bound], cell: CellView) -> Finding:
        texts = [cell.source(bound.node) for bound in bounds]
        columns = list(dict.fromkeys(f"`{bound.column.name}`" for bound in bounds))
        cut = cell.statement(node)
        shown = cut is not None and only_shown(bounds[0].column.frame, cut, cell)
        return self.found(
            node,
            cell,
            severity=Severity.NOTE if shown else None,
            shown="only what is shown below hangs on it, and " if shown else "",
            fix=_named(bounds, cell),
            columns=", ".join(columns[:4]) + (", …" if len(columns) > 4 else ""),
            cut="is cut" if len(columns) == 1 else "are cut",
            untold=_untold(node, bounds[0].column.frame, cell),
            bounds=", ".join(texts[:4]) + (", …" if len(texts) > 4 else ""),
        )


def _untold(node: ast.expr, frame: str, cell: CellView) -> str:
    """That no figure is shown below which tells what the cut takes; nothing where one is."""
    cells = cell.notebook.cells
    at = cells.index(cell)
    for view in cells[at : at + 2]:
        for statement in view.statements:
            below = view is not cell or statement.lineno > (node.end_lineno or 0)
            if below and isinstance(statement, ast.Expr) and _tells_size(statement, frame):
                return ""
    what = "values it changes" if isinstance(node, ast.Call) else "rows it takes"
    return f", and no count of the {what} was found"


def _tells_size(statement: ast.Expr, frame: str) -> bool:
    """`len(df)`, `print(df.shape)`, `df.info()`; a frame that is shown ends with its size."""
    if isinstance(statement.value, ast.Name):
        return statement.value.id == frame
    for one in ast.walk(statement):
        match one:
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]) if name == frame:
                return True
            case ast.Attribute(value=ast.Name(id=name), attr=how) if name == frame:
                if how in ("shape", "info", "describe", "count", "size"):
                    return True
    return False


def _filtered(cell: CellView) -> Iterator[_Cut]:
    """`df = df[df.price < 10000]`."""
    for found in row_filters(cell):
        if found.frame == found.target and is_raw(found.frame, cell.notebook):
            bounds = [
                bound
                for test in tests_of(found)
                if test.column.frame == found.frame
                for bound in _bounds(test.column, test.how, test.values, test.keeps)
            ]
            if bounds:
                yield found.shown, bounds


def _capped(cell: CellView) -> Iterator[_Cut]:
    """`df.loc[df.fare > 512, 'fare'] = 512`."""
    for statement in cell.statements:
        match statement:
            case ast.Assign(
                targets=[
                    ast.Subscript(
                        value=ast.Attribute(value=ast.Name(id=frame), attr="loc"),
                        slice=ast.Tuple(
                            elts=[
                                ast.Compare(left=left, ops=[op], comparators=[right]) as test,
                                ast.Constant(value=str(changed)),
                            ]
                        ),
                    )
                ],
                value=becomes,
            ) if column_of(left) == Column(frame, changed) and is_raw(frame, cell.notebook):
                how = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}.get(type(op), "")
                bounds = list(_bounds(Column(frame, changed), how, (right,), keeps=False))
                # Another number makes a group of the values; it puts none of them right.
                if bounds and number(becomes) in (None, bounds[0].value):
                    yield test, bounds


def _bounds(column: Column, how: str, values: tuple[ast.expr, ...], keeps: bool) -> Iterator[Bound]:
    if _CHOICE.search(column.name) or how not in ("<", "<=", ">", ">=", "between"):
        return
    sides = (
        ("min", "max") if how == "between" else ("max",) if (how[0] == "<") == keeps else ("min",)
    )
    for side, node in zip(sides, values, strict=True):
        value = number(node)
        if value is not None and value not in _PLAIN:
            yield Bound(column, side, value, node)


def _clipped(cell: CellView) -> Iterator[_Cut]:
    """`df['age'] = df['age'].clip(18, 85)`."""
    for call in cell.calls.get("clip", ()):
        if bounds := _clips(call, cell):
            yield call, bounds


def _clips(call: ast.Call, cell: CellView) -> list[Bound]:
    if not isinstance(call.func, ast.Attribute):
        return []
    column, given = column_of(call.func.value), call.args
    if cell.module(call.func) == "numpy.clip" and given:
        column, given = column_of(given[0]), given[1:]
    if column is None or not is_raw(column.frame, cell.notebook):
        return []
    statement = cell.statement(call)
    if not isinstance(statement, ast.Assign) or column_of(statement.targets[0]) != column:
        return []  # the values themselves stay as they are
    low = keyword(call, "lower") or keyword(call, "a_min") or (given[0] if given else None)
    high = keyword(call, "upper") or keyword(call, "a_max") or (given[1] if given[1:] else None)
    found = []
    for side, node in (("min", low), ("max", high)):
        value = number(node)
        if node is not None and value is not None and value not in _PLAIN:
            found.append(Bound(column, side, value, node))
    return found


def _named(bounds: list[Bound], cell: CellView) -> Fix | None:
    wanted = []
    for bound in bounds:
        stem = identifier(bound.column.name).upper() or "BOUND"
        wanted.append((cell, bound.node, f"{stem}_{bound.side.upper()}"))
    return parameters(MagicThreshold.fix_title, wanted)
