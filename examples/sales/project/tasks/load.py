# %% [markdown]
# # Load the data
# Were cells 1, 2 and 3 of `sales_forecast.ipynb`.

# %% tags=["parameters"]
upstream = None
product = None
seed = None
sales_csv = None
resources_ = None

# %%
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np

sys.path.insert(0, "src")  # the package need not be installed

from sales_forecast.batches import admit
from sales_forecast.contracts import RAW_SALES
from sales_forecast.load import read_sales
from sales_forecast.storage import save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
warnings.filterwarnings("ignore")
np.random.seed(seed)
plt.rcParams["figure.figsize"] = (9, 3)

# %%
df1 = read_sales(sales_csv=sales_csv)
df1.head()

# %%
df1 = admit(df1, RAW_SALES, source=sales_csv, quarantine=product["raw_sales_quarantine"])

# %%
df1.dtypes

# %%
save(df1, product["df1"])
