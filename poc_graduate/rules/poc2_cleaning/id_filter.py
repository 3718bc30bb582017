"""POC203 id-filter."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass

from poc_graduate.dataflow.facts import CellFacts, ColumnFacts, FrameFacts
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.poc2_cleaning._categories import is_category
from poc_graduate.rules.poc2_cleaning._frames import (
    IDENTIFIER,
    RowFilter,
    draws,
    is_raw,
    row_filters,
    tests_of,
)
from poc_graduate.rules.review_files import EXCLUSIONS, exclude, reason_beside
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

# Marks for "none", which no record has of its own.
_NONE = frozenset({0, -1, 1, "", "0", "-1", "nan", "NaN", "None", "none", "null", "unknown", "NA"})
_SHARE = 0.9


@dataclass(frozen=True)
class Excluded:
    """Records that a filter leaves out by their identifiers.

    Attributes:
        frame: The frame's name.
        target: Name that the rest is bound to.
        column: The identifier.
        ids: What was typed.
        node: The comparison.
        filter: The statement that it stands in.
    """

    frame: str
    target: str
    column: str
    ids: tuple[int | str, ...]
    node: ast.expr
    filter: RowFilter


_FUNCTION = EXCLUSIONS.format(pd="pd")


class IdFilter(Rule):
    """Single records are left out by their identifiers.

    Why it bites: why these records are wrong is written nowhere, and in the next delivery the bad
    ones have other identifiers: they come through.
    On export: the line stays as it is; move the identifiers to a file that can be reviewed.
    """

    code, name, severity = "POC203", "id-filter", Severity.BLOCKER
    message = "the record{s} with {column} {ids} {are} left out by hand; the bad ones of the next \
file have other identifiers and come through"
    fix_title = "Move them to exclusions.csv, with a reason each; a function applies them"

    flagged = (
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\n# %%\n"
            "df = df[«df.id != 1234»]  # a test order",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            '# %%\ndf = apply_exclusions(df, "exclusions.csv", column="id")  # a test order',
            files={"a.csv": "id,n\n7,1\n1234,2\n9,3\n"},
        ),
        Flagged(
            "import pandas as pd\n# %%\ndf = pd.read_csv('a.csv')\n"
            "df = df.loc[~«df['customer_id'].isin(['007', '0y'])»].copy()",
            after=f"import pandas as pd\n# %%\n{_FUNCTION}\n# %%\ndf = pd.read_csv('a.csv')\n"
            'df = apply_exclusions(df, "exclusions.csv", column="customer_id", dtype=str).copy()',
            files={"a.csv": "customer_id,n\n007,1\n0x,2\n0y,3\n"},
        ),
        Flagged(  # counted to find what is there twice
            "print(df.id.value_counts().head())\n# %%\ndf = df[«df.id != 1234»]",
        ),
        Flagged("df = df[«df.id != 1234»]", says="the record with `id` 1234 is"),
        Flagged(
            "df = df[~«df['customer_id'].isin([7, 9])»]", says="records with `customer_id` 7, 9"
        ),
        Flagged("train.drop(train[«train['Id'] == 1299»].index, inplace=True)", says="1299"),
        Flagged("df = df.query(«'order_id not in [12, 15] and price > 0'»)", says="12, 15"),
        Flagged("df = df[«(df.id != 'A') & (df.id != 'B')»]", says="with `id` 'A', 'B' are"),
        Flagged(
            "df = df[«df.name != 'Test Person'»]",
            ran=(
                CellFacts(
                    cell=0,
                    frames={"df": FrameFacts(100, (ColumnFacts("name", "object", distinct=99),))},
                ),
                CellFacts(cell=1),
            ),
        ),
    )
    ignored = (
        "df = df[df.city != 'Paris']",  # a category
        "one = df[df.id == 1234]",  # a look at one record
        "df = df[df.id != -1]",  # a mark for none
        "df = df[df.paid != 2]",
        "part = part[part.user_id != 3]\npart.plot()",  # left out of a figure
        "df = df[~df.id.isin(test.id)]",
        # a code: each has a bar, a column or a colour of its own
        "df.outcome_id.value_counts().sort_index().plot(kind='bar')\n"
        "df = df[~df.outcome_id.isin([11, 13])]",
        "df = df[df['shop_id'] != 7]\n# %%\nX = pd.get_dummies(df, columns=['shop_id'])",
        "sns.scatterplot(df, x='a', y='b', hue='shop_id')\n# %%\ndf = df[df.shop_id != 7]",
        Flagged(
            "df = df[df.store_id != 7]",  # one of fifty stores: a category, as the run showed
            ran=(
                CellFacts(
                    cell=0,
                    frames={
                        "df": FrameFacts(5000, (ColumnFacts("store_id", "int64", distinct=50),))
                    },
                ),
                CellFacts(cell=1),
            ),
        ),
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        together: dict[tuple[int, str], list[Excluded]] = {}
        for one in excluded(cell):
            together.setdefault((id(one.filter), one.column), []).append(one)
        for found in together.values():
            ids = [typed for one in found for typed in one.ids]
            shown = ", ".join(map(repr, ids[:4])) + (", …" if len(ids) > 4 else "")
            yield self.found(
                found[0].node if len(found) == 1 else found[0].filter.shown,
                cell,
                fix=self._to_a_file(found[0], cell) if len(found) == 1 else None,
                column=f"`{found[0].column}`",
                ids=shown,
                s="s" if len(ids) > 1 else "",
                are="are" if len(ids) > 1 else "is",
            )

    def _to_a_file(self, one: Excluded, cell: CellView) -> Fix | None:
        """Where the filter asks nothing else, and is written as `df[…]` or `df.loc[…]`."""
        whole: ast.AST | None = one.node
        while isinstance(parent := cell.parent(whole), ast.UnaryOp) if whole else False:
            whole = parent
        taken = cell.parent(whole) if whole is not None else None
        if one.filter.drops or not isinstance(taken, ast.Subscript) or taken.slice is not whole:
            return None
        on = taken.value.value if isinstance(taken.value, ast.Attribute) else taken.value
        if not isinstance(on, ast.Name):
            return None
        return exclude(
            self.fix_title,
            taken,
            on.id,
            one.ids,
            cell,
            column=json.dumps(one.column, ensure_ascii=False),
            reason=reason_beside(one.filter.statement, cell),
        )


def excluded(cell: CellView) -> Iterator[Excluded]:
    """Records that a cell leaves out by identifiers typed in it."""
    for found in row_filters(cell):
        if draws(cell) and not is_raw(found.frame, cell.notebook):
            continue
        for test in tests_of(found):
            leaves_out = (test.how == "!=" and test.keeps) or (
                test.how in ("==", "in") and not test.keeps
            )
            if not leaves_out or test.column.frame not in ("", found.frame):
                continue
            ids = _typed(test.values[0], cell)
            if ids and _identifies(test.column.name, found, cell, ids):
                # The text of a `query` has no places of its own.
                node = test.node if test.column.frame else found.shown
                yield Excluded(found.frame, found.target, test.column.name, ids, node, found)


def _typed(node: ast.expr, cell: CellView) -> tuple[int | str, ...]:
    value = cell.literal(node)
    many = list(value) if isinstance(value, list | tuple | set) else [value]
    typed = tuple(one for one in many if isinstance(one, int | str) and not isinstance(one, bool))
    return typed if len(typed) == len(many) and not _NONE & set(typed) else ()


def _identifies(column: str, found: RowFilter, cell: CellView, ids: tuple[int | str, ...]) -> bool:
    by_name = IDENTIFIER.search(column) is not None
    before = cell.frame_before(found.frame)
    facts = before.column(column) if before is not None else None
    if before is None or facts is None or facts.distinct < 0:
        return by_name and not is_category(column, cell.notebook)
    unique = before.rows > 0 and facts.distinct >= _SHARE * before.rows
    # A measure may be near unique as well: numbers need the name too.
    return unique and (by_name or isinstance(ids[0], str))
