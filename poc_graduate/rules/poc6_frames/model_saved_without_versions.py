"""POC611 model-saved-without-versions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.beside import is_pinned
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import saved_models
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import TYPED_NOT, CellView, NotebookView

_VERSIONS = re.compile(
    r"__version__|show_versions|watermark|pip freeze|pip list|requirements.*\.txt|"
    r"importlib.metadata|conda list|log_model|pip install \S*=="
)


class ModelSavedWithoutVersions(Rule):
    """A fitted model is pickled, and nothing says with which versions.

    Why it bites: a pickle holds the insides of one version of the library. Another one refuses it,
    or loads it with a warning and predicts something else.
    On export: the versions of the observed run are written down with the project; the file itself
    still names none.
    """

    code, name, severity = "POC611", "model-saved-without-versions", Severity.RISK
    message = (
        "`{model}` is pickled and no version is noted; another version of its library refuses \
it, or predicts something else"
    )

    flagged = (
        Flagged(
            "model.fit(X, y)\nmodel.predict(Z)\n«joblib.dump(model, 'm.joblib')»", says="`model`"
        ),
        Flagged(
            "clf = SVC()\nclf.fit(X, y)\n# %%\nwith open('m') as f:\n    «pickle.dump(clf, f)»"
        ),
        Flagged(
            "from joblib import dump\nknn = KNeighborsClassifier()\nknn.fit(X, y)\n"
            "«dump(knn, 'm.joblib')»"
        ),
        Flagged(  # the file that is left
            "a.fit(X, y)\na.predict(Z)\njoblib.dump(a, 'm.pkl')\n# %%\nb.fit(X, y)\n"
            "b.predict(Z)\n«joblib.dump(b, 'm.pkl')»",
            says="`b`",
        ),
    )
    ignored = (
        "model.fit(X, y)\nmodel.predict(Z)\njoblib.dump(model, 'm')\nprint(sklearn.__version__)",
        "%load_ext watermark\n# %%\nmodel.fit(X, y)\nmodel.predict(Z)\njoblib.dump(model, 'm')",
        "pickle.dump(rows, open('rows.pkl', 'wb'))",
        # a format of the library's own is made to be read by others
        "m.fit(X, y)\nm.predict(X)\nm.save_model('m.json')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        left: dict[object, tuple[ast.Call, str, CellView]] = {}
        for call, model, cell in saved_models(notebook):
            if call in cell.calls.get("dump", ()):
                path = cell.literal(call.args[1]) if len(call.args) > 1 else TYPED_NOT
                # A file that is written again keeps its place among them, not what it held.
                left[path if isinstance(path, str) else call] = call, model, cell
        for call, model, cell in left.values():
            noted = any(_VERSIONS.search(one.source) for one in notebook.notebook.cells)
            if not noted and not is_pinned(_library(model, notebook), notebook.notebook.path):
                yield self.found(call, cell, model=model)
            return


def _library(model: str, notebook: NotebookView) -> str:
    """The library whose class made the model; scikit-learn where that cannot be told."""
    for value in notebook.assigned.get(model, ()):
        if isinstance(value, ast.Call) and (module := notebook.module(value.func)):
            return module.partition(".")[0]
    return "sklearn"
