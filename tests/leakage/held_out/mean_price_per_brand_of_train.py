# %%
import pandas as pd
from xgboost import XGBRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error
cars = pd.read_csv("cars.csv")
train, test = train_test_split(cars, random_state=0)
# %%
brand = train.groupby("brand")["price"].mean()
train = train.assign(brand_price=train["brand"].map(brand))
test = test.assign(brand_price=test["brand"].map(brand).fillna(train["price"].mean()))
# %%
f = ["brand_price", "km", "year"]
xg = XGBRegressor().fit(train[f], train["price"])
mean_absolute_error(test["price"], xg.predict(test[f]))
