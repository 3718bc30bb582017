"""POC512 split-parts-mixed-up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, replace
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, text_of, view_of
from poc_graduate.rules.poc5_evaluation._tables import role
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_HALF = 0.5
_FOLDS = (
    "df = pd.read_csv('a.csv')\nX, y = df[f], df.y\nfolds = StratifiedKFold(9)\n"
    "for i, j in folds.split(X, y):\n"
    "    A, T, a = X.iloc[i], X.iloc[j], y[i]\n"
)


class SplitPartsMixedUp(Rule):
    """The parts of a split are given each other's names, or are positions in other rows.

    `train_test_split(X, y)` gives both parts of the first argument, then both of the second, the
    part for training first (scikit-learn's reference). A cross-validator's `split(A)` gives
    positions in `A`: taken from a larger table, they are other rows.

    Why it bites: what is called the training part is the small one, or features of one part stand
    beside the target of the other; the score is of another model than the one that is meant.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC512", "split-parts-mixed-up", Severity.BLOCKER
    message = "{what}; {then}"
    fix_title = "Put the names into that order"
    calls = ("train_test_split",)

    flagged = (
        Flagged(
            "«X_train, y_train, X_test, y_test» = train_test_split(X, y)",
            says="`y_train` gets the test part of `X`",
            after="X_train, X_test, y_train, y_test = train_test_split(X, y)",
        ),
        Flagged(
            "«test, train» = train_test_split(df, test_size=0.1)",
            says="`train` gets the test part of `df`",
            after="train, test = train_test_split(df, test_size=0.1)",
        ),
        Flagged(
            "«x_train_val, x_train_train» = train_test_split(x_train, test_size=0.1)",
            says="`x_train_train` gets the test part of `x_train`",
        ),
        Flagged(
            "«train_X, train_y, test_X, test_y» = train_test_split(train, target)",
            says="`train_y` gets the test part of `train`",
        ),
        Flagged("x = 1\n«(x_test, x_train, y_test, y_train)» = train_test_split(x, y)"),
        Flagged(
            _FOLDS + "for i, j in folds.split(A, a):\n    A, V = «X.iloc[i]», X.iloc[j]\n"
            "m = SVC().fit(A, a)\nm.score(T, t)",
            says="`i` holds positions in `A`, and is taken from `X`; these are other rows",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\nA, B = train_test_split(df)\n"
            "for i, j in KFold(9, shuffle=True).split(A):\n"
            "    m = SVC().fit(«df.iloc[i, :]»[f], y)\n    m.score(B[f], B.y)",
            says="`i` holds positions in `A`, and is taken from `df`",
        ),
    )
    ignored = (
        _FOLDS + "for i, j in folds.split(A, a):\n    B, V = A.iloc[i], A.iloc[j]\n"
        "m = SVC().fit(B, a)\nm.score(T, t)",
        "df = pd.read_csv('a.csv')\nA, B = train_test_split(df)\nfor i, j in KFold(9).split(A):\n"
        "    m = SVC().fit(df.loc[A.index[i]][f], y)\n    n = SVC().fit(A.values[i], A.y.iloc[j])",
        # a function of the notebook's own gives the parts in its own order
        "def train_test_split(X, y):\n    return X[:9], y[:9], X[9:], y[9:]\n# %%\n"
        "X_train, y_train, X_test, y_test = train_test_split(X, y)",
        "X_train, X_test, y_train, y_test = train_test_split(X, y)",
        "train, val = train_test_split(df)\nval, test = train_test_split(val)",
        "X_test, X_val, y_test, y_val = train_test_split(X_rest, y_rest)",
        "test, train = train_test_split(df, test_size=0.8)",  # on purpose
        "test, train = train_test_split(df, test_size=share)",
        "a, b, c, d = train_test_split(X, y)",
        # `train` belongs to what is split, and each part adds its own letter
        "x_train_adr_t, x_train_adr_v, y_train_adr_t, y_train_adr_v = "
        "train_test_split(x_train_adr, y_train_adr)",
        "train_train, train_val = train_test_split(train, test_size=0.1)",
        "X_train_a, X_train_b, y_train_a, y_train_b = train_test_split(df_train[f], df_train.y)",
        "parts = train_test_split(X, y)",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        match cell.parent(call):
            case ast.Assign(targets=[ast.Tuple(elts=parts) | ast.List(elts=parts) as target]):
                pass
            case _:
                return
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        if len(names) != 2 * len(call.args) or len(parts) != len(names):
            return
        roles = _roles(names, call.args)
        wrong = next((at for at, one in enumerate(roles) if at % 2 and one == "train"), None)
        if wrong is None or (_is_turned(roles) and not _is_small(call)):
            return
        train = [name for name, one in zip(names, roles, strict=True) if one == "train"]
        rest = [name for name, one in zip(names, roles, strict=True) if one != "train"]
        ordered = None
        if len(train) == len(rest):
            pairs = zip(train, rest, strict=True)
            text = ", ".join(name for pair in pairs for name in pair)
            ordered = fix(self.fix_title, replace(target, cell, text))
        given = cell.source(call.args[wrong // 2])
        what = _TURNED.format(names[wrong], given)
        then = "what is trained and scored is not what its name says"
        yield self.found(target, cell, fix=ordered, what=what, then=then)

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for index, at, among in flow_of(notebook).astray.values():
            cell = view_of(notebook, at)
            taken = cell.parent(index)
            taken = cell.parent(taken) if isinstance(taken, ast.Tuple) else taken
            if isinstance(taken, ast.Subscript):
                given, table = text_of(among, "a part"), text_of(_table(taken), "the whole")
                what = _ASTRAY.format(cell.source(index), given, table)
                then = "these are other rows, and those set aside before may be among them"
                yield self.found(taken, cell, what=what, then=then)


_TURNED = "`{}` gets the test part of `{}`, as both parts of an argument come one after the other"
_ASTRAY = "`{}` holds positions in `{}`, and is taken from `{}`"


def _table(taken: ast.Subscript) -> ast.expr:
    """`X` of `X.iloc[…]`."""
    at = taken.value
    return at.value if isinstance(at, ast.Attribute) and at.attr in ("iloc", "loc") else at


def _roles(names: list[str], given: list[ast.expr]) -> list[str]:
    """What the names say of the parts, beside what they repeat of the tables that are split.

    `train` in `x_train_t, x_train_v = train_test_split(x_train)` tells the parts from no other.
    """
    bases = [one.id if isinstance(one, ast.Name) else "" for one in given for _ in range(2)]
    added = [_added(name, base) for name, base in zip(names, bases, strict=True)]
    if all(added):
        return [role(one) for one in added]
    roles = [role(name) for name in names]
    said = {role(word) for one in given for word in _words(one)}
    repeated = len(set(roles)) == 1 and roles[0] in said
    return [""] * len(roles) if repeated else roles


def _added(name: str, base: str) -> str:
    """What a part's name adds to its table's; empty where it does not begin with that."""
    rest = name[len(base) :] if base and name.lower().startswith(base.lower()) else ""
    return rest if rest and not rest[0].islower() else ""


def _words(given: ast.expr) -> Iterator[str]:
    for node in ast.walk(given):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                yield word


def _is_turned(roles: list[str]) -> bool:
    """Whether every pair has the training part second."""
    return all(one == "train" for one in roles[1::2]) and "train" not in roles[::2]


def _is_small(call: ast.Call) -> bool:
    """Whether the second part is the smaller one: a large one is called so on purpose."""
    share, first = keyword(call, "test_size"), keyword(call, "train_size")
    if share is None and first is None:
        return True
    if isinstance(share, ast.Constant) and isinstance(share.value, float):
        return share.value < _HALF
    return (
        isinstance(first, ast.Constant) and isinstance(first.value, float) and (first.value > _HALF)
    )
