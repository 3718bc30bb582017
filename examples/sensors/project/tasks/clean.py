# %% [markdown]
# # Clean the data
# Were cells 8 to 19 of `sensor_report.ipynb`.

# %% tags=["parameters"]
upstream = ["load"]
product = None
calibration_csv = None
STUCK_AFTER = None

# %%
import sys

import pandas as pd
from IPython import get_ipython

sys.path.insert(0, "src")  # the package need not be installed

from sensor_report.clean import (
    clean_df,
    clean_quality,
    compute_days,
    compute_problems,
    load_cal,
    summarise_df,
    t06_was_swapped_january,
)
from sensor_report.storage import load

# %%
get_ipython().run_line_magic("config", "InlineBackend.figure_format = 'retina'")
pd.set_option("display.max_rows", 30)
pd.set_option("display.width", 110)
pd.set_option("display.precision", 2)

# %%
raw = load(upstream["load"]["raw"])
sensors = load(upstream["load"]["sensors"])

# %%
df = clean_df(raw)
print("missing", raw["value"].isna().sum())

# %%
cal = load_cal(df, calibration_csv=calibration_csv)
cal

# %%
df = summarise_df(df, sensors)
df.head(3)

# %%
df = t06_was_swapped_january(df)
df.groupby("kind")["value"].describe()

# %% [markdown]
# What is wrong with a sensor: silent, stuck, or outside of what can be.

# %%
quality = clean_quality(df)
quality

# %%
problems = compute_problems(quality, STUCK_AFTER=STUCK_AFTER)
print(len(problems), "problems")

# %%
report = pd.DataFrame(problems, columns=["sensor", "problem", "count"]).merge(sensors, on="sensor")
print(report[["sensor", "place", "problem", "count"]].to_string(index=False))

# %%
days = compute_days(df, report)
days.tail(7)

# %%
bad = report["sensor"].nunique()
print(f"{len(raw)} readings, {len(sensors)} sensors, {bad} with problems")
print("good for the meeting" if bad <= 4 else "CALL MAINTENANCE")
