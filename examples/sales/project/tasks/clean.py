# %% [markdown]
# # Clean the data
# Were cells 4 and 5 of `sales_forecast.ipynb`.

# %% tags=["parameters"]
upstream = ["load"]
product = None
resources_ = None

# %%
import sys
import warnings

sys.path.insert(0, "src")  # the package need not be installed

from sales_forecast.clean import drop_duplicates
from sales_forecast.storage import load, save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
warnings.filterwarnings("ignore")

# %%
df1 = load(upstream["load"]["df1"])

# %%
n = drop_duplicates(df1)
print(n - len(df1), "rows were there twice")

# %%
df1.isna().sum()

# %%
save(df1, product["df1"])
