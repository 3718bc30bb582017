# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestRegressor
df = pd.read_csv("flights.csv")
# %%
mean_delay = df["delay"].mean()  # leak: POC501
df["delay"].fillna(value=mean_delay, inplace=True)
df["carrier"] = df["carrier"].astype("category").cat.codes
# %%
X, y = df[["delay", "carrier", "distance"]], df["arrival_delay"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
rf = RandomForestRegressor().fit(X_train, y_train)
print("R2", rf.score(X_test, y_test))
