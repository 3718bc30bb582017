# %% [markdown]
# # Load the data
# Were cells 5, 6 and 7 of `sensor_report.ipynb`.

# %% tags=["parameters"]
upstream = ["prepare"]
product = None
resources_ = None

# %%
import sqlite3
import sys

import pandas as pd
from IPython import get_ipython

sys.path.insert(0, "src")  # the package need not be installed

from sensor_report.batches import admit
from sensor_report.contracts import RAW_DATA
from sensor_report.storage import load, save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
get_ipython().run_line_magic("config", "InlineBackend.figure_format = 'retina'")
pd.set_option("display.max_rows", 30)
pd.set_option("display.width", 110)
pd.set_option("display.precision", 2)

# %%
DB = load(upstream["prepare"]["DB"])

# %%
con = sqlite3.connect(DB)
sensors = pd.read_sql("select * from sensors order by sensor", con)
sensors

# %%
raw = pd.read_sql("select sensor, taken_at, value from readings", con, parse_dates=["taken_at"])

# %%
raw = admit(raw, RAW_DATA, source="data", quarantine=product["raw_data_quarantine"])

# %%
print(len(raw), "readings")
print("from", raw["taken_at"].min(), "to", raw["taken_at"].max())

# %%
save(raw, product["raw"])
save(sensors, product["sensors"])
