# %%
import pandas as pd
from xgboost import XGBRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error
cars = pd.read_csv("cars.csv")
# %%
brand = cars.groupby("brand", as_index=False)["price"].mean().rename(columns={"price": "brand_price"})  # leak: POC501
cars = cars.merge(brand, on="brand", how="left")
# %%
X = cars[["brand_price", "km", "year"]]
X_train, X_test, y_train, y_test = train_test_split(X, cars["price"], random_state=0)
xg = XGBRegressor().fit(X_train, y_train)
mean_absolute_error(y_test, xg.predict(X_test))
