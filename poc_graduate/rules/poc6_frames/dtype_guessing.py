"""POC606 dtype-guessing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.rules.beginnings import values
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
    message = (
        "`{reader}` guesses the type of `{column}`; {zeros}, and one missing value makes it a \
number with decimals"
    )
    calls = ("read_csv", "read_table", "read_excel")

    flagged = (
        Flagged("df = «pd.read_csv('a.csv')»\ndf.groupby('zip_code').size()", says="of `zip_code`"),
        Flagged(
            "df = «pd.read_csv('a.csv')»\ndf['zip'] = df['zip'].astype(str)\n"
            "n = df['zip'].str.len()"
        ),
        Flagged("df = (\n    «pd.read_csv('a.csv')»\n)\nout = df['zip']"),
        Flagged(  # of the first, nobody takes it
            "df = pd.read_csv('a.csv')\ndf.head()\n# %%\ndf = «pd.read_csv('b.csv')»\n"
            "df = df.dropna()\nout = df['zip']"
        ),
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
        # numbers would end it there
        "df = pd.read_csv('a.csv')\ndf['zip'] = [df['zip'][i].strip('xx') for i in df.index]",
        "df = pd.read_csv('a.csv')\ndf['zip'] = df['zip'].str[:5]\nn = df.groupby('zip').size()",
        "df = pd.read_csv('a.csv')\ndf['zip'] = df['zip'].map(lambda one: one.split('-')[0])",
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
                column = _guessed(frame, call, cell)
                if not column or _is_text(frame, column, cell.notebook):
                    return
                zeros, held = "leading zeros are lost", values(call, cell, column)
                if held is not None:
                    numbers = [one for one in held if one not in _MISSING]
                    if not numbers or not all(map(_NUMBER.fullmatch, numbers)):
                        return  # texts stay as they are, and another column comes from elsewhere
                    zeros = _LOST if any(map(_LEADING.match, numbers)) else _NONE_YET
                reader = cell.source(call.func)
                yield self.found(call, cell, reader=reader, column=column, zeros=zeros)


_MISSING = frozenset({"", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "None"})
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
_LEADING = re.compile(r"0\d")
_LOST = "leading zeros, which codes in the file have, are lost"
_NONE_YET = "none of the first ones begins with 0; one that does loses it"
_OF_TEXTS = frozenset(
    "strip lstrip rstrip split rsplit partition replace upper lower startswith endswith zfill "
    "isdigit isalpha isnumeric removeprefix removesuffix title".split()
)


def _is_text(frame: str, column: str, notebook: NotebookView) -> bool:
    """Whether the notebook treats what it has read as texts: numbers would end it there.

    Until it gives the column another type or other values itself.
    """
    for cell in notebook.cells:
        if column not in cell.cell.code:
            continue
        places = [one for one in (*cell.of(ast.Subscript), *cell.of(ast.Attribute))
                  if _is_column(one, frame, column)]  # fmt: skip
        treated = [one.lineno for one in places if _as_text(one, cell)]
        changed = [one.lineno for one in places if _is_changed(one, cell)]
        if treated and min(treated) <= min(changed, default=min(treated)):
            return True
        if changed:
            return False
    return False


def _is_column(node: ast.expr, frame: str, column: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(text))):
            return name == frame and text == column
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            return name == frame and attr == column
    return False


def _is_changed(node: ast.expr, cell: CellView) -> bool:
    around = cell.parent(node)
    return isinstance(getattr(node, "ctx", None), ast.Store) or (
        isinstance(around, ast.Attribute) and around.attr in ("astype", "apply", "map")
    )


def _as_text(node: ast.expr, cell: CellView) -> bool:
    """`df['zip'].str`, `df['zip'][i].strip(…)`, `df['zip'].map(lambda z: z[:5])`."""
    around = cell.parent(node)
    match around:
        case ast.Attribute(attr="str"):
            return True
        case ast.Subscript(value=value) if value is node:
            above = cell.parent(around)
            return isinstance(above, ast.Attribute) and above.attr in _OF_TEXTS
        case ast.Attribute(attr="apply" | "map"):
            call = cell.parent(around)
            match call:
                case ast.Call(args=[ast.Lambda(args=ast.arguments(args=[one]), body=body), *_]):
                    return any(_takes_a_text(part, one.arg) for part in ast.walk(body))
    return False


def _takes_a_text(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=how)):
            return of == name and how in _OF_TEXTS
        case ast.Subscript(value=ast.Name(id=of)):
            return of == name
    return False


def _guessed(frame: str, call: ast.Call, cell: CellView) -> str:
    """A column of codes that became numbers, or may."""
    facts = cell.frame_after(frame)
    if facts is not None:
        numbers = (c.name for c in facts.columns if c.dtype.startswith(("int", "float")))
        return next((name for name in numbers if _CODE.match(name)), "")
    statement = cell.statement(call) or call
    return _column_used(frame, (cell.index, statement.lineno), cell.notebook)


def _column_used(frame: str, read: tuple[int, int], notebook: NotebookView) -> str:
    """A column of codes that the notebook takes from a frame by name, as it was read at a place.

    Further down, the name may be another frame's.
    """
    for cell in notebook.cells:
        for node, text in cell.texts:
            if len(text) <= 16 and _CODE.match(text) and _taken_from(frame, node, cell):
                last = _last_bound(frame, (cell.index, node.lineno), notebook)
                if last in (None, read):
                    return text
    return ""


def _last_bound(
    name: str, before: tuple[int, int], notebook: NotebookView
) -> tuple[int, int] | None:
    """Cell and line where a name was given another frame last, as the text goes."""
    found = (
        (view.index, one.lineno)
        for view in notebook.cells
        if view.index <= before[0] and name in view.cell.code
        for one in view.of(ast.Assign)
        if _binds_anew(one, name)
    )
    return max((at for at in found if at <= before), default=None)


def _binds_anew(node: ast.Assign, name: str) -> bool:
    """`df = pd.read_csv(…)`, and not `df = df.dropna()`."""
    match node:
        case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
            return not any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(value))
    return False


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
