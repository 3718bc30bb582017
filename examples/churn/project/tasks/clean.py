# %% [markdown]
# # Clean
# Were cells 8 to 11 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = ["load"]
product = None
resources_ = None

# %%
import sys

sys.path.insert(0, "src")  # the package need not be installed

from churn.batches import admit
from churn.clean import (
    drop_duplicates,
    drop_missing_total_charges,
    replace_plan_and_region,
    set_age_and_monthly_charges,
)
from churn.contracts import CUSTOMERS
from churn.storage import load, save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
df = load(upstream["load"]["df"])

# %%
df = drop_duplicates(df)
len(df)

# %%
df = set_age_and_monthly_charges(df)
df[df.customer_id.isin([1017, 2204])]

# %%
df = replace_plan_and_region(df)
df["plan"].value_counts()

# %%
df = drop_missing_total_charges(df)

# %%
df = admit(df, CUSTOMERS, source="df of clean", quarantine=product["customers_quarantine"])

# %%
save(df, product["df"])
