# %% [markdown]
# # Clean the data
# Were cells 8 to 19 of `sensor_report.ipynb`.

# %% tags=["parameters"]
upstream = ["load"]
product = None
calibration_csv = None
STUCK_AFTER = None
resources_ = None

# %%
import sys

import pandas as pd
from IPython import get_ipython

sys.path.insert(0, "src")  # the package need not be installed

from sensor_report.clean import (
    compute_problems,
    compute_quality,
    filter_sensor,
    join_sensors,
    read_calibration,
    replace_value,
    set_value,
)
from sensor_report.storage import load

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
get_ipython().run_line_magic("config", "InlineBackend.figure_format = 'retina'")
pd.set_option("display.max_rows", 30)
pd.set_option("display.width", 110)
pd.set_option("display.precision", 2)

# %%
raw = load(upstream["load"]["raw"])
sensors = load(upstream["load"]["sensors"])

# %%
df = replace_value(raw)
print("missing", raw["value"].isna().sum())

# %%
cal = read_calibration(df, calibration_csv=calibration_csv)
cal

# %%
df = join_sensors(df, sensors)
df.head(3)

# %%
df = set_value(df)
df.groupby("kind")["value"].describe()

# %% [markdown]
# What is wrong with a sensor: silent, stuck, or outside of what can be.

# %%
quality = compute_quality(df)
quality

# %%
problems = compute_problems(quality, STUCK_AFTER=STUCK_AFTER)
print(len(problems), "problems")

# %%
report = pd.DataFrame(problems, columns=["sensor", "problem", "count"]).merge(sensors, on="sensor")
print(report[["sensor", "place", "problem", "count"]].to_string(index=False))

# %%
days = filter_sensor(df, report)
days.tail(7)

# %%
bad = report["sensor"].nunique()
print(f"{len(raw)} readings, {len(sensors)} sensors, {bad} with problems")
print("good for the meeting" if bad <= 4 else "CALL MAINTENANCE")
