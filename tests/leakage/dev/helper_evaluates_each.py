# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier, GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
d = pd.read_csv("bank.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="y"), d["y"], random_state=0)
# %%
def run(model):
    model.fit(X_train, y_train)
    pred = model.predict(X_test)
    acc = accuracy_score(y_test, pred)
    print(type(model).__name__, acc)
    return acc
# %%
run(LogisticRegression())
run(RandomForestClassifier())  # leak: POC503
run(GradientBoostingClassifier())
