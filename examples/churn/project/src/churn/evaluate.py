"""Evaluate."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score


def evaluate(model: Any, X_test: pd.DataFrame, y_test: pd.Series) -> tuple[np.ndarray, float]:
    """Predict scores, evaluate auc.

    Was cell 20 of `churn_poc.ipynb`.

    Args:
        model: Pipeline in the prototype's run.
        X_test: 622 rows × 18 columns in the prototype's run.
        y_test: 622 values, int64 in the prototype's run.

    Returns:
        scores: array (622,) float64 in the prototype's run.
        auc: 0.73430115635998 in the prototype's run.
    """
    scores = model.predict_proba(X_test)[:, 1]
    auc = roc_auc_score(y_test, scores)
    return scores, auc
