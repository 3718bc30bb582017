# %%
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("churn.csv")
X, y = d.drop(columns="churn"), d["churn"]
# %%
picker = SelectFromModel(ExtraTreesClassifier(n_estimators=100))
picker.fit(X, y)  # leak: POC501
X_new = picker.transform(X)
# %%
X_train, X_test, y_train, y_test = train_test_split(X_new, y, random_state=0)
lr = LogisticRegression().fit(X_train, y_train)
lr.score(X_test, y_test)
