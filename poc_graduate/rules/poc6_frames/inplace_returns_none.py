"""POC602 inplace-returns-none."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, replace
from poc_graduate.rules.finding import Finding, Fix, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, is_given

_METHODS = (
    "drop",
    "dropna",
    "drop_duplicates",
    "fillna",
    "rename",
    "reset_index",
    "set_index",
    "sort_index",
    "sort_values",
    "replace",
)


class InplaceReturnsNone(Rule):
    """The result of a call that changes its frame in place is bound to a name.

    Why it bites: with `inplace=True` the call gives None, and the next use of the name fails, or
    tests as empty. Where the name is bound anew before anybody reads it, it is a note.
    On export: nothing; the cell would fail in the observed run too.
    """

    code, name, severity = "POC602", "inplace-returns-none", Severity.BLOCKER
    message = "`{call}(…, inplace=True)` gives None; {then}"
    fix_title = "Take `inplace=True` away: the call then gives the changed frame"
    calls = _METHODS

    flagged = (
        Flagged(
            "df = «df.drop(columns='a', inplace=True)»",
            says="`df.drop(…",
            after="df = df.drop(columns='a')",
        ),
        Flagged("clean = «df.dropna(inplace=True)»", after="clean = df.dropna()"),
        Flagged(
            "for df in frames:\n    df = «df.dropna(inplace=True)»\n# %%\nfor df in frames:\n"
            "    print(df)",
            says="None; nobody reads `df` before it is bound anew, so the assignment does nothing",
            after="for df in frames:\n    df.dropna(inplace=True)\n# %%\nfor df in frames:\n"
            "    print(df)",
        ),
        Flagged(
            "for df in frames:\n    df = «df.dropna(inplace=True)»\n    print(df)", says="fails"
        ),
        Flagged("for df in frames:\n    df = «df.dropna(inplace=True)»\nprint(df)", says="fails"),
        Flagged(
            "while df.shape:\n    df = «df.dropna(inplace=True)»\ndf = read()", says="next fails"
        ),
        Flagged("print(«df.fillna(0, inplace=True)»)"),
    )
    ignored = (
        "df.drop(columns='a', inplace=True)",
        "df = df.drop(columns='a')",
        "df = df.drop(columns='a', inplace=False)",
        "def mend(df):\n    return df.dropna(inplace=True)",  # often None on purpose
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        used = not isinstance(cell.parent(call), ast.Expr | ast.Return | ast.Lambda)
        if used and is_given(call, "inplace", True):
            lost = _bound_anew(call, cell)
            then = "whatever uses the result next fails"
            if lost:
                then = (
                    f"nobody reads `{lost}` before it is bound anew, so the assignment does nothing"
                )
            yield self.found(
                call,
                cell,
                severity=Severity.NOTE if lost else None,
                fix=self._given_back(call, cell) if not lost else self._without_name(call, cell),
                call=cell.source(call.func),
                then=then,
            )

    def _without_name(self, call: ast.Call, cell: CellView) -> Fix | None:
        """The call alone: in a loop it changes what the loop goes through, as it did."""
        statement, text = cell.statement(call), cell.segment(call)
        if statement is None or not text:
            return None
        return fix("Take the assignment away", replace(statement, cell, text))

    def _given_back(self, call: ast.Call, cell: CellView) -> Fix | None:
        arguments = [cell.source(one) for one in call.args]
        arguments += [cell.source(word) for word in call.keywords if word.arg != "inplace"]
        if not all(arguments) or call.lineno != call.end_lineno:
            return None
        text = f"{cell.source(call.func)}({', '.join(arguments)})"
        return fix(self.fix_title, replace(call, cell, text))


def _bound_anew(call: ast.Call, cell: CellView) -> str:
    """The name that a result is bound to, where nobody reads it before it is bound to another.

    Empty where somebody does, or where that cannot be told.
    """
    statement = cell.parent(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) if cell.notebook.complete:
            pass
        case _:
            return ""
    at: ast.AST | None = statement
    turned = False  # the next turn of a loop gives it another value
    while isinstance(at, ast.stmt):
        around = cell.parent(at)
        block = next(b for b in _blocks(around) if any(at is one for one in b))
        for one in block[block.index(at) + 1 :]:
            if _reads(one, name):
                return ""
            if isinstance(one, ast.Assign) and _stores(one, name):
                return name
        match around:
            case ast.For(target=target) if _stores(target, name):
                turned = True
            case ast.For() | ast.While() if _reads(around, name):
                return ""
            case ast.For() | ast.While() | ast.If() | ast.With() | ast.Module():
                pass
            case _:
                return ""
        at = around
    return name if _is_bound_below(name, cell, turned) else ""


def _blocks(node: ast.AST | None) -> Iterator[list[ast.stmt]]:
    for part in ("body", "orelse"):
        block = getattr(node, part, None)
        if isinstance(block, list):
            yield block


def _reads(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == name and not isinstance(one.ctx, ast.Store)
        for one in ast.walk(node)
    )


def _stores(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store)
        for one in ast.walk(node)
    )


def _is_bound_below(name: str, cell: CellView, otherwise: bool) -> bool:
    """Whether a cell below binds a name before any reads it; otherwise where none does either."""
    below = False
    for view in cell.notebook.cells:
        names = view.names
        if names.anything or name in names.reads_later | names.mentions:
            return False
        if below and name in names.reads:
            return False
        if below and name in names.binds:
            return True
        below = below or view is cell
    return otherwise
