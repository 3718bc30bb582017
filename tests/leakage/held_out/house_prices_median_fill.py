# %%
import pandas as pd, numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_squared_error
houses = pd.read_csv("houses.csv")
# %%
houses["LotFrontage"] = houses["LotFrontage"].fillna(houses["LotFrontage"].median())  # leak: POC501
houses["GarageYrBlt"] = houses["GarageYrBlt"].fillna(0)
houses["Alley"].fillna("none", inplace=True)
# %%
houses["age"] = houses["YrSold"] - houses["YearBuilt"]
houses["log_area"] = np.log1p(houses["GrLivArea"])
features = ["LotFrontage", "GarageYrBlt", "age", "log_area", "OverallQual"]
# %%
Xtr, Xte, ytr, yte = train_test_split(houses[features], np.log(houses["SalePrice"]), test_size=.25, random_state=1)
gbr = GradientBoostingRegressor(n_estimators=300)
gbr.fit(Xtr, ytr)
rmse = np.sqrt(mean_squared_error(yte, gbr.predict(Xte)))
print(f"rmse {rmse:.3f}")
