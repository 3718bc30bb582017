"""Train."""

from typing import Any

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURES = [
    "age",
    "tenure",
    "monthly_charges",
    "paid_per_month",
    "support_calls",
    "plan",
    "region",
    "payment",
    "band",
]


def split_train_and_test(
    df: pd.DataFrame, *, test_size: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]:
    """Encode X, split into training and test data.

    Was cell 17 of `churn_poc.ipynb`.

    Args:
        df: 2,487 rows × 14 columns in the prototype's run.
        test_size: 0.25 in the prototype.

    Returns:
        X_train: 1,865 rows × 18 columns in the prototype's run.
        X_test: 622 rows × 18 columns in the prototype's run.
        y_train: 1,865 values, int64 in the prototype's run.
        y_test: 622 values, int64 in the prototype's run.
    """
    X = pd.get_dummies(df[FEATURES])
    y = df["churned"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=test_size)
    return X_train, X_test, y_train, y_test


def fit_model(X_train: pd.DataFrame, y_train: pd.Series, *, C: float, max_iter: int) -> Any:
    """Fit model.

    Was cell 18 of `churn_poc.ipynb`.

    Args:
        X_train: 1,865 rows × 18 columns in the prototype's run.
        y_train: 1,865 values, int64 in the prototype's run.
        C: 0.5 in the prototype.
        max_iter: 2000 in the prototype.

    Returns:
        model: Pipeline in the prototype's run.
    """
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=max_iter))
    model.fit(X_train, y_train)
    return model
