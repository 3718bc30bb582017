# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
d = pd.read_csv("meter.csv")
n = int(len(d) * 0.8)
X, y = d[["temp", "hour"]].values, d["kwh"].values
X_train, y_train = X[:n], y[:n]
X_test, y_test = X[n:], y[n:]
lin = LinearRegression().fit(X_train, y_train)
print(lin.score(X_test, y_test))
