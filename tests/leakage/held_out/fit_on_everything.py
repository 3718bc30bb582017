# %%
import pandas as pd
from sklearn.tree import DecisionTreeRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score
bikes = pd.read_csv("bikes.csv", parse_dates=["dteday"])
X = bikes[["temp", "hum", "windspeed", "season"]]
y = bikes["cnt"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=2)
# %%
reg = DecisionTreeRegressor()
reg.fit(X, y)  # leak: POC502
# %%
print("R2 on unseen days:", r2_score(y_test, reg.predict(X_test)))
