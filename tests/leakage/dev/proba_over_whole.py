# %%
# scores for everybody after the evaluation: nothing is measured on them
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_csv("customers.csv")
X, y = d.drop(columns="churn"), d["churn"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
rf = RandomForestClassifier().fit(X_train, y_train)
print(roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
d["risk"] = rf.predict_proba(X)[:, 1]
d.sort_values("risk").tail(100).to_csv("call_list.csv")
