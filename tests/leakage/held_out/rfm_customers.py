# %%
# one row a customer is made from many orders: a sum of one's own rows is no statistic of others
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
orders = pd.read_csv("orders.csv", parse_dates=["at"])
customers = orders.groupby("customer").agg(n=("id", "count"), total=("amount", "sum"), last=("at", "max"))
customers["quiet"] = (orders["at"].max() - customers["last"]).dt.days
customers["gone"] = (customers["quiet"] > 180).astype(int)
X = customers[["n", "total"]]
X_train, X_test, y_train, y_test = train_test_split(X, customers["gone"], random_state=0)
rf = RandomForestClassifier().fit(X_train, y_train)
rf.score(X_test, y_test)
