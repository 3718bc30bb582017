"""POC606 dtype-guessing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_CODE = re.compile(
    r"(?i)^(zip|zip_?codes?|post_?codes?|postal_?codes?|plz|fips|fips_?code|geoid|phone|"
    r"phone_?(number|no)|account_?(no|number)|iban|ean|upc|isbn|siren|siret|ssn)$"
)


class DtypeGuessing(Rule):
    """A code made of digits is read without saying that it is text.

    Why it bites: `01234` becomes 1234 and matches nothing; one missing value makes it 1234.0, and
    one odd value turns the whole column into text.
    On export: nothing; the columns keep the types that pandas guesses.
    """

    code, name, severity = "POC606", "dtype-guessing", Severity.NOTE
    message = "`{reader}` guesses the type of `{column}`; leading zeros are lost, and one missing \
value makes it a number with decimals"
    calls = ("read_csv", "read_table", "read_excel")

    flagged = (
        Flagged("df = «pd.read_csv('a.csv')»\ndf.groupby('zip_code').size()", says="of `zip_code`"),
        Flagged("df = «pd.read_excel('a.xlsx')»\n# %%\nout = df['phone_number']"),
        Flagged("df = «pd.read_csv('a.csv')»\n# %%\nout = df[['price', 'FIPS']]"),
        Flagged(
            "df = «pd.read_csv('a.csv')»",
            says="of `zip`",
            ran=(
                CellFacts(
                    cell=1,
                    bound=frozenset({"df"}),
                    frames={"df": FrameFacts(3, (ColumnFacts("zip", "int64"),))},
                ),
            ),
        ),
    )
    ignored = (
        "df = pd.read_csv('a.csv', dtype={'zip': str})\nout = df['zip']",
        "df = pd.read_csv('a.csv')\nout = df['price']",
        "df = pd.read_csv('a.csv')\nfor a, b in zip(x, y):\n    pass",
        "df = pd.read_csv('a.csv')\nunpack('a.zip')",
        Flagged(  # the codes have letters: nothing is lost
            "df = pd.read_csv('a.csv')\nout = df['postcode']",
            ran=(
                CellFacts(
                    cell=1,
                    bound=frozenset({"df"}),
                    frames={"df": FrameFacts(3, (ColumnFacts("postcode", "str"),))},
                ),
            ),
        ),
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if any(keyword(call, word) is not None for word in ("dtype", "converters")):
            return
        match cell.parent(call):
            case ast.Assign(targets=[ast.Name(id=frame)]):
                column = _guessed(frame, cell)
                if column:
                    yield self.found(call, cell, reader=cell.source(call.func), column=column)


def _guessed(frame: str, cell: CellView) -> str:
    """A column of codes that became numbers, or may."""
    facts = cell.frame_after(frame)
    if facts is not None:
        numbers = (c.name for c in facts.columns if c.dtype.startswith(("int", "float")))
        return next((name for name in numbers if _CODE.match(name)), "")
    return _column_used(frame, cell.notebook)


def _column_used(frame: str, notebook: NotebookView) -> str:
    """A column of codes that the notebook takes from a frame by name."""
    for cell in notebook.cells:
        for node, text in cell.texts:
            if len(text) <= 16 and _CODE.match(text) and _taken_from(frame, node, cell):
                return text
    return ""


def _taken_from(frame: str, node: ast.AST, cell: CellView) -> bool:
    around = cell.parent(node)
    if isinstance(around, ast.List | ast.Tuple):
        around = cell.parent(around)
    match around:
        case ast.Subscript(value=ast.Name(id=name)):
            return name == frame
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="groupby" | "set_index")):
            return name == frame
    return False
