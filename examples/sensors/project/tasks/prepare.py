# %% [markdown]
# # Prepare
# Were cells 1, 3 and 4 of `sensor_report.ipynb`.

# %% tags=["parameters"]
upstream = None
product = None
resources_ = None

# %%
import sys

import pandas as pd
from IPython import get_ipython

sys.path.insert(0, "src")  # the package need not be installed

from sensor_report.storage import save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
get_ipython().run_line_magic("config", "InlineBackend.figure_format = 'retina'")

pd.set_option("display.max_rows", 30)
pd.set_option("display.width", 110)
pd.set_option("display.precision", 2)

# %% [markdown]
# **Weekly sensor report.** Copy `plant.db` from the gateway first, then run all.

# %%
get_ipython().system("ls *.db *.csv")
get_ipython().system("wc -l calibration.csv")

# %%
files = get_ipython().getoutput("ls *.db")
DB = files[0]
DB

# %%
save(DB, product["DB"])
