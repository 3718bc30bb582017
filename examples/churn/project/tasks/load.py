# %% [markdown]
# # Load
# Were cells 2 to 6 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = None
product = None
seed = None
customers_csv = None
resources_ = None

# %%
import sys

import numpy as np
import pandas as pd

sys.path.insert(0, "src")  # the package need not be installed

from churn.batches import admit
from churn.contracts import RAW_CUSTOMERS
from churn.storage import save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %% [markdown]
# # Churn prototype
#
# Who is going to leave? First look for the retention team, export from the CRM on 1 October.

# %%
np.random.seed(seed)

# %% [markdown]
# ## Load
#
# v3 is the file with the corrections from the phone call, don't use v2!

# %%
df = pd.read_csv(customers_csv)
df.head()

# %%
df = admit(df, RAW_CUSTOMERS, source=customers_csv, quarantine=product["raw_customers_quarantine"])

# %%
df.info()

# %%
df["churned"].value_counts(normalize=True).round(3)

# %%
save(df, product["df"])
