# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
d = pd.read_csv("bank.csv")
X, y = d.drop(columns="y"), d["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
rf = RandomForestClassifier(n_estimators=50).fit(X_train, y_train)
rf.score(X_test, y_test)
# %%
X2 = X[["age", "balance"]]
X_train, X_test, y_train, y_test = train_test_split(X2, y, test_size=0.3, random_state=2)
rf2 = RandomForestClassifier(n_estimators=50).fit(X_train, y_train)
rf2.score(X_test, y_test)
