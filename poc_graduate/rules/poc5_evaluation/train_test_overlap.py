"""POC502 train-test-overlap."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._events import Evaluation, Fit
from poc_graduate.rules.poc5_evaluation._flow import (
    flow_of,
    is_dealt,
    text_of,
    training,
    view_of,
)
from poc_graduate.rules.poc5_evaluation._tables import role
from poc_graduate.rules.poc5_evaluation._values import Relation, relation, shares
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_READ = "df = pd.read_csv('a.csv')\ny = df['y']\nX = df.drop(columns='y')\n"
_DAYS = (
    "df = pd.read_csv('a.csv')\ndef days(rows):\n    return rows.groupby('day').mean()\n"
    "train, test = df.iloc[:900], df.iloc[900:]\na, test = days({}), days(test)\n"
)
_TWICE = (
    "df = pd.read_csv('a.csv')\nX, y = df[f], df.y\nfolds = StratifiedKFold({})\n"
    "for i, j in folds.split(X, y):\n    A, a = X.iloc[i], y[i]\n"
    "    X_test, y_test = X.iloc[j], y[j]\n"
    "for i, j in folds.split(A, a):\n    A, a = X.iloc[i], y[i]\n"
    "    X_val, y_val = X.iloc[j], y[j]\n"
)
_SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"


class TrainTestOverlap(Rule):
    """Rows that a model is tested on are among those it was trained on.

    Why it bites: the model is asked what it was told; its score says nothing about new data.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC502", "train-test-overlap", Severity.BLOCKER
    message = "{train} holds {rows} of `{test}`, {where}; that score says nothing about new rows"

    flagged = (
        Flagged(
            _READ + _SPLIT + "m = SVC()\n«m.fit(X, y)»\nm.score(X_test, y_test)",
            says="`X` that `m` is trained on holds rows of `X_test`",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ntrain = df.sample(frac=0.8)\ntest = df.sample(frac=0.2)\n"
            "m = «SVC().fit(train[f], train.y)»\nm.score(test[f], test.y)"
        ),
        Flagged(
            _READ + _SPLIT + "grid = GridSearchCV(SVC(), grid)\n«grid.fit(X, y)»\n"
            "print(classification_report(y_test, grid.predict(X_test)))"
        ),
        Flagged(  # grouped by one function, of the whole table and of a part of it
            _DAYS.format("df") + "m = «SVC().fit(a[['x']], a.y)»\nm.score(test[['x']], test.y)"
        ),
        Flagged(  # positions among some rows, dealt at random, are anywhere in all of them
            _TWICE.format("9, shuffle=True") + "m = «SVC().fit(A, a)»\nm.score(X_test, y_test)",
            says="`A` that",
        ),
    )
    ignored = (
        _READ + _SPLIT + "m = SVC().fit(X_train, y_train)\nm.score(X_test, y_test)",
        # the last fit, after which nothing is evaluated
        _READ + _SPLIT + "m = SVC().fit(X_train, y_train)\nm.score(X_test, y_test)\nm.fit(X, y)",
        # no run takes both branches
        "def split(df, seed=None):\n    if seed:\n"
        "        a, b, c, d = train_test_split(df[f], df.y, random_state=seed)\n    else:\n"
        "        a, b, c, d = train_test_split(df[f], df.y)\n    return a, b, c, d\n"
        "df = pd.read_csv('a.csv')\na, b, c, d = split(df)\n"
        "m = SVC().fit(a, c)\nm.score(b, d)",
        # parts that are dealt by hand
        "df = pd.read_csv('a.csv')\nX, y = df[f], df.y\n"
        "folds = np.array_split(np.arange(len(X)), 9)\n"
        "for i in range(9):\n    here = np.concatenate([folds[j] for j in range(9) if j != i])\n"
        "    X_train, X_test = X.loc[here], X.loc[folds[i]]\n    m = SVC().fit(X_train, y[here])\n"
        "    f1_score(y[folds[i]], m.predict(X_test))",
        # positions among some rows, taken from all: in their order, they need not meet the others
        _TWICE.format("9") + "m = SVC().fit(A, a)\nm.score(X_test, y_test)",
        # conditions may exclude each other
        "df = pd.read_csv('a.csv')\ntrain = df[df.year < 2015]\ntest = df[df.year > 2015]\n"
        "m = SVC().fit(train[f], train.y)\nm.score(test[f], test.y)",
        "df = pd.read_csv('a.csv')\ntrain = df.sample(frac=0.8)\ntest = df.drop(train.index)\n"
        "m = SVC().fit(train[f], train.y)\nm.score(test[f], test.y)",
        # grouped by one function: two parts that have no rows in common
        _DAYS.format("train")
        + "tr, v = a[:80], a[80:]\nm = SVC().fit(tr[['x']], tr.y)\nm.score(test[['x']], test.y)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        flow = flow_of(notebook)
        reported: set[ast.expr] = set()
        for one in flow.evaluations:
            fit = training(flow, one)
            if fit is None or fit.node in reported or not _leaks(fit, one):
                continue
            reported.add(fit.node)
            train = text_of(fit.argument, "what it is given")
            model = ""
            if isinstance(fit.node, ast.Call) and isinstance(fit.node.func, ast.Attribute):
                model = text_of(fit.node.func.value, "")
            trained = f"`{train}` that `{model}` is trained on" if model else f"`{train}`"
            yield self.found(
                fit.node,
                view_of(notebook, fit.cell),
                train=trained,
                rows="rows",
                test=text_of(one.prediction.argument, "the test part"),
                where=f"on which it is scored in cell {one.cell}",
            )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        reported: set[tuple[str, str]] = set()
        for cell in notebook.cells:
            for one in cell.facts.overlaps if cell.facts is not None else ():
                pair = one.left, one.right
                frame = cell.frame_after(one.right)
                # A few equal rows come by chance; a tenth does not.
                if one.column or pair in reported or frame is None or one.rows * 10 < frame.rows:
                    continue
                reported.add(pair)
                yield self.found(
                    cell.body[-1],
                    cell,
                    train=f"`{one.left}`",
                    rows=f"{one.rows:,} of the {frame.rows:,} rows",
                    test=one.right,
                    where="as the run showed",
                )


def _leaks(fit: Fit, one: Evaluation) -> bool:
    rows = one.prediction.rows
    if not one.scored or not rows or relation(fit.rows, rows) is not Relation.OVERLAP:
        return False
    if not all(shares(fit.rows, frozenset((part,))) for part in rows):
        return False  # in one branch of the notebook they are other rows
    argument = one.prediction.argument
    named = isinstance(argument, ast.expr) and role(_first_name(argument)) in ("test", "val")
    return is_dealt(rows) or named


def _first_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
