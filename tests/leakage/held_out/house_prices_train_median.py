# %%
import pandas as pd, numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error
houses = pd.read_csv("houses.csv")
houses.describe()
# %%
print("mean price", houses.SalePrice.mean())
train, test = train_test_split(houses, test_size=0.2, random_state=3)
train = train.copy()
test = test.copy()
# %%
front = train["LotFrontage"].median()
for part in (train, test):
    part["LotFrontage"] = part["LotFrontage"].fillna(front)
# %%
cols = ["LotFrontage", "OverallQual", "GrLivArea"]
forest = RandomForestRegressor(random_state=0).fit(train[cols], train.SalePrice)
mean_absolute_error(test.SalePrice, forest.predict(test[cols]))
