"""POC206 constant-fill."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.rules.edits import fix, replace
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.poc2_cleaning._frames import Column, assigned_in, column_of, number
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

# Words that say "there is no value": they equal nothing of the data.
_NO_VALUE = frozenset(
    "unknown none missing na n/a nan null other others no not available undefined ? -".split()
)


_METHODS = {
    "the mean": "mean()",
    "the median": "median()",
    "the smallest": "min()",
    "the largest": "max()",
    "the most frequent": "mode()[0]",
}


@dataclass(frozen=True)
class Filled:
    """A column whose missing values get a typed one.

    Attributes:
        column: Which; None where it cannot be told.
        value: What they get.
        node: Where it stands.
        statement: The statement that it stands in.
    """

    column: Column | None
    value: int | float | str
    node: ast.expr
    statement: ast.stmt


class ConstantFill(Rule):
    """Missing values are filled with a number that was once read off these data.

    Why it bites: it is the mean, or the most frequent value, of the rows that were there that day,
    the test rows among them; new data have another, and the code does not know.
    On export: the constant stays where it is; nothing computes it from the training part.
    """

    code, name, severity = "POC206", "constant-fill", Severity.RISK
    message = "missing values{of} become {value}, {what}; it belongs to these rows and will not \
follow new ones"
    fix_title = "Compute it from the column, as it is then"
    calls = ("fillna", "replace")

    flagged = (
        Flagged("df['age'] = df['age'].fillna(«29.699»)", says="`age` become 29.699"),
        Flagged("df.fillna({'age': «37.25», 'city': 'none'}, inplace=True)", says="37.25"),
        Flagged("df.loc[df.fare.isnull(), 'fare'] = «14.4542»", says="`fare`"),
        Flagged(
            "df['port'] = df['port'].fillna(«'S'»)",
            says="the most frequent value of `port`",
            after="df['port'] = df['port'].fillna(df['port'].mode()[0])",
            ran=(
                CellFacts(
                    cell=0,
                    frames={
                        "df": FrameFacts(
                            891,
                            (ColumnFacts("port", "object", 2, 3, common=(("S", 644), ("C", 168))),),
                        )
                    },
                ),
                CellFacts(cell=1),
            ),
        ),
        Flagged(
            "df.age.fillna(«28», inplace=True)",
            says="the median of `age`",
            after="df.age.fillna(df['age'].median(), inplace=True)",
            ran=(
                CellFacts(
                    cell=0,
                    frames={
                        "df": FrameFacts(
                            891, (ColumnFacts("age", "float64", 177, 88, 0.42, 80, 29.7, 28.0),)
                        )
                    },
                ),
                CellFacts(cell=1),
            ),
        ),
    )
    ignored = (
        "df['n'] = df['n'].fillna(0)",
        "df['age'] = df['age'].fillna(df['age'].mean())",
        "df['cabin'] = df['cabin'].fillna('Unknown')",
        "df['x'] = df['x'].fillna(-999)",  # a mark
        "df['share'] = df['share'].fillna(0.5)",
        "df['port'] = df['port'].fillna('S')",  # without a run, nobody knows what S is
        Flagged(
            "df['port'] = df['port'].fillna('X')",
            ran=(
                CellFacts(
                    cell=0,
                    frames={
                        "df": FrameFacts(
                            891, (ColumnFacts("port", "object", 2, 3, common=(("S", 644),)),)
                        )
                    },
                ),
                CellFacts(cell=1),
            ),
        ),
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        for one in filled_by(call, cell):
            yield from self._told(one, cell)

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for statement in cell.statements:
            if (one := _assigned(statement, cell)) is not None:
                yield from self._told(one, cell)

    def _told(self, one: Filled, cell: CellView) -> Iterator[Finding]:
        what = _statistic(one, cell) or ("typed here" if _precise(one.value) else "")
        if what:
            of = f" of `{one.column.name}`" if one.column is not None else ""
            yield self.found(
                one.node,
                cell,
                fix=self._computed(one, what, cell),
                of=of,
                value=cell.source(one.node),
                what=what,
            )

    def _computed(self, one: Filled, what: str, cell: CellView) -> Fix | None:
        method = next((m for word, m in _METHODS.items() if word in what), "")
        if not method or one.column is None:
            return None
        text = f"{one.column.frame}[{one.column.name!r}].{method}"
        return fix(self.fix_title, replace(one.node, cell, text))


def filled_by(call: ast.Call, cell: CellView) -> Iterator[Filled]:
    """Columns that a call fills with typed values: `fillna(…)`, `replace(np.nan, …)`."""
    statement = cell.statement(call)
    if not isinstance(call.func, ast.Attribute) or statement is None:
        return
    on = call.func.value
    given = call.args[0] if call.args else keyword(call, "value")
    if call.func.attr == "replace":
        missing = call.args and last(call.args[0]) in ("nan", "NaN", "NAN", "NA")
        given = call.args[1] if missing and len(call.args) == 2 else None
    match given:
        case ast.Dict(keys=keys, values=values) if isinstance(on, ast.Name):
            for key, node in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    column = Column(on.id, key.value)
                    if (value := _value(node)) is not None:
                        yield Filled(column, value, node, statement)
        case ast.expr():
            if (value := _value(given)) is not None:
                yield Filled(column_of(on), value, given, statement)


def last(node: ast.expr) -> str:
    """`nan` of `np.nan`."""
    return node.attr if isinstance(node, ast.Attribute) else ""


def _assigned(statement: ast.stmt, cell: CellView) -> Filled | None:
    """`df.loc[df.age.isnull(), 'age'] = 29.7`."""
    match statement:
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Attribute(value=ast.Name(id=frame), attr="loc"),
                    slice=ast.Tuple(
                        elts=[
                            ast.Call(func=ast.Attribute(value=of, attr="isnull" | "isna")),
                            ast.Constant(value=str(name)),
                        ]
                    ),
                )
            ],
            value=node,
        ) if column_of(of) == Column(frame, name):
            value = _value(node)
            if value is not None:
                return Filled(Column(frame, name), value, node, statement)
    return None


def _value(node: ast.expr) -> int | float | str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return number(node)


def _precise(value: int | float | str) -> bool:
    """Whether nobody would make the number up: three digits or more, not all of them before the
    point."""
    if not isinstance(value, float) or value == int(value):
        return False
    return len(f"{abs(value):g}".replace(".", "").lstrip("0")) >= 3


def _statistic(one: Filled, cell: CellView) -> str:
    """Which statistic of its column the run showed the value to be; empty for none."""
    column = one.column
    if column is None or one.value in (0, "") or assigned_in(cell, column.frame, one.statement):
        return ""
    before = cell.frame_before(column.frame)
    facts = before.column(column.name) if before is not None else None
    if facts is None:
        return ""
    of = f"of `{column.name}`"
    if isinstance(one.value, str):
        common = facts.common
        if common and common[0][0] == one.value and one.value.lower() not in _NO_VALUE:
            return f"the most frequent value {of}"
        return ""
    for what, known in _statistics(facts):
        if known is not None and _equals(one.value, known):
            return f"the {what} {of}"
    return ""


def _statistics(facts: ColumnFacts) -> Iterator[tuple[str, float | None]]:
    yield "mean", facts.mean
    yield "median", facts.median
    yield "smallest value", facts.minimum
    yield "largest value", facts.maximum


def _equals(typed: int | float, known: float) -> bool:
    """As far as it was typed: 29.7 is the mean 29.699."""
    digits = len(repr(typed).partition(".")[2]) if isinstance(typed, float) else 0
    return typed == round(known, digits) if digits or known == int(known) else typed == round(known)
