"""POC401 unseeded-randomness."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.frames import READERS
from poc_graduate.rules.poc4_chance._generators import (
    ESTIMATORS,
    NUMPY,
    SPLITTERS,
    TREES,
    is_seeded,
    only_shown,
    plain_draws,
    seeded,
    splits_unseeded,
)
from poc_graduate.rules.poc4_chance._grids import is_left_or_seeded_later
from poc_graduate.rules.poc4_chance._screen import ends_on_screen
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_ROWS = "other rows and other figures"
_MODEL = "another model and other figures"
_VALUES = "other values"
_LISTED = 3
_FITS = frozenset({"fit", "fit_transform", "fit_generator", "partial_fit"})
_WORDS = {"random": "Python's", "numpy_random": "NumPy's", "torch_random": "PyTorch's"}


def _drew(cell: int, *, unlike: bool = True, values: str = "y") -> CellFacts:
    """A cell after which NumPy's generator has moved, to where no other run moves it."""
    other = frozenset({NUMPY}) if unlike else frozenset[str]()
    return CellFacts(
        cell,
        ambient={NUMPY: f"state {cell}"},
        ambient_nondeterministic=other,
        nondeterministic=frozenset(values.split()) if unlike else frozenset(),
    )


_STEPS = "from sklearn.ensemble import BaggingClassifier\nfrom sklearn.pipeline import Pipeline\n"


class UnseededRandomness(Rule):
    """Rows, weights or values are drawn without a seed.

    Why it bites: each run draws otherwise, so each run has other figures, and no two models can
    be compared.
    On export: what a second run does not repeat cannot be proved, and the certificate says so.
    """

    code, name, severity = "POC401", "unseeded-randomness", Severity.RISK
    message = "{call} draws without a seed{more}; each run gives {what}"
    fix_title = "Give it a seed"

    flagged = (
        Flagged(
            "a, b = «train_test_split(df, test_size=0.2)»",
            says="`train_test_split`",
            after="a, b = train_test_split(df, test_size=0.2, random_state=0)",
        ),
        Flagged("df = pd.read_csv('a.csv')\npart = «df.sample(frac=0.1)»", says="`df.sample`"),
        Flagged("df = «pd.read_csv('a.csv').sample(frac=0.1)»", says="sample"),
        Flagged("folds = «KFold(5, shuffle=True)»"),
        Flagged(
            "from sklearn.ensemble import RandomForestClassifier\n"
            "model = «RandomForestClassifier()»\nmodel.fit(X, y)\n"
            "other = RandomForestClassifier(9).fit(X, y)",
            says="without a seed, as in 1 more place; each run gives another model",
        ),
        Flagged(  # one finding, whatever the models are called
            "from sklearn.ensemble import BaggingRegressor, ExtraTreesRegressor\n"
            "for m in («BaggingRegressor()», ExtraTreesRegressor()):\n    m.fit(X, y)",
            says="as in 1 more place (`ExtraTreesRegressor`)",
        ),
        Flagged(
            "from sklearn.cluster import KMeans\nm = «KMeans(9, random_state=None)»\nm.fit(X)",
            says="`KMeans` draws without a seed",
            after="from sklearn.cluster import KMeans\nm = KMeans(9, random_state=0)\nm.fit(X)",
        ),
        Flagged(
            "from sklearn.ensemble import RandomForestClassifier\n"
            "from sklearn.tree import DecisionTreeClassifier\na = DecisionTreeClassifier()\n"
            "b = «RandomForestClassifier()»\na.fit(X, y)\nb.fit(X, y)",
            says="as in 1 more place (`DecisionTreeClassifier`)",
        ),
        Flagged(
            "import numpy as np\nfrom sklearn.svm import SVC\n# %%\n"
            "rows = «np.random.permutation(9)»\nSVC().fit(X[rows], y[rows])",
            says="`np.random.permutation`",
        ),
        Flagged(  # another name for the module is no generator of its own
            "import numpy as np\nrng = np.random\n# %%\nX = X[«rng.permutation(9)»]\nm.fit(X, y)",
            says="`rng.permutation`",
        ),
        Flagged(
            "import numpy as np\n# %%\ndf = df.reindex(«np.random.permutation(df.index)»)\n# %%\n"
            "model.train(input_fn=f)",
        ),
        Flagged(  # what a function draws comes to the model by its result
            "import numpy as np\ndef one(t):\n    at = «np.random.randint(9)»\n"
            "    return t.iloc[at:]\n# %%\nX = one(df)\nprint(X.shape)\nm.fit(X, q)"
        ),
        Flagged(
            "import numpy as np\ndef jitter(values, jitter=0.5):\n"
            "    return «np.random.uniform(-jitter, jitter, 9)» + values\n# %%\n"
            "ax.scatter(jitter(X), y)\nm.fit(jitter(X), y)"
        ),
        Flagged(  # the counts of a figure go on
            "import numpy as np\nimport matplotlib.pyplot as plt\nz = «np.random.random(9)»\n"
            "h = plt.hist(z)\nm.fit(h[0], y)"
        ),
        Flagged(
            "from sklearn.ensemble import RandomForestRegressor\n"
            "rf = «RandomForestRegressor()»\ngrid = {'max_depth': [3, 5]}\n"
            "s = GridSearchCV(rf, param_grid=grid)\ns.fit(X, y)"
        ),
        Flagged(  # the grid seeds another step
            _STEPS + "p = Pipeline([('a', «BaggingClassifier()»), ('b', SVC())])\n"
            "s = GridSearchCV(p, {'b__random_state': [1], 'a__n_estimators': [9]})\ns.fit(X, y)"
        ),
        Flagged(  # and is fitted without the search
            _STEPS + "p = Pipeline([('a', «BaggingClassifier()»)])\np.fit(X, y)\n"
            "s = GridSearchCV(p, {'a__random_state': [1]}).fit(X, y)"
        ),
        Flagged(  # the grid of the search below
            _STEPS + "steps = [('a', «BaggingClassifier()»)]\np = Pipeline(steps)\n"
            "grid = {'a__n_estimators': [9]}\ns = GridSearchCV(p, grid)\ns.fit(X, y)\n# %%\n"
            "grid = {'a__random_state': [1]}\nt = GridSearchCV(SVC(), grid)"
        ),
        Flagged(  # it seeds another generator
            "import random\nrandom.seed(1)\n# %%\na, b = «train_test_split(df)»"
        ),
        Flagged(
            "import helpers\n# %%\nx = 1\n# %%\n«noisy = helpers.with_noise(x)»",
            says="NumPy's generator",
            ran=(CellFacts(1, ambient={NUMPY: "state 2"}), CellFacts(2, ambient={NUMPY: "state 2"}),
                 _drew(3)),
        ),
    )  # fmt: skip
    ignored = (
        "a, b = train_test_split(df, random_state=1)",
        "import numpy as np\nrng = np.random\nrng.seed(1)\nX = X[rng.permutation(9)]\nm.fit(X, y)",
        "a, b = train_test_split(df, shuffle=False)",
        # a function of the notebook's own
        "def train_test_split(t, part):\n    n = int(len(t) * part)\n"
        "    return t.iloc[:n], t.iloc[n:]\n# %%\na, b = train_test_split(df, 0.8)",
        "from sklearn.model_selection import train_test_split\n# %%\n"
        "def train_test_split(t, part):\n    n = int(len(t) * part)\n"
        "    return t.iloc[:n], t.iloc[n:]\n# %%\na, b = train_test_split(df, 0.8)",
        "import numpy as np\nnp.random.seed(1)\n# %%\na, b = train_test_split(df)",
        "quick = 0\nif quick:\n    a, b = train_test_split(df)",  # switched off
        "if False:\n    a, b = train_test_split(df)",
        "quick, folds = 0, 9\nquick = 1\nif quick == 1 and not False:\n    x = 1\nelse:\n"
        "    a, b = train_test_split(df)",
        "import numpy as np\nm.fit(X, y)\n# %%\nfor i in range(9):\n"
        "    k = np.random.randint(len(X))\n    plt.imshow(X[k])",  # a look
        "import numpy as np\nfrom google.colab.patches import cv2_imshow\nm.fit(X, y)\n# %%\n"
        "for i in range(9):\n    k = np.random.randint(len(X))\n    image = X[k]\n"
        "    cv2_imshow(image)",
        # of the function a figure alone is made; its parameter has its name
        "import numpy as np\nm.fit(X, y)\n# %%\ndef jitter(values, jitter=0.5):\n"
        "    n = len(values)\n    return np.random.uniform(-jitter, jitter, n) + values\n# %%\n"
        "fig, ax = plt.subplots()\nax.scatter(jitter(X), y)",
        # what the function gives is shown below it, or a trace of a figure
        "import random\nm.fit(X)\n# %%\ndef point(x):\n    u = random.uniform(0, 1)\n"
        "    return x + u, x - u\n\npoint(9)",
        "import numpy as np\nimport plotly.graph_objects as go\nm.fit(X, y)\n# %%\n"
        "z = [np.random.random() for i in range(9)]\nheat = go.Heatmap(z=z)",
        "folds = KFold(5)",  # does not shuffle
        "from sklearn.tree import DecisionTreeClassifier\nDecisionTreeClassifier().fit(X, y)",
        "df = pd.read_csv('a.csv')\n# %%\nrows = df.sample(99).to_json()\ndisplay(HTML(rows))",
        "df = pd.read_csv('a.csv')\ndf.sample(5)",  # a look
        "df = pd.read_csv('a.csv')\ndef fit():\n    some = df.sample(n=300)\n"
        "    plt.scatter(some.x, some.y)\n    top = some.x.max() * 2\n    plt.plot([0, top])\n"
        "    model.fit(df)",  # a figure on the way
        "import random\nm.fit(X)\n# %%\nk = random.choice(names)\nprint(k, m.predict(X[k]))",
        "a, b = train_test_split(df, **options)",
        # of what is drawn, only the shape is shown
        "import numpy as np\nm.fit(P, q)\n# %%\ndef one(t):\n    at = np.random.randint(9)\n"
        "    return t.iloc[at:at + 3], t.y\ndef some(t):\n    X, y = [], []\n"
        "    for _ in range(4):\n        a, b = one(t)\n        X.append(a)\n"
        "        y.append(b)\n    return np.array(X), np.array(y)\n# %%\n"
        "Q, r = some(df)\nprint(Q.shape)\n# %%\nX = df.values\nm.fit(X, q)",
        "import random\nx = random.sample(items, 3)",  # nothing is read or fitted: a game
        "from sklearn.ensemble import RandomForestClassifier\nm = RandomForestClassifier(**given)",
        "from sklearn.ensemble import RandomForestClassifier as R\nprint(R())",  # never fitted
        "from sklearn.ensemble import RandomForestRegressor\nrf = RandomForestRegressor()\n"
        "m = SVR()\n# %%\nm.fit(X, y)",  # nor this one
        "from sklearn.ensemble import RandomForestRegressor\nrf = RandomForestRegressor()\n"
        "grid = {'random_state': [42], 'max_depth': [3, 5]}\n# %%\n"
        "s = GridSearchCV(rf, param_grid=grid)\ns.fit(X, y)",  # the grid has the seed
        # for a step of a pipeline, too, and under names that are used again
        _STEPS + "steps = [('s', Scaler()), ('a', BaggingClassifier())]\np = Pipeline(steps)\n"
        "grid = {'a__n_estimators': [9], 'a__random_state': [42]}\n"
        "s = GridSearchCV(p, grid, cv=5)\ns.fit(X, y)\n# %%\nsteps = [('k', SVC())]\n"
        "p = Pipeline(steps)\ngrid = {'k__C': [1, 2]}\nt = GridSearchCV(p, grid)\nt.fit(X, y)",
        _STEPS + "p = make_pipeline(Scaler(), BaggingClassifier())\n"
        "s = GridSearchCV(p, [{'baggingclassifier__random_state': [1]}]).fit(X, y)",
        Flagged(  # a second run repeated it
            "a, b = train_test_split(df)", ran=(CellFacts(1, bound=frozenset({"a", "b"})),)
        ),
        Flagged("x = 1\n# %%\ny = draw()", ran=(_drew(1, unlike=False), _drew(2, unlike=False))),
        Flagged("import helpers", ran=(_drew(1, values=""),)),  # no value came of it
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        alike: dict[str, list[tuple[ast.Call, CellView, str]]] = {}
        free: frozenset[str] | None = None
        for key, call, cell, what, generator in _draws(notebook):
            free = seeded(notebook) if free is None else free
            if generator in free or _is_repeated(cell, what):
                continue
            alike.setdefault(key, []).append((call, cell, what))
        for places in alike.values():
            if all(last_name(one.func) in TREES for one, _, _ in places):
                continue  # equally good splits are rare: most runs give the same tree
            # The others first: they are never twice the same.
            places.sort(key=lambda place: last_name(place[0].func) in TREES)
            call, cell, what = places[0]
            edits = [edit for each, at, _ in places if (edit := _seed(each, at)) is not None]
            fix = None if what == _VALUES or not edits else Fix("Give it a seed", tuple(edits))
            name = f"`{cell.source(call.func)}`"
            yield self.found(call, cell, fix=fix, call=name, more=_and_more(places), what=what)

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        before = facts.start
        for cell in notebook.cells:
            ran = cell.facts
            if ran is None:
                continue
            for generator, words in _WORDS.items():
                moved = ran.ambient.get(generator) != before.get(generator, "")
                # Libraries draw for themselves when they are imported; nothing rests on that.
                rests = ran.nondeterministic or ran.outputs_nondeterministic
                unlike = rests and generator in ran.ambient_nondeterministic
                if moved and unlike and before and cell.body and not _is_told(cell):
                    yield self.found(
                        cell.body[-1], cell, call=f"this cell, from {words} generator,", more="",
                        what=_VALUES,
                    )  # fmt: skip
                    return
            before = ran.ambient


def _and_more(places: list[tuple[ast.Call, CellView, str]]) -> str:
    """`, as in 3 more places (`Ridge`)`, with what is called there where it is another."""
    count = len(places) - 1
    if not count:
        return ""
    first = last_name(places[0][0].func)
    others = list(dict.fromkeys(last_name(call.func) for call, _, _ in places))
    others = [name for name in others if name != first]
    listed = ", ".join(f"`{name}`" for name in others[:_LISTED])
    listed += ", …" if len(others) > _LISTED else ""
    return f", as in {count} more place{'s' * (count > 1)}" + (f" ({listed})" if others else "")


def _draws(notebook: NotebookView) -> Iterator[tuple[str, ast.Call, CellView, str, str]]:
    """What draws unseeded: a key for the like of it, the call, what it gives, the generator."""
    fits: bool | None = None
    for cell in notebook.cells:
        for name in sorted(cell.library_calls.keys() & SPLITTERS):
            for call in cell.library_calls[name]:
                if splits_unseeded(call, name):
                    yield name, call, cell, _ROWS, NUMPY
        sampled = False
        for call in cell.calls.get("sample", ()):
            kept = not is_seeded(call) and _result_of_a_frame(call, cell)
            if kept and not only_shown(cell) and not ends_on_screen(call, cell):
                sampled = True
                yield "sample", call, cell, _ROWS, NUMPY
        for name in sorted(cell.calls.keys() & (ESTIMATORS | TREES)):
            fits = _fits(notebook) if fits is None else fits
            for call in cell.calls[name]:
                sklearn = cell.module(call.func).startswith("sklearn.")
                if not fits or is_seeded(call) or not sklearn:
                    continue
                if not is_left_or_seeded_later(call, cell):
                    yield "model", call, cell, _MODEL, NUMPY
        for call, generator in plain_draws(cell):
            fits = _fits(notebook) if fits is None else fits
            kept = not isinstance(cell.parent(call), ast.Expr)
            if only_shown(cell):
                continue
            rests = fits or sampled  # what is drawn beside rows that are kept is kept like them
            shown = kept and rests and ends_on_screen(call, cell)
            if rests and not shown and (kept or last_name(call.func) == "shuffle"):
                yield generator, call, cell, _VALUES, generator


def _fits(notebook: NotebookView) -> bool:
    return any(
        not _FITS.isdisjoint(cell.calls)
        # `model.train()` without anything changes a mode
        or any(call.args or call.keywords for call in cell.calls.get("train", ()))
        for cell in notebook.cells
    )


def _is_repeated(cell: CellView, what: str) -> bool:
    """Whether a run and a second one gave the same here, or anywhere for what is fitted later."""
    if cell.notebook.facts is None:
        return False
    if what == _MODEL:
        return not any(_differs(one) for one in cell.notebook.facts.cells)
    return cell.facts is not None and not _differs(cell.facts)


def _differs(ran: CellFacts) -> bool:
    return bool(
        ran.nondeterministic or ran.outputs_nondeterministic or ran.ambient_nondeterministic
    )


def _is_told(cell: CellView) -> bool:
    """Whether a call in the cell is one that is found without a run, or looked at."""
    names = cell.library_calls.keys()
    return bool(names & (SPLITTERS | ESTIMATORS | {"sample"})) or any(plain_draws(cell))


def _seed(call: ast.Call, cell: CellView) -> Edit | None:
    """`random_state=0` as the last argument."""
    text = cell.source(call)
    if not text.endswith(")"):
        return None
    for word in call.keywords:
        if word.arg == "random_state":  # None
            return Edit(cell.index, cell.span_of(word.value), "0")
    span = cell.span_of(call)
    before = text[:-1].rstrip()
    comma = "" if before.endswith(("(", ",")) else ", "
    at = Span(span.end_line, span.end_column - 1, span.end_line, span.end_column - 1)
    return Edit(cell.index, at, f"{comma}random_state=0")


def _result_of_a_frame(call: ast.Call, cell: CellView) -> bool:
    """Whether `sample` is asked of a frame that was read, and its rows are used."""
    if isinstance(cell.statement(call), ast.Expr):
        return False
    match call.func:
        case ast.Attribute(value=ast.Name(id=frame)):
            return any(made.startswith("read_") for made in cell.notebook.made_by(frame))
        case ast.Attribute(value=ast.Call(func=reader)):
            return last_name(reader) in READERS
    return False
