"""Clean the data."""

import pandas as pd


def drop_duplicates(df1: pd.DataFrame) -> int:
    """Convert date, clean store, drop duplicates of date, store and category.

    Was cell 4 of `sales_forecast.ipynb`.

    Args:
        df1: 5,634 rows × 5 columns in the prototype's run.

    Returns:
        n: 5634 in the prototype's run.
    """
    df1["date"] = pd.to_datetime(df1["date"], format="%d.%m.%Y")
    df1["store"] = df1["store"].str.upper()  # tills wrote s01 before June 23
    n = len(df1)
    df1.drop_duplicates(["date", "store", "category"], inplace=True)
    return n
