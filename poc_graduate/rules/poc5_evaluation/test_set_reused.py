"""POC503 test-set-reused."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, text_of, view_of
from poc_graduate.rules.poc5_evaluation._reuse import Reuse, reuses
from poc_graduate.rules.poc5_evaluation._tables import BOOSTED_FOLDS, CROSS_VALIDATED
from poc_graduate.rules.products import saved_models
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_BY_NAME = (
    "def told(kind, data):\n    X_a, X_t, y_a, y_t = train_test_split(data[f], data['y'])\n"
    "    if kind == 'svc':\n        m = SVC()\n    if kind == 'ridge':\n        m = Ridge()\n"
    "    m.fit(X_a, y_a)\n    print(m.score(X_t, y_t))\n# %%\n"
)
_START = (
    "df = pd.read_csv('a.csv')\n"
    "X_train, X_test, y_train, y_test = train_test_split(df.drop(columns='y'), df['y'])\n"
)


class TestSetReused(Rule):
    """One test set chooses among models, settings, thresholds or epochs, and is what is reported.

    Why it bites: the best of several is partly the luckiest on these rows; the score of the model
    that ships was never measured on rows that had no say in choosing it. Where none is taken here,
    it is a risk where one class is tried with several settings or columns, and a note where models
    of different classes only stand side by side: then whoever picks by these figures chooses.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC503", "test-set-reused", Severity.BLOCKER
    message = "{test} {how}; {then}{more}"

    flagged = (
        Flagged(
            _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "b = LogisticRegression().fit(X_train, y_train)\n«b.score(X_test, y_test)»",
            says="`X_test` compares 2 candidates",
        ),
        Flagged(  # the model that was saved is the one that is loaded
            _START + "m = SVC().fit(X_train, y_train)\njoblib.dump(m, 'svc.joblib')\n# %%\n"
            "m = joblib.load('svc.joblib')\nf1_score(y_test, m.predict(X_test))\n# %%\n"
            "m = LogisticRegression()\nm.fit(X_train, y_train)\n"
            "«f1_score(y_test, m.predict(X_test))»\n# %%\n"
            "s = GridSearchCV(Ridge(), grid).fit(X_train, y_train)\n"
            "f1_score(y_test, s.best_estimator_.predict(X_test))",
            says="compares 3 candidates, 2 of them never measured",
        ),
        Flagged(  # what is done with other data decides nothing
            _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "b = LogisticRegression().fit(X_train, y_train)\n«b.score(X_test, y_test)»\n# %%\n"
            "other = pd.read_csv('b.csv')\nP, Q = train_test_split(other)\n"
            "c = SVC().fit(P[f], P.y)\nc.score(Q[f], Q.y)",
        ),
        Flagged(
            _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "b = Ridge().fit(X_train, y_train)\n«b.score(X_test, y_test)»\n# %%\n"
            "c = LinearSVC()\ncross_val_score(c, X_train, y_train)\nc.fit(X_train, y_train)\n"
            "c.score(X_test, y_test)",
            says="compares 3 candidates, 2 of them never measured on other rows; nothing here",
        ),
        Flagged(  # steps on the way make no other target
            _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "y_train = y_train.replace('yes', 1).values.ravel()\n"
            "b = LogisticRegression().fit(X_train, y_train)\n"
            "«b.score(X_test, y_test)»",
            says="`X_test` compares 2 candidates",
        ),
        Flagged(  # named by what all are scored on
            _START
            + "a = SVC().fit(X_train[['p']], y_train)\na.score(X_test[['p']], y_test)\n# %%\n"
            "b = Ridge().fit(X_train[['p']], y_train)\n«b.score(X_test[['p']].values, y_test)»\n"
            "# %%\nc = LinearSVC().fit(X_train, y_train)\nc.score(X_test, y_test)",
            says="`X_test` compares 3 candidates",
        ),
        Flagged(  # of the same words, but what a function is given may differ
            _START + "def made(kind):\n    return make_pipeline(Scaler(kind), SVC())\n"
            "a = made(1)\na.fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "b = made(2)\nb.fit(X_train, y_train)\n«b.score(X_test, y_test)»",
        ),
        Flagged(  # of the same words, but another step by then
            _START + "s = StandardScaler()\na = make_pipeline(s, SVC())\na.fit(X_train, y_train)\n"
            "a.score(X_test, y_test)\n# %%\ns = MinMaxScaler()\na = make_pipeline(s, SVC())\n"
            "a.fit(X_train, y_train)\n«a.score(X_test, y_test)»",
        ),
        Flagged(  # drawn anew, without a seed: another test set
            "def told(m, X_test, y_test):\n    print(m.score(X_test, y_test))\n"
            "X_a, X_t, y_a, y_t = train_test_split(X, y, random_state=None)\n"
            "a = SVC().fit(X_a, y_a)\ntold(a, X_t, y_t)\nb = Ridge().fit(X_a, y_a)\n"
            "«told(b, X_t, y_t)»\n# %%\nX_b, X_u, y_b, y_u = train_test_split(X, y, "
            "random_state=None)\nc = LinearSVC().fit(X_b, y_b)\ntold(c, X_u, y_u)",
            says="`X_t` compares 2 candidates",
        ),
        Flagged(  # one class with several settings
            _START + "a = SVC(C=1).fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "b = SVC(C=9).fit(X_train, y_train)\n«b.score(X_test, y_test)»",
            says="`X_test` compares 2 candidates; the best score on it is likely too good",
        ),
        Flagged(  # and what nobody here saw made
            _START + "a = SVC().fit(X_train, y_train)\nf1_score(y_test, a.predict(X_test))\n# %%\n"
            "f1_score(y_test, h2o_answers())\n# %%\nb = LinearSVC().fit(X_train, y_train)\n"
            "«f1_score(y_test, b.predict(X_test))»",
            says="`X_test` compares at least 2 candidates",
        ),
        Flagged(  # all rows are learned from
            _START + "n = Sequential([Dense(1)])\nn.fit(X_train, y_train, validation_split=0.0)\n"
            "f1_score(y_test, n.predict(X_test) > 0.5)\nb = SVC().fit(X_train, y_train)\n"
            "«f1_score(y_test, b.predict(X_test))»",
            says="`X_test` compares 2 candidates; nothing here chooses by that, but whichever is",
        ),
        Flagged(  # a function reads it from the notebook
            _START + "def told(models):\n    for m in models.values():\n"
            "        m.fit(X_train, y_train)\n        print(f1_score(y_test, m.predict(X_test)))\n"
            "# %%\n«told({'a': SVC(), 'b': LogisticRegression()})»",
            says="`X_test` is scored with each turn of a loop",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n"
            "def told(df):\n    a, b = train_test_split(df)\n    for k in range(9):\n"
            "        m = KNeighborsRegressor(k).fit(a[['p']], a['y'])\n"
            "        print(mean_squared_error(b['y'], m.predict(b[['p']])))\n# %%\n«told(df)»",
            says="`b[['p']]` in `told` is scored with each turn of a loop",
        ),
        Flagged(  # each call chooses one
            _BY_NAME.replace("(data[f], data['y'])", "(data[f], data['y'], random_state=1)")
            + "told('svc', df)\n# %%\n«told('ridge', data=df)»",
            says="`X_t` in `told` compares 2 candidates",
        ),
        Flagged(  # nobody knows which
            _BY_NAME + "«told(sys.argv[1], df)»", says="`X_t` in `told` compares 2 candidates"
        ),
        Flagged(  # two sets of one name
            _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
            "b = LogisticRegression().fit(X_train, y_train)\n«b.score(X_test, y_test)»\n# %%\n"
            "other = pd.read_csv('b.csv')\n"
            "X_train, X_test, y_train, y_test = train_test_split(other[f], other['y'])",
            says="`X_test` of cell 1 compares 2 candidates",
        ),
        Flagged(  # of one source, dealt anew: to who compares, one test set
            _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n"
            "b = Ridge().fit(X_train, y_train)\n«b.score(X_test, y_test)»\n# %%\n"
            "X_train, X_test, y_train, y_test = train_test_split(df[f], df['y'])\n"
            "c = LinearSVC().fit(X_train, y_train)\nc.score(X_test, y_test)\n"
            "d = Lasso().fit(X_train, y_train)\nd.score(X_test, y_test)",
            says="`X_test` of cells 1 and 2 compares 4 candidates",
        ),
        Flagged(  # a watch list, by its place
            _START + "a, b = xgb.DMatrix(X_train, y_train), xgb.DMatrix(X_test, y_test)\n"
            "watched = [(a, 'train'), (b, 'eval')]\n"
            "m = «xgb.train(p, a, 99, watched, early_stopping_rounds=9)»\n"
            "print(f1_score(y_test, m.predict(b)))",
            says="`b` decides when the training stops",
        ),
        Flagged(  # also where a baseline is scored on it
            _START + "a = DummyClassifier().fit(X_train, y_train)\na.score(X_test, y_test)\n"
            "m = SVC().fit(X_train, y_train)\np = m.predict_proba(X_test)[:, 1]\n# %%\n"
            "a, b, at = precision_recall_curve(y_test, p)\nf1 = 2 * a * b / (a + b + 1e-9)\n"
            "best = int(«np.argmax(f1)»)\nlimit = float(at[best])\n"
            "f1_score(y_test, np.where(p >= limit, 1, 0))",
            says="`X_test` chooses the threshold, by its `precision_recall_curve`, and is scored",
        ),
        Flagged(
            _START + "m = SVC().fit(X_train, y_train)\np = m.predict_proba(X_test)[:, 1]\n"
            "def limit(y, p):\n    low, high, at = roc_curve(y, p)\n"
            "    return at[np.argmax(high - low)]\n# %%\nt = «limit(y_test, p)»\n"
            "print(classification_report(y_test, (p > t).astype(int)))",
        ),
        Flagged(
            _START + "for k in range(1, 20):\n    knn = KNeighborsClassifier(k)\n"
            "    knn.fit(X_train, y_train)\n    print(k, «knn.score(X_test, y_test)»)",
            says="each turn of a loop",
        ),
        Flagged(
            _START + "m = XGBClassifier(early_stopping_rounds=10)\n"
            "«m.fit(X_train, y_train, eval_set=[(X_test, y_test)])»\n"
            "print(f1_score(y_test, m.predict(X_test)))",
            says="decides when the training stops",
        ),
        Flagged(
            _START
            + "m = CatBoostClassifier()\n«m.fit(X_train, y_train, eval_set=(X_test, y_test))»\n"
            "print(f1_score(y_test, m.predict(X_test)))",
        ),
    )
    ignored = (
        # one model, two figures
        _START + "m = SVC().fit(X_train, y_train)\np = m.predict(X_test)\n"
        "f1_score(y_test, p)\naccuracy_score(y_test, p)",
        # the same once more
        _START + "m = SVC(C=2).fit(X_train, y_train)\nm.score(X_test, y_test)\n# %%\n"
        "m = SVC(C=2).fit(X_train, y_train)\nprint(m.score(X_test, y_test))",
        # the same, step by step
        _START + "c = X_train.columns\ns = ColumnTransformer([('s', StandardScaler(), c)])\n"
        "m = Pipeline([('s', s), ('m', SVC())])\nm.fit(X_train, y_train)\nm.score(X_test, y_test)\n"
        "# %%\nc = X_train.columns\ns = ColumnTransformer([('s', StandardScaler(), c)])\n"
        "m = Pipeline([('s', s), ('m', SVC())])\nm.fit(X_train, y_train)\nm.score(X_test, y_test)",
        # of a function's branches the one that a constant chooses
        _BY_NAME + "told('svc', df)",
        _BY_NAME + "kind = 'svc'\ntold(kind, df)",
        _BY_NAME.replace("kind, data", "data, kind='svc'") + "told(df)",
        _BY_NAME.replace("kind, data", "data, *, kind='svc'") + "told(df)",
        # and what stands below a branch that returns is not reached
        "def told(kind, data):\n    X_a, X_t, y_a, y_t = train_test_split(data[f], data['y'])\n"
        "    if kind in ('svc', 'svm'):\n        return SVC().fit(X_a, y_a).score(X_t, y_t)\n"
        "    return Ridge().fit(X_a, y_a).score(X_t, y_t)\n# %%\nprint(told('svc', df))",
        # a look at two columns
        _START + "a = SVC().fit(X_train, y_train)\na.score(X_test, y_test)\n# %%\n"
        "X_test2 = X_test[['p', 'q']]\nb = SVC().fit(X_train[['p', 'q']], y_train)\n"
        "b.score(X_test2, y_test)",
        # the choice falls by cross-validation
        _START + "for k in range(1, 20):\n    knn = KNeighborsClassifier(k)\n"
        "    print(k, cross_val_score(knn, X_train, y_train).mean())",
        # models of two targets, the same rows dealt for each
        "X = pd.read_csv('a.csv')\nkind = 'u'\ny = X.kind == kind\n"
        "X_a, X_t, y_a, y_t = train_test_split(X, y, random_state=1)\n"
        "a = SVC().fit(X_a, y_a)\na.score(X_t, y_t)\n# %%\nkind = 'v'\ny = X.kind == kind\n"
        "X_a, X_t, y_a, y_t = train_test_split(X, y, random_state=1)\n"
        "b = LinearSVC().fit(X_a, y_a)\nb.score(X_t, y_t)",
        # models of two targets, each a column by its place
        "df = pd.read_csv('a.csv')\na, b = train_test_split(df)\n"
        "m = SVC().fit(a[['p']], a.iloc[:, 3])\nm.score(b[['p']], b.iloc[:, 3])\n# %%\n"
        "n = LinearSVC().fit(a[['p']], a.iloc[:, 4])\nn.score(b[['p']], b.iloc[:, 4])",
        # two of three have been compared on folds of the training rows
        _START + "a = SVC()\nmy_cross_val(a, X_train)\na.fit(X_train, y_train)\n"
        "a.score(X_test, y_test)\nb = LinearSVC()\ncross_val_score(b, X_train, y_train)\n"
        "b.fit(X_train, y_train)\nb.score(X_test, y_test)\nc = KNeighborsClassifier()\n"
        "c.fit(X_train, y_train)\nc.score(X_test, y_test)",
        # one on a part of the rows that it was handed, one on folds of them
        _START + "n = Sequential([Dense(1)])\nn.fit(X_train, y_train, validation_split=0.1)\n"
        "f1_score(y_test, n.predict(X_test) > 0.5)\nb = SVC()\ncross_val_score(b, X_train, y_train)"
        "\nb.fit(X_train, y_train)\nf1_score(y_test, b.predict(X_test))",
        # each made with what a search has found for it
        _START + "s = GridSearchCV(SVC(), grid).fit(X_train, y_train)\nt = GridSearchCV(Ridge(), "
        "grid).fit(X_train, y_train)\na = SVC(C=3).fit(X_train, y_train)\n"
        "b = Ridge(2).fit(X_train, y_train)\na.score(X_test, y_test)\nb.score(X_test, y_test)",
        # also where it tried it as a step of a pipeline
        _START + "p = Pipeline([('s', StandardScaler()), ('m', LogisticRegression())])\n"
        "s = GridSearchCV(p, grid, cv=5).fit(X_train, y_train)\nprint(s.best_score_)\n"
        "p = Pipeline([('s', StandardScaler()), ('m', RandomForestClassifier())])\n"
        "t = GridSearchCV(p, grid, cv=5).fit(X_train, y_train)\nprint(t.best_score_)\n# %%\n"
        "a = LogisticRegression(C=s.best_params_['m__C']).fit(X_train, y_train)\n"
        "a.score(X_test, y_test)\n# %%\nb = RandomForestClassifier(9).fit(X_train, y_train)\n"
        "b.score(X_test, y_test)",
        # also where a boosting library has a function for it
        _START + "d = lgb.Dataset(X_train, y_train)\nh = lgb.cv(p, d, nfold=5)\n"
        "a = lgb.train(p, d)\nf1_score(y_test, a.predict(X_test))\nb = lgb.train(q, d)\n"
        "f1_score(y_test, b.predict(X_test))",
        # the threshold is chosen on other rows
        _START + "X_a, X_val, y_a, y_val = train_test_split(X_train, y_train)\n"
        "m = SVC().fit(X_a, y_a)\nlow, high, at = roc_curve(y_val, m.predict_proba(X_val)[:, 1])\n"
        "t = at[np.argmax(high - low)]\nf1_score(y_test, m.predict_proba(X_test)[:, 1] > t)",
        # the best one is only shown
        _START + "m = SVC().fit(X_train, y_train)\np = m.predict_proba(X_test)[:, 1]\n"
        "low, high, at = roc_curve(y_test, p)\nbest = np.argmax(high - low)\n"
        "plt.plot(low[best], high[best])\nprint(at[best])\nf1_score(y_test, p > 0.5)",
        # the other one was a trial, as the heading says
        _START + "b = SVC().fit(X_train, y_train)\nb.score(X_test, y_test)\n# %% [markdown]\n"
        "# ## First look (do not run)\n# %%\na = Ridge().fit(X_train, y_train)\n"
        "a.score(X_test, y_test)",
        # a class and a number: nothing is compared
        _START + "a = SVC().fit(X_train, y_train)\n"
        "print(classification_report(y_test, a.predict(X_test)))\n# %%\n"
        "b = LinearRegression().fit(X_train, y_train)\n"
        "print(mean_squared_error(y_test, b.predict(X_test)), r2_score(y_test, b.predict(X_test)))",
        # both are kept: what they say is what a third one learns from
        _START + "a = SVC().fit(X_train, y_train)\np = a.predict(X_test)\n"
        "print(r2_score(y_test, p))\nb = Ridge().fit(X_train, y_train)\nq = b.predict(X_test)\n"
        "print(r2_score(y_test, q))\nZ = np.c_[p, q]\nmeta = Ridge().fit(known, y_known)\n"
        "print(r2_score(y_test, meta.predict(Z)))",
        # a baseline is no candidate
        _START + "d = DummyClassifier().fit(X_train, y_train)\nd.score(X_test, y_test)\n"
        "m = SVC().fit(X_train, y_train)\nm.score(X_test, y_test)",
        # another part is kept for the end
        _START + "X_a, X_val, y_a, y_val = train_test_split(X_train, y_train)\n"
        "for k in range(9):\n    m = SVC(C=k).fit(X_a, y_a)\n    print(m.score(X_val, y_val))\n"
        "m = SVC(C=3).fit(X_train, y_train)\nm.score(X_test, y_test)",
        # one of them was chosen by folds, before it saw a test set from another file
        "X, y = load('a.csv')\nX_test, y_test = load('b.csv')\nbest = None\n"
        "for i, j in KFold(5).split(X):\n    m = SVC().fit(X.iloc[i], y.iloc[i])\n"
        "    if m.score(X.iloc[j], y.iloc[j]) > top:\n        best = m\n# %%\n"
        "n = SVC(C=3).fit(X, y)\nn.score(X_test, y_test)\n# %%\nbest.score(X_test, y_test)",
        # each split is drawn anew
        "df = pd.read_csv('a.csv')\nfor s in range(9):\n"
        "    a, b, c, d = train_test_split(df[f], df.y, random_state=s)\n"
        "    print(SVC().fit(a, c).score(b, d))",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        told: set[tuple[str, str]] = set()
        for one in reuses(flow_of(notebook), notebook):
            test = _named(one, notebook)
            if (test, one.how) in told:
                continue  # split once more under the same name
            told.add((test, one.how))
            chosen = one.stops or one.taken or _chooses(notebook, one.cell)
            shown = not chosen and not one.tries
            severity = None if chosen else Severity.NOTE if shown else Severity.RISK
            cell = view_of(notebook, one.cell)
            more = "" if one.measured else ", and no other rows were found that tell"
            yield self.found(
                one.node, cell, severity=severity, test=test, how=one.how, more=more,
                then=_IF_PICKED if shown else "the best score on it is likely too good",
            )  # fmt: skip


_IF_PICKED = (
    "nothing here chooses by that, but whichever is picked by these figures likely looks better "
    "than it is"
)


def _named(one: Reuse, notebook: NotebookView) -> str:
    """The test set in the notebook's own words, and from where, where the name has several."""
    if text := text_of(one.argument, ""):
        dealt = [cell.index for cell in notebook.cells if text in _dealt(cell)]
        used = {max((at for at in dealt if at <= cell), default=0) for cell in one.cells}
        if not dealt[1:] or 0 in used:
            return f"`{text}`"
        *others, last = sorted(used)
        first = f"cells {', '.join(map(str, others))} and" if others else "cell"
        return f"`{text}` of {first} {last}"
    if one.inside is not None and (text := text_of(one.inside[0], "")):
        return f"`{text}` in `{one.inside[1]}`"
    return "the test part"


def _dealt(cell: CellView) -> set[str]:
    """Names of the parts into which a cell deals rows."""
    return {
        part.id
        for node in cell.of(ast.Assign)
        if isinstance(node.value, ast.Call) and last_name(node.value.func) == "train_test_split"
        for target in node.targets
        for part in ast.walk(target)
        if isinstance(part, ast.Name)
    }


def _chooses(notebook: NotebookView, compared: int) -> bool:
    """Whether one of several is taken: sorted out by its score, called the best, or saved.

    Not, as far as is known, where folds are dealt below the cell that compares them, nor above that
    cell: what was taken by then was taken by other figures.
    """
    folds = [cell.index for cell in notebook.cells if any(map(_deals_folds, cell.calls))]
    if any(cell > compared for cell in folds):
        return False
    for cell in notebook.cells:
        below = cell.index >= compared
        if below and not folds and any(itertools.starmap(_is_taken, cell.parsed.assigned.items())):
            return True
        for call in _picks(cell):
            if below or function_around(call, cell) is not None:
                return True
    return next(saved_models(notebook), None) is not None


def _picks(cell: CellView) -> Iterator[ast.Call]:
    """Calls that say where the scores are best."""
    for name in _PICKS:
        yield from (call for call in cell.calls.get(name, ()) if _SCORES.search(cell.source(call)))
    for name in ("max", "min", "sorted"):
        yield from (call for call in cell.calls.get(name, ()) if keyword(call, "key") is not None)


def _is_taken(name: str, values: Iterable[ast.expr | None]) -> bool:
    """Whether a name is that of the best, and holds more than nothing yet or what folds chose."""
    return bool(_CHOSEN.search(name)) and not all(map(_holds_none, values))


def _holds_none(value: ast.expr | None) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Constant():
            return True
        case ast.Attribute(attr=attribute):  # of a search: by the folds that it dealt
            return attribute.startswith("best_") and attribute.endswith("_")
    return False


def _deals_folds(called: str) -> bool:
    return called in CROSS_VALIDATED or called == BOOSTED_FOLDS or called.endswith("Fold")


_CHOSEN = re.compile(
    r"(?i)(?<!k)(?<!k_)best|winner|champion|(final|optimal|chosen|selected)_?(model|clf|classifier|reg|estimator)"
)
_SCORES = re.compile(r"(?i)scor|acc|result|metric|mae\b|mse\b|f1|auc|loss|err|r2|compar|perform")
_PICKS = frozenset({"idxmax", "idxmin", "argmax", "argmin", "argsort", "nlargest", "nsmallest"})
