"""Hand over."""

import json

import numpy as np
import pandas as pd


def write_scored_customers(
    df: pd.DataFrame, X_test: pd.DataFrame, scores: np.ndarray, *, scored_customers_csv: str
) -> pd.DataFrame:
    """Set score, sort by score and customer_id, write scored_customers.

    Was cell 24 of `churn_poc.ipynb`.

    Args:
        df: 2,487 rows × 14 columns in the prototype's run.
        X_test: 622 rows × 18 columns in the prototype's run.
        scores: array (622,) float64 in the prototype's run.
        scored_customers_csv: 'scored_customers.csv' in the prototype.

    Returns:
        at_risk: 622 rows × 5 columns in the prototype's run.
    """
    at_risk = df.loc[X_test.index, ["customer_id", "plan", "region", "tenure"]].copy()
    at_risk["score"] = scores.round(4)
    at_risk = at_risk.sort_values(["score", "customer_id"], ascending=[False, True])
    at_risk.to_csv(scored_customers_csv, index=False)
    return at_risk


def write_metrics(
    auc: float, df: pd.DataFrame, predicted: np.ndarray, *, threshold: float, metrics_json: str
) -> dict[str, float]:
    """Write metrics.

    Was cell 25 of `churn_poc.ipynb`.

    Args:
        auc: 0.73430115635998 in the prototype's run.
        df: 2,487 rows × 14 columns in the prototype's run.
        predicted: array (622,) int64 in the prototype's run.
        threshold: 0.45 in the prototype.
        metrics_json: 'metrics.json' in the prototype.

    Returns:
        metrics: dict of 4 in the prototype's run.
    """
    metrics = {
        "auc": round(float(auc), 4),
        "threshold": threshold,
        "customers": len(df),
        "at_risk": int(predicted.sum()),
    }
    with open(metrics_json, "w") as f:
        json.dump(metrics, f, indent=2)
    return metrics
