"""POC607 index-alignment-surprise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_LOSES_ROWS = frozenset(
    "dropna drop_duplicates sample query nlargest nsmallest sort_values".split()
)
_RENUMBERS = frozenset({"reset_index"})


class IndexAlignmentSurprise(Rule):
    """Values with a new index are put beside a frame that has kept an old one.

    Why it bites: pandas matches them by label, not by row. After a split or a filter the labels
    have gaps, so values land on other rows, and the rest is empty.
    On export: nothing; the result stays as it was computed.
    """

    code, name, severity = "POC607", "index-alignment-surprise", Severity.BLOCKER
    message = (
        "`{fresh}` counts its rows from 0, `{frame}` kept its labels after {how}; values land \
on other rows, and the rest is empty"
    )
    calls = ("concat",)

    flagged = (
        Flagged(
            "a, b = train_test_split(df)\nb['guess'] = «pd.Series(model.predict(b))»",
            says="`b` kept its labels after `train_test_split`",
        ),
        Flagged(
            "df = df.dropna()\ncodes = pd.DataFrame(enc.fit_transform(df[['x']]))\n"
            "df = «pd.concat([df, codes], axis=1)»",
            says="after `dropna`",
        ),
        Flagged(
            "late = df[df.year > 2000]\nlate['p'] = «pd.Series(list(values))»",
            says="after a filter",
        ),
    )
    ignored = (
        "a, b = train_test_split(df)\nb['guess'] = model.predict(b)",
        "a, b = train_test_split(df)\nb['guess'] = pd.Series(model.predict(b), index=b.index)",
        "df = df.dropna().reset_index(drop=True)\ndf['x'] = pd.Series(values)",
        "df = df.dropna()\ndf = df.reset_index()\ndf['x'] = pd.Series(values)",
        "df = df.dropna()\ndf['x'] = pd.Series({4: 'a'})",
        "df = pd.concat([df.dropna(), pd.DataFrame(rows)])",
        "df = df.dropna()\ndf['x'] = pd.Series(df.y * 2)",  # a series brings its labels along
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        if "Series" not in cell.calls and "DataFrame" not in cell.calls:
            return
        calls = cell.library_calls
        for made in (*calls.get("Series", ()), *calls.get("DataFrame", ())):
            match cell.parent(made):
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=frame))], value=value) if (
                    value is made and _numbered_anew(made, cell)
                ):
                    how = _gaps(frame, cell.notebook)
                    if how:
                        yield self.found(made, cell, fresh=cell.source(made), frame=frame, how=how)

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        match call.args, keyword(call, "axis"):
            case [ast.List(elts=parts), *_], ast.Constant(value=1 | "columns"):
                names = [part.id for part in parts if isinstance(part, ast.Name)]
                fresh = [name for name in names if _fresh(name, cell)]
                old = [(name, _gaps(name, cell.notebook)) for name in names if name not in fresh]
                gaps = [(name, how) for name, how in old if how]
                if fresh and gaps:
                    (frame, how), *_ = gaps
                    yield self.found(call, cell, fresh=fresh[0], frame=frame, how=how)


def _fresh(name: str, cell: CellView) -> bool:
    """Whether a name is bound once, to rows that are counted from 0."""
    value = cell.notebook.definition(name)
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute | ast.Name)
        and getattr(value.func, "attr", getattr(value.func, "id", "")) in ("DataFrame", "Series")
        and _numbered_anew(value, cell)
        and not _index_set(name, cell.notebook)
    )


def _numbered_anew(made: ast.Call, cell: CellView) -> bool:
    """Whether the values have no labels of their own: an array, or a list, of something fitted."""
    if keyword(made, "index") is not None or len(made.args) != 1:
        return False
    match made.args[0]:
        case ast.Call(func=ast.Attribute(attr=name)):
            if name in ("reset_index",):
                return False
            return name in _ARRAYS
        case ast.Call(func=ast.Name(id="list" | "range")):
            return True
        case ast.Name(id=name):
            value = cell.notebook.definition(name)
            match value:
                case ast.Call(func=ast.Attribute(attr=method)):
                    return method in _ARRAYS
                case ast.List() | ast.ListComp():
                    return True
    return False


_ARRAYS = frozenset(
    "predict predict_proba fit_transform transform fit_predict toarray to_numpy tolist array "
    "inverse_transform decision_function".split()
)


def _index_set(name: str, notebook: NotebookView) -> bool:
    """Whether a name's labels are set later: `codes.index = df.index`."""
    return any(f"{name}.index =" in cell.cell.code for cell in notebook.cells)


def _gaps(name: str, notebook: NotebookView) -> str:
    """How a frame came to labels with gaps; empty where it did not, or was counted anew."""
    how = ""
    for cell in notebook.cells:
        for call in cell.calls.get("reset_index", ()):
            match call.func:
                case ast.Attribute(value=ast.Name(id=of)) if of == name:
                    return ""
    for value in notebook.assigned.get(name, ()):
        if value is not None:
            match value:
                case ast.Call(func=ast.Attribute(attr=method)):
                    if method in _RENUMBERS or _renumbered(value):
                        return ""
                    if method in _LOSES_ROWS and not _ignores_index(value):
                        how = f"`{method}`"
                case ast.Subscript(slice=ast.Compare() | ast.BinOp()):
                    how = "a filter"
    return how or _split(name, notebook)


def _renumbered(value: ast.expr) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr in _RENUMBERS for n in ast.walk(value))


def _ignores_index(call: ast.Call) -> bool:
    return keyword(call, "ignore_index") is not None


def _split(name: str, notebook: NotebookView) -> str:
    for cell in notebook.cells:
        for call in cell.library_calls.get("train_test_split", ()):
            match cell.parent(call):
                case ast.Assign(targets=[ast.Tuple(elts=names)]):
                    if any(isinstance(n, ast.Name) and n.id == name for n in names):
                        return "`train_test_split`"
    return ""
