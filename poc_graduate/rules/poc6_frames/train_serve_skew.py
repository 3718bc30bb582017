"""POC609 train-serve-skew."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import saved_models, written_from
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_FITTED = frozenset(
    "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler Normalizer PowerTransformer "
    "QuantileTransformer OneHotEncoder OrdinalEncoder TargetEncoder SimpleImputer KNNImputer "
    "IterativeImputer PCA TruncatedSVD TfidfVectorizer CountVectorizer PolynomialFeatures "
    "SelectKBest KBinsDiscretizer Tokenizer".split()
)


class TrainServeSkew(Rule):
    """A model is saved without the step that its features went through.

    Why it bites: whoever loads the model has no fitted scaler or encoder, fits one on the rows at
    hand, and the model sees other numbers than it was trained on.
    On export: both are kept where a later stage needs them; the saved file still lacks the step.
    """

    code, name, severity = "POC609", "train-serve-skew", Severity.RISK
    message = (
        "`{model}` is saved, `{step}` that made its features is not; whoever loads it feeds it \
other numbers than it was trained on"
    )

    flagged = (
        Flagged(
            "scaler = StandardScaler()\nX = scaler.fit_transform(X)\nmodel.fit(X, y)\n"
            "model.predict(X)\n«joblib.dump(model, 'm.joblib')»",
            says="`scaler` that made",
        ),
        Flagged(
            "cv = CountVectorizer()\nX = cv.fit_transform(texts)\nnb = MultinomialNB()\n"
            "nb.fit(X, y)\n# %%\n«pickle.dump(nb, open('m.pkl', 'wb'))»"
        ),
        Flagged(
            "pca = PCA(5)\npca.fit(X)\nclf.fit(pca.transform(X), y)\nclf.predict(Z)\n"
            "with open('m.pkl', 'wb') as f:\n    «pickle.dump(clf, f)»"
        ),
    )
    ignored = (
        "scaler = StandardScaler()\nX = scaler.fit_transform(X)\nmodel.fit(X, y)\n"
        "model.predict(X)\njoblib.dump(model, 'm')\njoblib.dump(scaler, 's')",
        "scaler = StandardScaler()\nmodel = make_pipeline(scaler, SVC())\nmodel.fit(X, y)\n"
        "model.predict(X)\njoblib.dump(model, 'm')",
        "scaler = StandardScaler()\nX = scaler.fit_transform(X)\nmodel.fit(X, y)\nmodel.predict(X)",
        "s = StandardScaler()\nZ = s.fit_transform(W)\nother.fit(Z, y)\nmodel.fit(X, y)\n"
        "model.predict(X)\njoblib.dump(model, 'm')",  # of another model
        "pca = PCA(2)\nplot(pca.fit_transform(X))\nmodel.fit(X, y)\nmodel.predict(X)\n"
        "joblib.dump(model, 'm')",  # a picture of the data
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        saved = list(saved_models(notebook))
        if not saved:
            return
        kept, used = _given_away(notebook), written_from(notebook)
        for name in _steps(notebook, used):
            if name not in kept:
                call, model, cell = saved[0]
                yield self.found(call, cell, model=model, step=name)
                return


def _steps(notebook: NotebookView, used: frozenset[str]) -> Iterator[str]:
    """Fitted transformers that made something of what is saved, or what a model was fitted on."""
    for name, values in notebook.assigned.items():
        for value in values:
            if isinstance(value, ast.Call) and last_name(value.func) in _FITTED:
                if _makes_features(name, notebook, used):
                    yield name
                break


def _makes_features(step: str, notebook: NotebookView, used: frozenset[str]) -> bool:
    for cell in notebook.cells:
        for method in ("fit_transform", "transform", "texts_to_sequences"):
            for call in cell.calls.get(method, ()):
                match call.func:
                    case ast.Attribute(value=ast.Name(id=name)) if name == step:
                        pass
                    case _:
                        continue
                match cell.parent(call):
                    case ast.Assign(targets=[ast.Name(id=made)]):
                        if made in used and _given_to_fit(made, notebook):
                            return True
                    case ast.Call(func=ast.Attribute(attr="fit")):
                        return True
    return False


def _given_to_fit(name: str, notebook: NotebookView) -> bool:
    return not notebook.given_first.get(name, frozenset()).isdisjoint({"fit", "train_test_split"})


def _given_away(notebook: NotebookView) -> set[str]:
    """Names that go, as they are, into a call, a list or a dictionary: saved, or in a pipeline."""
    found: set[str] = set()
    for cell in notebook.cells:
        for node in cell.of(ast.Name):
            if isinstance(
                cell.parent(node), ast.Call | ast.Tuple | ast.List | ast.Dict | ast.keyword
            ):
                found.add(node.id)
    return found
