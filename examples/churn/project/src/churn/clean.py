"""Clean."""

import pandas as pd


def drop_duplicates(df: pd.DataFrame) -> pd.DataFrame:
    """Drop duplicates of customer_id, keep rows by customer_id.

    Was cell 8 of `churn_poc.ipynb`.

    Args:
        df: 2,625 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,599 rows × 11 columns in the prototype's run.
    """
    df = df.drop_duplicates("customer_id")
    df = df[df.customer_id != 1333]  # test account
    return df


def set_age_and_monthly_charges(df: pd.DataFrame) -> pd.DataFrame:
    """Fixed by hand, asked billing.

    Was cell 9 of `churn_poc.ipynb`.

    Args:
        df: 2,599 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,599 rows × 11 columns in the prototype's run.
    """
    # fixed by hand, asked billing
    df.loc[df.customer_id == 1017, "age"] = 42
    df.loc[df.customer_id == 2204, "monthly_charges"] = 59.90
    return df


def replace_plan_and_region(df: pd.DataFrame) -> pd.DataFrame:
    """Replace values of plan and region.

    Was cell 10 of `churn_poc.ipynb`.

    Args:
        df: 2,599 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,599 rows × 11 columns in the prototype's run.
    """
    df["plan"] = df["plan"].replace({"premuim": "premium", "Basic ": "basic", "PRO": "pro"})
    df["region"] = df["region"].str.strip().str.lower().replace({"nroth": "north"})
    return df


def drop_missing_total_charges(df: pd.DataFrame) -> pd.DataFrame:
    """Convert total_charges, drop rows without total_charges.

    Was cell 11 of `churn_poc.ipynb`.

    Args:
        df: 2,599 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,487 rows × 11 columns in the prototype's run.
    """
    df["total_charges"] = pd.to_numeric(df["total_charges"], errors="coerce")
    print(df["total_charges"].isna().sum(), "without total charges, dropped")
    df = df.dropna(subset=["total_charges"])
    return df
