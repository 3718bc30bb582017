"""POC204 value-map-by-hand."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.dataflow.file_roles import identifier
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.frames import is_frame
from poc_graduate.rules.poc2_cleaning._frames import Column, assigned_in, column_of
from poc_graduate.rules.review_files import MAPPING, map_values
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_FEWEST = 3
_ALIKE = 0.6
_SLIP = 0.8


@dataclass(frozen=True)
class HandMap:
    """Values of a column that are replaced by others.

    Attributes:
        column: Which; None where it cannot be told.
        pairs: From → to.
        method: `map`, where a value that is not listed becomes empty, or `replace`.
        node: The dictionary or list.
        call: The call.
    """

    column: Column | None
    pairs: Mapping[object, object]
    method: str
    node: ast.expr
    call: ast.Call


_FUNCTION = MAPPING.format(pd="pd")


class ValueMapByHand(Rule):
    """Spellings of one thing are put right, or things are grouped, by a list in a cell.

    One finding for each column in a cell.

    Why it bites: the list knows the spellings of this delivery. The next one has new ones, and they
    stay as they are, as groups of their own, or become empty.
    On export: the list stays in its step; nothing tells when a new spelling comes.
    """

    code, name, severity = "POC204", "value-map-by-hand", Severity.RISK
    message = "{count} values{of} are rewritten by a list typed here{more}; {then}"
    fix_title = "Move the list to a file that can be reviewed; a function applies it"

    flagged = (
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\ndf['city'] = "
            "df['city'].replace(«{'NYC': 'New York', 'N.Y.': 'New York', 'new york': 'New York'}»)",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df['city'] = apply_mapping(df['city'], \"mapping_city.csv\")",
            files={"a.csv": "city,n\nNYC,1\nN.Y.,2\nParis,3\n"},
        ),
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df['land'] = df.land.map(«{'Frnce': 'France', 'france': 'France', 'uk': 'UK'}»)",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            'df[\'land\'] = apply_mapping(df.land, "mapping_land.csv", method="map")',
            files={"a.csv": "land,n\nFrnce,1\nuk,2\nSpain,3\n"},
        ),
        Flagged(
            "df['city'] = df['city'].replace("
            "«{'NYC': 'New York', 'N.Y.': 'New York', 'new york': 'New York'}»)",
            says="3 values of `city` are rewritten by a list typed here; a new spelling stays",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf = df.replace("
            "«{'NYC': 'New York', 'N.Y.': 'New York', 'new york': 'New York'}»)",
            says="3 values, in whatever column of `df` they stand, are",
        ),
        Flagged(
            "df.city = df.city.map(«{'Pariss': 'Paris', 'paris': 'Paris', 'Lyon ': 'Lyon'}»)",
            says="becomes empty",
        ),
        Flagged(
            "df['t'] = df.city.map(«{'Pariss': 'Paris', 'paris': 'Paris', 'Lyon ': 'Lyon'}»)"
            ".fillna(df['city'])",
            says="a new spelling stays as it is, unnoticed",
        ),
        Flagged(
            "df['t'] = df.city.map(«{'Pariss': 'Paris', 'paris': 'Paris', 'Lyon ': 'Lyon'}»)"
            ".fillna('Rest')",
            says="a value that is not in it becomes `'Rest'`",
        ),
        Flagged(
            "df['t'] = df['t'].replace(«['Lady', 'Countess', 'Capt', 'Don']», 'Rare')",
            says="a list typed here; a new one belongs to none of the groups",
        ),
        Flagged(  # one finding for what is done to one column
            "df[c].replace(«['Type 1', 'Type 2', 'Type 3']», 'Type', inplace=True)\n"
            "df[c].replace(['Inn', 'Hotel', 'Hostel'], 'House', inplace=True)\n"
            "df[c].replace(['Cat', 'Dog', 'Cow'], 'Animal', inplace=True)",
            says="3 values are rewritten by a list typed here, and more of them in 2 more lines; "
            "a new one",
        ),
        Flagged(
            "df['t'] = df['t'].replace(«['NYC', 'N.Y.C.', 'nyc']», 'NYC.')",
            says="a list typed here; a new spelling stays",
        ),
        Flagged(
            "fixes = {'Frnce': 'France', 'france': 'France', 'U.K.': 'UK', 'uk': 'UK'}\n"
            "df['land'] = df['land'].replace(«fixes»)"
        ),
        Flagged(
            "df['plan'] = df['plan'].replace(«{'premuim': 'premium', 'Pro ': 'pro', 'B': 'b'}»)"
        ),
        Flagged(
            "df['n'] = df['grade'].map(«{'A': 1, 'B': 2, 'C': 3}»)",
            says="2 of the 5 values seen became empty",
            ran=(
                CellFacts(
                    cell=0,
                    frames={"df": FrameFacts(90, (ColumnFacts("grade", "object", distinct=5),))},
                ),
                CellFacts(cell=1),
            ),
        ),
        Flagged(
            "df['grade'] = df['grade'].map(«{'A': 1, 'B': 2, 'x': 3}»)",
            says="7 of 90 rows became empty",
            ran=(
                CellFacts(cell=0, frames={"df": FrameFacts(90, (ColumnFacts("grade", "object"),))}),
                CellFacts(cell=1, frames={"df": FrameFacts(90, (ColumnFacts("grade", "f8", 7),))}),
            ),
        ),
    )
    ignored = (
        "df['paid'] = df['paid'].map({'yes': 1, 'no': 0})",
        "df['grade'] = df['grade'].map({'Ex': 5, 'Gd': 4, 'TA': 3, 'Fa': 2})",  # an encoding
        "df['day'] = df['day'].map({'Mon': 'Monday', 'Tue': 'Tuesday', 'Wed': 'Wednesday'})",
        "text = text.replace('a', 'b')",
        "df['name'] = df['name'].replace(['.*LA .*', '.*DE .*', '.*Y .*'], 'shop', regex=True)",
        "df = df.replace({'?': np.nan, '-': np.nan, 'n/a': np.nan})",  # marks for missing
        "df = df.rename(columns={'a': 'x', 'b': 'x2', 'c': 'x3'})",
        Flagged(
            "df['n'] = df['grade'].map({'A': 1, 'B': 2, 'C': 3})",
            ran=(
                CellFacts(
                    cell=0,
                    frames={"df": FrameFacts(90, (ColumnFacts("grade", "object", distinct=3),))},
                ),
                CellFacts(cell=1),
            ),
        ),
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        several: dict[str, list[tuple[HandMap, str]]] = {}
        for call in (*cell.calls.get("replace", ()), *cell.calls.get("map", ())):
            found = hand_map(call, cell)
            if found is None:
                continue
            if emptied := _emptied(found, cell):
                then = f"{emptied} became empty in the run, for want of their value"
            elif _puts_right(found):
                spelt = found.method == "map" or _spellings(found)
                then = _unlisted(found, cell) if spelt else _UNGROUPED
            else:
                continue
            several.setdefault(_on(found), []).append((found, then))
        for (found, then), *others in several.values():
            of = ""
            if found.column is not None:
                of = f" of `{found.column.name}`"
            elif (frame := _all_of_it(found, cell)) is not None:
                of = f", in whatever column of `{cell.source(frame)}` they stand,"
            lines = {one.node.lineno for one, _ in others} - {found.node.lineno}
            more = f", and more of them in {len(lines)} more line{'s' * (len(lines) > 1)}"
            yield self.found(
                found.node,
                cell,
                fix=None if others else self._to_a_file(found, cell),
                count=len(found.pairs),
                of=of,
                more=more if lines else "",
                then=then,
            )

    def _to_a_file(self, found: HandMap, cell: CellView) -> Fix | None:
        on = found.call.func.value if isinstance(found.call.func, ast.Attribute) else None
        if on is None or found.column is None or column_of(on) != found.column:
            return None
        if found.call.keywords:  # regular expressions, in place
            return None
        return map_values(
            self.fix_title,
            found.call,
            cell.source(on),
            found.pairs,
            cell,
            column=identifier(found.column.name) or "values",
            method=found.method,
        )


_UNLISTED = {
    "map": "a value that is not in it becomes empty",
    "replace": "a new spelling stays as it is, unnoticed",
}
_UNGROUPED = "a new one belongs to none of the groups, and stays as it is"
"""What becomes of other values: by `map` all of them, by `replace` those that are meant, too."""


def _unlisted(found: HandMap, cell: CellView) -> str:
    """What becomes of a value that the list does not hold."""
    match cell.parent(cell.parent(found.call) or found.call):
        case ast.Call(func=ast.Attribute(attr="fillna"), args=[filled]) if found.method == "map":
            if found.column is not None and column_of(filled) == found.column:
                return _UNLISTED["replace"]
            return f"a value that is not in it becomes `{cell.source(filled)}`"
    return _UNLISTED[found.method]


def _on(found: HandMap) -> str:
    """What the values are replaced in, in a form that can be compared."""
    if found.column is not None:
        return f"{found.column.frame} {found.column.name}"
    on = found.call.func.value if isinstance(found.call.func, ast.Attribute) else found.call.func
    return ast.dump(on)


def _all_of_it(found: HandMap, cell: CellView) -> ast.expr | None:
    """The frame, where values are replaced in all of its columns."""
    on = found.call.func.value if isinstance(found.call.func, ast.Attribute) else None
    return on if isinstance(on, ast.Name) and is_frame(on, cell) else None


def hand_map(call: ast.Call, cell: CellView) -> HandMap | None:
    """The values that a call of `replace` or `map` changes, if three or more were typed."""
    if not isinstance(call.func, ast.Attribute) or not call.args or keyword(call, "regex"):
        return None  # patterns are code
    method, node = call.func.attr, call.args[0]
    typed, column = cell.literal(node), column_of(call.func.value)
    match typed, call.args[1:]:
        case dict(), []:
            pairs = typed
            if len(typed) == 1 and isinstance(inner := next(iter(typed.values())), dict):
                frame = call.func.value
                name = str(next(iter(typed)))
                column = Column(frame.id, name) if isinstance(frame, ast.Name) else None
                pairs = inner
        case list(), [to] if method == "replace":
            value = cell.literal(to)
            if not isinstance(value, str) or not all(isinstance(one, str) for one in typed):
                return None
            pairs = dict.fromkeys(typed, value)
        case _:
            return None
    if len(pairs) < _FEWEST or any(isinstance(one, dict) for one in pairs.values()):
        return None
    return HandMap(column, pairs, method, node, call)


def _emptied(found: HandMap, cell: CellView) -> str:
    """What became empty by `map`, as the run showed, because it is not listed; empty for none."""
    column, statement = found.column, cell.statement(found.call)
    if found.method != "map" or column is None or statement not in cell.body:
        return ""
    if assigned_in(cell, column.frame, statement):
        return ""
    before = cell.frame_before(column.frame)
    was = before.column(column.name) if before is not None else None
    if before is None or was is None:
        return ""
    target = column_of(statement.targets[0]) if isinstance(statement, ast.Assign) else None
    after = cell.frame_after(target.frame) if target is not None else None
    became = after.column(target.name) if target is not None and after is not None else None
    if after is not None and became is not None and after.rows == before.rows:
        rows = became.missing - was.missing
        return f"{rows:,} of {after.rows:,} rows" if rows > 0 else ""
    unseen = was.distinct - len(found.pairs)
    return f"{unseen} of the {was.distinct} values seen" if unseen > 0 else ""


def _puts_right(found: HandMap) -> bool:
    """Whether texts become fewer texts, by spellings that are alike or by one rest for all."""
    pairs = found.pairs
    if not all(isinstance(a, str) and isinstance(b, str) for a, b in pairs.items()):
        return False
    texts = {str(a): str(b) for a, b in pairs.items() if a != b}
    shared = len(texts) - len(set(texts.values()))
    if isinstance(found.node, ast.Dict) and len(texts) >= _FEWEST and not shared:
        return all(_misspelt(a, b) for a, b in texts.items())
    if isinstance(found.node, ast.List) or not shared:
        return isinstance(found.node, ast.List) and len(set(texts.values()) - {""}) == 1
    alike = sum(_alike(a, b) for a, b in texts.items())
    return alike >= max(2, len(texts) / 3)


def _spellings(found: HandMap) -> bool:
    """Whether texts are put in the place of others that are spelt like them: else of a group."""
    texts = {str(a): str(b) for a, b in found.pairs.items() if a != b}
    alike = sum(_alike(a, b) for a, b in texts.items())
    if isinstance(found.node, ast.Dict) and len(set(texts.values())) == len(texts):
        return True
    # `Trade: type 1` and `Trade: type 2` are kinds of a thing, numbered, and not its spellings.
    kinds = sum(any(map(str.isdigit, a)) and not any(map(str.isdigit, b)) for a, b in texts.items())
    return alike - kinds >= max(2, len(texts) / 3)


def _misspelt(one: str, other: str) -> bool:
    """Whether two texts differ by case, blanks, or a slip of the finger."""
    a, b = one.strip().casefold(), other.strip().casefold()
    return a == b or difflib.SequenceMatcher(None, a, b).ratio() >= _SLIP


def _alike(one: str, other: str) -> bool:
    a, b = (re.sub(r"[\W_]+", "", text.casefold()) for text in (one, other))
    if a == b or (a and b.startswith(a)) or "".join(w[:1] for w in other.casefold().split()) == a:
        return True
    return difflib.SequenceMatcher(None, a, b).ratio() >= _ALIKE
