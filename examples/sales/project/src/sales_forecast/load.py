"""Load the data."""

import glob

import pandas as pd


def read_sales(*, sales_csv: str) -> pd.DataFrame:
    """Read sales, combine df1.

    Was cell 2 of `sales_forecast.ipynb`.

    Args:
        sales_csv: 'data/sales_*.csv' in the prototype.

    Returns:
        df1: 5,634 rows × 5 columns in the prototype's run.
    """
    files = sorted(glob.glob(sales_csv))
    print(len(files), "files,", files[0], "...", files[-1])
    df1 = pd.concat([pd.read_csv(f, sep=";", decimal=",") for f in files], ignore_index=True)
    return df1
