"""POC604 column-order-dependent."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import READERS, goes_by_position, makes_frame
from poc_graduate.rules.products import saved_models
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MODELS = frozenset("fit fit_transform fit_predict train_test_split cross_val_score".split())

_ANSWERS = frozenset("fit predict predict_proba fit_predict score cross_val_score evaluate".split())


class ColumnOrderDependent(Rule):
    """A model is given the columns of a file as an array, by their position.

    Why it bites: the array has no names, so a file whose columns come in another order feeds the
    model other features. Given the frame, scikit-learn would have refused it.
    On export: nothing; the certificate holds for files with this order.
    """

    code, name, severity = "POC604", "column-order-dependent", Severity.RISK
    message = "`{text}` gives the model the columns of `{frame}` by position; a file with another \
order feeds it other features, without an error"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\nX = «df.drop('y', axis=1).values»\nmodel.fit(X, y)\n"
            "model.score(X, y)\njoblib.dump(model, 'm.joblib')",
            says="the columns of `df`",
        ),
        Flagged(  # other rows come from another file
            "df = pd.read_csv('a.csv')\nX = «df.drop('y', axis=1).values»\nmodel.fit(X, y)\n"
            "# %%\nnew = pd.read_csv('b.csv')\nmodel.predict(new.values)"
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\nX = «df.drop('y', axis=1).values»\nmodel.fit(X, y)\n"
            "# %%\nnew = pd.read_csv('b.csv')\nZ = new.to_numpy()\nmodel.predict(Z)"
        ),
        Flagged(  # kept by its place among the columns: a loaded model has learned before
            "import joblib\nm = joblib.load('m.joblib')\ndf = pd.read_csv('a.csv')\n"
            "X = «df.values»\nm.fit(X, y)\nm.predict(X)"
        ),
        Flagged("df = pd.read_csv('a.csv')\nmodel.fit(«df.iloc[:, :-1].values», df['y'])"),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf = df.dropna()\nX = «df.to_numpy()»\n# %%\n"
            "train_test_split(X, y)\nmodel.fit(a, b)\nmodel.score(a, b)\nmodel.save('m.keras')"
        ),
    )
    ignored = (
        "df = pd.read_csv('a.csv')\nX = df[['a', 'b']].values\nmodel.fit(X, y)",
        "df = pd.read_csv('a.csv')\ny = df['y'].values\nmodel.fit(X, y)",
        "df = pd.read_csv('a.csv')\nX = df.values\nprint(X)",
        "df = pd.read_csv('a.csv')\nX = df.iloc[:, 3].values\nmodel.fit(X, y)",
        "df = pd.read_csv('a.csv')\ndf = df[names]\nX = df.values\nmodel.fit(X, y)",
        "df = pd.read_csv('a.csv', names=columns)\nmodel.fit(df.values, y)",  # a file of positions
        "df = pd.read_csv('a.csv')\nmodel.fit(df.iloc[:, 1:4].values, y)",  # POC210
        "X = pd.read_csv('a.csv')\ns = BorutaPy(rf)\ns.fit(X.values, y)\n"
        "X = X.loc[:, s.support_]\nm.fit(X, y)\nm.predict(X)",
        "model.fit(train.values, y)",  # who knows what it is
        # learned anew each time, and asked of nothing else
        "df = pd.read_csv('a.csv')\nX = df.drop('y', axis=1).values\nmodel.fit(X, y)\n"
        "model.predict(X)",
        # both are cut from one table, in which their columns have found each other by name
        "a = pd.read_csv('a.csv')\nb = pd.read_csv('b.csv')\nboth = pd.concat((a, b)).copy()\n"
        "both = pd.get_dummies(both)\na = both[:n]\nb = both[n:]\n# %%\nm.fit(a.values, y)\n"
        "m.predict(b.values)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        called = frozenset().union(*(cell.calls for cell in notebook.cells))
        if _MODELS.isdisjoint(called) or _ANSWERS.isdisjoint(called):
            return  # no model, or none that is asked
        for cell in notebook.cells:
            for array, frame in _arrays(cell):
                if (
                    _reaches_a_model(array, cell)
                    and _as_the_file_has_them(frame, notebook)
                    and (_meets_another_order(frame.id, notebook) or _takes_a_place(array))
                ):
                    yield self.found(array, cell, text=cell.source(array), frame=frame.id)
                    return  # the others come from the same habit


def _arrays(cell: CellView) -> Iterator[tuple[ast.expr, ast.Name]]:
    """What makes an array of a frame's columns, with the frame."""
    if ".values" not in cell.cell.code and "to_numpy" not in cell.cell.code:
        return
    for node in (*cell.of(ast.Attribute), *cell.calls.get("to_numpy", ())):
        array = _array(node, cell)
        if array is not None and (frame := _all_columns(array[1])) is not None:
            yield array[0], frame


def _takes_a_place(array: ast.expr) -> bool:
    """Whether some columns are left out by their place: in another order, these are others."""
    return any(isinstance(one, ast.Attribute) and one.attr == "iloc" for one in ast.walk(array))


def _meets_another_order(frame: str, notebook: NotebookView) -> bool:
    """Whether a model may meet columns that are not those of this read: later, or of another file.

    One that learns anew in each run, and is asked of nothing else, goes by the order of that run.
    """
    if next(saved_models(notebook), None) is not None:
        return True
    for cell in notebook.cells:
        if any(cell.calls.get(name) for name in _LOADS) or any(
            cell.module(call.func) in _LOADED for call in cell.calls.get("load", ())
        ):
            return True
        for array, other in _arrays(cell):
            asked = other.id != frame and _is_answered(array, cell)
            if asked and _as_the_file_has_them(other, notebook):
                return True
    return False


def _is_answered(array: ast.expr, cell: CellView) -> bool:
    """Whether a model is asked of an array, in place or by its name."""
    match cell.parent(array):
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _ANSWERS
        case ast.Assign(targets=[ast.Name(id=name)]):
            given = cell.notebook.given_first.get(name, frozenset())
            return not (_ANSWERS | {"transform"}).isdisjoint(given)
    return False


_LOADS = ("load_model", "load_weights", "load_state_dict", "from_pretrained")
_LOADED = frozenset({"joblib.load", "pickle.load", "dill.load", "sklearn.externals.joblib.load"})


def _array(node: ast.AST, cell: CellView) -> tuple[ast.expr, ast.expr] | None:
    """The expression that makes an array of a frame, and the frame."""
    match node:
        case ast.Call(func=ast.Attribute(value=frame, attr="to_numpy")):
            return node, frame
        case ast.Attribute(value=frame, attr="values") if not isinstance(
            cell.parent(node), ast.Call | ast.Attribute
        ) or node in getattr(cell.parent(node), "args", ()):
            return node, frame
    return None


def _all_columns(node: ast.expr) -> ast.Name | None:
    """The frame, where an expression takes more than named columns of it."""
    match node:
        case ast.Name():
            return node
        case ast.Call(func=ast.Attribute(value=of, attr="drop" | "dropna" | "fillna")):
            return _all_columns(of)
        case ast.Subscript(
            value=ast.Attribute(value=of, attr="iloc"),
            slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None), ast.Slice() as columns]),
        ) if not goes_by_position(columns):  # else POC210 tells of it
            return _all_columns(of)
    return None


def _reaches_a_model(array: ast.expr, cell: CellView) -> bool:
    match cell.parent(array):
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[first, *_]) as call:
            return name in _MODELS and first is array and not _only_selects(call, cell.notebook)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return not _MODELS.isdisjoint(cell.notebook.given_first.get(name, ()))
    return False


def _only_selects(call: ast.Call, notebook: NotebookView) -> bool:
    """Whether what is fitted says which columns of this frame matter, and meets no other."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=fitted)):
            pass
        case _:
            return False
    asked = {
        node.attr
        for cell in notebook.cells
        if fitted in cell.cell.code
        for node in cell.of(ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == fitted
    }
    return not _SELECTS.isdisjoint(asked) and asked.isdisjoint(_ANSWERS - {"fit"})


_SELECTS = frozenset("support_ get_support ranking_ support_weak_".split())


def _as_the_file_has_them(frame: ast.Name, notebook: NotebookView) -> bool:
    """Whether the order of the columns is the file's."""
    if not makes_frame(frame, notebook):
        return False
    for value in notebook.assigned.get(frame.id, ()):
        match value:
            case ast.Call(func=ast.Attribute(attr=name), keywords=words) if name in READERS:
                if any(word.arg in ("names", "header") for word in words):
                    return False
            case ast.Call(func=ast.Attribute(attr="DataFrame" | "reindex")):
                return False
            case ast.Subscript(slice=ast.Name() | ast.List()):
                return False
            case ast.Subscript(value=ast.Name(id=whole)) if _is_of_several(whole, notebook):
                return False
    return True


def _is_of_several(name: str, notebook: NotebookView) -> bool:
    """Whether a table was put together of several, whose columns found each other by name."""
    return any(
        isinstance(part, ast.Call) and last_name(part.func) == "concat"
        for value in notebook.assigned.get(name, ())
        if value is not None
        for part in ast.walk(value)
    )
