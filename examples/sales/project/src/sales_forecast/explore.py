"""Explore."""

import pandas as pd


def read_stores_promo_and_targets(*, XLS: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read stores, promo and targets.

    Was cell 6 of `sales_forecast.ipynb`.

    Args:
        XLS: 'data/stores_and_promo.xlsx' in the prototype.

    Returns:
        stores: 6 rows × 5 columns in the prototype's run.
        promo: 19 rows × 4 columns in the prototype's run.
        targets: 3 rows × 2 columns in the prototype's run.
    """
    stores = pd.read_excel(XLS, sheet_name="stores")
    promo = pd.read_excel(XLS, sheet_name="promo")
    targets = pd.read_excel(XLS, sheet_name="targets")
    return stores, promo, targets


def join_stores(df1: pd.DataFrame, stores: pd.DataFrame, df2: pd.DataFrame) -> pd.DataFrame:
    """Join stores and df2, fill discount, sort by store, category and date.

    Was cell 8 of `sales_forecast.ipynb`.

    Args:
        df1: 5,616 rows × 5 columns in the prototype's run.
        stores: 6 rows × 5 columns in the prototype's run.
        df2: 137 rows × 3 columns in the prototype's run.

    Returns:
        df3: 5,616 rows × 8 columns in the prototype's run.
    """
    df3 = df1.merge(stores[["store", "region", "sqm"]], on="store", how="left")
    df3 = df3.merge(df2, on=["date", "category"], how="left")
    df3["discount"] = df3["discount"].fillna(0)
    df3.sort_values(["store", "category", "date"], inplace=True)
    df3.reset_index(drop=True, inplace=True)
    return df3


def take_median_store(df3: pd.DataFrame) -> pd.Series:
    """Till was offline -> no count, take the median of the store.

    Was cell 10 of `sales_forecast.ipynb`.

    Args:
        df3: 5,616 rows × 8 columns in the prototype's run.

    Returns:
        missing: 5,616 values, bool in the prototype's run.
    """
    # till was offline -> no count, take the median of the store
    missing = df3["units"].isna()
    df3.loc[missing, "units"] = df3.groupby(["store", "category"])["units"].transform("median")[
        missing
    ]
    df3["revenue"] = df3["units"] * df3["price"]
    return missing


def add_calendar(frame):
    frame["weekday"] = frame["date"].dt.dayofweek
    frame["month"] = frame["date"].dt.month
    frame["age"] = (frame["date"] - frame["date"].min()).dt.days


def write_features(df3: pd.DataFrame, *, features_csv: str) -> pd.DataFrame:
    """Group by date, set last_month, drop rows with gaps, write features.

    Was cell 13 of `sales_forecast.ipynb`.

    Args:
        df3: 5,616 rows × 9 columns in the prototype's run.
        features_csv: 'features.csv' in the prototype.

    Returns:
        df4: 444 rows × 7 columns in the prototype's run.
    """
    df4 = df3.groupby("date", as_index=False).agg(
        revenue=("revenue", "sum"), discount=("discount", "max")
    )
    add_calendar(df4)
    df4["last_month"] = df4["revenue"].shift(24)  # 4 weeks, closed on sundays
    df4.dropna(inplace=True)
    df4.to_csv(features_csv, index=False)
    return df4
