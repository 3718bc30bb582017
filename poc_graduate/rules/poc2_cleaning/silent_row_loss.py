"""POC208 silent-row-loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from poc_graduate.dataflow.facts import CellFacts, FrameFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.poc2_cleaning._frames import assigned_in, draws, is_raw
from poc_graduate.rules.poc2_cleaning._looked_at import (
    binds_anew,
    is_announced,
    is_looked_at,
    mentions,
    subset_of,
)
from poc_graduate.rules.poc2_cleaning._loss import Loss, kept_loss
from poc_graduate.rules.poc2_cleaning._meant import is_asked_for, picks, undoes_merge
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_LOSING = frozenset({"dropna", "drop_duplicates", "merge"})
_COUNTS = frozenset(
    "len shape info count describe isnull isna notnull notna sum size value_counts "
    "duplicated".split()
)
_LOOKS_AHEAD = 2


class SilentRowLoss(Rule):
    """Rows are dropped, or find no partner, and nothing counts them.

    Why it bites: today it is a handful. The day a column comes empty, or a key changes its form,
    most rows go the same way, and the result is made of the rest without a word.
    On export: the step stays as it is; nothing bounds the loss.
    """

    code, name, severity = "POC208", "silent-row-loss", Severity.RISK
    message = "`{call}` {loses}{more}, and nothing counts them; when it is most of them, nobody is \
told"
    fix_title = "Print how many rows are lost"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndf = «df.dropna()»\nmodel.fit(df)",
            says="`df.dropna` drops rows",
            after="df = pd.read_csv('a.csv')\n# %%\nrows_before = len(df)\ndf = df.dropna()\n"
            'print(f"dropna: {rows_before - len(df)} of {rows_before} rows lost")\nmodel.fit(df)',
        ),
        Flagged("df = pd.read_csv('a.csv')\n«df.drop_duplicates(inplace=True)»"),
        Flagged("df = pd.read_csv('a.csv')\ndf = «df.sort_values('year').drop_duplicates()»"),
        Flagged(
            "df = pd.read_csv('a.csv')\nto = pd.read_csv('b.csv')\n# %%\ndf = «df.dropna()»\n"
            "to = to.drop_duplicates()",
            says="drops rows, as does line 2, and nothing counts them",
            after="df = pd.read_csv('a.csv')\nto = pd.read_csv('b.csv')\n# %%\n"
            'rows_before = len(df)\ndf = df.dropna()\nprint(f"dropna: {rows_before - len(df)} of '
            '{rows_before} rows lost")\nrows_before = len(to)\nto = to.drop_duplicates()\n'
            'print(f"drop_duplicates: {rows_before - len(to)} of {rows_before} rows lost")',
        ),
        Flagged(
            "df = pd.read_csv('a.csv').rename(columns=str.lower)\ndf = «df.dropna(subset=['x'])»"
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf.isna().sum()\n# %%\ndf = pd.read_csv('b.csv')\n"
            "df = «df.dropna()»"
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf.isna().sum()\n# %%\ndf = df.merge(b, how='left')\n"
            "df = «df.dropna()»"
        ),
        Flagged(  # the function itself says of what
            "def one_each(df, col):\n    «df.drop_duplicates(subset=['id'], inplace=True)»\n"
            "    return df[col]\n# %%\ndf = pd.read_csv('a.csv')\nx = one_each(df, 'id')",
        ),
        Flagged(  # the one table that all goes on with
            "df = pd.read_csv('a.csv')\ndf = df[['text', 'label']]\n"
            "df = «df.drop_duplicates('text')»\nm.fit(df)",
        ),
        Flagged(
            "df = load()\n# %%\ndf = «df.dropna()»",
            says="loses 708 of 891 rows",
            ran=(
                CellFacts(cell=1, bound=frozenset({"df"}), frames={"df": FrameFacts(891)}),
                CellFacts(cell=2, bound=frozenset({"df"}), frames={"df": FrameFacts(183)}),
            ),
        ),
        Flagged(
            "a = load()\n# %%\nb = «a.merge(c, on='id')»",
            says="loses 10 of 100 rows",
            ran=(
                CellFacts(cell=1, bound=frozenset({"a"}), frames={"a": FrameFacts(100)}),
                CellFacts(cell=2, bound=frozenset({"b"}), frames={"b": FrameFacts(90)}),
            ),
        ),
    )
    ignored = (
        "df = pd.read_csv('a.csv')\ndf = df.dropna()\nprint(len(df))",
        "df = pd.read_csv('a.csv')\n# %%\ndf = df.dropna()\n# %%\ndf.shape",
        "df = pd.read_csv('a.csv')\ndf = df.dropna()\nlen(df)\n# %%\nx = 1\n# %%\ny = 2\n# %%\n"
        "z = 3\n# %%\ndf = df.dropna()",  # nothing is left to drop
        "df = pd.read_csv('a.csv')\n# %%\nprint(df.dropna().shape)\ndf = df.dropna()",
        "df = pd.read_csv('a.csv')\ndf = df.dropna(axis=1)",
        "df = pd.read_csv('a.csv')\nx = df['age'].dropna()",  # a look at one column
        "df = pd.read_csv('a.csv')\ndf = df.merge(c, on='id')",  # whether it loses, a run tells
        "df = pd.read_csv('a.csv')\n# %%\ndf[df.isnull().any(axis=1)]\n# %%\ndf = df.dropna()",
        "df = pd.read_csv('a.csv')\n# %%\ndf.isnull().sum()\n# %%\ndf = df.dropna()",
        "df = pd.read_csv('a.csv')\nprint(df.isna().sum().sum())\n# %%\ndf = df.dropna()",
        "df = pd.read_csv('a.csv')\ndf['before'] = df.n.shift(1)\ndf = df.dropna()",
        "a = pd.read_csv('a.csv')\na = a.drop_duplicates(['k'])\nprint(len(a))\n"
        "c = a.merge(b, how='left', on='k')\nc = c.drop_duplicates(['k'])",  # the merge's own
        "df = pd.read_csv('a.csv')\n# %%\ndf.duplicated().sum()\n# %%\ndf = df.drop_duplicates()",
        "names = pd.DataFrame(rows)\nnames = names.drop_duplicates()",
        # the newest row of each is picked
        "df = pd.read_csv('a.csv')\ndf = df.sort_values('year').drop_duplicates('id', keep='last')",
        "df = pd.read_csv('a.csv')\ndf.sort_values('year', inplace=True)\n"
        "df = df.drop_duplicates(subset='id', keep='last')",
        # who calls the function says of what one row is wanted
        "def one_each(df, col):\n    df.drop_duplicates(subset=[col], inplace=True)\n"
        "    return df\n# %%\ndf = pd.read_csv('a.csv')\nx = one_each(df, 'id')",
        "df = pd.read_csv('a.csv')\npairs = df[['x', 'y']].drop_duplicates()",  # a table of its own
        "df = pd.read_csv('a.csv')\ndf = df.dropna(how='all')",
        "all = pd.read_csv('a.csv')\n# %%\npart = all.copy()\npart = part.dropna()\npart.plot()",
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndf = df.dropna()",
            ran=(
                CellFacts(cell=1, bound=frozenset({"df"}), frames={"df": FrameFacts(891)}),
                CellFacts(cell=2, bound=frozenset({"df"}), frames={"df": FrameFacts(891)}),
            ),
        ),  # nothing was lost
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """What the text tells, once a cell; each loss that a run has counted."""
        unseen: list[tuple[Loss, Severity | None]] = []
        if _LOSING.isdisjoint(cell.calls):
            return
        for call in (call for name in sorted(_LOSING) for call in cell.calls.get(name, ())):
            loss = kept_loss(call, cell)
            if loss is None:
                continue
            counts = _rows(loss, cell)
            if counts is None:
                if _may_lose(loss, cell) and not _counted(loss, cell):
                    by_key = (
                        last_name(call.func) == "drop_duplicates" and subset_of(call) is not None
                    )
                    # one row a key may be what is wanted
                    unseen.append((loss, Severity.NOTE if by_key else None))
            elif counts[1] < counts[0] and not _counted(loss, cell):
                loses = f"loses {counts[0] - counts[1]:,} of {counts[0]:,} rows"
                called, fix = cell.source(call.func), _counting([loss], cell)
                yield self.found(call, cell, fix=fix, call=called, loses=loses, more="")
        if unseen:
            unseen.sort(key=lambda one: one[0].call.lineno)
            losses, severities = zip(*unseen, strict=True)
            first, *others = losses
            lines = [str(one.call.lineno) for one in others]
            more = ""
            if lines:
                listed = f"{', '.join(lines[:-1])} and {lines[-1]}" if lines[1:] else lines[0]
                more = f", as do{'' if lines[1:] else 'es'} line{'s' * len(lines[1:2])} {listed}"
            yield self.found(
                first.call, cell, fix=_counting(losses, cell),
                severity=None if None in severities else Severity.NOTE,
                call=cell.source(first.call.func), loses="drops rows", more=more,
            )  # fmt: skip


def _may_lose(loss: Loss, cell: CellView) -> bool:
    """Whether rows of the data go, for all that the text tells."""
    call = loss.call
    if last_name(call.func) == "merge" or loss.frame != loss.target:
        return False
    if draws(cell) or not is_raw(loss.frame, cell.notebook) or undoes_merge(loss, cell):
        return False
    return not (
        is_looked_at(call, cell)
        or is_announced(call, loss.frame, loss.statement, cell)
        or _shifted(loss.frame, cell)
        or _again(loss, cell)
        or picks(loss, cell)
        or is_asked_for(loss, cell)
    )


def _again(loss: Loss, cell: CellView) -> bool:
    """Whether the same was done above, and the frame has not been read anew since."""
    wanted, before = ast.dump(loss.call), False
    for view in cell.notebook.cells:
        for statement in view.body:
            if statement is loss.statement:
                return before
            if any(ast.dump(c) == wanted for c in ast.walk(statement) if isinstance(c, ast.Call)):
                before = True
            elif binds_anew(statement, loss.frame):
                before = False
    return False


def _shifted(frame: str, cell: CellView) -> bool:
    """Whether a column was moved down before: the first rows have no value, as is known."""
    return any(
        mentions(call.func, frame)
        for view in cell.notebook.cells
        if view.index <= cell.index
        for name in ("shift", "rolling", "diff", "pct_change")
        for call in view.calls.get(name, ())
    )


def _rows(loss: Loss, cell: CellView) -> tuple[int, int] | None:
    """Rows before and after, as the run showed; None where it does not tell of this call alone."""
    if assigned_in(cell, loss.frame, loss.statement) or loss.statement not in cell.body:
        return None
    before, after = cell.frame_before(loss.frame), cell.frame_after(loss.target)
    if before is None or after is None:
        return None
    return before.rows, after.rows


def _counted(loss: Loss, cell: CellView) -> bool:
    """Whether rows are counted afterwards, in this cell or one of the next."""
    cells = cell.notebook.cells
    at = cells.index(cell)
    for view in cells[at : at + 1 + _LOOKS_AHEAD]:
        for node in view.nodes:
            line = getattr(node, "lineno", 0)
            if view is cell and loss.statement.lineno <= line <= (loss.statement.end_lineno or 0):
                continue
            match node:
                case ast.Attribute(attr=name) if name in _COUNTS and _about(node.value, loss):
                    return True
                case ast.Call(func=ast.Name(id="len" | "print" | "display"), args=[of, *_]) if (
                    _about(of, loss)
                ):
                    return True
                case ast.Assert():
                    return True
                case ast.Expr(value=ast.Name(id=name)) if name == loss.target:
                    return True  # a frame that is shown tells its rows
    return False


def _about(node: ast.expr, loss: Loss) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id == loss.target


def _counting(losses: Sequence[Loss], cell: CellView) -> Fix | None:
    """Two lines round each statement, where all stand alone on their lines."""
    edits: list[Edit] = []
    for loss in losses:
        around = _around(loss, cell)
        if around is None:
            return None
        edits += around
    return Fix(SilentRowLoss.fix_title, tuple(edits))


def _around(loss: Loss, cell: CellView) -> tuple[Edit, Edit] | None:
    statement = loss.statement
    if statement not in cell.body or loss.frame != loss.target:
        return None
    if "rows_before" in cell.notebook.assigned:
        return None
    alone = [s for s in cell.body if s is not statement]
    first, end = statement.lineno, statement.end_lineno or statement.lineno
    if any(s.lineno <= end and (s.end_lineno or s.lineno) >= first for s in alone):
        return None
    span, frame = cell.span_of(statement), loss.frame
    if cell.line(end)[span.end_column - 1 :].strip().startswith(";"):
        return None
    what = last_name(loss.call.func)
    counts = f'print(f"{what}: {{rows_before - len({frame})}} of {{rows_before}} rows lost")'
    above = Edit(cell.index, Span(first, 1, first, 1), f"rows_before = len({frame})\n")
    width = len(cell.line(end)) + 1
    below = Edit(cell.index, Span(end, width, end, width), f"\n{counts}")
    return above, below
