"""POC709 no-result-written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import makes_frame, reads
from poc_graduate.rules.products import WRITERS
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_FORECASTS = ("predict", "forecast", "predict_proba")
_TESTED = re.compile(r"(?i)te?st|val|train|^X")
_WORK = 8
_LONG = "\n# %%\n".join(f"df['a{i}'] = df.b + {i}" for i in range(_WORK))


class NoResultWritten(Rule):
    """A notebook of some length predicts, and leaves nothing behind but what the screen shows.

    Why it bites: the model and its predictions end with the kernel. Nobody can use them tomorrow,
    nor compare tomorrow's with them.
    On export: what a later stage needs is kept; the last stage's result is only displayed.
    """

    code, name, severity = "POC709", "no-result-written", Severity.NOTE
    message = "`{result}` is predicted and {written}; it ends with the \
kernel, and tomorrow there is nothing to compare with"

    flagged = (
        Flagged(
            f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\nguess = «model.predict(df)»",
            says="`guess`",
        ),
        Flagged(
            f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\na = df.dropna()\np = «m.predict(a[names])»"
        ),
        Flagged(f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\nf = «fit.forecast(12)»\nf.plot()"),
        Flagged(  # figures are kept, what they are about is not
            f"import mlflow\ndf = pd.read_csv('a.csv')\n{_LONG}\n# %%\n"
            "mlflow.log_metrics(f)\np = «m.predict(df)»",
            says="`p` is predicted and not written, only what `mlflow.log_metrics` is given; it",
        ),
    )
    ignored = (
        f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\np = m.predict(df)\np.to_csv('p.csv')",
        f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\nfor m in models:\n"
        "    p = m.forecast(df)\n    print(p.index[-1])",
        f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\ndf.plot()",
        "df = pd.read_csv('a.csv')\np = m.predict(df)",  # a try
        f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\np = m.predict(X_test)",  # to measure it
        f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\nm.fit(df[a], y)\np = m.predict(df[a])",
        f"df = pd.read_csv('a.csv')\n{_LONG}\n# %%\np = m.predict(df)\nopen('p', 'w')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        if len(notebook.cells) < _WORK or next(reads(notebook), None) is None:
            return
        last: tuple[ast.Call, str] | None = None
        for cell in notebook.cells:
            if not WRITERS.isdisjoint(cell.calls) or _opens(cell.calls.get("open", ())):
                return
            for magic in cell.cell.magics:
                if magic.name in ("store", "writefile"):
                    return
        for cell in reversed(notebook.cells):
            last = max(
                (
                    (call, name)
                    for method in _FORECASTS
                    for call in cell.calls.get(method, ())
                    if (name := _bound(cell.parent(call)))
                    and _is_new(call, cell)
                    and not _only_measured(name, notebook)
                ),
                key=lambda found: found[0].lineno,
                default=None,
            )
            if last is not None:
                tracked = _tracked(notebook)
                written = f"not written, only what `{tracked}` is given" if tracked else _NOTHING
                yield self.found(last[0], cell, result=last[1], written=written)
                return


_NOTHING = "nothing in this notebook is written"
_TRACKS = frozenset({"log_metrics", "log_metric", "log_params", "log_param", "log"})


def _tracked(notebook: NotebookView) -> str:
    """The first call that keeps figures of a run elsewhere: `mlflow.log_metrics`."""
    for cell in notebook.cells:
        for call in cell.calls_of(_TRACKS):
            if cell.module(call.func).startswith(("mlflow.", "wandb.", "neptune.", "comet_ml.")):
                return cell.source(call.func)
    return ""


def _is_new(call: ast.Call, cell: CellView) -> bool:
    """Whether it is a forecast, or a prediction for a file that was read: no test of the model."""
    if last_name(call.func) == "forecast":
        return True
    given = call.args[0] if call.args else None
    while isinstance(given, ast.Subscript | ast.Attribute):
        given = given.value
    return (
        isinstance(given, ast.Name)
        and not _TESTED.search(given.id)
        and makes_frame(given, cell.notebook)
        and not _fitted_on(given.id, cell.notebook)
    )


def _only_measured(name: str, notebook: NotebookView) -> bool:
    """Whether of a prediction nothing is used but its size and its labels: a try."""
    uses = [
        (use, cell)
        for cell in notebook.cells
        if name in cell.cell.code
        for use in cell.of(ast.Name)
        if use.id == name and isinstance(use.ctx, ast.Load)
    ]
    return bool(uses) and all(_measures(use, cell) for use, cell in uses)


def _measures(use: ast.Name, cell: CellView) -> bool:
    match cell.parent(use):
        case ast.Attribute(attr="index" | "shape" | "columns" | "dtype"):
            return True
        case ast.Call(func=ast.Name(id="len" | "type")):
            return True
    return False


def _fitted_on(name: str, notebook: NotebookView) -> bool:
    """Whether a model was fitted on a frame, or on columns of it."""
    for cell in notebook.cells:
        for call in cell.calls.get("fit", ()):
            given = call.args[0] if call.args else None
            while isinstance(given, ast.Subscript | ast.Attribute):
                given = given.value
            if isinstance(given, ast.Name) and given.id == name:
                return True
    return False


def _opens(calls: tuple[ast.Call, ...]) -> bool:
    """Whether a file is opened for writing."""
    modes = [one for call in calls for one in (*call.args[1:], *(k.value for k in call.keywords))]
    return any(
        isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and not {"w", "a", "x"}.isdisjoint(one.value)
        for one in modes
    )


def _bound(statement: ast.AST | None) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""
