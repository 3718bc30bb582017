# %%
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
d = pd.read_csv("rides.csv", parse_dates=["day"])
d["weekday"] = d.day.dt.dayofweek
d["month"] = d.day.dt.month
past = d[d.day < "2022-01-01"]
future = d[d.day >= "2022-01-01"]
x = ["weekday", "month", "temp"]
m = GradientBoostingRegressor().fit(past[x], past.rides)
mean_absolute_error(future.rides, m.predict(future[x]))
