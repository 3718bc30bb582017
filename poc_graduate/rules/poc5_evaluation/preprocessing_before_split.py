"""POC501 preprocessing-before-split."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import (
    Seen,
    flow_of,
    made_anew,
    seen_before,
    text_of,
    view_of,
)
from poc_graduate.rules.poc5_evaluation._spelled import in_short
from poc_graduate.rules.poc5_evaluation._unseen import (
    TREES_DO_NOT,
    are_trees_alone,
    is_scaling,
    unseen_by_all,
)
from poc_graduate.rules.poc5_evaluation._values import shares
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_START = (
    "df = pd.read_csv('a.csv')\ny = df['y']\nX = df.drop(columns='y')\n"
    "from sklearn.preprocessing import StandardScaler, LabelEncoder\n# %%\n"
)
_WINDOWS = (
    "values = pd.read_csv('a.csv').values\nscaler = StandardScaler()\nn = 900\n"
    "def windows(rows):\n    X, y = [], []\n    for i in range(5, len(rows)):\n"
    "        X.append(rows[i - 5:i, 0])\n        y.append(rows[i, 0])\n"
    "    return np.array(X), np.array(y)\n"
)
_GROUPS = (
    "df = pd.read_csv('a.csv')\nout = pd.DataFrame()\nfor game, one in df.groupby('game_id'):\n"
    "    one['x'] = one['x'] - «one['x'].mean()»\n    out = pd.concat([out, one])\n"
)
_BY_CODE = (
    "df = pd.read_csv('a.csv')\ny = df['y']\nX = df[f]\ndef made(data, code):\n"
    "    if code == 0:\n        data['a'] = data['a'] - «data['a'].mean()»\n    else:\n"
    "        data = ‹SimpleImputer().fit_transform(data)›\n    return data\n# %%\n"
)


def _by_code(of: str, calls: str) -> str:
    """A function whose branch a code chooses, its statistic in the branch of this one marked."""
    marks = ("", "", "«", "»") if of == "else" else ("«", "»", "", "")
    text = _BY_CODE
    for mark, shown in zip("«»‹›", marks, strict=True):
        text = text.replace(mark, shown)
    return text + calls + _SPLIT + _SCORE


def _plain(example: str) -> str:
    return example.replace("«", "").replace("»", "")


def _of(columns: str, more: str = "") -> str:
    """Bins of which a column is made, and a model of some columns."""
    return (
        f"df = pd.read_csv('a.csv')\ndf['bin'] = «pd.qcut(df['age'], q=5)»\n"
        f"sns.boxplot(x='bin', y='y', data=df)\na, b = ['age'], ['town']\n{more}"
        f"train, test = train_test_split(df)\nm = Ridge().fit(train[{columns}], train['y'])\n"
        f"m.score(test[{columns}], test['y'])"
    )


_SPLIT = "\n# %%\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
_TREES_ALONE = (
    "a = RandomForestRegressor().fit(X_train, y_train)\na.score(X_test, y_test)\n"
    "cross_val_score(DecisionTreeRegressor(), X, y)"
)
_SCORE = "model = Ridge().fit(X_train, y_train)\nmodel.score(X_test, y_test)"


class PreprocessingBeforeSplit(Rule):
    """A scaler, an imputer, a vectoriser or a mean was learned from rows that are tested on later.

    Why it bites: the model has seen something of the answers it is asked for; on new data, which
    nobody has averaged yet, it does worse than its score. Fitted anew on the test rows, a scaler
    gives them another scale than the model knows.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC501", "preprocessing-before-split", Severity.RISK
    message = "{what} {how} the rows of {test}{also}; {then}"

    flagged = (
        Flagged(
            _START + "scaler = StandardScaler()\nX = «scaler.fit_transform(X)»" + _SPLIT + _SCORE,
            says="`scaler.fit_transform(X)` has seen the rows of `X_test`",
        ),
        Flagged(  # tried, and done again as it is right
            _START
            + "Z = «StandardScaler().fit_transform(X)»"
            + _SPLIT.replace("(X", "(Z")
            + _SCORE
            + _SPLIT
            + "s = StandardScaler()\nX_train = s.fit_transform(X_train)\n"
            "X_test = s.transform(X_test)\n" + _SCORE,
            says="`X_test`; the trial that cell 4 makes anew without it is the one whose",
        ),
        Flagged(
            _START
            + "scaler = StandardScaler()\nX = «scaler.fit_transform(X)»"
            + _SPLIT
            + "model = RandomForestRegressor().fit(X_train, y_train)\nmodel.score(X_test, y_test)\n"
            "SVC().fit(X_train, y_train)",
            says="`X_test`; trees do not see a scaling",
        ),
        Flagged(  # at hand for the same rows
            "from sklearn.svm import SVC\n"
            + _START
            + "X = «StandardScaler().fit_transform(X)»"
            + _SPLIT
            + _TREES_ALONE,
            says="`X_test`; trees do not see a scaling",
        ),
        Flagged(  # what an imputer fills in is something that trees see
            _START + "X = «SimpleImputer().fit_transform(X)»" + _SPLIT + _TREES_ALONE,
        ),
        Flagged(  # on another scale than what the trees have learned
            _START + _SPLIT + "s = StandardScaler()\nX_train = s.fit_transform(X_train)\n"
            "X_test = «s.fit_transform(X_test)»\n" + _TREES_ALONE
        ),
        Flagged(_by_code("if", "X = made(X, code=0)"), says="has seen the rows of `X_test`; new"),
        Flagged(_by_code("else", "X = made(X, 1)"), says="has seen the rows of `X_test`; new"),
        Flagged(  # nobody knows which
            _by_code("if", "X = made(X, *given)"), says="as has line 8 of the cell"
        ),
        Flagged(
            _by_code("if", "X = made(X, **given)").replace("code)", "code=1)"),
            says="as has line 8 of the cell",
        ),
        Flagged(  # another one in the second turn
            _by_code("if", "code = 1\nfor turn in range(2):\n    X = made(X, code)\n    code = 0"),
            says="as has line 8 of the cell",
        ),
        Flagged(
            _by_code("if", "X = made(X, 1)").replace("    if code", "    code -= 1\n    if code"),
            says="as has line 9 of the cell",
        ),
        Flagged(_START + "X['age'] = X['age'].fillna(«X['age'].mean()»)" + _SPLIT + _SCORE),
        Flagged(
            _START + "X['age'] = X['age'].fillna(«X['age'].mean()»)\n"
            "X['rooms'] = X['rooms'].fillna(X['rooms'].mean())" + _SPLIT + _SCORE,
            says="has seen the rows of `X_test`, as has line 2 of the cell; new data",
        ),
        Flagged(
            _START + _SPLIT + "s = MinMaxScaler()\nX_train = s.fit_transform(X_train)\n"
            "s = MinMaxScaler()\nX_test = «s.fit_transform(X_test)»\n" + _SCORE,
            says="is fitted anew, on the rows of `X_test`; the model learned from values of an",
        ),
        Flagged(
            _START + _SPLIT + "s = StandardScaler()\nX_a = s.fit_transform(X_train)\n"
            "X_b = «s.fit_transform(X_test)»\nm = Ridge().fit(X_a, y_train)\nm.score(X_b, y_test)",
            says="`s.fit_transform(X_test)` is fitted anew, on the rows of `X_test`;",
        ),
        Flagged(
            _START
            + "X = «MinMaxScaler(feature_range=(0, np.pi), copy=False).fit_transform(X)»"
            + _SPLIT
            + _SCORE,
            says="`MinMaxScaler(…).fit_transform(X)` has seen",
        ),
        Flagged(
            _START
            + "X = «StandardScaler().fit_transform(X)»"
            + _SPLIT
            + "def said(model, rows):\n    ds = batches(rows)\n    return model.predict(ds)\n"
            "m = Ridge().fit(X_train, y_train)\nmean_squared_error(y_test, said(m, X_test))",
            says="has seen the rows of `ds` in `said`; new data",
        ),
        Flagged(
            _START + _SPLIT + "m = Ridge().fit(scale(X_train), y_train)\n"
            "m.score(«scale(X_test)», y_test)",
            says="`scale(X_test)` has seen the rows of `X_test`;",
        ),
        Flagged(
            _GROUPS + "train, test = train_test_split(out)\nm = SVC().fit(train[['x']], train.y)\n"
            "m.score(test[['x']], test.y)",
            says="`one['x'].mean()` has seen the rows of `test[['x']]`",
        ),
        Flagged(
            _GROUPS + "train, test = out[out['year'] < 2020], out[out['year'] >= 2020]\n"
            "m = SVC().fit(train[['x']], train.y)\nm.score(test[['x']], test.y)",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf['t'] = «StandardScaler().fit_transform(df[['t']])»\n"
            "train, test = df[:900], df[900:]\nm = Prophet()\nm.add_regressor('t')\n"
            "m.fit(train)\nmean_squared_error(test['y'], m.predict(test)['yhat'])",
            says="Prophet scales what it is given by itself",
        ),
        Flagged(  # of all rows; not what each side has of its own beside it
            _START + "X['a'] = X['a'] / «X['a'].mean()»" + _SPLIT + "def own(t):\n    "
            "return t.fillna(t.median())\nX_train, X_test = own(X_train), own(X_test)\n" + _SCORE,
        ),
        Flagged(
            _START + "X = «SelectKBest(k=20).fit_transform(X, y)»\n"
            "cross_val_score(LogisticRegression(), X, y, cv=5).mean()",
            says="the folds",
        ),
        Flagged(
            _WINDOWS
            + "train, test = «scaler.fit_transform(values)»[:n], scaler.transform(values)[n:]\n"
            "X, y = windows(train)\nZ, truth = windows(test)\nm = Ridge().fit(X, y)\n"
            "said = scaler.inverse_transform(m.predict(Z))\nmean_squared_error(truth, said)",
            says="has seen the rows of `Z`",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf['form'] = df.groupby('team')['goals'].transform(\n"
            "    lambda x: x.shift().rolling(window=20, min_periods=1).mean())\n"
            "often = «df['team'].value_counts(normalize=True)»\n"
            "df['often'] = df['team'].map(often)\ntrain, test = train_test_split(df)\n"
            "m = Ridge().fit(train[['form', 'often']], train['y'])\n"
            "m.score(test[['form', 'often']], test['y'])",
            says="value_counts(normalize=True)` has seen the rows",
        ),
        Flagged(_of("a + b", "b = ['bin']\n"), says="has seen the rows of"),
        Flagged(_of("a", "a += ['bin']\n")),
        Flagged(_of("[*a, 'bin']")),
        Flagged(_of("a + b", "b = kinds(df)\n")),  # nobody knows which
        Flagged(
            "df = pd.read_csv('a.csv')\n"
            "df['city'] = df['city'].map(«df.groupby('city')['y'].mean()»)\n"
            "train, test = train_test_split(df)\nm = Ridge().fit(train[['city']], train['y'])\n"
            "m.score(test[['city']], test['y'])"
        ),
    )
    ignored = (
        _START + _SPLIT + "sc = StandardScaler()\nX_train = sc.fit_transform(X_train)\n"
        "X_test = sc.transform(X_test)\n" + _SCORE,
        _START + "X = pd.get_dummies(X)\nX['n'] = np.log1p(X['n'])" + _SPLIT + _SCORE,
        # trees ask for the order of the values alone
        _START + "X = StandardScaler().fit_transform(X)" + _SPLIT + _TREES_ALONE,
        _START
        + "X = StandardScaler().fit_transform(X)"
        + _SPLIT
        + "g = GridSearchCV(XGBRegressor(), grid).fit(X_train, y_train)\ng.score(X_test, y_test)",
        # both sides through what nobody here sees, and back
        _START + _SPLIT + "sc = StandardScaler().fit(X_train)\nX_train = sc.transform(X_train)\n"
        "X_test = sc.transform(X_test)\nm, X_train2, X_test2 = with_more(X_train, X_test)\n"
        "model = Ridge().fit(X_train2, y_train)\nmodel.score(X_test2, y_test)",
        # categories are no distribution
        _START + "X['c'] = LabelEncoder().fit_transform(X['c'])" + _SPLIT + _SCORE,
        # other rows with the same columns
        _START
        + _SPLIT
        + "new = pd.read_csv('new.csv')\nX_train, new = X_train.align(new, axis=1)\n"
        "X_train = StandardScaler().fit_transform(X_train)\n" + _SCORE + "\nmodel.predict(new)",
        # of each row, what came before it in its group
        "df = pd.read_csv('a.csv')\ndf['form'] = df.groupby('team')['goals'].transform(\n"
        "    lambda x: x.shift().rolling(window=20, min_periods=1).mean())\n"
        "train, test = train_test_split(df)\nm = Ridge().fit(train[['form']], train['y'])\n"
        "m.score(test[['form']], test['y'])",
        # each game lies on one side of the date
        _plain(_GROUPS)
        + "train, test = out[out['game_date'] < '2020'], out[out['game_date'] >= '2020']\n"
        "m = SVC().fit(train[['x']], train.y)\nm.score(test[['x']], test.y)",
        "df = pd.read_csv('a.csv')\n"
        "df['x'] = df['x'] - df.groupby(['shop', 'day'])['x'].transform('mean')\n"
        "train, test = df[df.day < 300], df[df.day >= 300]\n"
        "m = Ridge().fit(train[['x']], train.y)\nm.score(test[['x']], test.y)",
        # looked at, and used for nothing
        _START + "print(X['age'].mean())\nX.describe()" + _SPLIT + _SCORE,
        # the pipeline learns from each training part by itself
        _START + "cross_val_score(make_pipeline(StandardScaler(), SVC()), X, y)",
        # drawn, and no feature
        _plain(_of("a + b")),
        _plain(_of("a", "a += b\n")),
        _plain(_of("[*a, *b]")),
        # nothing is evaluated
        _START + "X = StandardScaler().fit_transform(X)\nLogisticRegression().fit(X, y)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        kinds = frozenset(("statistic", "correlation"))
        told: set[str] = set()
        flow = flow_of(notebook)
        found = [*seen_before(flow, kinds)]
        for seen in sorted(found, key=_is_mode):
            cell = view_of(notebook, seen.learned.cell)
            node = seen.learned.node
            test = _rows_of(seen, notebook)
            whole = _in_folds(notebook, seen.cell, seen.argument)
            # The most frequent category is hardly another one without the test rows.
            mode = _is_mode(seen)
            if mode and test in told:
                continue
            told.add(test)
            # Only what chooses among settings is flattered; the test part has not been seen.
            inner = whole and all(any(s.kind == "part" for s in r.steps) for r in seen.learned.rows)
            if (
                seen.apart
                and not _is_fitted(node)
                and any(
                    not one.apart and shares(one.learned.rows, seen.learned.rows) for one in found
                )
            ):
                continue  # beside what all rows went into, and that is told
            apart = seen.apart and _is_fitted(node)
            unseen = "" if apart or not is_scaling(node, cell) else unseen_by_all(flow, seen)
            if unseen == TREES_DO_NOT and are_trees_alone(flow, notebook):
                continue
            anew = 0 if whole or apart else made_anew(flow, seen)
            if anew:
                unseen = _ANEW.format(anew)
            yield self.found(
                node,
                cell,
                severity=Severity.NOTE if mode or inner or unseen else None,
                what=f"`{in_short(cell, node)}`",
                how="is fitted anew, on" if apart else "has seen",
                test="the folds that are tested on" if whole else test,
                also=_lines(seen.also),
                then=_OF_THEIR_OWN if apart else unseen or _PROMISES,
            )


def _is_fitted(node: ast.expr) -> bool:
    """Whether something is fitted that could be applied to other rows, too."""
    return isinstance(node, ast.Call) and last_name(node.func) in ("fit", "fit_transform")


def _lines(also: tuple[int, ...]) -> str:
    """Other lines of the cell that do the same, the first few of them."""
    if not also:
        return ""
    listed = ", ".join(map(str, also[:_LISTED]))
    more = f" and {len(also) - _LISTED} more" if also[_LISTED:] else ""
    return f", as {'have lines' if also[1:] else 'has line'} {listed}{more} of the cell"


_LISTED = 3
_OF_THEIR_OWN = (
    "the model learned from values of another fit, and its score on these is off (`transform` of "
    "what is fitted on the training rows keeps them alike)"
)
_ANEW = "the trial that cell {} makes anew without it is the one whose score counts"
_PROMISES = "new data will not have been seen, and the score may promise too much"


def _is_mode(seen: Seen) -> bool:
    node = seen.learned.node
    return isinstance(node, ast.Call) and last_name(node.func) == "mode"


def _in_folds(notebook: NotebookView, cell: int, argument: ast.expr | None) -> bool:
    return any(
        one.cell == cell and one.argument is argument for one in flow_of(notebook).validations
    )


def _rows_of(seen: Seen, notebook: NotebookView) -> str:
    """The rows evaluated on, as a reader finds them.

    What the call itself gives is told as what it is given; a name that a function has for itself,
    with the function.
    """
    argument, node = seen.argument, seen.learned.node
    statement = view_of(notebook, seen.learned.cell).statement(node)
    match argument, statement, node:
        case (
            ast.Name(id=name),
            ast.Assign(targets=[ast.Name(id=target)]),
            ast.Call(args=[given, *_]),
        ) if name == target and notebook.definition(name) is not None:
            argument = given
        case (ast.Call(), _, ast.Call(args=[given, *_])) if ast.dump(argument) == ast.dump(node):
            argument = given
    text = text_of(argument, "")
    if argument is None or not text:
        return "the test part"
    for cell in notebook.cells:
        around = function_around(argument, cell) if cell.parent(argument) is not None else None
        if around is not None:
            names = {one.id for one in ast.walk(argument) if isinstance(one, ast.Name)}
            known = names <= cell.names.functions.get(around.name, frozenset())
            return f"`{text}`" if known else f"`{text}` in `{around.name}`"
    return f"`{text}`"
