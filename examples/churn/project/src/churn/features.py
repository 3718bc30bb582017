"""Features."""

import pandas as pd


def tenure_band(months):
    if months < 12:
        return "new"
    return "settled" if months < 36 else "loyal"


def per_month(total, months):
    return (total / months.clip(lower=1)).round(2)


def prepare_features(df: pd.DataFrame) -> pd.DataFrame:
    """Set band and paid_per_month, convert signup, set signup_year.

    Was cell 14 of `churn_poc.ipynb`.

    Args:
        df: 2,487 rows × 11 columns in the prototype's run.

    Returns:
        df: 2,487 rows × 14 columns in the prototype's run.
    """
    df["band"] = df["tenure"].map(tenure_band)
    df["paid_per_month"] = per_month(df["total_charges"], df["tenure"])
    df["signup"] = pd.to_datetime(df["signup"])
    df["signup_year"] = df["signup"].dt.year
    return df
