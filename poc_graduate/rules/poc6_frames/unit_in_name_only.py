"""POC613 unit-in-name-only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

# Name of the column, what half of its values stay below, what no value in that unit exceeds.
_UNITS: tuple[tuple[re.Pattern[str], float, float, str], ...] = (
    (re.compile(r"(?i)(^|_)(pct|percent|percentage)$"), 1.0, 1.5, "fractions and per cent"),
    (re.compile(r"(?i)^(body_?)?height_m$"), 2.3, 50.0, "metres and centimetres"),
    (re.compile(r"(?i)^(temp|temperature)_(c|celsius)$"), 45.0, 75.0, "°C and °F"),
    (re.compile(r"(?i)(^|_)(ts|timestamp|unix|epoch)$"), 5e9, 1e11, "seconds and milliseconds"),
)


def _ran(name: str, median: float, maximum: float) -> tuple[CellFacts, ...]:
    column = ColumnFacts(name, "float64", minimum=0.0, maximum=maximum, median=median)
    frames = {"df": FrameFacts(100, (column,))}
    return (CellFacts(cell=1, bound=frozenset({"df"}), frames=frames),)


class UnitInNameOnly(Rule):
    """A column's name tells its unit, and its values are of two.

    Why it bites: every mean and every model mixes metres with centimetres, and nothing fails.
    On export: nothing yet; the values stay as they came.
    """

    code, name, severity = "POC613", "unit-in-name-only", Severity.RISK
    message = "`{column}` of `{frame}` is {median:,.4g} in the middle and {maximum:,.4g} at most: \
{what}; each mean of it mixes the two"

    flagged = (
        Flagged(
            "«df = pd.read_csv('a.csv')»",
            says="fractions and per cent",
            ran=_ran("vat_pct", 0.19, 19),
        ),
        Flagged("«df = load()»", says="°C and °F", ran=_ran("temp_c", 21.0, 98.0)),
        Flagged("«df = load()»", says="milliseconds", ran=_ran("login_ts", 1_700_000_000, 1.7e12)),
    )
    ignored = (
        "df = pd.read_csv('a.csv')\nout = df['vat_pct']",  # only the values tell
        Flagged("df = pd.read_csv('a.csv')", ran=_ran("vat_pct", 7.0, 19.0)),
        Flagged("df = pd.read_csv('a.csv')", ran=_ran("growth_pct", 0.02, 0.4)),
        Flagged("df = pd.read_csv('a.csv')", ran=_ran("price_k", 120.0, 9000.0)),  # who can say
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        told: set[str] = set()
        for cell in notebook.cells:
            if cell.facts is None:
                continue
            for frame, what in cell.facts.frames.items():
                for column in what.columns:
                    if column.name in told:
                        continue
                    units = _mixed(column)
                    statement = _binds(frame, cell) if units else None
                    if statement is not None:
                        told.add(column.name)
                        yield self.found(
                            statement,
                            cell,
                            column=column.name,
                            frame=frame,
                            median=column.median,
                            maximum=column.maximum,
                            what=units,
                        )


def _mixed(column: ColumnFacts) -> str:
    median, minimum, maximum = column.median, column.minimum, column.maximum
    if median is None or minimum is None or maximum is None or median <= 0 or minimum < 0:
        return ""
    for names, usual, most, what in _UNITS:
        if names.search(column.name) and median <= usual and maximum > most:
            return what
    return ""


def _binds(name: str, cell: CellView) -> ast.stmt | None:
    """The statement of a cell that last gives a name its value, else its first."""
    for statement in reversed(cell.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                return statement
    return cell.body[0] if cell.body else None
