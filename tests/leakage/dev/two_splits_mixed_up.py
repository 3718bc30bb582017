# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
d = pd.read_csv("bank.csv")
X, y = d.drop(columns="y"), d["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
rf = RandomForestClassifier()
rf.fit(X_train, y_train)  # leak: POC502
# %%
# "a fresh test set"
_, X_new, _, y_new = train_test_split(X, y, test_size=0.1, random_state=99)
rf.score(X_new, y_new)
