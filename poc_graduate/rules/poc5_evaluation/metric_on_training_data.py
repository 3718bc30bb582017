"""POC504 metric-on-training-data."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import (
    flow_of,
    held_out,
    text_of,
    training,
    view_of,
)
from poc_graduate.rules.poc5_evaluation._tables import role
from poc_graduate.rules.poc5_evaluation._values import Relation, relation
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_START = "df = pd.read_csv('a.csv')\nX, y = df[['a', 'b']], df['y']\n"
_SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y)\n"
_SCORED = (
    "def scored(m, X, y):\n    return accuracy_score(y, m.predict(X) > 0.5)\n# %%\n"
    "m = SVC().fit(X, y)\nscored(m, X, y)\n# %%\n"
)
# Scores of how well a line goes through points are asked for by those who explain, too.
_APART = ("test", "val")
_FIGURES = frozenset("roc_curve precision_recall_curve crosstab".split())


def _marked(example: str) -> str:
    return example.replace(
        "accuracy_score(y, m.predict(X) > 0.5)", "«accuracy_score(y, m.predict(X) > 0.5)»"
    )


class MetricOnTrainingData(Rule):
    """The only rows that a model is scored on are those it learned from.

    Why it bites: a model that learns rows by heart scores best; how it does on others,
    nobody knows.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC504", "metric-on-training-data", Severity.RISK
    message = (
        "`{rows}` is what the model learned from, and nothing else is scored; "
        "how it does on new rows is unknown"
    )

    flagged = (
        Flagged(
            _START
            + "m = LinearRegression()\nm.fit(X, y)\nr2_score(y, m.predict(X))".replace(
                "r2_score(y, m.predict(X))", "«r2_score(y, m.predict(X))»"
            ),
            says="`X` is what the model learned from",
        ),
        Flagged(  # a baseline is not what is told of
            _START + "d = DummyClassifier().fit(X, y)\nd.score(X, y)\n# %%\n"
            "m = SVC().fit(X, y)\n«m.score(X, y)»"
        ),
        Flagged(  # what is read back is scored on the same rows
            _marked(_START + _SCORED) + "k = pickle.load(open('m.pkl', 'rb'))\nscored(k, X, y)"
        ),
        Flagged(_START + "m = SVC().fit(X, y)\nprint(«m.score(X, y)»)"),
        Flagged(
            _START + "m = Sequential([Dense(1)])\nm.fit(X, y, validation_split=0.0)\n"
            "«m.evaluate(X, y)»"
        ),
        Flagged(
            _START + "m = Sequential([Dense(1)])\nm.fit(X, y, validation_data=(X, y))\n"
            "«m.evaluate(X, y)»"
        ),
        Flagged(
            _START + _SPLIT + "m = SVC().fit(X_train, y_train)\nacc = «m.score(X_train, y_train)»"
        ),
    )
    ignored = (
        _START + _SPLIT + "m = SVC().fit(X_train, y_train)\n"
        "print(m.score(X_train, y_train), m.score(X_test, y_test))",
        _START + "print(cross_val_score(SVC(), X, y))\nm = SVC().fit(X, y)\nm.score(X, y)",
        # another file is what it is tested on
        _START + "m = SVC().fit(X, y)\nm.score(X, y)\nnew = pd.read_csv('b.csv')\n"
        "m.score(new[['a', 'b']], new['y'])",
        # what is read back is scored on other rows, by the same function
        _START + _SCORED + "V = pd.read_csv('v.csv')\nk = pickle.load(open('m.pkl', 'rb'))\n"
        "scored(k, V[['a', 'b']], V['y'])",
        _START + "m = SVC().fit(X, y)\nm.score(X, y)\nV = pd.read_csv('v.csv')\n"
        "k = pickle.load(open('m.pkl', 'rb'))\nk.score(V[['a', 'b']], V['y'])",
        _START + "d = DummyRegressor().fit(X, y)\nd.score(X, y)",
        # a network measures itself on rows that it does not learn from
        _START + "m = Sequential([Dense(1)])\nm.fit(X, y, validation_split=0.2)\nm.evaluate(X, y)",
        _START + "V = pd.read_csv('b.csv')\nm = Sequential([Dense(1)])\n"
        "m.fit(X, y, validation_data=(V[['a', 'b']], V['y']))\nm.evaluate(X, y)",
        # groups have no truth to be held against
        _START + "km = KMeans(3).fit(X)\nkm.score(X)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        flow = flow_of(notebook)
        if not flow.evaluations or flow.validations:
            return
        if any(one.beside for one in flow.fits):
            return  # its history tells how it does on other rows
        scored = [one for one in flow.evaluations if one.scored]
        if any(one.scored for one in held_out(flow)):
            return
        if any(training(flow, one) is None or _named_apart(one.node) for one in scored):
            return
        for one in scored:
            if flow.objects[one.prediction.model].kind.startswith("Dummy"):
                continue  # a baseline learns next to nothing
            fit = training(flow, one)
            same = fit is not None and relation(fit.rows, one.prediction.rows) is Relation.SAME
            if fit is not None and any(
                relation(fit.rows, rows) is not Relation.SAME for rows in flow.of_others
            ):
                return
            if same and one.metric not in _FIGURES:
                rows = text_of(one.prediction.argument, "what it is scored on")
                yield self.found(one.node, view_of(notebook, one.cell), rows=rows)
                return


def _named_apart(node: ast.expr) -> bool:
    """By its name it is no training data; how it was set apart was not seen."""
    return any(isinstance(one, ast.Name) and role(one.id) in _APART for one in ast.walk(node))
