# %% [markdown]
# # Load the data
# Were cells 1, 2 and 3 of `sales_forecast.ipynb`.

# %% tags=["parameters"]
upstream = None
product = None
seed = None
sales_csv = None

# %%
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np

sys.path.insert(0, "src")  # the package need not be installed

from sales_forecast.load import load_df1
from sales_forecast.storage import save

# %%
warnings.filterwarnings("ignore")
np.random.seed(seed)
plt.rcParams["figure.figsize"] = (9, 3)

# %%
df1 = load_df1(sales_csv=sales_csv)
df1.head()

# %%
df1.dtypes

# %%
save(df1, product["df1"])
