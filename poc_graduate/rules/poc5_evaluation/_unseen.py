"""Models that do not see a scaling, whatever rows it was learned from."""

from __future__ import annotations

import ast
import re

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc5_evaluation._events import Flow
from poc_graduate.rules.poc5_evaluation._flow import Seen
from poc_graduate.rules.poc5_evaluation._tables import SEARCHES
from poc_graduate.rules.poc5_evaluation._values import shares
from poc_graduate.rules.view import CellView, NotebookView

TREES_DO_NOT = "trees do not see a scaling, the score of any other model may promise too much"
_PROPHET_DOES_NOT = "Prophet scales what it is given by itself, another model may promise too much"


def is_scaling(node: ast.expr, cell: CellView) -> bool:
    """Whether each column is only stretched: `StandardScaler().fit_transform(X)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    made = node.func.value
    values = cell.notebook.assigned.get(made.id, ()) if isinstance(made, ast.Name) else (made,)
    return bool(values) and all(
        isinstance(one, ast.Call) and last_name(one.func).endswith("Scaler") for one in values
    )


def unseen_by_all(flow: Flow, seen: Seen) -> str:
    """Why no model that is evaluated on these rows sees a scaling; empty where one does.

    Trees ask for the order of values alone. Prophet standardizes what it is given beside the days
    (`Prophet.add_regressor`, "standardize").
    """
    models = {
        kind
        for one in flow.evaluations
        if one.prediction.model >= 0 and shares(seen.learned.rows, one.prediction.rows)
        for kind in _kinds(flow, one.prediction.model)
    }
    if models and all(map(_TREES.match, models)):
        return TREES_DO_NOT
    if models and all(map(_SCALES_ITSELF.match, models)):
        return _PROPHET_DOES_NOT
    return ""


def are_trees_alone(flow: Flow, notebook: NotebookView) -> bool:
    """Whether nothing is trained in the notebook but trees, and what looks at no feature.

    Nor is anything imported that could be: whoever has it at hand tries it on the same rows.
    """
    if any(map(_OTHER_MODELS.match, notebook.imports.values())):
        return False
    trained = (at for at, one in enumerate(flow.objects) if one.fit >= 0 or one.validated)
    kinds = {kind for at in trained for kind in _kinds(flow, at)}
    return all(_TREES.match(kind) or kind.startswith("Dummy") for kind in kinds)


def _kinds(flow: Flow, model: int) -> frozenset[str]:
    """The class of a model; of a search what it tries."""
    made = flow.objects[model]
    if SEARCHES.match(made.kind) and made.parts:
        return frozenset[str]().union(*(_kinds(flow, part) for part in made.parts))
    return frozenset((made.kind,))


_TREES = re.compile(
    r"(DecisionTree|RandomForest|ExtraTrees?|GradientBoosting|HistGradientBoosting|XGB|LGBM|CatBoost)"
    r"(RF)?(Classifier|Regressor)$"
)
_OTHER_MODELS = re.compile(
    r"(torch|keras|tensorflow|prophet)\b|sklearn\.(cluster|decomposition|discriminant_analysis|"
    r"gaussian_process|kernel_ridge|linear_model|manifold|mixture|naive_bayes|neighbors|"
    r"neural_network|svm)\b"
)
_SCALES_ITSELF = re.compile(r"(Neural)?Prophet$")
