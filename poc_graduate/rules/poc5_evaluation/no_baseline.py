"""POC511 no-baseline."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, held_out, view_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_START = "a, b, c, d = train_test_split(df[f], df.y)\n"
# R² and the area under the curve have their plainest guess built in: 0 and ½.
_BARE = frozenset(
    "accuracy_score f1_score precision_score recall_score log_loss mean_squared_error "
    "mean_absolute_error root_mean_squared_error mean_absolute_percentage_error score".split()
)
_CLASSIFIES = re.compile("Classifier|SVC|NB$|LogisticRegression|Perceptron")
_WORDS = ("baseline", "dummy", "naive", "benchmark", "majority", "persistence")


class NoBaseline(Rule):
    """One model is scored, and nothing that it would have to beat.

    Why it bites: whether 0.81 is good nobody can say; the mean, or last week's value, may do as
    well and needs no model.
    On export: nothing is changed; the finding stays in the report.
    """

    code, name, severity = "POC511", "no-baseline", Severity.NOTE
    message = "`{model}` is the only one that is scored in cells here; whether it beats the \
plainest guess is unknown"

    flagged = (
        Flagged(_START + "m = SVC().fit(a, c)\n«m.score(b, d)»", says="`SVC` is the only one"),
        Flagged(
            _START + "rf = RandomForestRegressor()\nrf.fit(a, c)\n"
            "«mean_absolute_error(d, rf.predict(b))»"
        ),
        Flagged(
            _START + "m = SVC().fit(a, c)\np = m.predict(b)\nprint(«f1_score(d, p)»)\n"
            "accuracy_score(d, p)"
        ),
    )
    ignored = (
        _START + "m = SVC().fit(a, c)\nm.score(b, d)\nn = DummyClassifier().fit(a, c)\n"
        "n.score(b, d)",
        _START + "baseline = mean_absolute_error(d, [c.mean()] * len(d))\n"
        "m = SVC().fit(a, c)\nm.score(b, d)",
        _START + "for m in (SVC(), Ridge()):\n    print(cross_val_score(m, a, c))",
        # two models: one is the other's measure
        _START + "m = SVC().fit(a, c)\nm.score(b, d)\nn = Ridge().fit(a, c)\nn.score(b, d)",
        _START + "m = SVC().fit(a, c)\nm.predict(b)",
        # one that was trained elsewhere is the other's measure
        "old = joblib.load('forest.pkl')\nprint(accuracy_score(y, old.predict(X)))\n# %%\n"
        + _START
        + "m = SVC().fit(a, c)\nm.score(b, d)",
        # compared with the mean by its definition
        _START + "m = Ridge().fit(a, c)\nr2_score(d, m.predict(b))",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        flow = flow_of(notebook)
        scored = [one for one in held_out(flow) if one.scored]
        if not scored or len(flow.fits) != 1 or flow.validations:
            return
        if any(one.loops for one in scored):
            return
        if any(word in cell.cell.source.lower() for cell in notebook.cells for word in _WORDS):
            return
        if _scores_a_loaded_one(notebook):
            return
        kind = flow.objects[scored[0].prediction.model].kind
        bare = [one for one in scored if one.metric in _BARE]
        if len(bare) < len(scored) or (bare[0].metric == "score" and not _CLASSIFIES.search(kind)):
            return
        node, cell = bare[0].told
        yield self.found(node, view_of(notebook, cell), model=kind)


def _scores_a_loaded_one(notebook: NotebookView) -> bool:
    """Whether a model from a file is asked, too: it is what the other has to beat."""
    loaded = {
        name
        for name, values in notebook.assigned.items()
        for value in values
        if isinstance(value, ast.Call) and last_name(value.func) in ("load", "load_model")
    }
    return any(
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in loaded
        for cell in notebook.cells
        for asked in ("predict", "score", "evaluate")
        for call in cell.calls.get(asked, ())
    )
