# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("prices.csv").drop_duplicates()
q1, q3 = d["price"].quantile(0.25), d["price"].quantile(0.75)
iqr = q3 - q1
d = d[(d["price"] > q1 - 1.5 * iqr) & (d["price"] < q3 + 1.5 * iqr)]
d["per_room"] = d["area"] / d["rooms"]
# %%
X_train, X_test, y_train, y_test = train_test_split(d[["per_room", "age"]], d["price"], random_state=0)
lin = LinearRegression().fit(X_train, y_train)
lin.score(X_test, y_test)
