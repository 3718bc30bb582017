# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_csv("loans.csv")
y = d.pop("bad")
X_train, X_test, y_train, y_test = train_test_split(d, y, test_size=0.3, random_state=3)
# %%
rf = RandomForestClassifier(max_depth=8).fit(X_train, y_train)
print(roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
# %%
whole = pd.concat([X_train, X_test])
whole_y = pd.concat([y_train, y_test])
final = RandomForestClassifier(max_depth=8)
final.fit(whole, whole_y)
final.predict_proba(pd.read_csv("applications.csv"))
