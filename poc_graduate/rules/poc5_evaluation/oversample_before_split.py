"""POC505 oversample-before-split."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, seen_before, text_of, view_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_READ = "df = pd.read_csv('a.csv')\ny = df['y']\nX = df.drop(columns='y')\n"
_SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
_SCORE = "model = RandomForestClassifier().fit(X_train, y_train)\nmodel.score(X_test, y_test)"
_INVENTS = re.compile("SMOTE|ADASYN")


class OversampleBeforeSplit(Rule):
    """Rows are copied, or made up from their neighbours, before a part is set aside for testing.

    Why it bites: a row and its copy land on both sides; the model is asked what it was told.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC505", "oversample-before-split", Severity.BLOCKER
    message = (
        "`{call}` {does} before {split}, and some of them stand in {test}; rows that come once "
        "will score far lower"
    )

    flagged = (
        Flagged(
            _READ + "X, y = «SMOTE().fit_resample(X, y)»\n" + _SPLIT + _SCORE,
            says="makes rows up from their neighbours before the split, and some of them stand in "
            "`X_test`",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\nfew = df[df.y == 1]\nmany = df[df.y == 0]\n"
            "from sklearn.utils import resample\n"
            "more = «resample(few, n_samples=len(many))»\nboth = pd.concat([many, more])\n"
            "X, y = both.drop(columns='y'), both['y']\n" + _SPLIT + _SCORE,
            says="`resample` copies rows before the split",
        ),
        Flagged(  # in the words of who calls the function
            _READ + "X_new, y_new = «SMOTE().fit_resample(X, y)»\n"
            "a, few, b, c = train_test_split(X_new, y_new)\n"
            "def fitted(m, X_train, X_test, y_train, y_test):\n    m.fit(X_train, y_train)\n"
            "    print(accuracy_score(y_test, m.predict(X_test)))\n"
            "fitted(SVC(), a, few, b, c)",
            says="stand in `few`",
        ),
        Flagged(
            _READ + "ros = RandomOverSampler()\nX, y = «ros.fit_resample(X, y)»\n"
            "cross_val_score(SVC(), X, y).mean()",
            says="before the folds of `cross_val_score`, and some of them stand in those that",
        ),
        Flagged(  # behind the split, and before that of the search
            _READ + _SPLIT + "A, a = «SMOTE().fit_resample(X_train, y_train)»\n"
            "s = RandomizedSearchCV(SVC(), grid).fit(A, a)\nprint(s.best_score_)",
            says="before the folds of `RandomizedSearchCV`, and some of them stand in those that "
            "each fold tests, of `A`;",
        ),
    )
    ignored = (
        _READ + _SPLIT + "X_train, y_train = SMOTE().fit_resample(X_train, y_train)\n" + _SCORE,
        _READ + "cross_val_score(make_pipeline(SMOTE(), SVC()), X, y)",
        # fewer rows, none twice
        _READ + "X, y = RandomUnderSampler().fit_resample(X, y)\n" + _SPLIT + _SCORE,
        # tested on rows apart
        _READ + _SPLIT + "Xo, yo = SMOTE().fit_resample(X_train, y_train)\n"
        "m = SVC().fit(Xo, yo)\nm.score(X_test, y_test)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for seen in seen_before(flow_of(notebook), frozenset(("copies",)), in_test=True):
            cell = view_of(notebook, seen.learned.cell)
            rows, test = text_of(seen.argument, ""), text_of(seen.argument, "the test part")
            split, stand = "the split", f"`{test}`"
            if seen.folds:
                split, stand = f"the folds of `{seen.folds}`", "those that each fold tests"
                stand += f", of `{rows}`" if rows else ""
            yield self.found(
                seen.learned.node,
                cell,
                call=cell.source(seen.learned.node).split("(")[0],
                does=_does(seen.learned.node, cell),
                split=split,
                test=stand,
            )


def _does(node: ast.expr, cell: CellView) -> str:
    """What a sampler does to get more rows, told by its class."""
    text = cell.source(node)
    owner = text.partition(".")[0]
    for made in cell.notebook.assigned.get(owner, ()):
        text += ast.unparse(made) if made is not None else ""
    return "makes rows up from their neighbours" if _INVENTS.search(text) else "copies rows"
