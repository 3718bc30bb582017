# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.ensemble import GradientBoostingRegressor
load = pd.read_csv("load.csv", index_col=0, parse_dates=True)
load["yesterday"] = load["mw"].shift(24)
load["last_week"] = load["mw"].shift(168)
load = load.dropna()
X_train, X_test, y_train, y_test = train_test_split(  # leak: POC506
    load[["yesterday", "last_week"]], load["mw"], test_size=0.2
)
gbr = GradientBoostingRegressor().fit(X_train, y_train)
gbr.score(X_test, y_test)
