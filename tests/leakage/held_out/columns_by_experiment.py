# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_csv("credit.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="bad"), d["bad"], random_state=0)
experiments = {"short": ["age", "income"], "long": ["age", "income", "debt", "years"]}
# %%
out = {}
for title, columns in experiments.items():
    lr = LogisticRegression(max_iter=1000)
    lr.fit(X_train[columns], y_train)
    out[title] = roc_auc_score(y_test, lr.predict_proba(X_test[columns])[:, 1])  # leak: POC503
pd.Series(out)
