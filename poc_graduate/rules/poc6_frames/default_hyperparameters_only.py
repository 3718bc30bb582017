"""POC610 default-hyperparameters-only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import saved_models
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_TUNED = frozenset(
    "RandomForestClassifier RandomForestRegressor GradientBoostingClassifier "
    "GradientBoostingRegressor ExtraTreesClassifier ExtraTreesRegressor DecisionTreeClassifier "
    "DecisionTreeRegressor KNeighborsClassifier KNeighborsRegressor SVC SVR XGBClassifier "
    "XGBRegressor LGBMClassifier LGBMRegressor MLPClassifier MLPRegressor".split()
)
_SEARCHES = frozenset(
    "GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV BayesSearchCV "
    "create_study fmin validation_curve set_params ParameterGrid TPOTClassifier".split()
)
_NO_CHOICE = frozenset({"random_state", "n_jobs", "verbose", "seed", "probability"})


class DefaultHyperparametersOnly(Rule):
    """The model that is saved has the library's settings, and no others were tried.

    Why it bites: nobody can say whether it is the model or its settings that limits the figures,
    and a new version of the library may choose other defaults.
    On export: nothing; the settings stay the library's.
    """

    code, name, severity = "POC610", "default-hyperparameters-only", Severity.NOTE
    message = "`{model}` is saved as `{made}` and no other setting was tried; a new version of the \
library may choose other defaults"

    flagged = (
        Flagged(
            "model = «RandomForestClassifier()»\nmodel.fit(X, y)\njoblib.dump(model, 'm')",
            says="`RandomForestClassifier()`",
        ),
        Flagged(
            "svm = «SVC(random_state=1)»\nsvm.fit(X, y)\n# %%\npickle.dump(svm, open('m', 'wb'))"
        ),
        Flagged("m = «XGBRegressor(n_jobs=2)»\nm.fit(X, y)\nm.save_model('m.json')"),
    )
    ignored = (
        "model = RandomForestClassifier()\nmodel.fit(X, y)",  # nothing is kept
        "model = RandomForestClassifier(200)\nmodel.fit(X, y)\njoblib.dump(model, 'm')",
        "model = LinearRegression()\nmodel.fit(X, y)\njoblib.dump(model, 'm')",  # nothing to choose
        "model = SVC()\nmodel.fit(X, y)\ngrid = GridSearchCV(SVC(), p)\njoblib.dump(model, 'm')",
        "model = SVC(C=k)\nmodel = SVC()\nmodel.fit(X, y)\njoblib.dump(model, 'm')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for _, model, _ in saved_models(notebook):
            if any(not _SEARCHES.isdisjoint(cell.calls) for cell in notebook.cells):
                return
            made = notebook.definition(model)
            if not isinstance(made, ast.Call) or not _chosen_by_nobody(made):
                continue
            for cell in notebook.cells:
                if made in cell.calls.get(last_name(made.func), ()):
                    yield self.found(made, cell, model=model, made=cell.source(made))
                    return


def _chosen_by_nobody(made: ast.Call) -> bool:
    return (
        last_name(made.func) in _TUNED
        and not made.args
        and all(word.arg in _NO_CHOICE for word in made.keywords)
    )
