"""Clean."""

import pandas as pd


def clean(df: pd.DataFrame) -> pd.DataFrame:
    """Clean. Was cell 8 of churn_poc.ipynb.

    Args:
        df: 2,625 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,599 rows × 11 columns in the prototype's run.
    """
    df = df.drop_duplicates("customer_id")
    df = df[df.customer_id != 1333]  # test account
    return df


def fixed_by_hand_asked(df: pd.DataFrame) -> pd.DataFrame:
    """Fixed by hand, asked billing. Was cell 9 of churn_poc.ipynb.

    Args:
        df: 2,599 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,599 rows × 11 columns in the prototype's run.
    """
    # fixed by hand, asked billing
    df.loc[df.customer_id == 1017, "age"] = 42
    df.loc[df.customer_id == 2204, "monthly_charges"] = 59.90
    return df


def summarise_df(df: pd.DataFrame) -> pd.DataFrame:
    """Clean. Was cell 10 of churn_poc.ipynb.

    Args:
        df: 2,599 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,599 rows × 11 columns in the prototype's run.
    """
    df["plan"] = df["plan"].replace({"premuim": "premium", "Basic ": "basic", "PRO": "pro"})
    df["region"] = df["region"].str.strip().str.lower().replace({"nroth": "north"})
    return df


def clean_df(df: pd.DataFrame) -> pd.DataFrame:
    """Clean. Was cell 11 of churn_poc.ipynb.

    Args:
        df: 2,599 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,487 rows × 11 columns in the prototype's run.
    """
    df["total_charges"] = pd.to_numeric(df["total_charges"], errors="coerce")
    print(df["total_charges"].isna().sum(), "without total charges, dropped")
    df = df.dropna(subset=["total_charges"])
    return df
