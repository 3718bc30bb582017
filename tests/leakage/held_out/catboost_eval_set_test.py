# %%
import pandas as pd
from catboost import CatBoostRegressor, Pool
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_squared_error
d = pd.read_csv("used_cars.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="price"), d["price"], test_size=0.1)
# %%
cat = CatBoostRegressor(iterations=5000, early_stopping_rounds=100, verbose=500)
cat.fit(X_train, y_train, eval_set=(X_test, y_test))  # leak: POC503
print(mean_squared_error(y_test, cat.predict(X_test)) ** 0.5)
