# %%
import pandas as pd
from sklearn.model_selection import train_test_split, TimeSeriesSplit, cross_val_score
from sklearn.ensemble import GradientBoostingRegressor
load = pd.read_csv("load.csv", index_col=0, parse_dates=True)
load["yesterday"] = load["mw"].shift(24)
load = load.dropna()
X_train, X_test, y_train, y_test = train_test_split(load[["yesterday"]], load["mw"], test_size=0.2, shuffle=False)
print(cross_val_score(GradientBoostingRegressor(), X_train, y_train, cv=TimeSeriesSplit(5)).mean())
gbr = GradientBoostingRegressor().fit(X_train, y_train)
gbr.score(X_test, y_test)
