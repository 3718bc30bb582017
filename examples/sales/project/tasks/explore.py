# %% [markdown]
# # Explore
# Were cells 6 to 14 of `sales_forecast.ipynb`.

# %% tags=["parameters"]
upstream = ["clean"]
product = None
XLS = None
features_csv = None
resources_ = None

# %%
import sys
import warnings

import matplotlib.pyplot as plt
import pandas as pd

sys.path.insert(0, "src")  # the package need not be installed

from sales_forecast.batches import admit
from sales_forecast.contracts import SALES
from sales_forecast.explore import (
    join_stores,
    read_stores_promo_and_targets,
    take_median_store,
    write_features,
)
from sales_forecast.storage import load, save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
warnings.filterwarnings("ignore")
plt.rcParams["figure.figsize"] = (9, 3)

# %%
df1 = load(upstream["clean"]["df1"])

# %%
stores, promo, targets = read_stores_promo_and_targets(XLS=XLS)
stores

# %%
# promo calendar has from/to, we need days
promo.drop_duplicates(inplace=True)
rows = []
for _, p in promo.iterrows():
    for d in pd.date_range(p["from"], p["to"]):
        rows.append({"date": d, "category": p["category"], "discount": p["discount"]})
df2 = pd.DataFrame(rows)
len(promo), len(df2)

# %%
df3 = join_stores(df1, stores, df2)
df3.tail()

# %%
# df3[df3.store == 'S03'].plot(x='date', y='units')
print("here", df3.shape)

# %%
missing = take_median_store(df3)
missing.sum()

# %%
df3.groupby("region")["revenue"].sum().sort_values().plot.barh(title="Revenue by region")
plt.show()

# %%
df4 = write_features(df3, features_csv=features_csv)
df4.describe().round(1)

# %%
df3 = admit(df3, SALES, source="df3 of explore", quarantine=product["sales_quarantine"])

# %%
save(df3, product["df3"])
save(targets, product["targets"])
