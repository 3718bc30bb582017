"""POC713 no-benchmark-set."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.frame import root_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import TABLES, saved_models
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_KEPT = TABLES | {"savez", "savez_compressed", "savetxt", "to_pickle"}
_MODEL = "model.fit(a, c)\nmodel.predict(b)\njoblib.dump(model, 'm')"


class NoBenchmarkSet(Rule):
    """A model is saved, and the rows it was measured on are drawn anew in each run.

    Why it bites: the next model is measured on other rows, so nobody can say whether it is better,
    or only its test was easier.
    On export: nothing; the split stays a part of the run.
    """

    code, name, severity = "POC713", "no-benchmark-set", Severity.NOTE
    message = (
        "`{model}` is saved and the rows it was tested on are not; the next model is measured \
on others, and no two figures can be compared"
    )

    flagged = (
        Flagged(f"a, b, c, d = «train_test_split(X, y)»\n{_MODEL}", says="`model` is saved"),
        Flagged(f"x = 1\n# %%\na, b, c, d = «train_test_split(X, y, test_size=0.2)»\n{_MODEL}"),
        Flagged(f"a, b, c, d = «train_test_split(X, y, random_state=None)»\n# %%\n{_MODEL}"),
    )
    ignored = (
        "a, b, c, d = train_test_split(X, y)\nmodel.fit(a, c)\nmodel.predict(b)",
        f"a, b, c, d = train_test_split(X, y)\n{_MODEL}\nb.to_csv('test.csv')",
        f"a, b, c, d = train_test_split(X, y, random_state=1)\n{_MODEL}",  # the same rows again
        # another model's
        "a, b, c, d = train_test_split(X, y)\nother.fit(a, c)\n"
        "model.fit(P, q)\nmodel.predict(P)\njoblib.dump(model, 'm')",
        f"np.random.seed(1)\na, b, c, d = train_test_split(X, y)\n{_MODEL}",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        splits = [
            (call, cell)
            for cell in notebook.cells
            for call in cell.library_calls.get("train_test_split", ())
        ]
        if not splits or any(_seeded(call) for call, _ in splits):
            return
        if any("seed" in one.calls or not _KEPT.isdisjoint(one.calls) for one in notebook.cells):
            return
        for _, model, _ in saved_models(notebook):
            for call, cell in reversed(splits):
                if _is_given(model, call, cell):
                    yield self.found(call, cell, model=model)
                    return


def _is_given(model: str, split: ast.Call, cell: CellView) -> bool:
    """Whether a model is fitted, or asked, with a part of a split."""
    match cell.parent(split):
        case ast.Assign(targets=[ast.Tuple(elts=parts)]):
            pass
        case _:
            return True
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    asked = [
        call
        for view in cell.notebook.cells
        for name in _ASKS & view.calls.keys()
        for call in view.calls[name]
        if root_name(call.func) == model or _made_here(call, model, view)
    ]
    return any(
        isinstance(one, ast.Name) and one.id in names for call in asked for one in ast.walk(call)
    )


def _made_here(call: ast.Call, model: str, cell: CellView) -> bool:
    """`model = SVC().fit(X, y)`."""
    match cell.parent(call):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == model
    return False


_ASKS = frozenset({"fit", "predict", "score", "predict_proba", "evaluate", "fit_transform"})


def _seeded(call: ast.Call) -> bool:
    if any(word.arg is None for word in call.keywords):
        return True
    seed = keyword(call, "random_state")
    return seed is not None and not (isinstance(seed, ast.Constant) and seed.value is None)
