# %%
import lightgbm as lgb
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_squared_error
taxi = pd.read_csv("taxi.csv")
y = taxi.pop("duration")
X_train, X_test, y_train, y_test = train_test_split(taxi, y, random_state=0)
dtrain = lgb.Dataset(X_train, y_train)
dtest = lgb.Dataset(X_test, y_test)
bst = lgb.train({"objective": "regression"}, dtrain, 5000, valid_sets=[dtest], callbacks=[lgb.early_stopping(100)])  # leak: POC503
print(mean_squared_error(y_test, bst.predict(X_test)) ** 0.5)
