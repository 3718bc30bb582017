# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.model_selection import train_test_split
d = pd.read_csv("titanic.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="Survived"), d["Survived"])
lr = LogisticRegression()
lr.fit(X_train, y_train)
acc_log = round(lr.score(X_train, y_train) * 100, 2)  # leak: POC504
acc_log
