# %%
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split
d = pd.read_csv("listings.csv")
d["zone"] = KMeans(n_clusters=8, random_state=0).fit_predict(d[["lat", "lon"]])  # leak: POC501
X_train, X_test, y_train, y_test = train_test_split(d[["zone", "beds"]], d["price"], random_state=0)
rf = RandomForestRegressor().fit(X_train, y_train)
rf.score(X_test, y_test)
