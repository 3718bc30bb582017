# %%
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score
stock = pd.read_csv("prices.csv", parse_dates=["Date"]).sort_values("Date")
for lag in (1, 2, 3, 5):
    stock[f"close_{lag}"] = stock["Close"].shift(lag)
stock["ma10"] = stock["Close"].rolling(10).mean()
stock = stock.dropna()
# %%
X = stock.drop(columns=["Date", "Close"])
y = stock["Close"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)  # leak: POC506
rf = RandomForestRegressor().fit(X_train, y_train)
print(r2_score(y_test, rf.predict(X_test)))
