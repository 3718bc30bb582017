# %% [markdown]
# # Train
# Were cells 15 to 21 of `sales_forecast.ipynb`.

# %% tags=["parameters"]
upstream = ["explore"]
product = None
seed = None
features_csv = None
CUT = None
resources_ = None

# %%
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np

sys.path.insert(0, "src")  # the package need not be installed

from sales_forecast.batches import admit
from sales_forecast.contracts import RAW_FEATURES
from sales_forecast.storage import load, save
from sales_forecast.train import (
    compute_targets,
    draw_from_residuals,
    fit_seasonal_model,
    forecast_month,
    mape,
    read_features,
)

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
warnings.filterwarnings("ignore")
np.random.seed(seed)  # as in cell 1: nothing draws before this task
plt.rcParams["figure.figsize"] = (9, 3)

# %%
df3 = load(upstream["explore"]["df3"])
targets = load(upstream["explore"]["targets"])

# %%
df, train, test = read_features(features_csv=features_csv, CUT=CUT)
len(train), len(test)

# %%
df = admit(df, RAW_FEATURES, source=features_csv, quarantine=product["raw_features_quarantine"])

# %%
m = fit_seasonal_model(train, test)
print("MAPE ", round(mape(test["revenue"], test["forecast"]), 2))
print("naive", round(mape(test["revenue"], test["last_month"]), 2))

# %%
bt = forecast_month(df)
print("backtest MAPE", round(bt["mape"].mean(), 2))
bt.round(2)

# %%
inside = draw_from_residuals(train, m, test)
print(f"{inside:.0%} of the days inside the 90 % band")

# %%
plt.plot(test["date"], test["revenue"], label="actual")
plt.plot(test["date"], test["forecast"], label="forecast")
plt.fill_between(test["date"], test["low"], test["high"], alpha=0.2)
plt.title("Daily revenue, all stores")
plt.legend()
plt.show()

# %%
targets = compute_targets(df3, targets)
targets

# %%
save(df, product["df"])
save(m, product["m"])
