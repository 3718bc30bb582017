# %% [markdown]
# # Clean
# Were cells 8 to 11 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = ["load"]
product = None

# %%
import sys

sys.path.insert(0, "src")  # the package need not be installed

from churn.clean import clean, clean_df, fixed_by_hand_asked, summarise_df
from churn.storage import load, save

# %%
df = load(upstream["load"]["df"])

# %%
df = clean(df)
len(df)

# %%
df = fixed_by_hand_asked(df)
df[df.customer_id.isin([1017, 2204])]

# %%
df = summarise_df(df)
df["plan"].value_counts()

# %%
df = clean_df(df)

# %%
save(df, product["df"])
