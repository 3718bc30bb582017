# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score

def train_and_score(model, X_tr, y_tr, X_te, y_te):
    model.fit(X_tr, y_tr)
    return f1_score(y_te, model.predict(X_te))

d = pd.read_csv("bank.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="y"), d["y"], random_state=0)
# %%
scores = {}
for c in (LogisticRegression(), RandomForestClassifier()):
    scores[str(c)] = train_and_score(c, X_train, y_train, X_test, y_test)  # leak: POC503
pd.Series(scores)
