"""POC906 display-object-as-result."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc9_notebook_only._shell import cut
from poc_graduate.rules.products import saved_models
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_METRICS = frozenset(
    "accuracy_score f1_score precision_score recall_score roc_auc_score average_precision_score "
    "log_loss brier_score_loss balanced_accuracy_score cohen_kappa_score matthews_corrcoef "
    "mean_squared_error mean_absolute_error root_mean_squared_error r2_score "
    "mean_absolute_percentage_error mean_squared_log_error median_absolute_error "
    "classification_report cross_val_score".split()
)
_METHODS = frozenset({"score", "evaluate"})
"""Of models, that give a figure."""
_SHOWS = frozenset({"print", "display", "pprint", "round", "format", "sqrt", "mean", "str"})


class DisplayObjectAsResult(Rule):
    """How good a model is stands on the screen only, while the model itself is stored.

    Why it bites: the model is stored and its figure is not; next month nobody can say whether
    the new one is better, and no job can stop a worse one.
    On export: the cell stays, and shows its figure in the notebook that the task leaves behind.
    """

    code, name, severity = "POC906", "display-object-as-result", Severity.NOTE
    message = "`{metric}` is shown and bound to no name{more}; the model that is stored tells \
nobody how good it is"

    _start = (
        "from sklearn.metrics import accuracy_score, f1_score\nimport joblib\n"
        "model.fit(x, z)\nguess = model.predict(x)\n"
    )
    flagged = (
        Flagged(
            f"{_start}joblib.dump(model, 'm.pkl')\n# %%\n«accuracy_score(y, guess)»",
            says="`accuracy_score(y, guess)` is shown",
        ),
        Flagged(f"{_start}print('f1', «f1_score(y, guess)»)\n# %%\njoblib.dump(model, 'm.pkl')"),
        Flagged(
            f"{_start}accuracy_score(y, guess)\n# %%\nprint(«f1_score(y, guess)»)\n"
            "joblib.dump(model, 'm.pkl')",
            says=", as 1 more figure",
        ),
        Flagged(  # the figures of the others are about the others
            f"{_start}print(«f1_score(y, guess)»)\njoblib.dump(model, 'm.pkl')\n# %%\n"
            "model = SVC().fit(x, z)\nprint(f1_score(y, model.predict(x)))",
            says="is shown and bound to no name; the",
        ),
        Flagged(
            f"{_start}print(«f1_score(y, guess)»)\njoblib.dump(model, 'm.pkl')\n# %%\n"
            "other = SVC().fit(x, z)\nsaid = other.predict(x)\nnames = le.transform(said)\n"
            "print(f1_score(y, names))",
            says="is shown and bound to no name; the",
        ),
    )
    ignored = (
        f"{_start}accuracy_score(y, guess)",  # nothing is stored at all
        f"{_start}accuracy_score(y, guess)\ntable.to_csv('submission.csv')",
        f"{_start}score = accuracy_score(y, guess)\njoblib.dump(model, 'm.pkl')",
        f"{_start}print(f1_score(y, guess))\nscore = model.score(x, z)\n"
        "joblib.dump(model, f'm_{score}.pkl')",  # it stands in the file's name
        f"{_start}rows.append(f1_score(y, guess))\njoblib.dump(model, 'm.pkl')",
        f"{_start}f1 = f1_score(y, guess)\n# %%\nprint(accuracy_score(y, a))\n"
        "joblib.dump(model, 'm.pkl')",
        "import joblib\naccuracy_score(y, guess)\njoblib.dump(model, 'm.pkl')",  # whose it is
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        shown: list[tuple[ast.Call, CellView]] = []
        for cell in notebook.cells:
            for name in cell.calls.keys() & _METRICS:
                for call in cell.calls[name]:
                    if not cell.module(call.func).startswith("sklearn."):
                        continue
                    if not _is_only_shown(call, cell):
                        return
                    shown.append((call, cell))
            for name in _METHODS & cell.calls.keys():
                if any(not _is_only_shown(call, cell) for call in cell.calls[name]):
                    return
        saved = next(saved_models(notebook), None) if shown else None
        if saved is None:
            return
        shown = [one for one in shown if _while_it_lasts(one, saved, notebook)]
        if not shown:
            return
        call, cell = max(shown, key=lambda one: (one[1].index, one[0].lineno))
        count = len(shown) - 1
        more = f", as {count} more figure{'s' * (count > 1)}" if count else ""
        yield self.found(call, cell, metric=cut(cell.source(call)), more=more)


def _while_it_lasts(
    shown: tuple[ast.Call, CellView], saved: tuple[ast.Call, str, CellView], notebook: NotebookView
) -> bool:
    """Whether the name of what is stored holds, where a figure is shown, what is stored in the end.

    Many notebooks make one model after the other under one name.
    """
    dump, name, at = saved
    if function_around(dump, at) is not None:
        return True
    stored, figure = (at.index, dump.lineno), (shown[1].index, shown[0].lineno)
    bound = [
        (view.index, node.lineno)
        for view in notebook.cells
        for node, names in zip(view.body, view.names.statements, strict=False)
        if name in names.defines
    ]
    asked = _models_of(shown[0], shown[1])
    if asked and name not in asked:
        return False  # it is another's
    before = max((one for one in bound if one < stored), default=(0, 0))
    after = min((one for one in bound if one > stored), default=(sys.maxsize, 0))
    return before <= figure < after


def _models_of(metric: ast.Call, cell: CellView) -> frozenset[str]:
    """The names of the models whose answers a figure is made of; empty where that is not seen."""
    found: set[str] = set()
    todo: list[tuple[ast.expr, tuple[int, int]]] = [
        (given, (cell.index, metric.lineno)) for given in metric.args
    ]
    for _ in range(_STEPS):
        if not todo:
            break
        value, place = todo.pop()
        for node in ast.walk(value):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=model), attr=attr)) if (
                    attr.startswith("predict")
                ):
                    found.add(model)
                case ast.Name(id=name):
                    todo += _bound_above(name, place, cell.notebook)
    return frozenset(found)


def _bound_above(
    name: str, place: tuple[int, int], notebook: NotebookView
) -> list[tuple[ast.expr, tuple[int, int]]]:
    """What a name was last given above a place, and where."""
    found: list[tuple[ast.expr, tuple[int, int]]] = []
    for view in notebook.cells:
        for node in view.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                    if (view.index, node.lineno) < place:
                        found = [(value, (view.index, node.lineno))]
    return found


_STEPS = 12


def _is_only_shown(call: ast.Call, cell: CellView) -> bool:
    """Whether the value goes to the screen and nowhere else."""
    at = cell.parent(call)
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, ast.Call) and last_name(at.func) not in _SHOWS:
            return False
        if isinstance(at, ast.NamedExpr | ast.comprehension):
            return False
        at = cell.parent(at)
    return isinstance(at, ast.Expr)
