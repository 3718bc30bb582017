"""Train."""

from typing import Any

import numpy as np
import pandas as pd


def mape(actual, forecast):
    return float(np.mean(np.abs(actual - forecast) / actual) * 100)


class SeasonalModel:
    """log(revenue) = weekday + growth + time of the year + promo"""

    def __init__(self, harmonics=1):
        self.harmonics = harmonics
        self.coef = None

    def design(self, frame):
        X = pd.get_dummies(frame["weekday"], dtype=float)
        X["age"] = frame["age"] / 365
        X["discount"] = frame["discount"]
        for k in range(1, self.harmonics + 1):
            angle = 2 * np.pi * k * frame["date"].dt.dayofyear / 365
            X[f"sin{k}"] = np.sin(angle)
            X[f"cos{k}"] = np.cos(angle)
        return X

    def fit(self, frame):
        X = self.design(frame)
        coef, *_ = np.linalg.lstsq(X.to_numpy(), np.log(frame["revenue"]).to_numpy(), rcond=None)
        self.coef = pd.Series(coef, index=X.columns)
        return self

    def predict(self, frame):
        return np.exp(self.design(frame) @ self.coef)


def read_features(
    *, features_csv: str, CUT: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read features, keep rows by date.

    Was cell 15 of `sales_forecast.ipynb`.

    Args:
        features_csv: 'features.csv' in the prototype.
        CUT: '2024-04-01' in the prototype.

    Returns:
        df: 444 rows × 7 columns in the prototype's run.
        train: 366 rows × 7 columns in the prototype's run.
        test: 78 rows × 7 columns in the prototype's run.
    """
    df = pd.read_csv(features_csv, parse_dates=["date"])

    train = df[df["date"] < CUT]
    test = df[df["date"] >= CUT].copy()
    return df, train, test


def fit_seasonal_model(train: pd.DataFrame, test: pd.DataFrame) -> SeasonalModel:
    """Fit SeasonalModel, predict test.

    Was cell 16 of `sales_forecast.ipynb`.

    Args:
        train: 366 rows × 7 columns in the prototype's run.
        test: 78 rows × 7 columns in the prototype's run.

    Returns:
        m: SeasonalModel in the prototype's run.
    """
    m = SeasonalModel(harmonics=1)
    m.fit(train)
    test["forecast"] = m.predict(test)
    return m


def forecast_month(df: pd.DataFrame) -> pd.DataFrame:
    """Backtest: stand at the first of each month, forecast the month.

    Was cell 17 of `sales_forecast.ipynb`.

    Args:
        df: 444 rows × 7 columns in the prototype's run.

    Returns:
        bt: 6 rows × 3 columns in the prototype's run.
    """
    # backtest: stand at the first of each month, forecast the month
    bt = []
    for start in pd.date_range("2024-01-01", "2024-06-01", freq="MS"):
        past = df[df["date"] < start]
        future = df[(df["date"] >= start) & (df["date"] < start + pd.DateOffset(months=1))]
        f = SeasonalModel(harmonics=1).fit(past).predict(future)
        bt.append(
            {
                "month": start.strftime("%Y-%m"),
                "mape": mape(future["revenue"], f),
                "naive": mape(future["revenue"], future["last_month"]),
            }
        )
    bt = pd.DataFrame(bt)
    return bt


def draw_from_residuals(train: pd.DataFrame, m: SeasonalModel, test: pd.DataFrame) -> Any:
    """How sure are we? draw from the residuals.

    Was cell 18 of `sales_forecast.ipynb`.

    Args:
        train: 366 rows × 7 columns in the prototype's run.
        m: SeasonalModel in the prototype's run.
        test: 78 rows × 8 columns in the prototype's run.

    Returns:
        inside: 0.9358974358974359 in the prototype's run.
    """
    # how sure are we? draw from the residuals
    res = (train["revenue"] / m.predict(train)).to_numpy()
    draws = np.random.choice(res, size=(500, len(test)))
    test["low"], test["high"] = np.percentile(test["forecast"].to_numpy() * draws, [5, 95], axis=0)
    inside = test["revenue"].between(test["low"], test["high"]).mean()
    return inside


def compute_targets(df3: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Group by region, set so_far and reached.

    Was cell 20 of `sales_forecast.ipynb`.

    Args:
        df3: 5,616 rows × 9 columns in the prototype's run.
        targets: 3 rows × 2 columns in the prototype's run.

    Returns:
        targets: 3 rows × 3 columns in the prototype's run.
    """
    ytd = df3[df3["date"] >= "2024-01-01"].groupby("region")["revenue"].sum()
    targets = targets.set_index("region")
    targets["so_far"] = ytd.round(0)
    targets["reached"] = (targets["so_far"] / targets["target_2024"]).round(3)
    return targets
