# %% [markdown]
# # Features
# Were cells 13, 14 and 15 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = ["clean"]
product = None
resources_ = None

# %%
import sys

import matplotlib.pyplot as plt

sys.path.insert(0, "src")  # the package need not be installed

from churn.features import prepare_features
from churn.storage import load, save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
df = load(upstream["clean"]["df"])

# %% [markdown]
# ## Features
#
# How long people stay matters most, so make bands.

# %%
df = prepare_features(df)
df.describe().round(2)

# %%
rate = df.groupby("band")["churned"].mean().loc[["new", "settled", "loyal"]]
rate.plot.bar(title="Churn by tenure", color="tab:orange", rot=0)
plt.ylabel("share that left")
plt.show()

# %%
save(df, product["df"])
