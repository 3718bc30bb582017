# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score, confusion_matrix, classification_report
d = pd.read_csv("bank.csv")
X_train, X_test, y_train, y_test = train_test_split(pd.get_dummies(d.drop(columns="y")), d["y"] == "yes", random_state=0)
rf = RandomForestClassifier(random_state=0).fit(X_train, y_train)
pred = rf.predict(X_test)
# %%
print(accuracy_score(y_test, pred))
print(f1_score(y_test, pred))
print(roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
# %%
confusion_matrix(y_test, pred)
# %%
for metric in (accuracy_score, f1_score):
    print(metric.__name__, metric(y_test, pred))
print(classification_report(y_test, pred))
