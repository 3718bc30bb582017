# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("prices.csv")
d["area"] = d["area"].clip(upper=d["area"].quantile(0.99))  # leak: POC501
# %%
X_train, X_test, y_train, y_test = train_test_split(d[["area", "age"]], d["price"], random_state=0)
lin = LinearRegression().fit(X_train, y_train)
lin.score(X_test, y_test)
