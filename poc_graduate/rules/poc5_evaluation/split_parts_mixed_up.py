"""POC512 split-parts-mixed-up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, replace
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._tables import role
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_HALF = 0.5


class SplitPartsMixedUp(Rule):
    """The parts of a split are given each other's names.

    `train_test_split(X, y)` gives both parts of the first argument, then both of the second, the
    part for training first (scikit-learn's reference).

    Why it bites: what is called the training part is the small one, or features of one part stand
    beside the target of the other; the score is of another model than the one that is meant.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC512", "split-parts-mixed-up", Severity.BLOCKER
    message = (
        "`{wrong}` gets the test part of `{given}`, as both parts of an argument come one after "
        "the other; what is trained and scored is not what its name says"
    )
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
        Flagged("x = 1\n«(x_test, x_train, y_test, y_train)» = train_test_split(x, y)"),
    )
    ignored = (
        # a function of the notebook's own gives the parts in its own order
        "def train_test_split(X, y):\n    return X[:9], y[:9], X[9:], y[9:]\n# %%\n"
        "X_train, y_train, X_test, y_test = train_test_split(X, y)",
        "X_train, X_test, y_train, y_test = train_test_split(X, y)",
        "train, val = train_test_split(df)\nval, test = train_test_split(val)",
        "X_test, X_val, y_test, y_val = train_test_split(X_rest, y_rest)",
        "test, train = train_test_split(df, test_size=0.8)",  # on purpose
        "test, train = train_test_split(df, test_size=share)",
        "a, b, c, d = train_test_split(X, y)",
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
        roles = [role(name) for name in names]
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
        yield self.found(target, cell, fix=ordered, wrong=names[wrong], given=given)


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
