# %%
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
X = train[["LotArea", "YearBuilt", "1stFlrSF"]]
y = train["SalePrice"]
X_tr, X_va, y_tr, y_va = train_test_split(X, y, random_state=1)
rf = RandomForestRegressor(random_state=1).fit(X_tr, y_tr)
print(mean_absolute_error(y_va, rf.predict(X_va)))
# %%
final = RandomForestRegressor(random_state=1)
final.fit(X, y)
out = pd.DataFrame({"Id": test.Id, "SalePrice": final.predict(test[X.columns])})
out.to_csv("submission.csv", index=False)
